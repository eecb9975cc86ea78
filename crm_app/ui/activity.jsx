import React, { useEffect, useRef, useState } from "react";
import { FormDialog } from "$/public/external/crm_app/ui/overlay/overlay.jsx";
import { usePatience } from "$/public/external/crm_app/ui/overlay/line.js";
import { keep, newTicket, openings, recall, valuesOf } from "$/public/external/crm_app/ui/overlay/drafts.js";
import { Lookup } from "$/public/external/crm_app/ui/inputs/lookup.jsx";
import { GuestField, RepeatField } from "$/public/external/crm_app/ui/activity/guests.jsx";

const TYPES = [["meeting", "Meeting"], ["call", "Call"], ["task", "Task"]];
const OUTCOMES = ["reached", "no answer", "left a message", "wrong number", "busy"];
const REMIND = [["", "No reminder"], ["0", "At that time"], ["5", "5 minutes before"], ["15", "15 minutes before"], ["30", "30 minutes before"], ["60", "1 hour before"], ["1440", "1 day before"]];
const cards = openings("kith-card-closed");
// A draft belongs to a person, and to the activity as it stood or to the place where it is planned.
const place = (me, c) => "kith-activity:" + JSON.stringify([me || "", c.id, c.version, ...(c.id ? [] : [c.day, c.time, c.deal_id, c.person_id, c.company_id])]);
const SHOWN = ["deal", "person", "company", "owner"];
const cardOf = (card, { values, who, repeat, ...draft }) => ({
  ...card, ...draft, ...values, ...Object.fromEntries(SHOWN.map((name) => [name, values[name + "_id_text"] ?? card[name]])), ...repeat, guests: who,
});
const capital = (text) => text[0].toUpperCase() + text.slice(1);

function Field({ label, error, full, children }) {
  return <div className={"field" + (full ? " full" : "")}><span className="lab" aria-hidden="true">{label}</span>{children}{error && <span className="err" role="alert">{error}</span>}</div>;
}

/** Who is asked says whether they come; the numbers to call; done or open again; delete. */
function Actions({ card, onFinish, onRemove, onAnswer, onClose }) {
  const act = (fn, ...given) => { fn && fn(...given); onClose(); };
  return (
    <div className="cardacts">
      {card.can_edit && <button type="button" className="btn" onClick={() => act(onFinish, card.id, !card.is_done)}>{card.is_done ? "Open again" : "Mark as done"}</button>}
      {card.is_asked && <>
        <button type="button" className="btn" aria-pressed={card.response === "accepted"} onClick={() => onAnswer(card.id, card.response === "accepted" ? "none" : "accepted")}>{card.response === "accepted" ? "✓ You come" : "Accept"}</button>
        <button type="button" className="btn" aria-pressed={card.response === "declined"} onClick={() => onAnswer(card.id, card.response === "declined" ? "none" : "declined")}>{card.response === "declined" ? "✓ You declined" : "Decline"}</button>
      </>}
      {card.numbers.map((n) => <a key={n.text} className="btn" href={n.href} title={n.whose}>Call {n.text}</a>)}
      {card.is_done && <span className="mut">Done {card.done}</span>}
      {card.can_delete && <button type="button" className="btn quiet end" onClick={() => act(onRemove, card.id)}>Delete</button>}
    </div>
  );
}

/**
 * Plans or changes a call, a meeting or a task. It opens with a new `card.n` and keeps its own copy, so that neither an error nor a lost
 * connection takes anything away; `saved` {n, errors} answers. `children` is the place where files are dropped.
 */
export function ActivityDialog({ me, card, saved, found, guests, children, onSave, onFinish, onRemove, onAnswer, onSearch, onInvite }) {
  const [open, setOpen] = useState(null);
  const [type, setType] = useState("meeting");
  const [who, setWho] = useState([]);
  const [repeat, setRepeat] = useState({});
  const [errors, setErrors] = useState({});
  const [busy, setBusy] = useState(false);
  const now = useRef({ n: 0, key: "" }); // the card that is open or was the last one
  const shut = () => { cards.leave(now.current.n); setOpen(null); };
  const begin = (c, known) => {
    ticket.current = known || newTicket();
    touched.current = false;
    setErrors({});
    setBusy(false);
    setType(c.type);
    setWho(c.guests);
    setRepeat({ repeat: c.repeat, repeat_until: c.repeat_until, repeat_times: c.repeat_times, repeat_words: c.repeat_words });
    setOpen(c);
  };
  const answered = useRef(0);
  const body = useRef(null);
  const ticket = useRef("");
  const touched = useRef(false);
  useEffect(() => {
    if (!card?.n) return;
    if (!cards.begins(card.n)) { setOpen((o) => (o && card.n === now.current.n ? { ...o, files: card.files } : o)); return; }
    now.current = { n: card.n, key: place(me, card) };
    if (saved?.n < card.n) answered.current = saved.n; // that was the answer to an earlier one
    const draft = card.can_edit ? recall(place(me, card)) : {};
    begin({ ...(draft.values ? cardOf(card, draft) : card), key: now.current.key, restored: !!draft.values, asked: card }, draft.ticket);
  }, [card]);
  useEffect(() => {
    if (!saved?.n || saved.n === answered.current) return;
    answered.current = saved.n;
    if (!now.current.n) return; // nothing was opened here
    setBusy(false);
    if (Object.keys(saved.errors || {}).length) { setErrors(saved.errors); ticket.current = newTicket(); }
    else { keep(now.current.key, null); shut(); }
  }, [saved]);
  usePatience(busy, () => setBusy(false)); // what was typed can be sent again
  const store = () => body.current && open && keep(open.key, { type, who, repeat, ticket: ticket.current, values: { ...recall(open.key).values, ...valuesOf(body.current) } });
  useEffect(() => { if (touched.current) store(); }, [type, who, repeat]);
  if (!open) return null;
  const c = open;
  const off = !c.can_edit;
  const remember = () => { touched.current = true; setTimeout(store, 0); };
  const touch = () => touched.current && remember(); // what was chosen from a list
  const changed = (set) => (value) => { touched.current = true; set(value); };
  const close = () => { if (touched.current) keep(c.key, null); shut(); };
  const afresh = () => { keep(c.key, null); begin({ ...c.asked, n: c.n + 0.5, key: c.key, asked: c.asked }); };
  const send = (values) => { remember(); setBusy(true); onSave && onSave(c.id, { ...values, type, ticket: ticket.current }, c.version); };
  const text = (name, label, props = {}) => <input className="in" name={name} aria-label={label} defaultValue={c[name]} autoComplete="off" aria-invalid={errors[name] ? true : undefined} {...props} />;
  const long = (name, label, rows) => <Field label={label} full error={errors[name]}><textarea className="in" name={name} aria-label={label} rows={rows} defaultValue={c[name]} /></Field>;
  const ref = (name, label, kind) => <Field label={label} error={errors[name + "_id"]}><Lookup name={name + "_id"} label={label} kind={kind} found={found} value={c[name + "_id"]} shown={c[name]} onSearch={onSearch} makes /></Field>;
  return (
    <FormDialog key={c.n} open title={c.id ? capital(c.type) : "New " + type} submit={off ? "" : busy ? "Saving…" : c.id ? "Save" : "Plan it"} cancel={off ? "Close" : "Cancel"} busy={busy} wide onSubmit={send} onClose={close}>
      <div ref={body} className="form activitycard" onInput={remember} onClick={touch} onKeyUp={touch}>
        {c.restored && (
          <div className="banner">
            <span className="grow">What you had typed is still here.</span>
            <button type="button" className="link" onClick={afresh}>Start afresh</button>
          </div>
        )}
        {errors[""] && <div className="banner r" role="alert">{errors[""]}</div>}
        {c.id > 0 && <Actions card={c} onFinish={onFinish} onRemove={onRemove} onAnswer={onAnswer} onClose={close} />}
        <fieldset disabled={off}>
          <div className="grid2">
            <div className="full row wrap">
              <div className="seg" role="group" aria-label="What it is">
                {TYPES.map(([id, name]) => <button key={id} type="button" className={type === id ? "on" : ""} aria-pressed={type === id} disabled={off} onClick={() => changed(setType)(id)}>{name}</button>)}
              </div>
            </div>
            <Field label="Subject" full error={errors.subject || errors.type}>{text("subject", "Subject", { maxLength: 300, placeholder: type === "task" ? "What is to be done" : "What it is about" })}</Field>
            <Field label={type === "task" ? "Due" : "When"} error={errors.day}>
              <div className="row">{text("day", "Day", { type: "date" })}{text("time", "Time (empty: the whole day)", { type: "time" })}</div>
            </Field>
            <Field label="Minutes" error={errors.minutes}>{text("minutes", "Minutes", { inputMode: "numeric", placeholder: type === "meeting" ? "60" : "30" })}</Field>
            <Field label="Repeats" error={errors.repeat}><RepeatField value={repeat} disabled={off} onChange={changed(setRepeat)} /></Field>
            <Field label="Reminder" error={errors.remind}>
              <select className="in" name="remind" aria-label="Reminder" defaultValue={c.remind}>
                {REMIND.map(([id, name]) => <option key={id} value={id}>{name}</option>)}
                {!REMIND.some(([id]) => id === c.remind) && <option value={c.remind}>{c.remind} minutes before</option>}
              </select>
            </Field>
            {type === "call" && <Field label="Outcome" error={errors.outcome}><select className="in" name="outcome" aria-label="Outcome" defaultValue={c.outcome}><option value="">{c.is_done ? "Not noted" : "Not called yet"}</option>{OUTCOMES.map((o) => <option key={o} value={o}>{capital(o)}</option>)}</select></Field>}
            {type === "task" && <Field label="Priority" error={errors.priority}><select className="in" name="priority" aria-label="Priority" defaultValue={c.priority}><option value="low">Low</option><option value="normal">Normal</option><option value="high">High</option></select></Field>}
            {type === "meeting" && <Field label="Place" error={errors.place}>{text("place", "Place", { maxLength: 300 })}</Field>}
            {type === "meeting" && <Field label="Who comes" full error={errors.attendees}><GuestField name="attendees" label="Who comes" value={who} found={guests} disabled={off} onSearch={onInvite} onChange={changed(setWho)} /></Field>}
            {ref("deal", "Deal", "deal")}
            {ref("person", "Person", "person")}
            {ref("company", "Company", "company")}
            {ref("owner", "Owner", "user")}
            {type === "meeting" && long("agenda", "Agenda", 3)}
            {type === "meeting" && long("meeting_minutes", "Minutes of the meeting", 3)}
            {long("body", type === "call" ? "What was said" : "Notes", 3)}
          </div>
        </fieldset>
        {c.id > 0 && (
          <div className="field full">
            <span className="lab">Recordings and files</span>
            {c.files.length > 0 && <ul className="cardfiles">{c.files.map((f) => <li key={f.id}><a className="link" href={`/files/${f.id}`}>{f.name}</a> <span className="mut">{f.size}</span></li>)}</ul>}
            {children}
          </div>
        )}
      </div>
    </FormDialog>
  );
}
