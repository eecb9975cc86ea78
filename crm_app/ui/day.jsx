import React, { useEffect, useRef, useState } from "react";
import { Link } from "react-router";

const SECTIONS = [["overdue", "Overdue"], ["today", "Today"], ["week", "This week"]];
const typing = (e) => e.target.closest?.("input,textarea,select,[contenteditable=true],[role=dialog],[role=menu]");

/** Until when: tomorrow, next week, or a day. */
function PutOff({ row, mode, onPick, onClose }) {
  const box = useRef(null);
  useEffect(() => { box.current?.querySelector(mode === "day" ? "input" : "button")?.focus(); }, [mode]);
  const keys = (e) => {
    const quick = { 1: "tomorrow", 2: "week", t: "tomorrow", w: "week" }[e.key];
    if (e.key === "Escape") { e.stopPropagation(); onClose(); }
    else if (quick && e.target.tagName !== "INPUT") { e.preventDefault(); e.stopPropagation(); onPick(quick); }
    else if (e.key === "Enter" && e.target.tagName === "INPUT" && e.target.value) { e.preventDefault(); e.stopPropagation(); onPick(e.target.value); }
  };
  return (
    <div ref={box} className="putoff" role="menu" aria-label={`Put off ${row.subject}`} onKeyDown={keys} onBlur={(e) => !e.currentTarget.contains(e.relatedTarget) && onClose()}>
      {mode !== "day" && <button type="button" role="menuitem" className="btn" onClick={() => onPick("tomorrow")}>Tomorrow <kbd className="hide">1</kbd></button>}
      {mode !== "day" && <button type="button" role="menuitem" className="btn" onClick={() => onPick("week")}>Next week <kbd className="hide">2</kbd></button>}
      <input type="date" className="in small" aria-label="Another day" onChange={(e) => mode !== "day" && e.target.value && onPick(e.target.value)} />
      {mode === "day" && <span className="mut hide"><kbd>Enter</kbd> moves it</span>}
    </div>
  );
}

/**
 * What is overdue, due today and this week. J/K walk, Enter opens, X or Space is done, S puts off, R gives another day, N plans the next
 * step. What was done leaves the list when the server has said so; the place in the list stays.
 */
export function DayList({ rows, onOpen, onFinish, onPutOff, onNext }) {
  const [at, setAt] = useState(-1);
  const [mode, setMode] = useState(null);
  const [going, setGoing] = useState({});
  const root = useRef(null);
  const leader = useRef(0);
  const place = Math.min(at, rows.length - 1);
  useEffect(() => setGoing({}), [rows]);
  useEffect(() => { if (place >= 0) root.current?.querySelector(`[data-at="${place}"]`)?.scrollIntoView({ block: "nearest" }); }, [place]);
  const done = (row) => { if (!row.can_edit || going[row.id]) return; setGoing((g) => ({ ...g, [row.id]: true })); onFinish && onFinish(row.id); };
  const off = (row, to) => { setMode(null); root.current?.focus({ preventScroll: true }); onPutOff && onPutOff(row.id, to, row.version); };
  const next = (row) => onNext && onNext({ deal_id: row.deal_id, person_id: row.person_id, company_id: row.company_id, type: "task" });
  const live = useRef({});
  live.current = { rows, place, mode };
  useEffect(() => {
    const press = (e) => {
      const { rows: all, place: here, mode: busy } = live.current;
      if (busy || e.ctrlKey || e.metaKey || e.altKey || typing(e)) return;
      if (Date.now() - leader.current < 1200) { leader.current = 0; return; }
      if (e.key === "g") { leader.current = Date.now(); return; }
      const onButton = e.target.closest?.("button,a") && root.current?.contains(e.target);
      const row = all[here];
      if (e.key === "j" || e.key === "ArrowDown") setAt(Math.min(here + 1, all.length - 1));
      else if (e.key === "k" || e.key === "ArrowUp") setAt(Math.max(here - 1, 0));
      else if (!row || (onButton && (e.key === "Enter" || e.key === " "))) return;
      else if (e.key === "Enter") onOpen && onOpen(row.id);
      else if (e.key === "x" || e.key === " ") done(row);
      else if (e.key === "s" && row.can_edit) setMode({ id: row.id, mode: "off" });
      else if (e.key === "r" && row.can_edit) setMode({ id: row.id, mode: "day" });
      else if (e.key === "n") next(row);
      else return;
      e.preventDefault();
      e.stopPropagation();
    };
    document.addEventListener("keydown", press, true);
    return () => document.removeEventListener("keydown", press, true);
  });
  let index = -1;
  return (
    <div ref={root} className="daylist" tabIndex={-1} data-ready="true">
      <p className="daykeys hide mut"><kbd>J</kbd> <kbd>K</kbd> walk <kbd>Enter</kbd> opens <kbd>X</kbd> done <kbd>S</kbd> put off <kbd>R</kbd> another day <kbd>N</kbd> next step</p>
      {SECTIONS.map(([section, name]) => {
        const own = rows.filter((r) => r.section === section);
        if (!own.length) return null;
        return (
          <section key={section} className="box" aria-label={name}>
            <header><h3>{name}</h3><span className={"tag" + (section === "overdue" ? " r" : "")}>{own.length}</span></header>
            <ul className="list">
              {own.map((r) => {
                index += 1;
                const n = index;
                return (
                  <li key={r.id} data-at={n} data-activity={r.id} className={(n === place ? "on " : "") + (going[r.id] ? "going" : "")} aria-current={n === place ? "true" : undefined} onClick={() => setAt(n)}>
                    <button type="button" className="tickbox" disabled={!r.can_edit} aria-label={`Mark as done: ${r.subject}`} onClick={() => done(r)}><svg className="icon" viewBox="0 0 18 18" aria-hidden="true"><path d="M4 9.500l3.500 3.500L14 5.500" /></svg></button>
                    <div className="grow">
                      <button type="button" className="strong plain" onClick={() => onOpen && onOpen(r.id)}>{r.subject}</button>
                      <div className="mut clip">{r.type[0].toUpperCase() + r.type.slice(1)}{r.about && <> · {r.href ? <Link to={r.href}>{r.about}</Link> : r.about}</>}{r.repeats && <> · {r.repeats}</>}</div>
                    </div>
                    {r.priority === "high" && <span className="tag y">High</span>}
                    {r.phone_href && <a className="btn quiet daycall" href={r.phone_href} aria-label={`Call ${r.phone}`}><svg className="icon" viewBox="0 0 18 18" aria-hidden="true"><path d="M4 3h3l1.500 4L6.500 8.500a8 8 0 003.500 3.500L11.500 10l3.500 1.500V14c-6 1.500-12.500-5-11-11z" /></svg><span className="hide">{r.phone}</span></a>}
                    <span className={"tag " + r.tone}>{r.due}</span>
                    {r.can_edit && <button type="button" className="btn quiet icononly" aria-label={`Put off: ${r.subject}`} aria-expanded={mode?.id === r.id} onClick={() => setMode(mode?.id === r.id ? null : { id: r.id, mode: "off" })}><svg className="icon" viewBox="0 0 18 18" aria-hidden="true"><path d="M9 15.500a6.500 6.500 0 100-13 6.500 6.500 0 000 13zM9 5.500V9l2.500 1.500" /></svg></button>}
                    {mode?.id === r.id && <PutOff row={r} mode={mode.mode} onPick={(to) => off(r, to)} onClose={() => setMode(null)} />}
                  </li>
                );
              })}
            </ul>
          </section>
        );
      })}
    </div>
  );
}
