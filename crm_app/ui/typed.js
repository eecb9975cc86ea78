// What is typed in a dialog that the server opens: kept in this tab, and put back when the dialog was lost with a connection or a server.
import { useCallback, useEffect, useRef, useState } from "react";
import { keep, recall } from "$/public/external/crm_app/ui/overlay/drafts.js";
import { line } from "$/public/external/crm_app/ui/overlay/line.js";

const RESTORED = "kith-restore"; // a control that keeps its value itself hears by it what it shall hold
const TRIES_MS = [0, 100, 300, 700, 1500, 3000]; // fields that follow another one, or a list that is still on its way, come later
const ASK_MS = [300, 1200, 3000]; // the page reads its rows first
const REOPEN_MS = 1500;

export const whose = { me: "" };
const shown = new Set(); // the keys of those that are open now

const page = () => window.location.pathname + window.location.search;
const ticked = (e) => e.type === "checkbox" || e.type === "radio";
const nameOf = (e) => (ticked(e) ? e.name + "=" + e.value : e.name || "held." + e.dataset.held);
const valueOf = (e) => (ticked(e) ? (e.checked ? "yes" : "") : e.value);
const firstOf = (e) => (ticked(e) ? (e.defaultChecked ? "yes" : "") : e.tagName === "SELECT" ? "" : e.defaultValue);
const controls = (form) => [...form.querySelectorAll("input[name],input[data-held],select[name],textarea[name]")].filter((e) => !["password", "file"].includes(e.type));
const holdings = (form) => Object.fromEntries(controls(form).map((e) => [nameOf(e), valueOf(e)]));
const labelOf = (e) => e.closest(".field,label,fieldset")?.querySelector(".lab")?.textContent || e.getAttribute("aria-label") || e.closest("label")?.textContent || e.name;

/** Writes as a person would, so that whoever listens hears it. */
function write(e, value) {
  if (ticked(e)) {
    if (valueOf(e) !== value) e.click();
    return;
  }
  const proto = { SELECT: window.HTMLSelectElement, TEXTAREA: window.HTMLTextAreaElement }[e.tagName] || window.HTMLInputElement;
  Object.getOwnPropertyDescriptor(proto.prototype, "value").set.call(e, value);
  e.dispatchEvent(new Event("input", { bubbles: true }));
  if (e.tagName === "SELECT") e.dispatchEvent(new Event("change", { bubbles: true }));
}

/** For a control with a state of its own: `take(value, text)` is what it held before the dialog was lost. */
export function useRestored(input, take) {
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    const e = input.current;
    const hear = (event) => { event.preventDefault(); latest.current(event.detail.value, event.detail.text); };
    e?.addEventListener(RESTORED, hear);
    return () => e?.removeEventListener(RESTORED, hear);
  }, [input]);
}

const hears = (e, detail) => !e.dispatchEvent(new CustomEvent(RESTORED, { cancelable: true, detail }));

/** Puts back what can be put back by now; answers with what is left, and tells of what somebody else changed meanwhile. */
function putBack(form, fields, told) {
  const left = { ...fields };
  for (const e of controls(form)) {
    const name = nameOf(e);
    if (!left[name]) continue;
    const { was, now } = left[name];
    const text = name.endsWith("_text") ? name.slice(0, -"_text".length) : "";
    const here = valueOf(e);
    if (here !== was && here !== now) told.set(labelOf(e), ticked(e) ? (here ? "ticked" : "not ticked") : here);
    if (text && form.querySelector(`[name="${text}"]`)) continue; // comes with what was chosen
    if (here !== now && !hears(e, { value: now, text: left[name + "_text"]?.now ?? form.querySelector(`[name="${name}_text"]`)?.value }) && e.type !== "hidden") write(e, now);
    if (e.type === "hidden" || valueOf(e) === now) {
      delete left[name];
      delete left[name + "_text"];
    }
  }
  return left;
}

/**
 * The draft of one form. `again` names the event that opens it, `about` is what that is given; without them nothing is kept. The dialog is
 * asked for again when it goes without having been left or saved, and when a page comes back on which it was open.
 */
export function useTyped({ form, open, again, about, onAgain, onClose }) {
  const [found, setFound] = useState(null); // {changed, unsure} while what was typed before is shown
  const at = useRef({}); // of the opening: key, about, first values, what waits to be put back, how often the line was cut when it began or was sent
  const last = useRef({});
  last.current = { open, onAgain, onClose };
  const prefix = () => `kith-draft:${whose.me}:${page()}:${again}:`;
  const ask = useCallback((key, what) => {
    const here = window.location.href;
    const timers = ASK_MS.map((ms) => setTimeout(() => window.location.href === here && !shown.has(key) && last.current.onAgain(what), ms));
    return () => timers.forEach(clearTimeout);
  }, []);
  const stop = useRef(() => {});

  useEffect(() => { // a page on which it was open
    if (!again) return;
    const timer = setTimeout(() => {
      if (last.current.open) return;
      const key = Object.keys(window.sessionStorage || {}).find((k) => k.startsWith(prefix()) && recall(k).open);
      if (key) stop.current = ask(key, recall(key).about);
    }, REOPEN_MS);
    return () => clearTimeout(timer);
  }, [again, ask]); // eslint-disable-line

  useEffect(() => {
    if (!open || !again || !form.current) return;
    stop.current();
    const here = { page: page(), key: prefix() + JSON.stringify(about), about, first: holdings(form.current), left: {}, sent: null, cuts: line.cuts, gone: false };
    at.current = here;
    shown.add(here.key);
    const draft = recall(here.key);
    const timers = [];
    setFound(null);
    if (draft.fields) {
      const told = new Map();
      here.left = draft.fields;
      const differs = Object.entries(draft.fields).some(([name, { now }]) => here.first[name] !== now);
      if (draft.unsure && !differs) { // it was saved before the connection broke
        keep(here.key, null);
        here.gone = true;
        last.current.onClose && last.current.onClose();
        return;
      }
      const show = () => {
        if (at.current !== here || here.gone || !form.current) return;
        here.left = putBack(form.current, here.left, told);
        if (differs) setFound({ changed: [...told], unsure: draft.unsure });
      };
      TRIES_MS.forEach((ms) => timers.push(setTimeout(show, ms)));
    }
    return () => {
      timers.forEach(clearTimeout);
      shown.delete(here.key);
      if (page() !== here.page) return; // somebody went to another page and may come back
      if (here.gone || line.cuts === (here.sent ?? here.cuts)) return keep(here.key, null); // left, or shut by an answer
      const kept = recall(here.key);
      if (!kept.fields) return;
      if (here.sent !== null) keep(here.key, { ...kept, unsure: true });
      stop.current = ask(here.key, here.about);
    };
  }, [open]); // eslint-disable-line

  const store = (sent) => {
    const here = at.current;
    if (!again || !here.key || here.gone || !form.current) return;
    const fields = { ...here.left };
    for (const e of controls(form.current)) {
      const name = nameOf(e);
      if (here.left[name]) continue;
      if (!(name in here.first)) here.first[name] = firstOf(e);
      if (valueOf(e) !== here.first[name]) fields[name] = { was: here.first[name], now: valueOf(e) };
    }
    if (sent) here.sent = line.cuts;
    keep(here.key, Object.keys(fields).length ? { about: here.about, open: true, fields } : null);
  };
  return {
    found,
    note: () => setTimeout(() => store(false), 0),
    sending: () => store(true),
    leave: () => { at.current.gone = true; },
    afresh: () => {
      const here = at.current;
      keep(here.key, null);
      Object.assign(here, { left: {}, first: {} });
      setFound(null);
      onAgain(here.about);
      setTimeout(() => form.current && Object.assign(here, { first: holdings(form.current) }), 500);
    },
  };
}
