import React, { useEffect, useRef, useState } from "react";
import { useRestored } from "$/public/external/crm_app/ui/overlay/typed.js";

/**
 * Several of some options as boxes to tick; the value is their ids with commas between. With a `name` it is a control of a form. With `onDone`
 * it is an editor: Enter or leaving it saves, Esc gives up.
 */
export function Several({ label, options, value, name, invalid, onChange, onDone, onCancel }) {
  const [chosen, setChosen] = useState(() => (value || "").split(",").filter(Boolean));
  const root = useRef(null);
  const held = useRef(null);
  useRestored(held, (value) => setChosen(value.split(",").filter(Boolean)));
  useEffect(() => { if (onDone) root.current?.querySelector("input[type=checkbox]")?.focus(); }, []); // eslint-disable-line
  const said = options.filter((o) => chosen.includes(String(o.id))).map((o) => o.id).join(",");
  const toggle = (id, on) => {
    const next = on ? [...chosen, id] : chosen.filter((c) => c !== id);
    setChosen(next);
    onChange && onChange(options.filter((o) => next.includes(String(o.id))).map((o) => o.id).join(","));
  };
  const keys = (e) => {
    if (!onDone || (e.key !== "Enter" && e.key !== "Escape")) return;
    e.preventDefault();
    e.stopPropagation();
    e.key === "Enter" ? onDone(said) : onCancel && onCancel(true);
  };
  const left = (e) => { if (onDone && !e.currentTarget.contains(e.relatedTarget)) onDone(said); };
  return (
    <span ref={root} className="several" role="group" aria-label={label} aria-invalid={invalid || undefined} onKeyDown={keys} onBlur={left}>
      {name && <input ref={held} type="hidden" name={name} value={said} readOnly />}
      {options.map((o) => (
        <label key={o.id}>
          <input type="checkbox" checked={chosen.includes(String(o.id))} onChange={(e) => toggle(String(o.id), e.target.checked)} />
          {o.name}
        </label>
      ))}
    </span>
  );
}
