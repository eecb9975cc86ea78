import React, { useEffect, useRef, useState } from "react";
import { FormDialog } from "$/public/external/crm_app/ui/overlay/overlay.jsx";
import { Proposed } from "$/public/external/crm_app/ui/inputs/proposed.jsx";
import { Lookup } from "$/public/external/crm_app/ui/inputs/lookup.jsx";

const INPUT = {
  money: { inputMode: "decimal" }, int: { inputMode: "numeric" }, float: { inputMode: "decimal" }, decimal: { inputMode: "decimal" }, date: { type: "date" },
  datetime: { type: "datetime-local" },
};
const KEYBOARD = { "emails.value": { inputMode: "email" }, "phones.value": { type: "tel" }, phone: { type: "tel" }, domain: { inputMode: "url" } };

const place = (kind) => "kith-draft-" + kind;
const recall = (kind) => { try { return JSON.parse(sessionStorage.getItem(place(kind)) || "{}"); } catch { return {}; } };
const keep = (kind, values) => {
  try { values ? sessionStorage.setItem(place(kind), JSON.stringify(values)) : sessionStorage.removeItem(place(kind)); }
  catch { /* storage may be forbidden: the draft then lives as long as the dialog */ }
};
const CLOSED = "kith-form-closed";
const closed = () => { try { return Number(sessionStorage.getItem(CLOSED) || 0); } catch { return 0; } };
const shut = (n) => { try { sessionStorage.setItem(CLOSED, String(n)); } catch { /* as above */ } };
const valuesOf = (root) => {
  const found = {};
  root.querySelectorAll("[name]").forEach((e) => { found[e.name] = e.value; });
  return found;
};

/** A word of a managed list; any other may stay. */
function Word({ given, field, value, found, onSearch }) {
  const [text, setText] = useState(value || "");
  const { defaultValue, ...rest } = given;
  return <Proposed {...rest} list={field.vocabulary} label={field.label} value={text} maxLength={500} found={found} onSearch={onSearch} onWrite={setText} onTake={setText} />;
}

function Control({ field, draft, found, invalid, onSearch }) {
  const { name, label, type, choices, required, ref: kind } = field;
  const value = draft[name] ?? field.value;
  const given = { name, className: "in", defaultValue: value, required: required || undefined, "aria-invalid": invalid || undefined };
  if (type === "ref")
    return <Lookup name={name} label={label} kind={kind} found={found} value={value} shown={draft[name + "_text"] ?? field.shown} required={required}
                   invalid={invalid} onSearch={onSearch} />;
  if (type === "choice" || type === "bool")
    return (
      <select {...given}>
        {!required && <option value="">–</option>}
        {(choices || []).map((o) => <option key={o.id} value={o.id}>{o.name}</option>)}
      </select>
    );
  if (type === "longtext") return <textarea {...given} rows={3} />;
  if (field.vocabulary) return <Word given={given} field={field} value={value} found={found} onSearch={onSearch} />;
  return <input {...given} type="text" autoComplete="off" maxLength={500} {...(INPUT[type] || {})} {...(KEYBOARD[name] || {})} />;
}

/**
 * The dialog for a new record. It opens with a new `form.n` and keeps its own copy, so that a lost connection or a restarted server takes
 * nothing away; what is typed is kept in this tab until it is saved or discarded. `created` {n, kind, id, errors} answers.
 */
export function CreateDialog({ form, created, found, onCreate, onSearch }) {
  const [open, setOpen] = useState(null);
  const [errors, setErrors] = useState({});
  const [busy, setBusy] = useState(false);
  const opened = useRef(form?.n || 0);
  const answered = useRef(created?.n || 0);
  const body = useRef(null);
  const touched = useRef(false); // leaving without a touch keeps the draft that was found
  useEffect(() => {
    if (!form?.n || form.n === opened.current) return;
    opened.current = form.n;
    if (form.n <= closed()) return; // the page was loaded anew after this dialog had been left
    setErrors({});
    setBusy(false);
    touched.current = false;
    setOpen({ ...form, draft: form.given ? {} : recall(form.kind) });
  }, [form]);
  useEffect(() => {
    if (!created?.n || created.n === answered.current) return;
    answered.current = created.n;
    setBusy(false);
    if (Object.keys(created.errors || {}).length) {
      setErrors(created.errors);
      const first = Object.keys(created.errors)[0];
      body.current?.querySelector(`[name="${first}"], [name="${first}_text"]`)?.focus();
    } else { shut(opened.current); keep(created.kind, null); setOpen(null); }
  }, [created]);
  useEffect(() => {
    if (!busy) return;
    const timer = setTimeout(() => setBusy(false), 4000); // no answer: the connection went; what was typed can be sent again
    return () => clearTimeout(timer);
  }, [busy]);
  if (!open) return null;
  const { kind, label, fields, draft, n } = open;
  const restored = Object.keys(draft).length > 0;
  const remember = () => touched.current && setTimeout(() => body.current && !open.given && keep(kind, valuesOf(body.current)), 0);
  const type = () => { touched.current = true; remember(); };
  const close = () => { shut(opened.current); if (touched.current) keep(kind, null); setOpen(null); };
  const send = (values) => {
    const wanted = {};
    for (const f of fields) wanted[f.name] = values[f.name] ?? "";
    setBusy(true);
    onCreate && onCreate(kind, wanted, open.given > 0);
  };
  return (
    <FormDialog open title={`New ${label.toLowerCase()}`} submit={busy ? "Saving…" : `Create ${label.toLowerCase()}`} busy={busy} wide={fields.length > 4} onSubmit={send} onClose={close}>
      <div ref={body} className="form" onInput={type} onClick={remember} onKeyUp={remember}>
        {restored && (
          <div className="banner">
            <span className="grow">What you had typed is still here.</span>
            <button type="button" className="link" onClick={() => { keep(kind, null); setOpen({ ...open, draft: {}, n: n + 0.5 }); }}>Start afresh</button>
          </div>
        )}
        {errors[""] && <div className="banner r" role="alert">{errors[""]}</div>}
        <div className={fields.length > 4 ? "grid2" : "form"} key={n}>
          {fields.map((f) => (
            <label key={f.name} className={"field" + (f.type === "longtext" ? " full" : "")}>
              <span className="lab">{f.label}{f.required && <i className="must" aria-hidden="true"> *</i>}{f.help && <a className="helps" href={f.help_href} target="_blank" rel="noopener" title={f.help} aria-label={`What ${f.label} means here`}>?</a>}</span>
              <Control field={f} draft={draft} found={found} invalid={!!errors[f.name]} onSearch={onSearch} />
              {errors[f.name] && <span className="err" role="alert">{errors[f.name]}</span>}
            </label>
          ))}
        </div>
      </div>
    </FormDialog>
  );
}
