import React, { useId, useRef, useState } from "react";

const SAID = { accepted: "comes", declined: "does not come" };

/** Who is asked: colleagues and people found by name, each with a cross. The form gets NAME as JSON. `found` {text, options} answers. */
export function GuestField({ name, label, value, found, disabled, onSearch, onChange }) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const [open, setOpen] = useState(false);
  const timer = useRef(0);
  const id = useId();
  const wanted = text.trim();
  const answered = (found?.text || "").trim() === wanted;
  const there = new Set(value.map((g) => g.kind + g.id));
  const options = answered ? (found?.options || []).filter((g) => !there.has(g.kind + g.id)) : [];
  const type = (next) => {
    setText(next);
    setAt(0);
    setOpen(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => next.trim() && onSearch && onSearch(next.trim()), 200);
  };
  const take = (g) => { onChange([...value, g]); setText(""); setOpen(false); };
  const keys = (e) => {
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      setAt((i) => Math.max(0, Math.min(options.length - 1, i + (e.key === "ArrowDown" ? 1 : -1))));
    } else if (e.key === "Enter" && !e.ctrlKey && !e.metaKey) {
      e.preventDefault();
      e.stopPropagation();
      if (open && options[at]) take(options[at]);
    } else if (e.key === "Escape" && open && wanted) {
      e.preventDefault();
      e.stopPropagation();
      setOpen(false);
    } else if (e.key === "Backspace" && !text && value.length) onChange(value.slice(0, -1));
  };
  const kept = value.map((g) => ({ kind: g.kind, id: g.id, response: g.response || "none", row: g.row || 0 }));
  return (
    <div className="guests lookup" onBlur={(e) => !e.currentTarget.contains(e.relatedTarget) && setOpen(false)}>
      {name && <input type="hidden" name={name} value={JSON.stringify(kept)} />}
      {value.map((g) => (
        <span key={g.kind + g.id} className={"tag" + (g.response === "accepted" ? " g" : g.response === "declined" ? " r" : "")}>
          {g.name}{SAID[g.response] && <small>{SAID[g.response]}</small>}
          {!disabled && <button type="button" aria-label={`Remove ${g.name}`} onClick={() => onChange(value.filter((o) => o !== g))}>✕</button>}
        </span>
      ))}
      {!disabled && (
        <input className="in bare" role="combobox" aria-label={label} aria-expanded={open && !!wanted} aria-controls={id} aria-autocomplete="list" autoComplete="off"
               placeholder={value.length ? "" : "Type a name"} value={text} aria-activedescendant={open && options[at] ? id + at : undefined}
               onChange={(e) => type(e.target.value)} onKeyDown={keys} />
      )}
      {open && wanted && (
        <ul id={id} role="listbox" aria-label={label}>
          {options.map((g, i) => (
            <li key={g.kind + g.id} id={id + i} role="option" aria-selected={i === at} className={i === at ? "on" : ""} onPointerDown={(e) => e.preventDefault()} onClick={() => take(g)}>
              {g.name}{g.note && <small>{g.note}</small>}
            </li>
          ))}
          {!options.length && <li className="none" role="option" aria-selected="false" aria-disabled="true">{answered ? "Nobody found" : "Searching…"}</li>}
        </ul>
      )}
    </div>
  );
}

export const REPEATS = [["", "Does not repeat"], ["daily", "Every day"], ["weekdays", "Every weekday"], ["weekly", "Every week"], ["monthly", "Every month"], ["yearly", "Every year"]];

/** How something repeats and when that ends: on a day, after a number of times, or never. The form gets repeat, repeat_until, repeat_times. */
export function RepeatField({ value, disabled, small, onChange }) {
  const { repeat, repeat_until: until, repeat_times: times, repeat_words: words } = value;
  const [end, setEnd] = useState(until ? "until" : times ? "times" : "");
  const size = small ? "in small" : "in";
  const turn = (next) => { setEnd(next); onChange({ ...value, repeat_until: "", repeat_times: "" }); };
  return (
    <div className="repeat">
      <select className={size} name="repeat" aria-label="Repeats" disabled={disabled} value={repeat} onChange={(e) => onChange({ ...value, repeat: e.target.value })}>
        {REPEATS.map(([id, name]) => <option key={id} value={id}>{name}</option>)}
        {repeat === "other" && <option value="other">{words || "As in its calendar file"}</option>}
      </select>
      {repeat && repeat !== "other" && (
        <select className={size} aria-label="Ends" disabled={disabled} value={end} onChange={(e) => turn(e.target.value)}>
          <option value="">without an end</option><option value="until">until a day</option><option value="times">a number of times</option>
        </select>
      )}
      {repeat && repeat !== "other" && end === "until" && <input className={size} type="date" name="repeat_until" aria-label="Last day" disabled={disabled} value={until} onChange={(e) => onChange({ ...value, repeat_until: e.target.value })} />}
      {repeat && repeat !== "other" && end === "times" && <input className={size + " num"} name="repeat_times" inputMode="numeric" size={4} aria-label="How many times" disabled={disabled} value={times} onChange={(e) => onChange({ ...value, repeat_times: e.target.value })} />}
    </div>
  );
}
