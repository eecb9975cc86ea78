import React, { useEffect, useId, useRef, useState } from "react";
import { quick } from "$/public/external/crm_app/ui/inputs/quick.js";
import { useRestored } from "$/public/external/crm_app/ui/overlay/typed.js";

/**
 * Finds a record by name: typed text is asked for after 200 ms; arrows choose, Enter takes, ✕ clears. In a form the id travels in a hidden
 * input NAME; elsewhere `onPick(id)` hears of it. `found` {kind, text, options} answers; an answer to another question is not shown. With
 * `makes` the last choice begins a new record of that name, which is chosen once it is there.
 */
export function Lookup({ name, label, kind, placeholder, found, value, shown, invalid, describedBy, required, autoFocus, makes, onSearch, onPick, onCancel }) {
  const [text, setText] = useState(shown || "");
  const [picked, setPicked] = useState(value || "");
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const timer = useRef(0);
  const input = useRef(null);
  const held = useRef(null);
  const id = useId();
  useRestored(held, (value, shown) => { setPicked(value); setText(shown ?? ""); });
  const wanted = text.trim();
  const answered = found?.kind === kind && found.text === wanted;
  const fresh = makes && answered && quick.start && ["person", "company"].includes(kind) && quick.kinds.includes(kind);
  const options = answered ? [...found.options, ...(fresh ? [{ id: "", name: `New ${kind} “${wanted}”`, fresh }] : [])] : [];
  useEffect(() => { if (autoFocus) { input.current?.focus(); input.current?.select(); } return () => clearTimeout(timer.current); }, [autoFocus]);
  useEffect(() => { input.current?.setCustomValidity(wanted && !picked ? "Choose one from the list, or leave this empty." : ""); }, [wanted, picked]);
  const type = (next) => {
    setText(next);
    setPicked("");
    setOpen(true);
    setAt(0);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => next.trim() && onSearch && onSearch(kind, next.trim()), 200);
  };
  const take = (o) => {
    if (o.fresh) { setOpen(false); quick.start(kind, wanted, take); return; }
    setText(o.name);
    setPicked(String(o.id));
    setOpen(false);
    onPick && onPick(String(o.id));
  };
  const clear = () => {
    setText("");
    setPicked("");
    setOpen(false);
    onPick ? onPick("") : input.current?.focus();
  };
  const keys = (e) => {
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      setOpen(true);
      setAt((i) => Math.max(0, Math.min(options.length - 1, i + (e.key === "ArrowDown" ? 1 : -1))));
    } else if (e.key === "Enter" && (onPick || (open && options[at]))) {
      e.preventDefault();
      e.stopPropagation();
      if (open && options[at]) take(options[at]);
      else if (!wanted && value && !required) clear();
    } else if (e.key === "Escape" && (open || onCancel)) {
      e.preventDefault();
      e.stopPropagation();
      setOpen(false);
      onCancel && onCancel(true);
    }
  };
  const left = (e) => {
    if (e.currentTarget.contains(e.relatedTarget)) return;
    setOpen(false);
    onCancel && onCancel(false);
  };
  return (
    <div className="lookup" onBlur={left}>
      <input ref={input} className="in" role="combobox" aria-label={label} aria-expanded={open} aria-controls={id} aria-autocomplete="list"
             autoComplete="off" name={name ? name + "_text" : undefined} aria-invalid={invalid || undefined} aria-describedby={describedBy}
             placeholder={placeholder || "Type a name"} value={text} required={required || undefined}
             aria-activedescendant={open && options[at] ? id + at : undefined} onChange={(e) => type(e.target.value)} onKeyDown={keys} />
      {name && <input ref={held} type="hidden" name={name} value={picked} />}
      {text && !required && (
        <button type="button" className="clear" aria-label={`Clear ${label.toLowerCase()}`} onClick={clear}>
          <svg className="icon" viewBox="0 0 18 18" aria-hidden="true"><path d="M5 5l8 8M13 5l-8 8" /></svg>
        </button>
      )}
      {open && wanted && (
        <ul id={id} role="listbox" aria-label={label}>
          {options.map((o, i) => (
            <li key={o.id || "new"} id={id + i} role="option" aria-selected={i === at} className={(i === at ? "on" : "") + (o.fresh ? " fresh" : "")}
                onPointerDown={(e) => e.preventDefault()} onClick={() => take(o)}>
              {o.name}{o.note && <small>{o.note}</small>}
            </li>
          ))}
          {!options.some((o) => !o.fresh) && !(answered && fresh) && <li className="none" role="option" aria-selected="false" aria-disabled="true">{answered ? "Nothing found" : "Searching…"}</li>}
        </ul>
      )}
    </div>
  );
}
