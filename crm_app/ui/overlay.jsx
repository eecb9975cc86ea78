import React, { useCallback, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { usePatience } from "$/public/external/crm_app/ui/overlay/line.js";
import { placeNear, stepIn, whenOutside } from "$/public/external/crm_app/ui/overlay/popover.js";
import { useTyped } from "$/public/external/crm_app/ui/overlay/typed.js";

const focusables = (root) => [
  ...root.querySelectorAll('a[href],button:not([disabled]),input:not([type=hidden]):not([disabled]),select,textarea,[tabindex="0"]'),
].filter((e) => e.offsetParent !== null);

/** A button with a menu: arrows walk, Esc returns to the button, a click outside closes. */
export function Menu({ label, trigger, children, className }) {
  const [open, setOpen] = useState(false);
  const [place, setPlace] = useState({ top: -9999, left: 0 });
  const button = useRef(null);
  const panel = useRef(null);
  const id = useId();
  const close = useCallback((back) => {
    setOpen(false);
    if (back) button.current?.focus();
  }, []);
  useLayoutEffect(() => {
    if (!open) return;
    setPlace(placeNear(button.current, panel.current));
    focusables(panel.current)[0]?.focus({ preventScroll: true });
    const ended = whenOutside(() => [panel.current, button.current], () => close(false));
    const away = () => close(false);
    window.addEventListener("resize", away);
    return () => {
      ended();
      window.removeEventListener("resize", away);
    };
  }, [open, close]);
  const keys = (e) => {
    const next = stepIn(focusables(panel.current), e.key);
    if (next) {
      e.preventDefault();
      next.focus();
    } else if (e.key === "Escape" || e.key === "Tab") {
      e.stopPropagation();
      if (e.key === "Escape") e.preventDefault();
      close(e.key === "Escape");
    }
  };
  return (
    <>
      <button ref={button} type="button" className={className} aria-label={label} aria-haspopup="menu"
              aria-expanded={open} aria-controls={open ? id : undefined} onClick={() => setOpen((o) => !o)}>
        {trigger}
      </button>
      {open && createPortal(
        <div ref={panel} id={id} className="pop" role="menu" aria-label={label} style={place} onKeyDown={keys}
             onClick={(e) => e.target.closest('[role="menuitem"]') && setTimeout(() => close(false), 0)}>
          {children}
        </div>,
        document.body,
      )}
    </>
  );
}

const ASKED = "input:not([type=submit],[type=search]),select,textarea"; // with and without a name: conditions of a filter have none
const textOf = (form) => JSON.stringify([...form.querySelectorAll(ASKED)].map((e) => [e.name, e.type === "checkbox" || e.type === "radio" ? e.checked : e.value]));
const lookOf = (form) => textOf(form) + [form, ...document.querySelectorAll(".toast")].map((e) => e.textContent).join("\n");

/** True from the press until something in the form changed, be it by an answer; patience ends: nothing is sent twice. */
function useSent(form, open) {
  const [sent, setSent] = useState(null);
  const last = useRef(null);
  last.current = sent;
  useEffect(() => setSent(null), [open]);
  useEffect(() => {
    if (!sent) return;
    const timer = setInterval(() => (!form.current || lookOf(form.current) !== sent) && setSent(null), 100);
    return () => clearInterval(timer);
  }, [sent, form]);
  usePatience(sent !== null, () => setSent(null));
  const holds = () => last.current !== null && lookOf(form.current) === last.current;
  return [sent !== null, holds, () => { last.current = lookOf(form.current); setSent(last.current); }];
}

const hint = (submit) => (/^save/i.test(submit) ? "saves" : `presses “${submit}”`);

/** What had been typed before the dialog was lost is there again; whatever somebody else changed since is named. */
export function StillHere({ found, onAfresh }) {
  if (!found) return null;
  return (
    <div className="banner" role="status">
      <span className="grow">
        {found.unsure ? "The connection broke while this was being saved. Look whether it is there before you save it again." : "What you had typed is still here."}
        {found.changed.map(([label, value]) => <span key={label}> {label} was changed meanwhile{value ? <> to “{value}”</> : null}.</span>)}
      </span>
      <button type="button" className="link" onClick={onAfresh}>Start afresh</button>
    </div>
  );
}

/**
 * A dialog with a form. Ctrl-Enter saves; Esc or a click outside asks first when something was typed. With `again` (the event that opens it,
 * `onAgain(about)`) what is typed stays over a lost connection, a reload and a restarted server.
 */
export function FormDialog({ open, title, submit, cancel, busy, wide, again, about, children, onSubmit, onClose, onAgain }) {
  const box = useRef(null);
  const form = useRef(null);
  const opener = useRef(null);
  const before = useRef("");
  const [asking, setAsking] = useState(false);
  const [sent, holds, mark] = useSent(form, open);
  const [round, setRound] = useState(0);
  const typed = useTyped({ form, open, again, about, onAgain, onClose });
  const id = useId();
  useEffect(() => {
    if (!open) return;
    opener.current = document.activeElement;
    setAsking(false);
    before.current = textOf(form.current);
    const first = form.current.querySelector(".in:not([readonly])") || form.current.querySelector('button[type="submit"]') || focusables(box.current)[0];
    first?.focus();
    return () => opener.current?.isConnected && opener.current.focus({ preventScroll: true });
  }, [open]);
  if (!open) return null;
  const go = () => { typed.leave(); onClose && onClose(); };
  const leave = () => (textOf(form.current) !== before.current && !asking ? setAsking(true) : go());
  const send = (e) => {
    e?.preventDefault();
    if (busy || holds() || !submit || !form.current.reportValidity()) return;
    mark();
    typed.sending();
    const values = {};
    for (const [name, value] of new FormData(form.current).entries()) if (typeof value === "string") values[name] = value;
    onSubmit && onSubmit(values);
  };
  const keys = (e) => {
    if (e.key === "Escape") {
      e.preventDefault();
      e.stopPropagation();
      leave();
    } else if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
      send(e);
    } else if (e.key === "Tab") {
      const all = focusables(box.current);
      const last = all[all.length - 1];
      if (e.shiftKey && document.activeElement === all[0]) { e.preventDefault(); last?.focus(); }
      else if (!e.shiftKey && document.activeElement === last) { e.preventDefault(); all[0]?.focus(); }
    }
  };
  return createPortal(
    <div className="veil" onPointerDown={(e) => e.target === e.currentTarget && leave()}>
      <div ref={box} className={"dialog" + (wide ? " wide" : "")} role="dialog" aria-modal="true" aria-labelledby={id} onKeyDown={keys}>
        <div className="dialog-head">
          <h2 id={id}>{title}</h2>
          <button type="button" className="btn quiet icononly" aria-label="Close" onClick={leave}>
            <svg className="icon" viewBox="0 0 18 18" aria-hidden="true"><path d="M5 5l8 8M13 5l-8 8" /></svg>
          </button>
        </div>
        <form ref={form} onSubmit={send} noValidate={false}>
          <div key={round} className="in-body" onInput={typed.note} onClick={typed.note} onKeyUp={typed.note}>
            <StillHere found={typed.found} onAfresh={() => { typed.afresh(); setRound((n) => n + 1); }} />
            {children}
          </div>
          {asking && (
            <div className="ask" role="alert">
              <span>Leave without saving?</span>
              <button type="button" className="btn" onClick={() => { setAsking(false); form.current.querySelector(".in")?.focus(); }}>Keep writing</button>
              <button type="button" className="btn danger" onClick={go}>Discard</button>
            </div>
          )}
          <div className="dialog-foot">
            {submit ? <span className="hint"><kbd>Ctrl</kbd> <kbd>Enter</kbd> {hint(submit)}</span> : <span className="hint" />}
            <button type="button" className="btn" onClick={leave}>{cancel || "Cancel"}</button>
            {submit && <button type="submit" className={/^(delete|remove)/i.test(submit) ? "btn danger" : "btn pri"} aria-disabled={busy || sent || undefined}>{submit}</button>}
          </div>
        </form>
      </div>
    </div>,
    document.body,
  );
}

const STAY_MS = 10000;
const AT_ONCE = 3;
// Pages come and go, messages stay: what is shown lives outside of the component, the last one seen also outlives a reload.
let kept = [];
const lastSeen = {
  get: () => { try { return sessionStorage.getItem("kith-toast"); } catch { return null; } },
  set: (id) => { try { sessionStorage.setItem("kith-toast", String(id)); } catch { /* storage may be forbidden */ } },
};

/** Messages that leave after ten seconds (not while pointed at or focused), the newest last; an older one waits behind the last three. */
export function Toasts({ latest, onAction }) {
  const [shown, show] = useState(kept);
  const held = useRef(false);
  const set = useCallback((fn) => { kept = fn(kept); show(kept); }, []);
  const drop = useCallback((id) => set((all) => all.filter((t) => t.id !== id)), [set]);
  useEffect(() => {
    if (!latest?.id || String(latest.id) === lastSeen.get()) return;
    lastSeen.set(latest.id);
    set((all) => [...all, { ...latest, until: Date.now() + STAY_MS }]);
  }, [latest, set]);
  useEffect(() => {
    if (!shown.length) return;
    const timer = setInterval(() => {
      if (!held.current && kept.some((t) => t.until < Date.now())) set((all) => all.filter((t) => t.until >= Date.now()));
    }, 500);
    return () => { clearInterval(timer); };
  }, [shown.length, set]);
  useEffect(() => { if (!shown.length) held.current = false; }, [shown.length]);
  const hold = () => (held.current = true);
  const release = () => (held.current = false);
  return (
    <div className="toasts" role="status" aria-live="polite" aria-relevant="additions" onPointerEnter={hold} onPointerLeave={release} onFocus={hold} onBlur={release}>
      {shown.slice(-AT_ONCE).map((t) => (
        <div key={t.id} className={"toast" + (t.tone === "bad" ? " bad" : "")}>
          <span className="grow">{t.text}</span>
          {t.action ? <button type="button" className="act" onClick={() => { drop(t.id); onAction && onAction(t.action_value); }}>{t.action}</button> : null}
          <button type="button" aria-label="Dismiss" onClick={() => drop(t.id)}>✕</button>
        </div>
      ))}
    </div>
  );
}
