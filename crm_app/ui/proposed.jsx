import React, { useEffect, useId, useRef, useState } from "react";

/**
 * A text whose words come from a managed list: near terms are proposed under it while somebody types. Any other word may stay. `list` names
 * the list, `found` {kind, text, options} answers; arrows choose, Enter takes what was chosen, a press takes a proposal.
 */
export function Proposed({ list, label, value, onWrite, onTake, onSearch, found, input, ...more }) {
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const timer = useRef(0);
  const id = useId();
  const kind = "vocabulary." + list;
  const wanted = (value || "").trim();
  const options = open && found?.kind === kind && found.text === wanted ? found.options.filter((o) => o.name !== wanted) : [];
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (next) => {
    onWrite(next);
    setOpen(true);
    setAt(-1);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => next.trim() && onSearch && onSearch(kind, next.trim()), 200);
  };
  const take = (name) => { setOpen(false); setAt(-1); onTake(name); };
  const keys = (e) => {
    if (options.length && (e.key === "ArrowDown" || e.key === "ArrowUp")) {
      e.preventDefault();
      setAt((i) => Math.max(-1, Math.min(options.length - 1, i + (e.key === "ArrowDown" ? 1 : -1))));
    } else if (e.key === "Enter" && options[at]) {
      e.preventDefault();
      e.stopPropagation();
      take(options[at].name);
    } else if (more.onKeyDown) more.onKeyDown(e);
  };
  return (
    <span className="lookup">
      <input {...more} ref={input} role="combobox" aria-label={label} aria-expanded={options.length > 0} aria-controls={id} aria-autocomplete="list"
             aria-activedescendant={options[at] ? id + at : undefined} autoComplete="off" value={value} onChange={(e) => type(e.target.value)} onKeyDown={keys} />
      {options.length > 0 && (
        <ul id={id} role="listbox" aria-label={`${label}: words of the list`}>
          {options.map((o, i) => (
            <li key={o.id} id={id + i} role="option" aria-selected={i === at} className={i === at ? "on" : ""}
                onPointerDown={(e) => { e.preventDefault(); take(o.name); }}>{o.name}</li>
          ))}
        </ul>
      )}
    </span>
  );
}

/** The same in a form, which gets the word by `name`; `vocabulary` names the list. */
export function WordInput({ vocabulary, label, value, ...more }) {
  const [text, setText] = useState(value || "");
  return <Proposed className="in" {...more} list={vocabulary} label={label} value={text} onWrite={setText} onTake={setText} />;
}
