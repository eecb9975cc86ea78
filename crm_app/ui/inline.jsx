import React, { useEffect, useRef, useState } from "react";
import { Link } from "react-router";

const INPUT = { money: { inputMode: "decimal" }, date: { type: "date" }, number: { inputMode: "numeric" } };

/**
 * One property, edited where it stands. Enter saves, Esc restores, leaving the field saves what was changed.
 * The draft stays while the server refuses it; `answer` {n, field, error} says how the last save ended.
 */
export function InlineEdit({ property, answer, onSave }) {
  const { field, label, value, raw, type, editable, choices, href } = property;
  const [draft, setDraft] = useState(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  const input = useRef(null);
  const button = useRef(null);
  const skipBlur = useRef(false);
  const seen = useRef(answer?.n || 0);
  const editing = draft !== null;
  useEffect(() => {
    if (!answer || answer.n === seen.current) return;
    seen.current = answer.n;
    if (answer.field !== field) return;
    setBusy(false);
    setError(answer.error || "");
    if (answer.error) input.current?.focus();
    else setDraft(null);
  }, [answer, field]);
  useEffect(() => {
    if (!editing) return;
    input.current?.focus();
    input.current?.select?.();
  }, [editing]);
  const close = (back) => {
    skipBlur.current = true;
    setDraft(null);
    setError("");
    if (back) setTimeout(() => button.current?.focus(), 0);
  };
  const save = (next, back) => {
    if (next === (raw ?? "")) return close(back);
    setBusy(true);
    setError("");
    onSave && onSave(field, next);
  };
  const keys = (e) => {
    if (e.key === "Enter" && !e.shiftKey) { e.preventDefault(); e.stopPropagation(); save(e.currentTarget.value, true); }
    else if (e.key === "Escape") { e.preventDefault(); e.stopPropagation(); close(true); }
  };
  const common = {
    ref: input, className: "in", "aria-label": label, "aria-invalid": error ? true : undefined, disabled: false, readOnly: busy || undefined,
    "aria-describedby": error ? "err-" + field : undefined, onKeyDown: keys,
    onBlur: (e) => (skipBlur.current || busy ? (skipBlur.current = false) : save(e.currentTarget.value, false)),
  };
  const options = choices || [];
  return (
    <div className="prop" data-field={field}>
      <span className="lab2">{label}</span>
      {editing ? (
        type === "choice" || type === "user" ? (
          <select {...common} value={draft} onChange={(e) => { setDraft(e.target.value); save(e.target.value, true); }}>
            {!options.some((o) => String(o.id) === "") && <option value="">–</option>}
            {options.map((o) => <option key={o.id} value={String(o.id)}>{o.name}</option>)}
          </select>
        ) : (
          <input {...common} {...(INPUT[type] || {})} value={draft} autoComplete="off" onChange={(e) => setDraft(e.target.value)} />
        )
      ) : editable ? (
        <button ref={button} type="button" className={"val" + (value ? "" : " none")} aria-label={`${label}: ${value || "Add"}`}
                onClick={() => { skipBlur.current = false; setDraft(raw ?? ""); }}>
          {value || "Add"}
        </button>
      ) : href ? (
        <Link className="val" to={href}>{value}</Link>
      ) : (
        <span className={"val" + (value ? "" : " none")}>{value || "–"}</span>
      )}
      {error && <span className="err" id={"err-" + field} role="alert">{error}</span>}
    </div>
  );
}
