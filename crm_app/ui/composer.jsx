import React, { useEffect, useRef, useState } from "react";
import { useLocation } from "react-router";
import { GuestField, RepeatField } from "$/public/external/crm_app/ui/activity/guests.jsx";
import { usePatience } from "$/public/external/crm_app/ui/overlay/line.js";
import { newTicket } from "$/public/external/crm_app/ui/overlay/drafts.js";
import { tooLong } from "$/public/external/crm_app/ui/timeline/timeline_text.js";

const TABS = [["note", "Note"], ["call", "Call"], ["meeting", "Meeting"], ["task", "Task"], ["email", "E-mail"]];
const WAYS = [["sent", "Sent"], ["received", "Received"]];
const HINTS = { note: "Write a note. @ mentions a colleague.", call: "What was said?", meeting: "Minutes: what was agreed?", task: "Anything that helps to do it", email: "The text of the e-mail, or what matters of it" };
const PLANS = { call: "What is to be asked?", meeting: "Agenda: what is to be spoken about?" };
const OUTCOMES = ["reached", "no answer", "left a message", "wrong number", "busy"];
const SUBJECTS = { call: "What it was about", meeting: "What it was about", task: "What is to be done", email: "Subject" };
const BLANK = {
  type: "note", subject: "", body: "", when: "", minutes: "", names: {}, planned: false, outcome: "", way: "sent", place: "", guests: [], priority: "normal",
  repeat: "", repeat_until: "", repeat_times: "", ticket: "", sent: "",
};

const read = (key) => {
  try { return { ...BLANK, ...JSON.parse(localStorage.getItem(key) || "{}") }; } catch { return BLANK; }
};
const keep = (key, draft) => {
  try {
    if (draft.subject || draft.body || draft.when || draft.minutes || draft.place || draft.guests.length) localStorage.setItem(key, JSON.stringify(draft));
    else localStorage.removeItem(key);
  } catch { /* storage may be forbidden; the text still stands in the page */ }
};
const textOf = ({ ticket, sent, ...draft }) => JSON.stringify(draft);
const written = (body, names) => Object.entries(names).sort((a, b) => b[0].length - a[0].length).reduce((text, [name, id]) => text.split("@" + name).join(`@[${name}](${id})`), body);

/**
 * Writes down a note, call, meeting, task or e-mail. Ctrl-Enter saves. The draft of this person for this record outlives errors,
 * reconnects and reloads; it goes when the server says that it was saved. `result` {n, errors, me}.
 */
export function Composer({ result, found, guests, onWrite, onSearch, onInvite, disabled }) {
  const { pathname } = useLocation();
  const me = useRef(""); // a restarted server does not know it for a moment
  me.current = result?.me || me.current;
  const key = `kith-draft:${me.current}:${pathname}`;
  const [draft, setDraft] = useState(BLANK);
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [query, setQuery] = useState(null);
  const [at, setAt] = useState(0);
  const seen = useRef(result?.n || 0);
  const area = useRef(null);
  const timer = useRef(0);
  usePatience(busy, () => setBusy(false));
  const change = (part) => setDraft((d) => { const next = { ...d, ...part }; keep(key, next); return next; });
  useEffect(() => {
    if (!me.current) return;
    const kept = read(key);
    setDraft(kept);
    setOpen(Boolean(kept.body || kept.subject));
  }, [key]);
  useEffect(() => {
    if (!result || result.n === seen.current) return;
    seen.current = result.n;
    setBusy(false);
    if (Object.keys(result.errors || {}).length) change({ ticket: "" });
  }, [result]);
  useEffect(() => {
    if (!draft.ticket || draft.ticket !== result?.ticket) return;
    if (draft.sent !== textOf(draft)) return change({ ticket: "" }); // what was typed since is not saved yet
    setDraft((d) => ({ ...BLANK, type: d.type }));
    keep(key, BLANK);
    setOpen(false);
  }, [result, draft.ticket, key]);
  if (disabled) return null;
  const errors = result?.errors || {};
  const talk = ["call", "meeting"].includes(draft.type);
  const plan = talk && draft.planned;
  const long = tooLong(draft.body);
  const wrong = long || errors.body;
  const people = query === null ? [] : found || [];
  const type = (e) => {
    const text = e.target.value;
    change({ body: text });
    const before = text.slice(0, e.target.selectionStart);
    const mention = /(?:^|\s)@([\p{L}\p{M}.'’-]*(?: [\p{L}\p{M}.'’-]*)?)$/u.exec(before);
    setQuery(mention ? mention[1] : null);
    setAt(0);
    if (mention) {
      clearTimeout(timer.current);
      timer.current = setTimeout(() => onSearch && onSearch(mention[1]), 150);
    }
  };
  const take = (person) => {
    const end = area.current.selectionStart;
    const start = draft.body.lastIndexOf("@", end - 1);
    const body = `${draft.body.slice(0, start)}@${person.name} ${draft.body.slice(end)}`;
    change({ body, names: { ...draft.names, [person.name]: person.id } });
    setQuery(null);
    const place = start + person.name.length + 2;
    setTimeout(() => { area.current?.focus(); area.current?.setSelectionRange(place, place); }, 0);
  };
  const save = () => {
    if (busy || long) return;
    setBusy(true);
    const ticket = draft.ticket || newTicket(); // of one entry: over a line that stumbles it may be sent twice
    change({ ticket, sent: textOf(draft) });
    const values = { type: draft.type, body: written(draft.body, draft.names), ticket };
    if (draft.type !== "note") Object.assign(values, { subject: draft.subject, when: draft.when });
    if (talk) Object.assign(values, { minutes: draft.minutes, planned: draft.planned ? "yes" : "no" });
    if (draft.type === "call" && !draft.planned) values.outcome = draft.outcome;
    if (draft.type === "email") Object.assign(values, { outcome: draft.way, planned: "no" });
    if (draft.type === "meeting") Object.assign(values, { place: draft.place, attendees: JSON.stringify(draft.guests.map((g) => ({ kind: g.kind, id: g.id }))) });
    if (draft.type === "task") values.priority = draft.priority;
    if (draft.type === "task" || plan) Object.assign(values, { repeat: draft.repeat, repeat_until: draft.repeat_until, repeat_times: draft.repeat_times });
    onWrite && onWrite(values);
  };
  const keys = (e) => {
    if (people.length && query !== null) {
      if (e.key === "ArrowDown" || e.key === "ArrowUp") { e.preventDefault(); return setAt((i) => (i + (e.key === "ArrowDown" ? 1 : people.length - 1)) % people.length); }
      if ((e.key === "Enter" && !e.ctrlKey && !e.metaKey) || e.key === "Tab") { e.preventDefault(); return take(people[at]); }
      if (e.key === "Escape") { e.stopPropagation(); return setQuery(null); }
    }
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { e.preventDefault(); save(); }
  };
  return (
    <div className={"comp" + (open ? " open" : "")} onKeyDown={keys} onFocus={() => setOpen(true)}>
      <div className="comptabs" role="group" aria-label="Kind of entry">
        {TABS.map(([kind, name]) => <button key={kind} type="button" className={draft.type === kind ? "on" : ""} aria-pressed={draft.type === kind} onClick={() => { change({ type: kind }); setOpen(true); }}>{name}</button>)}
      </div>
      {open && ["call", "meeting"].includes(draft.type) && (
        <div className="seg compseg" role="group" aria-label="Done or planned">
          {[[false, draft.type === "call" ? "Log a call" : "Log a meeting"], [true, "Plan one"]].map(([planned, name]) => <button key={name} type="button" className={draft.planned === planned ? "on" : ""} aria-pressed={draft.planned === planned} onClick={() => change({ planned })}>{name}</button>)}
        </div>
      )}
      {open && draft.type === "email" && (
        <div className="seg compseg" role="group" aria-label="Sent or received">
          {WAYS.map(([way, name]) => <button key={way} type="button" className={draft.way === way ? "on" : ""} aria-pressed={draft.way === way} onClick={() => change({ way })}>{name}</button>)}
        </div>
      )}
      {draft.type !== "note" && open && <input className="in bare" aria-label={SUBJECTS[draft.type]} placeholder={SUBJECTS[draft.type]} maxLength={300} value={draft.subject} aria-invalid={errors.subject ? true : undefined} onChange={(e) => change({ subject: e.target.value })} />}
      {errors.subject && <span className="err" role="alert">{errors.subject}</span>}
      <textarea ref={area} className="in bare" aria-label={draft.type === "note" ? "Note" : "Text"} rows={open ? 3 : 1} placeholder={(plan && PLANS[draft.type]) || HINTS[draft.type]} value={draft.body} aria-invalid={wrong ? true : undefined} onChange={type} onBlur={() => setTimeout(() => setQuery(null), 150)} />
      {query !== null && people.length > 0 && (
        <ul className="atlist" role="listbox" aria-label="Colleagues">
          {people.map((p, i) => <li key={p.id} role="option" aria-selected={i === at} className={i === at ? "on" : ""} onPointerDown={(e) => { e.preventDefault(); take(p); }}>{p.name}</li>)}
        </ul>
      )}
      {wrong && <span className="err" role="alert">{wrong}</span>}
      {open && draft.type === "meeting" && (
        <div className="compmore">
          <label className="row grow"><span className="lab2">Place</span><input className="in" maxLength={300} value={draft.place} onChange={(e) => change({ place: e.target.value })} /></label>
          <div className="row grow"><span className="lab2" aria-hidden="true">With</span><GuestField label="Who comes" value={draft.guests} found={guests} onSearch={onInvite} onChange={(next) => change({ guests: next })} /></div>
        </div>
      )}
      {open && (
        <div className="compfoot">
          {draft.type !== "note" && <label className="row"><span className="lab2">{draft.type === "task" ? "Due" : "When"}</span><input className="in" type="datetime-local" value={draft.when} aria-invalid={errors.when ? true : undefined} onChange={(e) => change({ when: e.target.value })} /></label>}
          {["call", "meeting"].includes(draft.type) && <label className="row"><span className="lab2">Minutes</span><input className="in num" inputMode="numeric" size={4} value={draft.minutes} aria-invalid={errors.minutes ? true : undefined} onChange={(e) => change({ minutes: e.target.value })} /></label>}
          {draft.type === "call" && !draft.planned && <label className="row"><span className="lab2">Outcome</span><select className="in" value={draft.outcome} onChange={(e) => change({ outcome: e.target.value })}><option value="">–</option>{OUTCOMES.map((o) => <option key={o} value={o}>{o[0].toUpperCase() + o.slice(1)}</option>)}</select></label>}
          {draft.type === "task" && <label className="row"><span className="lab2">Priority</span><select className="in" value={draft.priority} onChange={(e) => change({ priority: e.target.value })}><option value="low">Low</option><option value="normal">Normal</option><option value="high">High</option></select></label>}
          {(draft.type === "task" || plan) && draft.when && <RepeatField small value={draft} onChange={change} />}
          {(errors.when || errors.minutes || errors.type || errors.repeat || errors.attendees) && <span className="err" role="alert">{errors.when || errors.minutes || errors.type || errors.repeat || errors.attendees}</span>}
          <span className="end row"><span className="hint hide"><kbd>Ctrl</kbd> <kbd>Enter</kbd></span><button type="button" className="btn pri" aria-disabled={busy || undefined} onClick={save}>{draft.type === "task" ? "Add task" : plan ? "Plan it" : "Save"}</button></span>
        </div>
      )}
    </div>
  );
}
