import React, { useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { tooLong } from "$/public/external/crm_app/ui/timeline/timeline_text.js";

const PICTURES = {
  note: "M4 3h10v12H4zM6.500 6.500h5M6.500 9.500h5M6.500 12.500h3",
  call: "M4 3h3l1.500 4L6.500 8.500a8 8 0 003.500 3.500L11.500 10l3.500 1.500V14c-6 1.500-12.500-5-11-11z",
  meeting: "M4 4h10v10H4zM4 7.500h10M7 2.500v3M11 2.500v3",
  task: "M9 16A7 7 0 109 2a7 7 0 000 14zM6 9l2 2 4-4",
  email: "M3 5h12v9H3zM3 5l6 5 6-5",
  deal: "M9 3l5.500 6L9 15 3.500 9z",
  file: "M5 2h5l4 4v10H5zM10 2v4h4",
  change: "M4 14l1-3.500L12 3.500l2.500 2.500L7.500 13z",
  pin: "M6.500 3h5l-.8 4.500 2.300 2.500H5l2.300-2.500zM9 10v5",
};
const CHIPS = [["note", "Notes"], ["call", "Calls"], ["meeting", "Meetings"], ["task", "Tasks"], ["email", "E-mails"], ["deal", "Deals"], ["file", "Files"], ["change", "Changes"]];
const MENTION = /@\[([^\]\n]{1,120})\]\((\d{1,16})\)/g;
const SHOWN = /^(image\/(png|jpeg|gif|webp)|application\/pdf|text\/plain)$/;
const FOLD = 420;

export const Picture = ({ name }) => <svg className="icon" viewBox="0 0 18 18" aria-hidden="true"><path d={PICTURES[name] || PICTURES.note} /></svg>;

/** Text with its mentions marked; nothing of it is ever HTML. */
export function Words({ text }) {
  const parts = [];
  let last = 0;
  for (const found of text.matchAll(MENTION)) {
    parts.push(text.slice(last, found.index), <b className="at" key={found.index}>@{found[1]}</b>);
    last = found.index + found[0].length;
  }
  parts.push(text.slice(last));
  return <>{parts}</>;
}

function Body({ text }) {
  const [whole, setWhole] = useState(false);
  if (!text) return null;
  const long = text.length > FOLD;
  return (
    <div className="q">
      <Words text={long && !whole ? text.slice(0, FOLD).replace(/@\[[^)]*$/, "") + "…" : text} />
      {long && <button type="button" className="undo" aria-expanded={whole} onClick={() => setWhole(!whole)}>{whole ? "Show less" : "Show all"}</button>}
    </div>
  );
}

function Correct({ event, onSave, onClose }) {
  const [subject, setSubject] = useState(event.subject);
  const [body, setBody] = useState(event.body);
  const long = tooLong(body);
  const save = () => { if (long) return; onSave(event.id, subject, body, event.version); onClose(); };
  const keys = (e) => {
    if (e.key === "Escape") { e.stopPropagation(); onClose(); }
    else if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { e.preventDefault(); save(); }
  };
  return (
    <div className="stack fix" onKeyDown={keys}>
      {event.kind !== "note" && <input className="in" aria-label="Subject" value={subject} maxLength={300} onChange={(e) => setSubject(e.target.value)} />}
      <textarea className="in" aria-label="Text" autoFocus rows={4} value={body} aria-invalid={long ? true : undefined} onChange={(e) => setBody(e.target.value)} />
      {long && <span className="err" role="alert">{long}</span>}
      <div className="row"><button type="button" className="btn pri" onClick={save}>Save</button><button type="button" className="btn" onClick={onClose}>Cancel</button></div>
    </div>
  );
}

function Subject({ event }) {
  if (!event.subject) return null;
  if (event.kind === "file") return <> <a className="strong" href={`/files/${event.id}`}>{event.subject}</a></>;
  return <>{event.kind === "deal" ? " " : ": "}{event.href ? <Link className="strong" to={event.href}>{event.subject}</Link> : <span className="strong">{event.subject}</span>}</>;
}

function Row({ event, on, head }) {
  const [fixing, setFixing] = useState(false);
  const [open, setOpen] = useState(false);
  const isActivity = !["deal", "file", "change"].includes(event.kind);
  const canShow = event.kind === "file" && SHOWN.test(event.media_type);
  return (
    <li className={"ev" + (event.tone ? " tone-" + event.tone : "")} data-kind={event.kind} data-event={event.id}>
      {!event.is_done ? (
        <button type="button" className="ic tick" disabled={!event.can_edit} aria-label={`Mark as done: ${event.subject || event.verb}`} onClick={() => on.finish(event.id, true)}><svg className="icon" viewBox="0 0 18 18" aria-hidden="true"><path d="M5.500 9.500l2.500 2.500 5-5.500" /></svg></button>
      ) : <span className="ic"><Picture name={event.kind} /></span>}
      <div className="grow">
        <div>
          <b className="strong">{event.who}</b> {event.verb}<Subject event={event} />
          {event.about && <span className="mut"> · {event.about_href ? <Link to={event.about_href}>{event.about}</Link> : event.about}</span>}
          {event.note && <> <span className={"tag " + (event.tone || "")}>{event.note}</span></>}
          {head && event.is_done && event.is_pinned && <> <span className="tag a">Pinned</span></>}
        </div>
        {event.facts.length > 0 && <div className="evfacts mut">{event.facts.join(" · ")}</div>}
        {event.agenda && <div className="evpart"><h4>Agenda</h4><Body text={event.agenda} /></div>}
        {event.minutes && <div className="evpart"><h4>Minutes</h4><Body text={event.minutes} /></div>}
        {fixing ? <Correct event={event} onSave={on.correct} onClose={() => setFixing(false)} /> : <Body text={event.body} />}
        {canShow && event.media_type.startsWith("image/") && <button type="button" className="thumb" aria-label={`Preview ${event.subject}`} onClick={() => on.preview(event)}><img src={`/files/${event.id}/preview`} alt="" loading="lazy" /></button>}
        {event.lines.length > 0 && <ul>{event.lines.slice(0, 6).map((l, i) => <li key={i}>{l}</li>)}{event.lines.length > 6 && <li>and {event.lines.length - 6} more</li>}</ul>}
      </div>
      <aside>
        <time>{head ? "" : event.time}</time>
        {(event.can_undo || event.can_edit || canShow) && <button type="button" className="dots" aria-expanded={open} aria-label={`What to do with ${event.subject || event.verb}`} onClick={() => setOpen(!open)}>⋯</button>}
        <span className={"acts" + (open ? " open" : "")}>
          {event.can_undo && <button type="button" className="undo" aria-label={`Undo: ${event.verb}`} onClick={() => on.undo(event.id)}>Undo</button>}
          {canShow && <button type="button" className="undo" aria-label={`Preview ${event.subject}`} onClick={() => on.preview(event)}>Preview</button>}
          {isActivity && event.can_edit && !fixing && <>
            <button type="button" className="undo" aria-pressed={event.is_pinned} aria-label={`${event.is_pinned ? "Unpin" : "Pin"}: ${event.subject || event.verb}`} onClick={() => on.pin(event.id, !event.is_pinned)}>{event.is_pinned ? "Unpin" : "Pin"}</button>
            <button type="button" className="undo" aria-label={`Edit: ${event.subject || event.verb}`} onClick={() => (["note", "email"].includes(event.kind) ? setFixing(true) : on.open(event.id))}>Edit</button>
          </>}
          {(isActivity || event.kind === "file") && event.can_edit && <button type="button" className="undo" aria-label={`Delete: ${event.subject || event.verb}`} onClick={() => on.remove(event.kind, event.id)}>Delete</button>}
        </span>
      </aside>
    </li>
  );
}

function byDay(events) {
  const days = [];
  for (const event of events) {
    const last = days[days.length - 1];
    if (last && last.label === event.day) last.events.push(event);
    else days.push({ label: event.day, events: [event] });
  }
  return days;
}

/** A picture, a PDF or plain text in a dialog; the server answers with a type and headers that let nothing run. */
function Preview({ file, onClose }) {
  const [text, setText] = useState("");
  const box = useRef(null);
  const address = `/files/${file.id}/preview`;
  useEffect(() => {
    const back = document.activeElement;
    box.current?.focus();
    if (file.media_type === "text/plain") fetch(address).then((a) => (a.ok ? a.text() : "This file cannot be shown.")).then(setText, () => setText("This file cannot be shown."));
    return () => back?.focus?.({ preventScroll: true });
  }, [address, file.media_type]);
  return (
    <div className="veil" onPointerDown={(e) => e.target === e.currentTarget && onClose()}>
      <div ref={box} tabIndex={-1} className="dialog preview" role="dialog" aria-modal="true" aria-label={`Preview of ${file.subject}`} onKeyDown={(e) => e.key === "Escape" && onClose()}>
        <div className="dialog-head"><h2 className="clip">{file.subject}</h2><a className="btn" href={`/files/${file.id}`}>Download</a><button type="button" className="btn quiet icononly" aria-label="Close" onClick={onClose}>✕</button></div>
        <div className="in-body">
          {file.media_type === "text/plain" ? <pre tabIndex={0}>{text}</pre> : file.media_type === "application/pdf" ? <iframe title={file.subject} src={address} /> : <img src={address} alt={file.subject} />}
        </div>
      </div>
    </div>
  );
}

/**
 * The timeline of a record. `answer` {n, after, heads, events, more}: an answer with `after` continues what is shown,
 * one without replaces it. Older events are asked for when the end comes into view.
 */
export function Timeline({ answer, onAsk, onFinish, onPin, onCorrect, onRemove, onUndo, onOpen, empty }) {
  const [events, setEvents] = useState([]);
  const [kinds, setKinds] = useState([]);
  const [text, setText] = useState("");
  const [file, setFile] = useState(null);
  const [allPlanned, setAllPlanned] = useState(false);
  const seen = useRef(0);
  const asked = useRef("");
  const timer = useRef(0);
  const end = useRef(null);
  const loaded = answer && answer.n > 0;
  useEffect(() => {
    if (!answer || answer.n === seen.current) return;
    seen.current = answer.n;
    asked.current = "";
    setEvents((old) => (answer.after ? [...old, ...answer.events.filter((e) => !old.some((o) => o.key === e.key))] : answer.events));
  }, [answer]);
  useEffect(() => { setKinds([]); setText(""); }, [answer?.record]);
  const ask = (nextKinds, nextText, after) => onAsk && onAsk(nextKinds.join(","), nextText, after);
  const older = () => {
    const last = events[events.length - 1]?.key;
    if (!last || !answer?.more || asked.current === last) return;
    asked.current = last;
    ask(kinds, text, last);
  };
  const olderNow = useRef(older);
  olderNow.current = older;
  useEffect(() => {
    if (!end.current) return;
    const watch = new IntersectionObserver((found) => found.some((f) => f.isIntersecting) && olderNow.current(), { rootMargin: "300px" });
    watch.observe(end.current);
    return () => watch.disconnect();
  }, [loaded, events.length, answer?.more]);
  const turn = (kind) => {
    const next = kind === "" ? [] : kinds.includes(kind) ? kinds.filter((k) => k !== kind) : [...kinds, kind];
    setKinds(next);
    ask(next, text, "");
  };
  const search = (next) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => ask(kinds, next, ""), 200);
  };
  const on = { finish: onFinish, pin: onPin, correct: onCorrect, remove: onRemove, undo: onUndo, open: onOpen, preview: setFile };
  const heads = answer?.heads || [];
  const filtered = kinds.length > 0 || text.trim() !== "";
  const planned = heads.filter((e) => !e.is_done);
  const soon = allPlanned ? planned : planned.slice(0, 3);
  const pinned = heads.filter((e) => e.is_done);
  return (
    <div className="timeline">
      <div className="tlbar" role="group" aria-label="Show">
        <button type="button" className={"chip" + (kinds.length ? "" : " on")} aria-pressed={!kinds.length} onClick={() => turn("")}>All</button>
        {CHIPS.map(([kind, name]) => <button key={kind} type="button" className={"chip" + (kinds.includes(kind) ? " on" : "")} aria-pressed={kinds.includes(kind)} onClick={() => turn(kind)}>{name}</button>)}
        <input className="in small" type="search" aria-label="Search this timeline" placeholder="Search" data-filter="timeline" value={text} onChange={(e) => search(e.target.value)} />
      </div>
      {!loaded ? (
        <div className="stack" role="status" aria-label="Loading" aria-busy="true">{[0, 1, 2, 3, 4].map((n) => <div key={n} className="sk" style={{ height: 44 }} />)}</div>
      ) : (
        <>
          {planned.length > 0 && <section className="heads" aria-label="Planned"><h3 className="day">Planned</h3><ul>{soon.map((e) => <Row key={e.key} event={e} on={on} head />)}</ul>{planned.length > 3 && <button type="button" className="undo" aria-expanded={allPlanned} onClick={() => setAllPlanned(!allPlanned)}>{allPlanned ? "Show the next three" : `Show all ${planned.length}`}</button>}</section>}
          {pinned.length > 0 && <section className="heads" aria-label="Pinned"><h3 className="day">Pinned</h3><ul>{pinned.map((e) => <Row key={e.key} event={e} on={on} head />)}</ul></section>}
          {byDay(events).map((d) => <div key={d.label}><h3 className="day">{d.label}</h3><ul>{d.events.map((e) => <Row key={e.key} event={e} on={on} />)}</ul></div>)}
          {!events.length && !heads.length && <div className="empty small"><h2>{filtered ? "Nothing like that here" : "Nothing has happened yet"}</h2><p>{filtered ? "Try other words, or show everything." : empty}</p>{filtered && <button type="button" className="btn" onClick={() => { setText(""); setKinds([]); ask([], "", ""); }}>Show everything</button>}</div>}
          <div ref={end} />
          {answer.more && <button type="button" className="btn quiet wider" onClick={older}>Show older</button>}
        </>
      )}
      {file && <Preview file={file} onClose={() => setFile(null)} />}
    </div>
  );
}
