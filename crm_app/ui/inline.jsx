import React, { useEffect, useId, useRef, useState } from "react";
import { Link } from "react-router";

const INPUT = { money: { inputMode: "decimal" }, date: { type: "date" }, datetime: { type: "datetime-local" }, int: { inputMode: "numeric" }, float: { inputMode: "decimal" }, number: { inputMode: "numeric" } };
const CHOICES = new Set(["choice", "user", "bool"]);

/** A reference by look-up: arrows choose, Enter takes, an emptied field means none. */
function RefInput({ common, options, shown, onSearch, onTake, busy }) {
  const [text, setText] = useState(shown || "");
  const [at, setAt] = useState(0);
  const timer = useRef(0);
  const id = useId();
  const typed = useRef(false);
  const found = typed.current && text.trim() ? options || [] : [];
  const type = (next) => {
    typed.current = true;
    setText(next);
    setAt(0);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => next.trim() && onSearch && onSearch(next), 150);
  };
  const keys = (e) => {
    if ((e.key === "ArrowDown" || e.key === "ArrowUp") && found.length) {
      e.preventDefault();
      setAt((i) => (i + (e.key === "ArrowDown" ? 1 : found.length - 1)) % found.length);
    } else if (e.key === "Enter") {
      e.preventDefault();
      e.stopPropagation();
      if (!text.trim()) onTake("");
      else if (found[at]) onTake(String(found[at].id));
    } else common.onKeyDown(e);
  };
  return (
    <div className="lookup">
      <input {...common} role="combobox" aria-expanded={found.length > 0} aria-controls={id} aria-autocomplete="list" autoComplete="off" value={text}
             aria-activedescendant={found[at] ? id + at : undefined} placeholder="Type a name" onChange={(e) => type(e.target.value)} onKeyDown={keys}
             onBlur={() => setTimeout(() => !busy && common.onLeave(), 150)} />
      {typed.current && text.trim() && (
        <ul id={id} role="listbox" aria-label={common["aria-label"]}>
          {found.map((o, i) => <li key={o.id} id={id + i} role="option" aria-selected={i === at} className={i === at ? "on" : ""} onPointerDown={(e) => { e.preventDefault(); onTake(String(o.id)); }}>{o.name}</li>)}
          {!found.length && <li className="none" role="option" aria-selected="false">Nothing found</li>}
        </ul>
      )}
    </div>
  );
}

/**
 * One property, edited where it stands. Enter saves, Esc restores, leaving the field saves what was changed.
 * The draft stays while the server refuses it; `answer` {n, field, error} says how the last save ended.
 * `version` is the one of the record: what is saved names the version that stood there when the editing began.
 */
export function InlineEdit({ property, answer, version, options, onSave, onSearch }) {
  const { field, label, value, raw, type, editable, choices, href, ref: kind, initials, color } = property;
  const [draft, setDraft] = useState(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  const input = useRef(null);
  const button = useRef(null);
  const skipBlur = useRef(false);
  const began = useRef(0);
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
  const start = () => { skipBlur.current = false; began.current = version || 0; setDraft(type === "datetime" ? (raw || "").slice(0, 16) : raw ?? ""); };
  const close = (back) => {
    skipBlur.current = true;
    setDraft(null);
    setError("");
    if (back) setTimeout(() => button.current?.focus(), 0);
  };
  const save = (next, back) => {
    if (next === (type === "datetime" ? (raw || "").slice(0, 16) : raw ?? "")) return close(back);
    setBusy(true);
    setError("");
    onSave && onSave(field, next, began.current);
  };
  const keys = (e) => {
    if (e.key === "Enter" && (type !== "longtext" || e.ctrlKey || e.metaKey)) { e.preventDefault(); e.stopPropagation(); save(e.currentTarget.value, true); }
    else if (e.key === "Escape") { e.preventDefault(); e.stopPropagation(); close(true); }
  };
  const plain = {
    ref: input, className: "in", "aria-label": label, "aria-invalid": error ? true : undefined, readOnly: busy || undefined,
    "aria-describedby": error ? "err-" + field : undefined, onKeyDown: keys,
  };
  const common = { ...plain, onBlur: (e) => (skipBlur.current || busy ? (skipBlur.current = false) : save(e.currentTarget.value, false)) };
  const list = choices || [];
  const face = <>{initials && <span className="av" style={{ background: color }} aria-hidden="true">{initials}</span>}{initials ? " " : ""}{value}</>;
  return (
    <div className="prop" data-field={field}>
      <span className="lab2">{label}</span>
      {editing ? (
        CHOICES.has(type) ? (
          <select {...common} value={draft} onChange={(e) => { setDraft(e.target.value); save(e.target.value, true); }}>
            {!list.some((o) => String(o.id) === "") && <option value="">–</option>}
            {list.map((o) => <option key={o.id} value={String(o.id)}>{o.name}</option>)}
          </select>
        ) : type === "ref" ? (
          <RefInput common={{ ...plain, onLeave: () => close(false) }} options={options} shown={value} busy={busy} onSearch={(text) => onSearch && onSearch(kind, text)} onTake={(id) => save(id, true)} />
        ) : type === "longtext" ? (
          <textarea {...common} rows={4} value={draft} onChange={(e) => setDraft(e.target.value)} />
        ) : (
          <input {...common} {...(INPUT[type] || {})} value={draft} autoComplete="off" onChange={(e) => setDraft(e.target.value)} />
        )
      ) : editable ? (
        <span className="valrow">
          {href && value && <Link className="val" to={href}>{face}</Link>}
          <button ref={button} type="button" className={href && value ? "val edit" : "val" + (value ? "" : " none")} aria-label={`${label}: ${value || "Add"}`} onClick={start}>
            {href && value ? <svg className="icon" viewBox="0 0 18 18" aria-hidden="true"><path d="M4 14l1-3.500L12 3.500l2.500 2.500L7.500 13z" /></svg> : value ? face : "Add"}
          </button>
        </span>
      ) : href ? (
        <Link className="val" to={href}>{face}</Link>
      ) : (
        <span className={"val" + (value ? "" : " none")}>{value ? face : "–"}</span>
      )}
      {error && <span className="err" id={"err-" + field} role="alert">{error}</span>}
    </div>
  );
}
