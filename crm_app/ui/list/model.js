// What the list does with its rows and its address. Pure; tests/ui/test_list_model.py runs it in Node.

export const NAMES = ["view", "f", "sort", "cols", "group", "fold", "q"];
const PAGE = 50;

/** Me, my team, a team: choices of a filter that are no record themselves. */
export const isRelative = (id) => id === "me" || id === "team" || id.startsWith("team:");

/** The parameters of an address that speak of the list. */
export const askedOf = (params) => Object.fromEntries(NAMES.filter((n) => params.has(n)).map((n) => [n, params.get(n)]));

/** One text for one list, to tell whether an answer belongs to the address. */
export const signature = (kind, asked) => kind + "?" + NAMES.filter((n) => asked[n] !== undefined).map((n) => n + "=" + asked[n]).join("&");

/** The address after changes: null takes a parameter out, an empty text says "none" where a view would say something. */
export function address(search, view, changes) {
  const next = new URLSearchParams(search);
  if (view && !next.has("view")) next.set("view", String(view));
  const based = next.has("view") && next.get("view") !== "0";
  for (const [name, value] of Object.entries(changes)) value === null || (value === "" && !based) ? next.delete(name) : next.set(name, value);
  return next.toString();
}

/** Which groups are folded: those named, or (a list that begins with null) every one but those. */
export const foldsOf = (text) => { const all = text ? JSON.parse(text) : []; return { all: all[0] === null, names: all.filter((v) => v !== null) }; };
export const isFolded = (text, value) => { const f = foldsOf(text); return f.names.includes(value) !== f.all; };

/** The same after one of them was folded or opened. */
export function turned(text, value) {
  const f = foldsOf(text);
  const names = f.names.includes(value) ? f.names.filter((v) => v !== value) : [...f.names, value];
  return names.length || f.all ? JSON.stringify([...(f.all ? [null] : []), ...names]) : "";
}

/** Rows and heads of groups in the order of the list; a folded group has its head alone, once the rows before it are there. */
export function laidOut(rows, groups, fold, more) {
  const last = rows.length && more ? groups.findIndex((g) => g.value === rows[rows.length - 1].group) : groups.length;
  const ahead = groups.slice(0, last < 0 ? 0 : last).filter((g) => isFolded(fold, g.value));
  const place = new Map(groups.map((g, n) => [g.value, n]));
  const found = [];
  let group = null;
  rows.forEach((row, index) => {
    if (row.group !== group) {
      while (ahead.length && place.get(ahead[0].value) < (place.get(row.group) ?? groups.length)) found.push({ head: ahead.shift().value });
      if (ahead[0]?.value === row.group) ahead.shift();
      found.push({ head: (group = row.group) });
    }
    found.push({ row, index });
  });
  return [...found, ...ahead.map((g) => ({ head: g.value }))];
}

/** A page behind the rows, each record once. */
export function append(rows, page) {
  const known = new Set(rows.map((r) => r.id));
  return [...rows, ...page.filter((r) => !known.has(r.id))];
}

/** A new first page over rows that were scrolled to: what stood behind it stays. */
export function merge(fresh, rows, more) {
  if (!more || fresh.length < PAGE) return fresh;
  const known = new Set(fresh.map((r) => r.id));
  const last = rows.findIndex((r) => r.id === fresh[fresh.length - 1].id);
  return [...fresh, ...rows.slice(last >= 0 ? last + 1 : fresh.length).filter((r) => !known.has(r.id))];
}

/** Rows as they are now, without those that left the list; the same array when nothing differs. An answer that was late is older. */
export function update(rows, now, gone) {
  const fresh = new Map((now || []).map((r) => [r.id, r]));
  const left = new Set(gone || []);
  if (!rows.some((r) => fresh.has(r.id) || left.has(r.id))) return rows;
  return rows.filter((r) => !left.has(r.id)).map((r) => (fresh.get(r.id)?.version < r.version ? r : fresh.get(r.id) || r));
}

/** The ids from one row to another, both included, in the order of the list. */
export function between(rows, from, to) {
  const a = rows.findIndex((r) => r.id === from);
  const b = rows.findIndex((r) => r.id === to);
  return a < 0 ? [to] : rows.slice(Math.min(a, b), Math.max(a, b) + 1).map((r) => r.id);
}

/** The next cell that can be edited, in this row or the one after (or before); null at the end. */
export function nextCell(rows, columns, id, name, step) {
  let row = rows.findIndex((r) => r.id === id);
  let col = columns.findIndex((c) => c.name === name);
  while (row >= 0 && row < rows.length) {
    col += step;
    if (col < 0 || col >= columns.length) { row += step; col = step > 0 ? -1 : columns.length; continue; }
    if (columns[col].editable && rows[row].editable) return { id: rows[row].id, name: columns[col].name };
  }
  return null;
}

/** From the JSON of an address to the tree that the builder edits, and back; an incomplete condition is left out. */
export function treeOf(text) {
  const read = (item) => {
    const mode = item.all ? "all" : item.any ? "any" : "";
    return mode ? { mode, items: item[mode].map(read) } : { f: item.f, op: item.op, v: item.v };
  };
  const found = text ? read(JSON.parse(text)) : { mode: "all", items: [] };
  return found.mode ? found : { mode: "all", items: [found] };
}
const full = (v, arity) =>
  arity === "none" || (arity === "two" ? Array.isArray(v) && v.length === 2 && v.every((x) => x !== "") : arity === "many" ? v?.length > 0 : v !== undefined && v !== null && v !== "");
export function textOf(tree, arityOf) {
  const write = (item) => {
    if (!item.mode) return item.f && item.op && full(item.v, arityOf(item)) ? { f: item.f, op: item.op, ...(arityOf(item) === "none" ? {} : { v: item.v }) } : null;
    const items = item.items.map(write).filter(Boolean);
    return items.length ? { [item.mode]: items } : null;
  };
  const found = write(tree);
  return found ? JSON.stringify(found) : "";
}

/** The tree without one of its top conditions. */
export const without = (tree, index) => ({ ...tree, items: tree.items.filter((_, i) => i !== index) });

/** A name moved one place up (-1) or down (1). */
export function moved(names, name, step) {
  const at = names.indexOf(name);
  const to = at + step;
  if (at < 0 || to < 0 || to >= names.length) return names;
  const next = [...names];
  [next[at], next[to]] = [next[to], next[at]];
  return next;
}

/** As many ticked rows as fit into an address, and as a form may bring (crm_app/http/exports.py). */
export const IN_ADDRESS = 500;
export const MOST_SENT = 10000;

/** A download whose ids are too many for an address; the words of a refusal, else "". Leaving by a form would cut the socket. */
export async function send(address, ids) {
  const answer = await fetch(address, { method: "POST", body: new URLSearchParams({ ids }) }).catch(() => null);
  if (!answer) return "The server cannot be reached. Please try again.";
  if (!answer.ok) return answer.text();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") || "")?.[1] || "export";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  return "";
}

// The least width of a column in px and its share of what is left, by type, by name, and of the first one by kind.
const WIDTHS = { ref: [140, 1.1], choice: [104, 0.6], bool: [76, 0.4], money: [110, 0.7], int: [84, 0.5], float: [84, 0.5], decimal: [110, 0.7], date: [110, 0.6], datetime: [110, 0.6], tags: [150, 1], longtext: [200, 1.6] };
const NAMED = { "emails.value": [164, 1.5], "phones.value": [146, 1.1], owner_id: [164, 0.8], stage_id: [112, 0.7], country: [108, 0.8], industry: [108, 0.8], domain: [132, 1.2] };
const FIRST = { person: [200, 1.4], activity: [244, 2.2], deal: [214, 1.8], quote: [190, 1.3], order: [190, 1.3], invoice: [190, 1.3] };
const DIGIT = 7.8; // px, in a row
const LETTER = 7.4; // px, in a head
const HEAD = 130; // no name of a column asks for more
const PADDING = 24;
const ROUND = 14; // px beside the word of a choice
const WORD = 170; // no word of a choice asks for more

const leastOf = (column, least, longest) => {
  const head = Math.min(HEAD, PADDING + 6 + Math.ceil(column.label.length * LETTER));
  const room = column.numeric ? PADDING + Math.ceil(longest * DIGIT) : Math.min(WORD, PADDING + ROUND + Math.ceil(longest * LETTER));
  return Math.max(least, head, longest ? room : 0);
};

/** How many characters the longest number or chosen word of each column has: neither is cut. Other texts have 0. */
export const longestOf = (columns, rows) => columns.map((c, i) => (c.numeric || c.type === "choice" ? rows.reduce((most, row) => Math.max(most, row.cells[i]?.text.length || 0), 0) : 0));

/** The widths of the columns, the same in every row, and the least that all of them need together. */
export function template(kind, columns, longest) {
  const sizes = columns.map((c, i) => {
    const [least, part] = i === 0 ? FIRST[kind] || [230, 1.8] : NAMED[c.name] || WIDTHS[c.type] || [128, 1.1];
    return [leastOf(c, least, longest[i]), part];
  });
  return { cols: "44px " + sizes.map(([least, part]) => `minmax(${least}px,${part}fr)`).join(" "), least: 44 + sizes.reduce((sum, [least]) => sum + least, 0) };
}
