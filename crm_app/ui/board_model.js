// The board as plain data: pure functions, no React. A column is {id, name, kind, probability, count, total, weighted, cards, more}; in lanes
// the cards stand in cells {id: "stage:lane", stage, lane, count, cards, more} instead, and the same functions work on those.

/** A card that came as a list of values in the order of `names`. */
export const unpack = (names, card) => (Array.isArray(card) ? Object.fromEntries(names.map((name, i) => [name, card[i]])) : card);
export const unpackAll = (names, columns) => columns.map((c) => ({ ...c, cards: c.cards.map((card) => unpack(names, card)) }));

export const SORTED = "sorted"; // an index that the card's own key decides
export const stageOf = (id) => String(id).split(":")[0];
export const laneOf = (id) => String(id).split(":")[1];

/** Does one key stand above another? Numbers rise, null is the last. */
export function isAbove(a, b) {
  for (let i = 0; i < a.length; i++) {
    if (a[i] === b[i]) continue;
    return b[i] === null || (a[i] !== null && a[i] < b[i]);
  }
  return false;
}

/** Where the order puts a card among others. */
export const rankIn = (cards, card) => cards.reduce((n, k) => n + (isAbove(k.key, card.key) ? 1 : 0), 0);

/** Where a card that is dropped goes: where it was dropped when the order is by hand, on top of what shows the latest, else where its key stands. */
export function aim(sort, kind, index) {
  if (sort === "hand") return index;
  return kind !== "open" && (sort === "next" || sort === "close") ? 0 : SORTED;
}

/** Where a card is: {column, index}, or null. */
export function locate(columns, id) {
  for (const column of columns) {
    const index = column.cards.findIndex((card) => card.id === id);
    if (index >= 0) return { column, index };
  }
  return null;
}

/** Without the card; columns that do not hold it stay the same objects. */
export function without(columns, id) {
  return columns.map((c) => (c.cards.some((k) => k.id === id) ? { ...c, cards: c.cards.filter((k) => k.id !== id) } : c));
}

/** With the card at an index; beyond the loaded cards of a longer column it stays unseen. A null index keeps its place, or is the top. */
export function put(columns, card, to, index) {
  const here = locate(columns, card.id);
  const kept = index ?? (here && here.column.id === to ? here.index : 0);
  return without(columns, card.id).map((c) => {
    if (c.id !== to) return c;
    const at = kept === SORTED ? rankIn(c.cards, card) : kept;
    if (c.more && (at > c.cards.length || (kept === SORTED && at === c.cards.length))) return c;
    return { ...c, cards: [...c.cards.slice(0, at), card, ...c.cards.slice(at)] };
  });
}

/** One operation of a live push; an older version of a card than the one shown is ignored. */
export function applyOp(columns, op) {
  if (op.op === "remove") return without(columns, op.id);
  const here = locate(columns, op.id);
  if (here && op.card.version < here.column.cards[here.index].version) return columns;
  return put(columns, op.card, String(op.column), op.index);
}

export function withTotals(columns, totals) {
  if (!totals?.length) return columns;
  const by = new Map(totals.map((t) => [String(t.column), t]));
  return columns.map((c) => {
    const t = by.get(c.id);
    return t ? { ...c, ...t, column: undefined } : c;
  });
}

/** The cells as counted by the server; null when it speaks of one that the board does not have. */
export function withCounts(cells, counts) {
  const by = new Map((counts || []).map((c) => [c.id, c.count]));
  const known = new Set(cells.map((c) => c.id));
  if ([...by].some(([id, count]) => count && !known.has(id))) return null;
  return cells.map((c) => (by.has(c.id) && by.get(c.id) !== c.count ? { ...c, count: by.get(c.id) } : c));
}

/** The heads of the columns while moves wait: the counts go with the cards. */
export function shifted(heads, cells, pending) {
  return pending.reduce((all, move) => {
    const here = locate(cells, move.id);
    const [from, to] = [here && stageOf(here.column.id), stageOf(move.to)];
    if (!here || from === to) return all;
    return all.map((c) => (c.id === from ? { ...c, count: c.count - 1 } : c.id === to ? { ...c, count: c.count + 1 } : c));
  }, heads);
}

/** The ids from one card to another of the same column, both included; only the second if they are apart. */
export function span(columns, from, to) {
  const here = locate(columns, to);
  const there = here ? here.column.cards.findIndex((k) => k.id === from) : -1;
  if (there < 0) return [to];
  return here.column.cards.slice(Math.min(there, here.index), Math.max(there, here.index) + 1).map((k) => k.id);
}

export function applyPush(columns, push) {
  return withTotals((push.ops || []).reduce(applyOp, columns), push.totals);
}

/** The columns as shown: what the server said, with the moves that still wait for its answer on top. */
export function withPending(columns, pending) {
  return pending.reduce((all, move) => {
    const here = locate(all, move.id);
    if (!here) return all;
    const moved = put(all, { ...here.column.cards[here.index], waiting: true }, move.to, move.index);
    if (here.column.id === move.to) return moved;
    return moved.map((c) => (c.id === here.column.id ? { ...c, count: c.count - 1 } : c.id === move.to ? { ...c, count: c.count + 1 } : c));
  }, columns);
}

/** More cards of a column, each once. */
export function append(columns, id, cards, more) {
  const known = new Set(columns.flatMap((c) => c.cards.map((k) => k.id)));
  return columns.map((c) => (c.id === id ? { ...c, more, cards: [...c.cards, ...cards.filter((k) => !known.has(k.id))] } : c));
}

/** The ids above and below an index once the card is gone from its old place: what the server ranks by. */
export function neighbours(columns, id, to, index) {
  const cards = without(columns, id).find((c) => c.id === to)?.cards || [];
  return { before: cards[index - 1]?.id ?? 0, after: cards[index]?.id ?? 0 };
}

/** A confirmed move: the card the server answered with, at its place; a newer version that came first is kept. */
export function settle(columns, move, card) {
  const here = locate(columns, move.id);
  if (here && here.column.cards[here.index].version > card.version) return columns;
  const next = put(columns, card, move.to, move.index);
  if (!here || here.column.id === move.to) return next;
  return next.map((c) => (c.id === here.column.id ? { ...c, count: c.count - 1 } : c.id === move.to ? { ...c, count: c.count + 1 } : c));
}
