import React, { useEffect, useId, useRef, useState } from "react";
import { useRestored } from "$/public/external/crm_app/ui/overlay/typed.js";

const insisted = new Set(); // words that were written once more after another one had been taken for them

/**
 * A text whose words come from a managed list: near terms are proposed under it while somebody types. Any other word may stay. `list` names
 * the list, `found` {kind, text, options, surely} answers; arrows choose, Enter takes what is chosen, a press takes a proposal. What a
 * misspelt word surely means is chosen already: it stays as typed by “Keep”, or where it is typed and entered a second time.
 */
export function Proposed({ list, label, value, onWrite, onTake, onSearch, found, input, ...more }) {
  const [open, setOpen] = useState(false);
  const [chosen, setAt] = useState(null);
  const timer = useRef(0);
  const id = useId();
  const kind = "vocabulary." + list;
  const wanted = (value || "").trim();
  const options = open && found?.kind === kind && found.text === wanted ? found.options.filter((o) => o.name !== wanted) : [];
  const word = kind + "|" + wanted;
  const sure = options.length && !insisted.has(word) ? options.findIndex((o) => o.name === found.surely) : -1;
  const rows = sure >= 0 ? [...options, { id: "keep", name: wanted, keep: true }] : options;
  const at = chosen ?? sure;
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (next) => {
    onWrite(next);
    setOpen(true);
    setAt(null);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => next.trim() && onSearch && onSearch(kind, next.trim()), 200);
  };
  const take = (name) => { if (sure >= 0) insisted.add(word); setOpen(false); setAt(null); onTake(name); };
  const keys = (e) => {
    if (options.length && (e.key === "ArrowDown" || e.key === "ArrowUp")) {
      e.preventDefault();
      setAt(Math.max(-1, Math.min(rows.length - 1, at + (e.key === "ArrowDown" ? 1 : -1))));
    } else if (e.key === "Enter" && rows[at]) {
      e.preventDefault();
      e.stopPropagation();
      take(rows[at].name);
    } else if (more.onKeyDown) more.onKeyDown(e);
  };
  return (
    <span className="lookup">
      <input {...more} ref={input} role="combobox" aria-label={label} aria-expanded={options.length > 0} aria-controls={id} aria-autocomplete="list"
             aria-activedescendant={rows[at] ? id + at : undefined} autoComplete="off" value={value} onChange={(e) => type(e.target.value)} onKeyDown={keys} />
      {options.length > 0 && (
        <ul id={id} role="listbox" aria-label={`${label}: words of the list`}>
          {rows.map((o, i) => (
            <li key={o.id} id={id + i} role="option" aria-selected={i === at} className={i === at ? "on" : ""}
                onPointerDown={(e) => { e.preventDefault(); take(o.name); }}>{o.keep ? <>Keep “{o.name}”</> : o.name}</li>
          ))}
        </ul>
      )}
    </span>
  );
}

/** The same in a form, which gets the word by `name`; `vocabulary` names the list. */
export function WordInput({ vocabulary, label, value, ...more }) {
  const [text, setText] = useState(value || "");
  const input = useRef(null);
  useRestored(input, setText);
  return <Proposed className="in" {...more} input={input} list={vocabulary} label={label} value={text} onWrite={setText} onTake={setText} />;
}
