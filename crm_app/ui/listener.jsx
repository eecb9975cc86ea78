import React, { useContext, useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { ColorModeContext } from "$/utils/context-registry";
import { line } from "$/public/external/crm_app/ui/overlay/line.js";
import { writeFor } from "$/public/external/crm_app/ui/overlay/numbers.js";

const typing = (e) => e.target.closest?.("input,textarea,select,[contenteditable=true],[role=dialog],[role=menu]");

/** Applies the theme of the profile in this browser when it changes, without a reload and without a script from the server. */
export function ThemeSync({ theme, formats }) {
  writeFor(formats);
  const { rawColorMode, setColorMode } = useContext(ColorModeContext);
  const last = useRef("");
  useEffect(() => {
    if (!theme || theme === last.current) return;
    last.current = theme;
    if (theme !== rawColorMode) setColorMode(theme);
  }, [theme, rawColorMode, setColorMode]);
  return null;
}

/** `places` is {letter: path} for G then letter; N opens "new"; / goes to the filter; ? lists the keys. */
export function Shortcuts({ places, keys, onNew }) {
  const navigate = useNavigate();
  const [help, setHelp] = useState(false);
  const waiting = useRef(0);
  useEffect(() => {
    const press = (e) => {
      if (e.ctrlKey || e.metaKey || e.altKey || typing(e)) return;
      if (Date.now() - waiting.current < 1200 && places[e.key]) {
        e.preventDefault();
        waiting.current = 0;
        return navigate(places[e.key].path);
      }
      waiting.current = e.key === "g" ? Date.now() : 0;
      if (e.key === "?") setHelp((h) => !h);
      else if (e.key === "Escape") setHelp(false);
      else if (e.key === "n" && onNew) { e.preventDefault(); onNew(); }
      else if (e.key === "/") {
        const filter = document.querySelector("[data-filter]");
        if (filter) { e.preventDefault(); filter.focus(); }
      }
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [places, navigate, onNew]);
  if (!help) return null;
  const rows = [...Object.entries(places).map(([k, p]) => [`G ${k.toUpperCase()}`, p.name]), ["N", "New"], ["/", "Filter"], ...(keys || []), ["?", "These keys"]];
  return (
    <div className="veil" onPointerDown={(e) => e.target === e.currentTarget && setHelp(false)}>
      <div className="dialog wide" role="dialog" aria-modal="true" aria-label="Keyboard">
        <div className="dialog-head"><h2>Keyboard</h2><button type="button" autoFocus className="btn quiet icononly" aria-label="Close" onClick={() => setHelp(false)} onKeyDown={(e) => e.key === "Escape" && setHelp(false)}>✕</button></div>
        <div className="in-body keyrows">{rows.map(([k, what]) => <div className="row" key={k}><span className="grow">{what}</span><kbd>{k}</kbd></div>)}</div>
      </div>
    </div>
  );
}

// The second click of a double click presses nothing that saves, sends or begins: many people click everything twice.
const twice = (e) => { if (e.detail > 1 && e.target.closest?.(".btn.pri")) { e.preventDefault(); e.stopPropagation(); } };
if (typeof document !== "undefined") document.addEventListener("click", twice, true);

/** Folds the rail to icons and remembers it in this browser. */
export function RailFold({ className, children, label }) {
  const [slim, setSlim] = useState(false);
  useEffect(() => setSlim(document.documentElement.dataset.rail === "slim"), []);
  const turn = () => {
    const next = !slim;
    setSlim(next);
    if (next) document.documentElement.dataset.rail = "slim";
    else delete document.documentElement.dataset.rail;
    try { localStorage.setItem("kith-rail", next ? "slim" : "wide"); } catch { /* storage may be forbidden */ }
  };
  return <button type="button" className={className} aria-pressed={slim} aria-label={slim ? "Unfold the menu" : label} onClick={turn}>{children}</button>;
}

/** Says that the connection is gone, after two seconds without it; typed text stays where it is. */
export function Offline({ lost }) {
  const [show, setShow] = useState(false);
  useEffect(() => {
    if (lost && !line.lost) line.cuts += 1;
    line.lost = !!lost;
    if (!lost) return setShow(false);
    const timer = setTimeout(() => setShow(true), 2000);
    return () => clearTimeout(timer);
  }, [lost]);
  return <div role="status" aria-live="polite">{show ? <div className="offline">Connection lost, trying again…</div> : null}</div>;
}
