import React, { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { useNavigate } from "react-router";
import { Facets } from "$/public/external/crm_app/ui/palette/palette_facets.jsx";

const PAUSE = 60; // ms without a key before the server is asked
const REBUILT = 2000; // ms after which a search without an index is asked again
const ALL = {}; // narrowed by nothing
const KINDS = {
  person: "People", company: "Companies", deal: "Deals", quote: "Quotes", invoice: "Invoices", order: "Orders",
  product: "Products", price_book: "Price books", text_block: "Texts", activity: "Activities",
};
const ICONS = {
  person: "M9 9a3 3 0 100-6 3 3 0 000 6zM3 16c0-3 3-5 6-5s6 2 6 5",
  company: "M4 16V3h7v13M11 7h4v9M6 6h3M6 9h3M6 12h3",
  deal: "M3 3h3.5v12H3zM8 3h3.5v8H8zM13 3h2.5v5H13z",
  quote: "M4 2h7l3 3v11H4zM11 2v3h3M6.500 8h5M6.500 11h5M6.500 13.500h3",
  invoice: "M4 2.500h10v13l-2-1.300-1.500 1.300L9 14.200 7.500 15.500 6 14.200l-2 1.300zM6.500 6h5M6.500 9h5",
  order: "M3 3.500h2l1.500 8h7L15 6H5.500M7.500 14.500h.01M12.500 14.500h.01",
  price_book: "M3 3h6l6 6-6 6-6-6zM6.500 6.500h.01",
  text_block: "M5 2h5l4 4v10H5zM10 2v4h4",
  product: "M9 2l6 3v8l-6 3-6-3V5zM3 5l6 3 6-3M9 8v8",
  activity: "M4 4h10v11H4zM4 7.500h10M6.500 2.500v3M11.500 2.500v3",
  place: "M7 4l5 5-5 5",
  action: "M10 2L4 10h4l-1 6 6-8H9z",
};

const fold = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

/** How well every typed word begins a word of `text`: 0 not at all, higher is better. */
function fit(text, words) {
  const parts = fold(text).split(/[^\p{L}\p{N}]+/u);
  let total = 0;
  for (const word of words) {
    const at = parts.findIndex((p) => p.startsWith(word));
    if (at < 0) return 0;
    total += at === 0 ? 2 : 1;
  }
  return total;
}

const Icon = ({ name }) => <svg className="icon" viewBox="0 0 18 18" aria-hidden="true"><path d={ICONS[name]} /></svg>;
const Pieces = ({ pieces }) => pieces.map((p, i) => (p.hit ? <mark key={i}>{p.text}</mark> : <span key={i}>{p.text}</span>));

/** Are the letters in `text`, in their order? For commands with a letter missing, where nothing else fits. */
function loose(text, letters) {
  let at = 0;
  for (const letter of letters) if (!(at = text.indexOf(letter, at) + 1)) return false;
  return true;
}

/** Does a record have every typed word, or is it a likeness of letters? Signs that stand within a word count as well. */
function begun(found, words) {
  const text = [...found.title, ...found.subtitle].map((p) => p.text).join("");
  return fit(text, words) > 0 || words.every((w) => fold(text).includes(w));
}

/**
 * The rows below the field: recent records while nothing is typed, else what fits. A page or an action whose very name is typed
 * stands first, and so does one that fits where the best record is only alike; among many people somebody is always alike.
 */
function rowsFor({ text, only, recent, found, answered, places, actions }) {
  const record = (r, title) => ({ key: `${r.kind}-${r.id}`, group: text ? KINDS[r.kind] : "Recent", icon: r.kind, record: r, title, note: text ? r.subtitle : [{ text: r.subtitle }], href: r.href });
  const place = (p) => ({ key: "go-" + p.path, group: "Go to", icon: "place", title: [{ text: p.name }], note: [], href: p.path });
  const action = (a) => ({ key: "do-" + a.id, group: "Actions", icon: "action", title: [{ text: a.name }], note: [], action: a.id });
  if (!text) return [...(recent || []).map((r) => record(r, [{ text: r.title }])), ...actions.map(action), ...places.map(place)];
  const words = fold(text).split(/\s+/).filter(Boolean);
  const best = (list, make) =>
    list.map((e) => [fit(`${e.name} ${e.words || ""}`, words), e]).filter(([n]) => n > 0).sort((a, b) => b[0] - a[0]).map(([, e]) => make(e));
  const records = answered ? (found?.rows || []) : [];
  const byKind = {};
  for (const r of records) (byKind[r.kind] ||= []).push(record(r, r.title));
  if (only) return Object.values(byKind).flat();
  const commands = [...best(actions, action), ...best(places, place)];
  const name = words.join(" ");
  const first = records.length && !begun(records[0], words) ? commands : commands.filter((c) => fold(c.title[0].text) === name);
  const fitting = [...first, ...Object.values(byKind).flat(), ...commands.filter((c) => !first.includes(c))];
  const letters = words.join("");
  if (fitting.length || answered !== text || letters.length < 4) return fitting;
  const near = (list, make) => list.filter((e) => loose(fold(`${e.words || ""} ${e.name}`).replace(/ /g, ""), letters)).map(make);
  return [...near(actions, action), ...near(places, place)];
}

function Preview({ row, preview }) {
  if (!row?.record) return <div className="pal-look" aria-hidden="true" />;
  const mine = preview && preview.kind === row.record.kind && preview.id === row.record.id;
  return (
    <aside className="pal-look" aria-label="Preview">
      {mine ? (
        preview.title ? (
          <>
            <p className="mut">{preview.label}</p>
            <h3>{preview.title}</h3>
            <dl>{preview.lines.map((l) => <div key={l.label}><dt>{l.label}</dt><dd>{l.text}</dd></div>)}</dl>
          </>
        ) : <p className="mut">This is gone, or you may not see it.</p>
      ) : (
        <><div className="sk" style={{ width: "40%", height: 12 }} /><div className="sk" style={{ width: "80%", height: 18 }} />{[1, 2, 3, 4].map((n) => <div key={n} className="sk" style={{ height: 14 }} />)}</>
      )}
    </aside>
  );
}

/**
 * Is it open, and what is typed. Kept outside of React, because each page mounts a palette of its own: neither the keys that open
 * it nor the letters after them are lost while a page is being put up.
 */
const held = { open: false, text: "", since: 0, opener: null, heard: new Set() };
const hold = (change) => { Object.assign(held, change); held.heard.forEach((tell) => tell()); };
const subscribe = (tell) => { held.heard.add(tell); return () => held.heard.delete(tell); };
const useHeld = (name) => useSyncExternalStore(subscribe, () => held[name], () => (name === "open" ? false : ""));
const show = () => hold({ open: true, text: "", since: Date.now(), opener: document.activeElement });
const fresh = () => Date.now() - held.since < 3000; // a page that has no palette keeps no keys for long
const close = () => hold({ open: false, text: "" });
const hide = () => { close(); held.opener?.isConnected && held.opener.focus({ preventScroll: true }); };

if (typeof document !== "undefined") {
  document.addEventListener("keydown", (e) => {
    const chord = e.ctrlKey || e.metaKey;
    if (chord && !e.altKey && !e.shiftKey && e.key.toLowerCase() === "k") { e.preventDefault(); held.open ? hide() : show(); }
    else if (held.open && fresh() && !chord && e.key.length === 1 && !document.querySelector(".palette")) { e.preventDefault(); hold({ text: held.text + e.key }); }
  }, true);
  document.addEventListener("click", (e) => { if (e.target.closest?.("[data-palette]")) { e.preventDefault(); show(); } });
  window.addEventListener("popstate", close);
}

/**
 * `places` and `actions` are filtered here at once; records come from the server, one question at a time: while one is on its way the
 * newest text waits, so that a slow line is never flooded and an old answer never covers a newer one.
 */
export function CommandPalette({ places, actions, recent, found, counts, preview, onStart, onSearch, onCount, onLook, onAct, onCard }) {
  const navigate = useNavigate();
  const open = useHeld("open");
  const text = useHeld("text");
  const [at, setAt] = useState(0);
  const [answered, setAnswered] = useState("");
  const [narrow, setNarrow] = useState(ALL); // only records of this kind, owner, stage
  const timer = useRef(0);
  const asked = useRef({ n: 0, text: "", since: 0 });
  const waiting = useRef(null);
  const field = useRef(null);
  const chips = useRef(null);
  const counting = useRef({ n: 0, key: "" });
  const list = useRef(null);
  const heard = useRef(0); // the number of the last answer; a timer may hold an older render
  heard.current = found?.n || 0;
  const query = text.trim();

  const ask = useCallback((next) => {
    clearTimeout(timer.current);
    const busy = asked.current.n !== heard.current && asked.current.n && Date.now() - asked.current.since < 4000;
    if (busy) { waiting.current = next; return; }
    waiting.current = null;
    asked.current = { n: Date.now() % 1e9, text: next, since: Date.now() };
    onSearch && onSearch(asked.current.n, next, narrow);
  }, [onSearch, narrow]);
  useEffect(() => {
    if (!found?.n || found.n !== asked.current.n) return;
    setAnswered(asked.current.text);
    if (waiting.current !== null && waiting.current !== asked.current.text) ask(waiting.current);
  }, [found]); // eslint-disable-line

  const type = (next) => {
    hold({ text: next });
    setAt(0);
    clearTimeout(timer.current);
    if (!next.trim()) { setAnswered(""); waiting.current = null; return; }
    timer.current = setTimeout(() => ask(next.trim()), PAUSE);
  };
  useEffect(() => {
    clearTimeout(timer.current);
    if (!open) return;
    if (!fresh()) { close(); return; }
    setAt(0); setAnswered(""); setNarrow(ALL); counting.current.key = "";
    onStart && onStart();
    if (held.text) type(held.text);
  }, [open]); // eslint-disable-line
  useLayoutEffect(() => { if (open) field.current?.focus(); }, [open]);

  useEffect(() => { // counted once nobody types, so that no row waits for it
    const key = query + "\n" + JSON.stringify(narrow);
    if (!open || !query || answered !== query || counting.current.key === key) return;
    const wait = setTimeout(() => {
      counting.current = { n: Date.now() % 1e9, key };
      onCount && onCount(counting.current.n, query, narrow);
    }, 300);
    return () => clearTimeout(wait);
  }, [open, query, answered, narrow]); // eslint-disable-line
  const counted = counts?.text === query && counts.n === counting.current.n;
  const facets = query && counts?.text ? counts.facets : []; // those of the text before keep their place until the new ones are there
  const kinds = facets.filter((f) => f.name === "kind");
  const narrowTo = (name, value) => {
    setNarrow((old) => { const next = { ...old }; delete next[name]; return value ? { ...next, [name]: value } : next; });
    setAt(0);
  };
  const first = useRef(true);
  useEffect(() => {
    if (first.current) { first.current = false; return; }
    if (open && query) { asked.current.n = 0; ask(query); }
  }, [narrow]); // eslint-disable-line

  const rebuilding = open && !!query && answered === query && !!found?.rebuilding;
  useEffect(() => { // asked again until the index is there
    if (!rebuilding) return;
    const wait = setTimeout(() => { counting.current.key = ""; ask(query); }, REBUILT);
    return () => clearTimeout(wait);
  }, [rebuilding, found, query]); // eslint-disable-line

  const only = Object.keys(narrow).length > 0;
  const rows = useMemo(() => rowsFor({ text: query, only, recent, found, answered, places, actions: actions || [] }), [query, only, recent, found, answered, places, actions]);
  const chosen = rows[Math.min(at, rows.length - 1)];
  const look = chosen?.record ? `${chosen.record.kind}-${chosen.record.id}` : "";
  useEffect(() => {
    if (!open || !look || window.innerWidth < 768) return;
    const wait = setTimeout(() => onLook && onLook(chosen.record.kind, chosen.record.id), 120);
    return () => clearTimeout(wait);
  }, [open, look]); // eslint-disable-line
  useEffect(() => { list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }); }, [at, rows]);
  if (!open) return null;

  const take = (row, beside) => {
    if (!row) return;
    if (row.action) { hide(); onAct && onAct(row.action); return; }
    if (beside) { window.open(row.href, "_blank", "noopener"); return; }
    if (row.record?.kind === "activity") { hide(); onCard && onCard(row.record.id); return; }
    close();
    navigate(row.href);
  };
  const keys = (e) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[e.key];
    if (e.key === "ArrowUp" && at === 0 && facets.length) { e.preventDefault(); (chips.current?.querySelector(".on") || chips.current?.querySelector("button"))?.focus(); }
    else if (step) { e.preventDefault(); setAt((n) => Math.max(0, Math.min(rows.length - 1, n + step))); }
    else if (e.key === "Enter") { e.preventDefault(); take(chosen, e.ctrlKey || e.metaKey); }
    else if (e.key === "Escape") { e.preventDefault(); e.stopPropagation(); query ? type("") : hide(); }
    else if (e.key === "Tab") {
      e.preventDefault();
      const order = ["", ...kinds.map((k) => k.value)];
      narrowTo("kind", order[(order.indexOf(narrow.kind || "") + (e.shiftKey ? order.length - 1 : 1)) % order.length]);
    }
  };
  const late = query && answered !== query;
  let group = "";
  return (
    <div className="veil pal-veil" onPointerDown={(e) => e.target === e.currentTarget && hide()}>
      <div className="dialog palette" role="dialog" aria-modal="true" aria-label="Search or run a command">
        <div className="pal-head">
          <svg className="icon" viewBox="0 0 18 18" aria-hidden="true"><path d="M8 13a5 5 0 100-10 5 5 0 000 10zM12 12l4 4" /></svg>
          <input ref={field} type="text" role="combobox" aria-label="Search or run a command" aria-expanded="true" aria-controls="pal-rows" aria-autocomplete="list"
                 aria-activedescendant={chosen ? "pal-" + chosen.key : undefined} autoComplete="off" spellCheck={false} enterKeyHint="go"
                 placeholder="Search people, companies, deals, or type a command" value={text} onChange={(e) => type(e.target.value)} onKeyDown={keys} />
          <button type="button" className="btn quiet small" aria-label="Close" onClick={hide}><kbd>Esc</kbd></button>
        </div>
        {query && <Facets ref={chips} facets={facets} exact={counted} narrow={narrow} onNarrow={narrowTo} onBack={() => field.current?.focus()} />}
        {found?.rebuilding && query && answered && <p className="pal-note" role="status">Search is being rebuilt: only beginnings of names are compared for now.</p>}
        <div className="pal-body">
          <ul id="pal-rows" ref={list} role="listbox" aria-label="Results" aria-busy={late || undefined}>
            {rows.map((row, i) => {
              const head = row.group !== group ? row.group : "";
              group = row.group;
              return (
                <React.Fragment key={row.key}>
                  {head && <li className="pal-group" role="presentation">{head}</li>}
                  <li id={"pal-" + row.key} role="option" aria-selected={row === chosen} className={row === chosen ? "on" : ""}
                      onPointerMove={() => at !== i && setAt(i)} onClick={(e) => take(row, e.ctrlKey || e.metaKey)}>
                    <Icon name={row.icon} /><span className="pal-title"><Pieces pieces={row.title} /></span>{row.note.some((p) => p.text) && <small><Pieces pieces={row.note} /></small>}
                  </li>
                </React.Fragment>
              );
            })}
            {query && !late && !rows.length && <li className="pal-none" role="presentation">Nothing is called “{query}”.</li>}
            {late && !rows.length && [1, 2, 3].map((n) => <li key={n} className="pal-wait" role="presentation"><div className="sk" style={{ height: 16, width: `${70 - n * 12}%` }} /></li>)}
          </ul>
          <Preview row={chosen} preview={preview} />
        </div>
        <div className="pal-foot"><span><kbd>↑</kbd> <kbd>↓</kbd> choose</span><span><kbd>Enter</kbd> open</span><span><kbd>Ctrl Enter</kbd> in a new tab</span>{kinds.length > 1 && <span><kbd>Tab</kbd> one kind</span>}{facets.length > 0 && <span><kbd>↑</kbd> narrow</span>}</div>
        <div className="sr" role="status" aria-live="polite">{late ? "" : query ? `${rows.length} results` : ""}</div>
      </div>
    </div>
  );
}

/** The field in the top bar that opens the palette. */
export function PaletteField() {
  const [key, setKey] = useState("Ctrl K");
  useEffect(() => { if (/Mac|iPhone|iPad/.test(navigator.platform)) setKey("⌘ K"); }, []);
  return (
    <button type="button" className="pal-field" data-palette="true" aria-label="Search or run a command">
      <svg className="icon" viewBox="0 0 18 18" aria-hidden="true"><path d="M8 13a5 5 0 100-10 5 5 0 000 10zM12 12l4 4" /></svg>
      <span>Search or run a command</span><kbd>{key}</kbd>
    </button>
  );
}
