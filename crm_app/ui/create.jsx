import React, { useCallback, useEffect, useRef, useState } from "react";
import { AlikePanel } from "$/public/external/crm_app/ui/create/alike.jsx";
import { quick } from "$/public/external/crm_app/ui/inputs/quick.js";
import { useNavigate } from "react-router";
import { FormDialog } from "$/public/external/crm_app/ui/overlay/overlay.jsx";
import { usePatience } from "$/public/external/crm_app/ui/overlay/line.js";
import { keep, newTicket, openings, recall, valuesOf } from "$/public/external/crm_app/ui/overlay/drafts.js";
import { whose } from "$/public/external/crm_app/ui/overlay/typed.js";
import { WordInput } from "$/public/external/crm_app/ui/inputs/proposed.jsx";
import { Helps } from "$/public/external/crm_app/ui/inputs/helps.jsx";
import { Several } from "$/public/external/crm_app/ui/inputs/several.jsx";
import { Lookup } from "$/public/external/crm_app/ui/inputs/lookup.jsx";

const INPUT = {
  money: { inputMode: "decimal" }, int: { inputMode: "numeric" }, float: { inputMode: "decimal" }, decimal: { inputMode: "decimal" }, date: { type: "date" },
  datetime: { type: "datetime-local" },
};
const KEYBOARD = { "emails.value": { inputMode: "email" }, "phones.value": { type: "tel" }, phone: { type: "tel" }, domain: { inputMode: "url" } };

// A draft belongs to a person, to what is made, and to what the form began with: another one from another record is another draft.
const place = (me, form) => `kith-draft:${me || ""}:${form.kind}` + (form.given ? ":" + JSON.stringify(form.fields.map((f) => f.value)) : "");
const forms = openings("kith-form-closed");

function Control({ field, draft, found, invalid, onSearch }) {
  const { name, label, type, choices, required, ref: kind } = field;
  const value = draft[name] ?? field.value;
  const given = { name, className: "in", defaultValue: value, required: required || undefined, "aria-invalid": invalid || undefined };
  if (type === "ref")
    return <Lookup name={name} label={label} kind={kind} found={found} value={value} shown={draft[name + "_text"] ?? field.shown} required={required}
                   invalid={invalid} onSearch={onSearch} makes />;
  if (type === "choice" || type === "bool")
    return (
      <select {...given}>
        {!required && <option value="">–</option>}
        {(choices || []).map((o) => <option key={o.id} value={o.id}>{o.name}</option>)}
      </select>
    );
  if (type === "choices") return <Several name={name} label={label} options={choices || []} value={value} invalid={invalid} />;
  if (type === "longtext") return <textarea {...given} rows={3} />;
  if (field.vocabulary) {
    const { defaultValue, ...rest } = given;
    return <WordInput {...rest} vocabulary={field.vocabulary} label={label} value={value} maxLength={500} found={found} onSearch={onSearch} />;
  }
  return <input {...given} type="text" autoComplete="off" maxLength={500} {...(INPUT[type] || {})} {...(KEYBOARD[name] || {})} />;
}

const PAUSE_MS = 250;

/** Asks who is here already, a moment after the last key, and keeps only the answer to the last question. */
function useAlike(compares, kind, met, onLook) {
  const timer = useRef(0);
  const asked = useRef({ n: 0, text: "" });
  const [shown, setShown] = useState(null);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => { if (met?.n && met.n === asked.current.n) setShown(met); }, [met]);
  const look = (read, but) => {
    if (!compares) return;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      const values = read();
      const text = JSON.stringify(values);
      if (!values || (text === asked.current.text && !but)) return;
      asked.current = { n: Date.now(), text };
      onLook && onLook(kind, values, asked.current.n, but || []);
    }, but ? 0 : PAUSE_MS);
  };
  return [shown, look];
}
const WEIGH_MS = 150;

/** Which fields are hidden and demanded for what is typed: as the form began, then as the last answer says. */
function useConditions(open, conditions, onWeigh) {
  const { kind, fields, conditional } = open;
  const timer = useRef(0);
  const asked = useRef({ n: 0, text: "" });
  const [now, setNow] = useState(() => ({
    hidden: fields.filter((f) => f.hidden).map((f) => f.name), required: fields.filter((f) => f.required).map((f) => f.name),
  }));
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (!conditions?.n || conditions.n !== asked.current.n || conditions.kind !== kind) return;
    setNow((old) => ({ hidden: conditions.hidden, required: [...old.required.filter((name) => !name.startsWith("custom.")), ...conditions.required] }));
  }, [conditions]);
  const weigh = (read) => {
    if (!conditional) return;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      const values = read();
      const text = JSON.stringify(values);
      if (!values || text === asked.current.text) return;
      asked.current = { n: Date.now(), text };
      onWeigh && onWeigh(kind, values, asked.current.n);
    }, WEIGH_MS);
  };
  return [now, weigh];
}

/** A label around one control, and its help beside it; boxes to tick have labels of their own. */
const Framed = ({ field, wide, children }) => {
  const Around = field.type === "choices" ? "div" : "label";
  return (
    <div className={"helped" + (wide ? " full" : "")} hidden={field.hidden}>
      <Around className="field">{children}</Around>
      <Helps label={field.label} help={field.help} apart />
    </div>
  );
};

/**
 * One dialog for a new record. It keeps its own copy, so that a lost connection or a restarted server takes nothing away; what is typed is
 * kept in this tab until it is saved or discarded. `created` {n, kind, id, errors, likely} and `offer` {n, kind, id, fills, done} answer.
 */
function Sheet({ open, taken, restart, created, found, met, offer, conditions, onCreate, onSearch, onLook, onWeigh, onChoose, onFill, onAsk, onShut }) {
  const { kind, label, fields, draft, n, done, compares, key } = open;
  const navigate = useNavigate();
  const [errors, setErrors] = useState({});
  const [busy, setBusy] = useState(false);
  const [likely, setLikely] = useState(false);
  const [taking, setTaking] = useState(null);
  const body = useRef(null);
  const seen = useRef([]); // those of whom somebody said that this is another one
  const touched = useRef(false); // leaving without a touch keeps the draft that was found
  const ticket = useRef(draft._ticket || newTicket());
  const [now, weigh] = useConditions(open, conditions, onWeigh);
  const typed = () => {
    if (!body.current) return null;
    const all = valuesOf(body.current), found = {};
    for (const f of fields) found[f.name] = all[f.name] ?? "";
    return found;
  };
  const wanted = () => { // nobody saves what is not shown
    const found = typed();
    for (const name of found ? now.hidden : []) found[name] = "";
    return found;
  };
  const [alike, look] = useAlike(compares, kind, met, onLook);
  const [apart, setApart] = useState([]); // of each of these somebody said that it is not a duplicate
  const rows = (alike?.rows || []).filter((r) => !apart.includes(r.id));
  useEffect(() => { if (open.given || Object.keys(draft).length) { look(wanted); weigh(typed); } }, [n]);
  useEffect(() => {
    if (!created?.n || created.n <= taken.current.created) return;
    taken.current.created = created.n;
    setBusy(false);
    if (created.likely) {
      setLikely(true);
      setTaking(null);
      look(wanted, seen.current);
    } else if (Object.keys(created.errors || {}).length) {
      setErrors(created.errors);
      ticket.current = newTicket();
      const first = Object.keys(created.errors)[0];
      body.current?.querySelector(`[name="${first}"], [name="${first}_text"]`)?.focus();
    } else {
      keep(key, null);
      done && done({ id: created.id, name: created.title });
      onShut(open);
    }
  }, [created]);
  useEffect(() => {
    if (!offer?.n || offer.n <= taken.current.offer) return;
    taken.current.offer = offer.n;
    if (offer.kind !== kind) return;
    setBusy(false);
    if (!offer.done) { setTaking(offer); return; }
    keep(key, null);
    done ? done({ id: offer.id, name: offer.name }) : navigate(offer.url);
    onShut(open);
  }, [offer]);
  usePatience(busy, () => setBusy(false)); // what was typed can be sent again
  const restored = Object.keys(draft).length > 0;
  const store = () => body.current && keep(key, { ...valuesOf(body.current), _ticket: ticket.current });
  const remember = () => touched.current && setTimeout(store, 0);
  const type = () => { touched.current = true; seen.current = []; setLikely(false); setTaking(null); remember(); look(wanted); weigh(typed); };
  const move = () => { remember(); if (touched.current) { look(wanted); weigh(typed); } };
  const close = () => { if (touched.current) keep(key, null); onShut(open); };
  const send = () => {
    if (busy) return;
    setBusy(true);
    setErrors({});
    touched.current = true;
    store();
    seen.current = [...new Set([...seen.current, ...apart, ...(likely ? rows.map((r) => r.id) : [])])];
    onCreate && onCreate(kind, wanted(), open.given > 0 || !!done, seen.current, ticket.current);
  };
  const use = (row) => onChoose && onChoose(kind, row.id, wanted());
  const take = (names) => {
    const all = wanted(), some = {};
    for (const name of names) some[name] = all[name];
    setBusy(true);
    onFill && onFill(kind, taking.id, some);
  };
  const what = label.toLowerCase();
  const submit = busy ? "Saving…" : likely && rows.length ? "Create anyway" : `Create ${what}`;
  return (
    <FormDialog open title={`New ${what}`} submit={submit} busy={busy} wide={fields.length > 4} onSubmit={send} onClose={close}>
      <div className={compares ? "withalike" : ""}>
        <div ref={body} className="form" onInput={type} onClick={move} onKeyUp={move}>
          {restored && (
            <div className="banner">
              <span className="grow">What you had typed is still here.</span>
              <button type="button" className="link" onClick={() => { keep(key, null); restart(open); }}>Start afresh</button>
            </div>
          )}
          {errors[""] && <div className="banner r" role="alert">{errors[""]}</div>}
          <div className={fields.length > 4 ? "grid2" : "form"}>
            {fields.map((f) => ({ ...f, required: now.required.includes(f.name), hidden: now.hidden.includes(f.name) })).map((f) => (
              <Framed key={f.name} field={f} wide={f.type === "longtext" || f.type === "choices"}>
                <span className="lab">{f.label}{f.required && <i className="must" aria-hidden="true"> *</i>}</span>
                <Control field={f} draft={draft} found={found} invalid={!!errors[f.name]} onSearch={onSearch} />
                {errors[f.name] && <span className="err" role="alert">{errors[f.name]}</span>}
              </Framed>
            ))}
          </div>
        </div>
        {compares && <AlikePanel label={what} rows={rows} offer={taking} likely={likely && rows.length > 0} onUse={use} onApart={(id) => setApart((all) => [...all, id])} onAsk={(row) => onAsk && onAsk(row.kind, row.id)} onTake={take} onBack={() => setTaking(null)} />}
      </div>
    </FormDialog>
  );
}

/**
 * The dialogs for new records; one opens with each new `form.n`, above those that are open: who is missing in a look-up is made from there,
 * and the look-up has them then. Only the topmost hears of answers.
 */
export function CreateDialog({ me, form, makes, onStart, onCreate, ...rest }) {
  whose.me = me || ""; // the frame of every page has this one
  const [sheets, setSheets] = useState([]);
  const taken = useRef({ created: 0, offer: 0 }); // answers grow, and each is for one dialog
  const waiting = useRef(null); // the look-up for which a new record was begun
  const put = useCallback((sheet) => setSheets((all) => [...all, sheet]), []);
  useEffect(() => {
    quick.kinds = makes || [];
    quick.start = (kind, text, done) => { waiting.current = { kind, done }; onStart && onStart(kind, text); };
  }, [makes, onStart]);
  useEffect(() => {
    if (!form || !forms.begins(form.n)) return;
    for (const name of ["created", "offer"]) // what was answered before is for an earlier one
      if (rest[name]?.n < form.n) taken.current[name] = Math.max(taken.current[name], rest[name].n);
    const asked = waiting.current?.kind === form.kind ? waiting.current : null;
    waiting.current = null;
    const given = asked ? 1 : form.given;
    const key = place(me, { ...form, given });
    put({ ...form, given, key, done: asked?.done, draft: recall(key) });
  }, [form]);
  const shutOne = (sheet) => { forms.leave(sheet.n); setSheets((all) => all.filter((s) => s.n !== sheet.n)); };
  const restart = (sheet) => setSheets((all) => all.map((s) => (s.n === sheet.n ? { ...s, draft: {}, n: s.n + 0.5 } : s)));
  return sheets.map((sheet, i) => {
    const top = i === sheets.length - 1;
    const { created, offer, met, conditions, ...other } = rest;
    return <Sheet key={sheet.n} open={sheet} taken={taken} restart={restart} onShut={shutOne} onCreate={onCreate} {...other}
                  created={top ? created : null} offer={top ? offer : null} met={top ? met : null} conditions={top ? conditions : null} />;
  });
}
