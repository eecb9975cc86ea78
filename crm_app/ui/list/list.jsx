import React, { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Link, useLocation, useNavigate } from "react-router";
import { UrlText } from "$/public/external/crm_app/ui/inputs/inputs.jsx";
import { Menu } from "$/public/external/crm_app/ui/overlay/overlay.jsx";
import { useAgain } from "$/public/external/crm_app/ui/live/live.jsx";
import { address, append, askedOf, between, isFolded, isRelative, laidOut, longestOf, merge, nextCell, send, signature, template, turned, update } from "$/public/external/crm_app/ui/list/model.js";
import { Columns } from "$/public/external/crm_app/ui/list/columns.jsx";
import { Filters } from "$/public/external/crm_app/ui/list/filters.jsx";
import { Views } from "$/public/external/crm_app/ui/list/views.jsx";
import { BulkBar } from "$/public/external/crm_app/ui/list/bulk.jsx";
import { GroupHead, Head, Row, Skeleton } from "$/public/external/crm_app/ui/list/table.jsx";
import { placeOf, putBack } from "$/public/external/crm_app/ui/list/place.js";
import { Icon } from "$/public/external/crm_app/ui/list/parts.jsx";
import { written } from "$/public/external/crm_app/ui/overlay/numbers.js";

const AHEAD = 900; // pixels before the end at which the next page is asked for
const REFRESHED = 200;
const FIRST = 50;
const SAID_MS = 4000; // as long as it takes to read why a cell cannot be edited
const kept = new Map(); // how lists looked when they were left in this tab, by signature
const typing = (e) => e.target.closest?.("input:not([type=checkbox]),textarea,select,[contenteditable=true],[role=dialog],[role=menu]");
const opened = (sig, screen) => ({ sig, screen, rows: screen.rows, more: screen.more, count: screen.count, place: null, chosen: new Set(), all: false, at: null });

/** The rows of the address: what the server sent first, what scrolling brought, what colleagues changed since. */
function useRows(p, sig) {
  const { kind, screen, more, answer, push, onMore, onRefresh, onReload } = p;
  const fits = !!screen?.n && screen.kind === kind && signature(kind, screen.asked) === sig;
  const [list, setList] = useState(() => kept.get(sig) || (fits ? opened(sig, screen) : null));
  const now = useRef(list);
  now.current = list;
  const asked = useRef("");
  const seen = useRef({ screen: 0, before: screen?.n || 0, more: more?.n || 0, push: push?.n || 0, answer: answer?.n || 0 });
  const again = useAgain(() => onReload && onReload(kind));
  useEffect(() => {
    if (list && list.sig !== sig && kept.has(sig)) setList(kept.get(sig));
  }, [sig]); // eslint-disable-line
  useEffect(() => {
    if (!fits || screen.n === seen.current.screen) return;
    seen.current.screen = screen.n;
    asked.current = "";
    const old = now.current?.sig === sig ? now.current : kept.get(sig);
    if (screen.n !== seen.current.before && seen.current.push > screen.since) again(); // it came first, but may tell of what was written after the reading
    if (!old || screen.error) return setList(opened(sig, screen));
    const rows = merge(screen.rows, old.rows, screen.more);
    setList({ ...old, screen, rows, more: rows.length > FIRST ? old.more : screen.more, count: screen.count });
    const behind = rows.slice(FIRST, FIRST + REFRESHED).map((r) => r.id);
    if (behind.length) onRefresh && onRefresh(kind, behind);
  }, [screen, fits, sig]); // eslint-disable-line
  useEffect(() => {
    if (!more?.n || more.n === seen.current.more) return;
    seen.current.more = more.n;
    setList((l) => {
      if (!l || more.screen !== l.screen.n) return l;
      return more.gone ? { ...l, rows: update(l.rows, more.rows, more.gone) } : { ...l, rows: append(l.rows, more.rows), more: more.more };
    });
  }, [more]);
  useEffect(() => {
    if (!answer?.n || answer.n === seen.current.answer) return;
    seen.current.answer = answer.n;
    if (answer.row) setList((l) => l && { ...l, rows: update(l.rows, [answer.row]) });
  }, [answer]);
  useEffect(() => {
    if (!push?.n || push.n === seen.current.push) return;
    const missed = push.prev && seen.current.push && push.prev !== seen.current.push;
    seen.current.push = push.n;
    const known = new Set((now.current?.rows || []).map((r) => r.id));
    if (push.stale || missed || (push.rows || []).some((r) => !known.has(r.id))) return again();
    setList((l) => l && { ...l, rows: update(l.rows, push.rows, push.gone), count: push.count });
  }, [push]); // eslint-disable-line
  const need = useCallback((box) => {
    const l = now.current;
    if (!box || !l?.more || !l.rows.length || box.scrollTop + box.clientHeight < box.scrollHeight - AHEAD) return;
    const key = l.screen.n + l.rows[l.rows.length - 1].key;
    if (asked.current === key) return;
    asked.current = key;
    onMore && onMore(kind, l.rows[l.rows.length - 1].key);
  }, [kind, onMore]);
  return { list, setList, now, need, waiting: !!list && list.sig !== sig };
}

/** J, K and the arrows move, Enter opens or edits, E edits, X selects; nothing while somebody types. */
function useKeys({ now, columns, setList, edit, choose, open, opens, clear, busy }) {
  const latest = useRef(null);
  latest.current = (e) => {
    const l = now.current;
    if (!l?.rows.length || busy || e.ctrlKey || e.metaKey || e.altKey || typing(e)) return;
    const row = l.at ? l.rows.findIndex((r) => r.id === l.at.id) : -1;
    const go = (r, c) => { e.preventDefault(); setList((x) => ({ ...x, at: { id: x.rows[r].id, col: c } })); };
    const col = l.at?.col || 0;
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[e.key];
    if (step) return go(Math.max(0, Math.min(l.rows.length - 1, row < 0 ? 0 : row + step)), col);
    if (e.key === "Escape" && (l.chosen.size || l.all)) return clear();
    if (row < 0) return;
    const id = l.rows[row].id;
    if (e.key === "ArrowRight" || e.key === "ArrowLeft") go(row, Math.max(0, Math.min(columns.length - 1, col + (e.key === "ArrowRight" ? 1 : -1))));
    else if (e.key === "Home" || e.key === "End") go(e.key === "Home" ? 0 : l.rows.length - 1, col);
    else if (e.key === "x") { e.preventDefault(); choose(id, e.shiftKey); }
    else if (e.key === "e" || e.key === "F2") { e.preventDefault(); edit(id, columns[col].name); }
    else if (e.key === "Enter" && !e.target.closest?.("a,button,input")) { e.preventDefault(); col === 0 && (opens || l.rows[row].href) ? open(l.rows[row]) : edit(id, columns[col].name); }
  };
  useEffect(() => {
    const press = (e) => latest.current(e);
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}

/**
 * A list of one kind. The address is its state; `screen` answers it, `more` brings rows, `answer` tells how an inline save ended, `push` what
 * colleagues did. The browser keeps the rows it has; what was scrolled to, selected and pointed at is there again on return.
 */
export function RecordList(p) {
  const { kind, plural, singular, path, other, screen, answer, fields, views, viewAnswer, roles, ops, found, bulk, rules, hint } = p;
  const here = useLocation();
  const navigate = useNavigate();
  const params = useMemo(() => new URLSearchParams(here.search), [here.search]);
  const sig = signature(kind, askedOf(params));
  const { list, setList, now, need, waiting } = useRows(p, sig);
  const [editing, setEditing] = useState(null);
  const [said, setSaid] = useState("");
  useEffect(() => {
    const timer = said && setTimeout(() => setSaid(""), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const box = useRef(null);
  const anchor = useRef(null);
  const at = useRef(null); // the group that was just folded or opened: it keeps the focus
  const shown = list?.screen;
  const columns = shown?.columns || [];
  const rows = list?.rows || [];
  const longest = useMemo(() => longestOf(columns, rows).join(), [columns, rows]);
  const size = useMemo(() => template(kind, columns, longest.split(",").map(Number)), [kind, columns, longest]);

  useLayoutEffect(() => { if (box.current && list) list.place ? putBack(box.current, list.place) : (box.current.scrollTop = 0); }, [list?.sig]); // eslint-disable-line
  useLayoutEffect(() => {
    if (at.current === null || !shown || waiting) return;
    const n = laid.filter((one) => !one.row).findIndex((one) => one.head === at.current);
    at.current = null;
    const head = box.current?.querySelectorAll(".lgroup .fold")[n];
    head?.scrollIntoView({ block: "center" });
    head?.focus({ preventScroll: true });
  }, [list?.sig, waiting]); // eslint-disable-line
  useEffect(() => () => { if (now.current) kept.set(now.current.sig, { ...now.current, place: now.place || now.current.place }); }, [sig]); // eslint-disable-line
  useEffect(() => { need(box.current); }, [rows.length, list?.more, need]);
  useEffect(() => { setEditing(null); anchor.current = null; }, [sig]);
  const scrolled = () => { now.place = placeOf(box.current); need(box.current); };
  useEffect(() => {
    if (list?.at) document.getElementById(`cell-${list.at.id}-${list.at.col}`)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [list?.at]);

  const go = (changes, replace) => navigate({ search: address(here.search, shown?.view, changes) }, { replace, preventScrollReset: true });
  const choose = useCallback((id, range) => setList((l) => {
    const chosen = new Set(l.all ? l.rows.map((r) => r.id) : l.chosen);
    if (range && anchor.current) between(l.rows, anchor.current, id).forEach((i) => chosen.add(i));
    else chosen.has(id) ? chosen.delete(id) : chosen.add(id);
    anchor.current = id;
    return { ...l, chosen, all: false };
  }), [setList]);
  const edit = useCallback((id, name) => {
    const l = now.current;
    const row = l.rows.find((r) => r.id === id);
    const column = l.screen.columns.find((c) => c.name === name);
    if (!row || !column) return;
    setList((x) => ({ ...x, at: { id, col: l.screen.columns.indexOf(column) } }));
    if (!column.editable) return setSaid(`${column.label} cannot be edited here.`);
    if (!row.editable) return setSaid("You may not edit this record.");
    setEditing({ id, name });
  }, [now, setList]);
  const clear = useCallback(() => setList((l) => ({ ...l, chosen: new Set(), all: false })), [setList]);
  const open = (row) => p.onOpen ? p.onOpen(row.id) : navigate(row.href + "?list=" + encodeURIComponent(shown.query));
  useKeys({ now, columns, setList, edit, choose, open, opens: !!p.onOpen, clear, busy: !!editing });

  const calls = useRef(null);
  calls.current = {
    edit, choose, open,
    at: (id, col) => setList((l) => ({ ...l, at: { id, col } })),
    save: (id, name, raw, version) => p.onSave && p.onSave(kind, id, name, raw, version),
    done: (id, name, step) => {
      const next = step ? nextCell(now.current.rows, now.current.screen.columns, id, name, step) : null;
      setEditing(null);
      if (next) setTimeout(() => edit(next.id, next.name), 0);
      else box.current?.focus({ preventScroll: true });
    },
  };
  const act = useMemo(() => Object.fromEntries(["edit", "choose", "open", "at", "save", "done"].map((n) => [n, (...a) => calls.current[n](...a)])), []);
  const choicesOf = (c) => (fields.find((f) => f.name === c.name)?.choices || c.choices || []).filter((o) => !isRelative(o.id));
  const look = { choices: choicesOf, answer: answer?.id === editing?.id ? answer : null, found, onSearch: p.onSearch };
  const heads = useMemo(() => new Map((shown?.groups || []).map((g) => [g.value, g])), [shown]);

  const selected = list ? (list.all ? list.count : list.chosen.size) : 0;
  const everyRow = rows.length > 0 && (list.all || rows.every((r) => list.chosen.has(r.id)));
  const exportOf = (form, some) => `/export/${kind}.${form}?${shown.query}${some ? "&ids=" + [...list.chosen].join(",") : ""}`;
  const exportTicked = (form) => send(exportOf(form), [...list.chosen].join(","));
  const start = (action, name, value) => {
    p.onBulk && p.onBulk(kind, action, name, value, list.all ? [] : [...list.chosen], list.all);
    clear();
  };
  const viewed = shown?.view && !waiting ? new URLSearchParams(shown.query).get("q") || "" : "";
  const filtered = shown && (shown.chips.length > 0 || params.get("q") || viewed);
  const words = (n) => (n === 1 ? singular : plural).toLowerCase();
  const laid = useMemo(() => (shown?.group ? laidOut(rows, shown.groups, shown.fold, list.more) : rows.map((row, index) => ({ row, index }))), [rows, shown, list?.more]);
  const turn = (value) => { at.current = value; go({ fold: turned(shown.fold, value) }, true); };
  return (
    <div className="lwrap" data-list={kind} data-ready={list && !waiting ? "true" : undefined}>
      <div className="bar lbar">
        {other && <span className="seg" role="group" aria-label="Layout"><Link to={other}>Board</Link><span className="on" aria-current="true">List</span></span>}
        {shown && <Views kind={kind} plural={plural} path={path} screen={shown} views={views} roles={roles} answer={viewAnswer} onSave={p.onSaveView} onDelete={p.onDeleteView} />}
        <UrlText param="q" label={`Find in ${plural.toLowerCase()}`} placeholder="Find" kept={viewed} />
        {shown && fields.length > 0 && <Filters screen={shown} fields={fields} ops={ops} found={found} onSearch={p.onSearch} onFilter={(f) => go({ f })} />}
        <span className="tools">
          {list && !shown.error && <span className="sum" role="status"><b>{written(list.count)}</b> {words(list.count)}</span>}
          {shown && !shown.error && (
            <>
              <Menu label="Group by" className={"btn quiet" + (shown.group ? " active" : "")} trigger={<><Icon name="group" /><span className="word">Group</span></>}>
                <div className="who mut">Group by</div>
                <button type="button" className="item" role="menuitem" onClick={() => go({ group: "", fold: "" })}><span className="pick">{!shown.group && <Icon name="check" />}</span>Nothing</button>
                {fields.filter((f) => f.groupable).map((f) => (
                  <button key={f.name} type="button" className="item" role="menuitem" onClick={() => go({ group: f.name, fold: "" })}><span className="pick">{shown.group === f.name && <Icon name="check" />}</span>{f.label}</button>
                ))}
                {shown.group && <button type="button" className="item" role="menuitem" onClick={() => go({ fold: "[null]" }, true)}><span className="pick" />Fold all</button>}
                {shown.group && <button type="button" className="item" role="menuitem" onClick={() => go({ fold: "" }, true)}><span className="pick" />Unfold all</button>}
              </Menu>
              <Columns columns={columns} fields={fields} onColumns={(names) => go({ cols: names ? names.join(",") : null }, true)} />
              {shown.may.export && (
                <Menu label="Export" className="btn quiet" trigger={<><Icon name="file" /><span className="word">Export</span></>}>
                  <a className="item" role="menuitem" href={exportOf("csv")} download>CSV<small>{written(list.count)}</small></a>
                  <a className="item" role="menuitem" href={exportOf("xlsx")} download>Excel<small>{written(list.count)}</small></a>
                  <div className="who mut">CSV is for programs: commas between, a point before decimals, days as 2026-05-31.</div>
                </Menu>
              )}
            </>
          )}
        </span>
      </div>
      {!list ? <Skeleton rows={16} /> : shown.error ? (
        <div className="empty"><Icon name="alert" size="huge" /><h2>This list cannot be shown</h2><p>{shown.error}</p><div className="row wrap"><Link className="btn" to={path + "?view=0"}>Show all {plural.toLowerCase()}</Link></div></div>
      ) : !list.count && !rows.length ? (
        <div className="empty">
          <Icon name={filtered ? "filter" : "file"} size="huge" />
          <h2>{filtered ? `No ${singular.toLowerCase()} matches` : `No ${plural.toLowerCase()} yet`}</h2>
          <p>{filtered ? "Nothing here fits the filter." : hint}</p>
          <div className="row wrap">
            {filtered ? <button type="button" className="btn" onClick={() => go({ f: "", q: "" })}>Clear the filter</button> : shown.may.create && (
              <><button type="button" className="btn pri" onClick={() => p.onNew && p.onNew()}><Icon name="plus" />New {singular.toLowerCase()}</button><Link className="btn" to="/import">Import</Link></>
            )}
          </div>
        </div>
      ) : (
        <div ref={box} className={"lscroll" + (waiting ? " waiting" : "")} onScroll={scrolled} tabIndex={0} role="grid" aria-label={plural} aria-rowcount={list.count + 1}
             aria-colcount={columns.length + 1} aria-multiselectable="true" aria-busy={waiting || undefined} aria-activedescendant={list.at ? `cell-${list.at.id}-${list.at.col}` : undefined}>
          <div className="lgrid" style={{ "--cols": size.cols, minWidth: size.least }} role="presentation">
            <Head columns={columns} sort={shown.sort} descending={shown.descending} all={everyRow} some={selected > 0} onSort={(sort) => go({ sort })}
                  onAll={(on) => setList((l) => ({ ...l, all: false, chosen: new Set(on ? l.rows.map((r) => r.id) : []) }))} />
            {laid.map(({ head, row, index }) => {
              if (!row) return <GroupHead key={"g" + head} head={heads.get(head)} label={head || "None"} folded={isFolded(shown.fold, head)} onTurn={() => turn(head)} />;
              const mine = editing?.id === row.id ? editing.name : "";
              return (
                  <Row key={row.id} kind={kind} row={row} index={index} columns={columns} query={shown.query} opens={!!p.onOpen} chosen={list.all || list.chosen.has(row.id)} at={list.at?.id === row.id ? list.at.col : -1}
                       editing={mine} act={act} look={mine ? look : null} />
              );
            })}
            {list.more && <div className="lrow lmore" aria-hidden="true"><div className="sk" /><div className="sk" /></div>}
          </div>
        </div>
      )}
      {list && !shown.error && (
        <BulkBar chosen={list.chosen.size} all={list.all} count={list.count} loaded={rows.length} plural={plural} singular={singular} may={shown.may} fields={fields} rules={rules} bulk={bulk} found={found}
                 mergeTo={`/merge?kind=${kind}&ids=${[...list.chosen].join(",")}`} exportOf={exportOf} exportTicked={exportTicked} onSearch={p.onSearch} onStart={start} onAll={() => setList((l) => ({ ...l, all: true }))} onClear={clear} />
      )}
      <div className={said ? "lsaid" : "sr"} role="status" aria-live="polite">{said}</div>
    </div>
  );
}
