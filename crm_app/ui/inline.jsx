import React, { useEffect, useId, useRef, useState } from "react";
import { Link } from "react-router";
import { Proposed } from "$/public/external/crm_app/ui/inputs/proposed.jsx";
import { Breaks } from "$/public/external/crm_app/ui/inputs/breaks.jsx";
import { Helps } from "$/public/external/crm_app/ui/inputs/helps.jsx";
import { Several } from "$/public/external/crm_app/ui/inputs/several.jsx";
import { Lookup } from "$/public/external/crm_app/ui/inputs/lookup.jsx";
import { usePatience } from "$/public/external/crm_app/ui/overlay/line.js";

const INPUT = { money: { inputMode: "decimal" }, int: { inputMode: "numeric" }, float: { inputMode: "decimal" }, decimal: { inputMode: "decimal" }, date: { type: "date" }, datetime: { type: "datetime-local" } };

/** The control of one type: a choice saves when it is made, a text when Enter is pressed or the field is left. */
function Control({ property, draft, setDraft, save, close, common, found, options, onSearch }) {
  const { label, raw, type, choices, ref: kind, value, required } = property;
  const keys = (e) => {
    const done = e.key === "Enter" && (type === "longtext" ? e.ctrlKey || e.metaKey : !e.shiftKey);
    if (!done && e.key !== "Escape") return;
    e.preventDefault();
    e.stopPropagation();
    done ? save(e.currentTarget.value, true) : close(true);
  };
  const given = { ...common, "aria-label": label, className: "in", onKeyDown: keys, value: draft, onChange: (e) => setDraft(e.target.value) };
  if (type === "ref")
    return <Lookup label={label} kind={kind} found={found} options={options} value={raw} shown={raw ? value : ""} required={required} autoFocus invalid={common["aria-invalid"]}
                   describedBy={common["aria-describedby"]} onSearch={onSearch} onPick={(id) => save(id, true)} onCancel={close} />;
  if (type === "choice" || type === "user" || type === "bool")
    return (
      <select {...given} onChange={(e) => { setDraft(e.target.value); save(e.target.value, true); }}>
        {!required && !(choices || []).some((o) => String(o.id) === "") && type !== "bool" && <option value="">–</option>}
        {(choices || []).map((o) => <option key={o.id} value={String(o.id)}>{o.name}</option>)}
      </select>
    );
  if (type === "choices") return <Several label={label} options={choices || []} value={raw} onDone={(keys) => save(keys, true)} onCancel={close} />;
  if (type === "longtext") return <textarea {...given} rows={4} />;
  if (property.vocabulary) {
    const { ref: input, onChange, value: text, ...rest } = given;
    return <Proposed {...rest} input={input} list={property.vocabulary} label={label} value={text} found={found} onSearch={onSearch} onWrite={setDraft} onTake={(name) => { setDraft(name); save(name, true); }} />;
  }
  return <input {...given} {...(INPUT[type] || {})} autoComplete="off" />;
}

/**
 * One property {field, label, value, raw, type, editable, required, choices, ref, href}, edited where it stands. Enter saves, Esc restores,
 * leaving the field saves what was changed. What the server sends meanwhile does not touch the draft, which is saved with the `version` that
 * the writer saw. The draft stays while it is refused; `answer` {n, field, error} says how the last save ended.
 */
export function InlineEdit({ property, version, answer, found, options, bare, onSave, onSearch }) {
  const { field, label, value, type, editable, href, initials, color } = property;
  const raw = type === "datetime" ? (property.raw || "").slice(0, 16) : property.raw ?? "";
  const [draft, setDraft] = useState(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  const input = useRef(null);
  const button = useRef(null);
  const place = useRef(null);
  const began = useRef({ version: 0, raw: "" });
  const skipBlur = useRef(false);
  const back = useRef(false);
  const seen = useRef(answer?.n || 0);
  const editing = draft !== null;
  const errId = useId();
  useEffect(() => {
    if (!answer || answer.n === seen.current) return;
    seen.current = answer.n;
    if (answer.field !== field || !editing) return; // the same field may stand on a page twice
    setBusy(false);
    setError(answer.error || "");
    if (answer.error) return input.current?.focus();
    setDraft(null);
    if (back.current || place.current?.contains(document.activeElement)) setTimeout(() => button.current?.focus(), 0); // also after a dialog
    back.current = false;
  }, [answer, field]);
  useEffect(() => {
    if (!editing) return;
    input.current?.focus();
    input.current?.select?.();
  }, [editing]);
  usePatience(busy, () => { setBusy(false); setError("No answer yet. Press Enter to try again."); });
  const start = () => {
    skipBlur.current = false;
    began.current = { version: version || 0, raw };
    setDraft(raw);
  };
  const close = (focus) => {
    if (busy) return;
    skipBlur.current = true;
    setDraft(null);
    setError("");
    if (focus) setTimeout(() => button.current?.focus(), 0);
  };
  const save = (next, focus) => {
    if (next === began.current.raw) return close(focus);
    back.current = focus;
    setBusy(true);
    setError("");
    onSave && onSave(field, next, began.current.version);
  };
  const common = {
    ref: input, "aria-invalid": error ? true : undefined, readOnly: busy || undefined, "aria-describedby": error ? errId : undefined,
    onBlur: (e) => (skipBlur.current || busy ? (skipBlur.current = false) : save(e.currentTarget.value, false)),
  };
  const face = <>{initials && <span className="av" style={{ background: color }} aria-hidden="true">{initials}</span>}{initials ? " " : ""}<Breaks text={value} /></>;
  const linked = href && value;
  return (
    <div ref={place} className={bare ? "prop bare" : "prop"} data-field={field}>
      {!bare && <span className="lab2">{label}<Helps label={label} help={property.help} /></span>}
      {editing ? (
        <Control {...{ property, draft, setDraft, save, close, common, found, options, onSearch }} />
      ) : editable ? (
        <span className="valrow">
          {linked && <Link className="val" to={href}>{face}</Link>}
          <button ref={button} type="button" className={linked ? "val edit" : "val" + (value ? "" : " none")} aria-label={`${label}: ${value || "Add"}`} onClick={start}>
            {linked ? <svg className="icon" viewBox="0 0 18 18" aria-hidden="true"><path d="M4 14l1-3.500L12 3.500l2.500 2.500L7.500 13z" /></svg> : value ? face : bare ? `Add ${label[0].toLowerCase()}${label.slice(1)}` : "Add"}
          </button>
        </span>
      ) : href ? (
        <Link className="val" to={href}>{face}</Link>
      ) : (
        <span className={"val" + (value ? "" : " none")}>{value ? face : "–"}</span>
      )}
      {property.remark && !value && <span className="mut">{property.remark}</span>}
      {error && <span className="err" id={errId} role="alert">{error}</span>}
    </div>
  );
}
