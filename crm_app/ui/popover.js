// Where a popover goes: one rule for every menu.

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
