const SETTLING = 600; // ms

/** Where a list is scrolled to: `top` in pixels, and the first row in sight (`id`) with its distance from the top of the box (`from`). */
export function placeOf(box) {
  const rows = box.querySelectorAll("[data-row]");
  const top = box.getBoundingClientRect().top;
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    rows[middle].getBoundingClientRect().bottom > top ? (high = middle) : (low = middle + 1);
  }
  const row = rows[low];
  return { top: box.scrollTop, id: row ? row.dataset.row : "", from: row ? row.getBoundingClientRect().top - top : 0 };
}

/**
 * Scroll there again. Rows get their real height only near the sight, and what stands above is an estimate until then: the row is
 * put where it was with each frame until all has settled, or somebody scrolls.
 */
export function putBack(box, place) {
  const until = performance.now() + SETTLING;
  const ended = new AbortController();
  const told = { signal: ended.signal, capture: true, passive: true };
  for (const kind of ["wheel", "touchstart", "pointerdown", "keydown"]) window.addEventListener(kind, () => ended.abort(), told);
  box.scrollTop = place.top;
  const put = () => {
    if (ended.signal.aborted) return;
    const row = place.id && box.querySelector(`[data-row="${place.id}"]`);
    if (row) box.scrollTop += row.getBoundingClientRect().top - box.getBoundingClientRect().top - place.from;
    row && box.isConnected && performance.now() < until ? requestAnimationFrame(put) : ended.abort();
  };
  put();
}
