// Where a popover goes and when it closes: one rule for every menu.

/** Below its button, or above when there is no room, and never outside of the window; in the left half it opens to the right. */
export function placeNear(anchor, panel) {
  const a = anchor.getBoundingClientRect();
  const p = panel.getBoundingClientRect();
  const below = a.bottom + 4 + p.height <= window.innerHeight - 8;
  const top = below ? a.bottom + 4 : Math.max(8, a.top - p.height - 4);
  const left = Math.max(8, Math.min(a.right - p.width, window.innerWidth - p.width - 8));
  return { top, left: a.left + p.width < window.innerWidth - 8 && a.left < window.innerWidth / 2 ? a.left : left };
}

/** Where an arrow key leads in a list of items; undefined for any other key. */
export function stepIn(items, key) {
  const at = items.indexOf(document.activeElement);
  const go = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[key];
  return go === undefined ? undefined : items[(go + items.length) % items.length];
}

const PRESSED = "button,input,select,textarea,label,nav";

/** The click that follows the press at hand does nothing: it only closes what was open. One by the keyboard is another one. */
function swallowClick() {
  const over = new AbortController();
  const once = { capture: true, signal: over.signal };
  const stop = (e) => { over.abort(); if (e.detail) { e.preventDefault(); e.stopPropagation(); } };
  window.addEventListener("click", stop, once);
  for (const kind of ["pointerdown", "pointercancel"]) window.addEventListener(kind, () => over.abort(), once);
}

/** Closes when somebody presses outside of all parts; what lies below is not opened by that, only a control of the mouse is. Gives what ends it. */
export function whenOutside(parts, close) {
  const press = (e) => {
    if (parts().some((part) => part?.contains(e.target))) return;
    close();
    if (e.pointerType !== "mouse" || !e.target.closest?.(PRESSED)) swallowClick();
  };
  document.addEventListener("pointerdown", press);
  return () => document.removeEventListener("pointerdown", press);
}
