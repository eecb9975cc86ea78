import React, { Children, useEffect, useRef, useState } from "react";
import { Link, useLocation, useSearchParams } from "react-router";
import { StillHere } from "$/public/external/crm_app/ui/overlay/overlay.jsx";
import { useRestored, useTyped } from "$/public/external/crm_app/ui/overlay/typed.js";

/** Sets one parameter of the address; the address is the only place where a filter lives, so Back works. `kept` is what a view says of it. */
function useParam(name, resets, kept) {
  const [params, setParams] = useSearchParams();
  const set = (value, replace) =>
    setParams((old) => {
      const next = new URLSearchParams(old);
      value || kept ? next.set(name, value) : next.delete(name);
      (resets || []).forEach((r) => next.delete(r));
      return next;
    }, { replace, preventScrollReset: true });
  return [params.get(name) ?? kept ?? "", set];
}

/** Text filter: writes to the address 200 ms after the last key; one history entry for one spell of typing. */
export function UrlText({ param, label, placeholder, kept }) {
  const [value, set] = useParam(param, undefined, kept);
  const [text, setText] = useState(value);
  const timer = useRef(0);
  const spell = useRef(false);
  useEffect(() => { if (!timer.current) setText(value); }, [value]);
  const change = (next) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => { timer.current = 0; set(next.trim(), spell.current); spell.current = true; }, 200);
  };
  return (
    <span className="search">
      <svg className="icon" viewBox="0 0 18 18" aria-hidden="true"><path d="M8 13a5 5 0 100-10 5 5 0 000 10zM12 12l4 4" /></svg>
      <input className="in small" type="search" aria-label={label} placeholder={placeholder || label} value={text} data-filter={param}
             onChange={(e) => change(e.target.value)} onBlur={() => (spell.current = false)} style={{ width: "100%", maxWidth: "none" }} />
    </span>
  );
}

export function UrlSelect({ param, label, any, options }) {
  const [value, set] = useParam(param);
  return (
    <select className="in small" aria-label={label} value={value} onChange={(e) => set(e.target.value, false)}>
      <option value="">{any}</option>
      {(options || []).map((o) => <option key={o.id} value={String(o.id)}>{o.name}</option>)}
    </select>
  );
}

/** A day in the address; `current` is the one that the server took where the address is silent. */
export function UrlDay({ param, label, current }) {
  const [value, set] = useParam(param);
  return (
    <label className="day">
      {label}
      <input key={value || current} className="in small" type="date" defaultValue={value || current}
             onBlur={(e) => e.target.value !== (value || current) && set(e.target.value, false)}
             onKeyDown={(e) => e.key === "Enter" && set(e.target.value, false)} />
    </label>
  );
}

/** Two or more choices side by side; `current` is what the server shows, the address may be silent. */
export function UrlSegments({ param, label, options, current, resets }) {
  const [, set] = useParam(param, resets);
  if (!options || options.length < 2) return options?.[0] ? <b className="strong">{options[0].name}</b> : null;
  return (
    <span className="seg" role="group" aria-label={label}>
      {options.map((o) => (
        <button key={o.id} type="button" className={String(o.id) === String(current) ? "on" : ""}
                aria-pressed={String(o.id) === String(current)} onClick={() => set(String(o.id), false)}>{o.name}</button>
      ))}
    </span>
  );
}

const filterOf = (search) => new URLSearchParams(search).get("f") || "";

/** Links {name, href} to lists; the one with the path and the filter of the address is the current one. */
export function UrlTabs({ label, options }) {
  const here = useLocation();
  const open = (href) => href.split("?")[0] === here.pathname.replace(/\/+$/, "") && filterOf(href.split("?")[1]) === filterOf(here.search);
  return (
    <nav className="doctabs" aria-label={label}>
      {options.map((o) => <Link key={o.name} to={o.href} className={open(o.href) ? "on" : ""} aria-current={open(o.href) ? "page" : undefined}>{o.name}</Link>)}
    </nav>
  );
}

const pathname = () => (typeof window === "undefined" ? "" : window.location.pathname);
let chosen = { path: "-", tab: 0 }; // a part that was chosen while the record was still read stays chosen

/** Three panes side by side; on a phone one at a time, chosen by tabs. */
export function Panes({ labels, children }) {
  const [tab, setTab] = useState(() => (chosen.path === pathname() ? chosen.tab : 0));
  const choose = (i) => { chosen = { path: pathname(), tab: i }; setTab(i); };
  return (
    <>
      <div className="tabs" role="group" aria-label="Parts of the page">
        {labels.map((l, i) => (
          <button key={l} type="button" aria-pressed={tab === i} className={tab === i ? "on" : ""} onClick={() => choose(i)}>{l}</button>
        ))}
      </div>
      <div className="rec" data-tab={tab}>{Children.toArray(children)}</div>
    </>
  );
}

/** A form in the page: sends its fields as text by name; Ctrl-Enter saves too. */
/** A value that the server keeps for the form around it; it is not sent with the form. */
export function Held({ name, value, onRestore }) {
  const input = useRef(null);
  useRestored(input, (text) => onRestore && onRestore(text));
  return <input ref={input} type="hidden" data-held={name} value={value} readOnly />;
}

export function PlainForm({ again, about, children, onSubmit, onAgain }) {
  const form = useRef(null);
  const [round, setRound] = useState(0);
  const typed = useTyped({ form, open: true, again, about, onAgain });
  const send = (e) => {
    e.preventDefault();
    typed.sending();
    const values = {};
    for (const [name, value] of new FormData(e.currentTarget).entries()) if (typeof value === "string") values[name] = value;
    onSubmit && onSubmit(values);
  };
  return (
    <form ref={form} key={round} onSubmit={send} onInput={typed.note} onClick={typed.note} onKeyUp={typed.note} onKeyDown={(e) => e.key === "Enter" && (e.ctrlKey || e.metaKey) && e.currentTarget.requestSubmit()}>
      <StillHere found={typed.found} onAfresh={() => { typed.afresh(); setRound((n) => n + 1); }} />
      {children}
    </form>
  );
}
