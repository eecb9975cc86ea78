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
 * Scroll there again. Rows get their real height only near the sight, so the row is put where it was once more after each of the
 * next frames, unless somebody has scrolled since.
 */
export function putBack(box, place) {
  let last = -1;
  let frames = 4;
  const put = () => {
    if (!box.isConnected || (last >= 0 && Math.abs(box.scrollTop - last) > 60)) return;
    if (last < 0) box.scrollTop = place.top;
    const row = place.id && box.querySelector(`[data-row="${place.id}"]`);
    if (row) box.scrollTop += row.getBoundingClientRect().top - box.getBoundingClientRect().top - place.from;
    last = box.scrollTop;
    if (frames-- > 0) requestAnimationFrame(put);
  };
  put();
}
