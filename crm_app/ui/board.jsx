import React, { memo, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { DragDropContext, Droppable } from "@hello-pangea/dnd";
import { useAgain } from "$/public/external/crm_app/ui/live/live.jsx";
import { Card } from "$/public/external/crm_app/ui/board/board_card.jsx";
import { useDrawn } from "$/public/external/crm_app/ui/board/board_idle.js";
import { BoardBulk } from "$/public/external/crm_app/ui/board/board_bulk.jsx";
import { aim, append, applyOp, applyPush, laneOf, locate, neighbours, settle, shifted, span, stageOf, unpack, unpackAll, withCounts, withPending, withTotals } from "$/public/external/crm_app/ui/board/board_model.js";
import { written } from "$/public/external/crm_app/ui/overlay/numbers.js";

const days = (n) => `${written(n)} ${n === 1 ? "day" : "days"}`;

const deals = (n) => `${written(n)} ${n === 1 ? "deal" : "deals"}`;

/** What stands above a column; from the server, of all its deals. */
function Head({ col, all, onAll }) {
  return (
    <header>
      <h2>
        <span className={"swatch " + col.color} aria-hidden="true" />
        <span className="clip">{col.name}</span><span className="n">{written(col.count)}</span>
        {onAll && col.count > 0 && (
          <button type="button" className="choice-tick" role="checkbox" aria-checked={all} aria-label={`Select all ${written(col.count)} in ${col.name}`} onClick={() => onAll(col.id)}>
            <svg className="icon" viewBox="0 0 18 18" aria-hidden="true"><path d="M4 9.5l3.5 3.5L14 5.5" /></svg>
          </button>
        )}
        <em title={col.note || undefined}>{col.total}</em>
      </h2>
      {col.beside ? <p className="beside" title={col.note}><span>{col.beside}</span></p> : null}
      <p>
        weighted {col.weighted}
        <span>
          {typeof col.age === "number" ? <i title={col.kind === "open" ? "Average age of these deals" : "Average time until they closed"}>⌀ {days(col.age)}</i> : null}
          {col.limit ? <i className={col.count > col.limit ? "over" : ""} title={`${col.name} holds ${deals(col.limit)} well, those of everybody counted`}>limit {written(col.limit)}</i> : null}
          {col.probability} %
        </span>
      </p>
      <div className="meter" role="img" aria-label={`Probability ${col.probability} percent`}><i style={{ width: col.probability + "%" }} /></div>
    </header>
  );
}

/** The cards of a column or of a cell, the `place`th from the left; more are asked for as one scrolls. */
const Cards = memo(function Cards({ box, place, type, laned, chosen, act, names, movable, lifted, onMore }) {
  const drawn = useDrawn(box.cards.length, place, lifted);
  const asked = useRef(-1);
  const list = useRef(null);
  const stage = stageOf(box.id);
  const all = chosen.stages.has(stage);
  const choosing = chosen.ids.size + chosen.stages.size > 0;
  const ask = useCallback(() => {
    if (asked.current === box.cards.length) return;
    asked.current = box.cards.length;
    onMore(box.id, box.cards.length ? String(box.cards[box.cards.length - 1].id) : "");
  }, [box, onMore]);
  const need = useCallback(() => {
    const el = list.current;
    if (el && box.more && !laned && drawn >= box.cards.length && el.scrollTop + el.clientHeight >= el.scrollHeight - 400) ask();
  }, [box, laned, drawn, ask]);
  useEffect(() => { if (asked.current > box.cards.length) asked.current = -1; need(); }, [box.cards.length, need]);
  return (
    <Droppable droppableId={box.id} type={type || "DEFAULT"}>
      {(p, s) => (
        <div ref={(e) => { p.innerRef(e); list.current = e; }} {...p.droppableProps} data-cell={box.id} className={"cards" + (s.isDraggingOver ? " over" : "")} onScroll={need} tabIndex={-1}>
          {(drawn < box.cards.length ? box.cards.slice(0, drawn) : box.cards).map((c, i) => (
            <Card key={c.id} card={c} index={i} stage={stage} names={names} movable={movable} picked={all || chosen.ids.has(c.id)} choosing={choosing}
                  onPick={act.pick} onChoose={act.choose} />
          ))}
          {p.placeholder}
          {!box.cards.length && !s.isDraggingOver && !laned && <div className="none">No deals here</div>}
          {box.more && (laned ? <button type="button" className="more" onClick={ask}>{written(box.count - box.cards.length)} more</button> : <div className="more">Loading more…</div>)}
        </div>
      )}
    </Droppable>
  );
});

const Column = memo(function Column({ col, place, chosen, act, names, movable, lifted, onMore, onAll }) {
  return (
    <section className={"col " + col.kind} aria-label={col.name} data-column={col.id}>
      <Head col={col} all={chosen.stages.has(col.id)} onAll={onAll} />
      <Cards box={col} place={place} chosen={chosen} act={act} names={names} movable={movable} lifted={lifted} onMore={onMore} />
    </section>
  );
});

/** A row of cells, one for each stage; where cards may change lanes (`giving`) all cells take them. */
function Lane({ lane, cells, folded, onFold, giving, ...look }) {
  return (
    <section className="lane" aria-label={lane.name}>
      <button type="button" className="lanehead" aria-expanded={!folded} onClick={onFold}>
        <svg className="icon" viewBox="0 0 18 18" aria-hidden="true"><path d={folded ? "M7 5l4 4-4 4" : "M5 7l4 4 4-4"} /></svg>
        {lane.initials ? <span className="av" style={{ background: lane.color || undefined }} aria-hidden="true">{lane.initials}</span> : null}
        <b>{lane.name}</b><span className="n">{written(lane.count)}</span>
      </button>
      {!folded && <div className="lanecells">{cells.map((c, i) => <div key={c.id} className="lanecell"><Cards box={c} place={i} type={giving ? undefined : "lane" + lane.id} laned {...look} /></div>)}</div>}
    </section>
  );
}

const KEYS = "Press Space to lift the card, the arrows to move it, Space again to drop it, Escape to cancel. Enter opens the deal, X selects it.";
const NONE = { ids: new Set(), stages: new Set() };
const MOST_WAIT = 2 ** 31 - 1;

/** The selection: single cards, and whole stages with all their deals. */
function useChosen(view, wish) {
  const [chosen, setChosen] = useState(NONE);
  const anchor = useRef(0);
  useEffect(() => { setChosen(NONE); anchor.current = 0; }, [wish]);
  const clear = useCallback(() => setChosen(NONE), []);
  const choose = useCallback((id, range) => setChosen((now) => {
    const here = locate(view.current, id);
    const stage = here && stageOf(here.column.id);
    const ids = new Set(now.ids);
    const stages = new Set(now.stages);
    if (stages.delete(stage)) view.current.filter((c) => stageOf(c.id) === stage).forEach((c) => c.cards.forEach((k) => ids.add(k.id)));
    if (range && anchor.current) span(view.current, anchor.current, id).forEach((i) => ids.add(i));
    else ids.has(id) ? ids.delete(id) : ids.add(id);
    anchor.current = id;
    return { ids, stages };
  }), [view]);
  const all = useCallback((stage) => setChosen((now) => {
    const stages = new Set(now.stages);
    const inside = new Set(view.current.filter((c) => stageOf(c.id) === stage).flatMap((c) => c.cards.map((k) => k.id)));
    stages.has(stage) ? stages.delete(stage) : stages.add(stage);
    return { ids: new Set([...now.ids].filter((i) => !inside.has(i))), stages };
  }), [view]);
  return { chosen, choose, all, clear };
}

/**
 * The board. `columns` (and in lanes `cells`) is the server's snapshot (a new `epoch` puts it in force), `push` what colleagues did since,
 * `page` more cards, `answer` how a move ended. A move shows at once, waits on top of what the server said, and goes back when it is refused.
 */
export function KanbanBoard(p) {
  const { columns, cells, lanes, sort, epoch, push, page, answer, summary, movable, giving, may, onMove, onMore } = p;
  const fresh = () => ({ columns: unpackAll(p.names, columns), cells: unpackAll(p.names, cells) });
  const [base, setBase] = useState(fresh);
  const [sum, setSum] = useState(summary);
  const [pending, setPending] = useState([]);
  const [said, setSaid] = useState("");
  const [dragging, setDragging] = useState(false);
  const [folded, setFolded] = useState(new Set());
  const held = useRef([]);
  const lifted = useRef(false);
  const ticket = useRef(Date.now() % 1e9);
  const lastPush = useRef(0);
  const lastPage = useRef(0);
  const lastEpoch = useRef(epoch);
  const laned = lanes.length > 0;
  const shown = useMemo(() => withPending(laned ? base.cells : base.columns, pending), [base, pending, laned]);
  const heads = useMemo(() => (laned ? shifted(base.columns, base.cells, pending) : shown), [base, pending, shown, laned]);
  const names = useMemo(() => heads.map((c) => ({ id: c.id, name: c.name, count: c.count, kind: c.kind })), [heads]);
  const view = useRef(shown);
  view.current = shown;
  const now = useRef(null);
  now.current = { base, laned, lanes, sort, heads };
  const asked = useRef(pending);
  asked.current = pending;
  const { chosen, choose, all, clear } = useChosen(view, p.wish);

  // while a card is in somebody's hand the board stands still; what arrives waits
  const change = useCallback((fn) => (lifted.current ? held.current.push(fn) : setBase(fn)), []);
  const inside = useCallback((fn) => change((b) => (b.cells.length ? { ...b, cells: fn(b.cells) } : { ...b, columns: fn(b.columns) })), [change]);
  const resync = useAgain(p.onResync);

  useEffect(() => {
    // the server keeps no cards: when the socket comes back they are missing until they are read again
    const again = !columns.length && (!epoch || epoch === lastEpoch.current);
    lastEpoch.current = epoch;
    if (again) return;
    held.current = [];
    change(fresh);
    setSum(summary);
  }, [columns, cells, epoch]); // eslint-disable-line
  useEffect(() => {
    if (!p.dayLeft) return; // tomorrow what is planned for today is overdue
    const timer = setTimeout(resync, Math.min(MOST_WAIT, p.dayLeft * 1000 + 2000));
    return () => clearTimeout(timer);
  }, [p.dayLeft, epoch]); // eslint-disable-line
  useEffect(() => {
    if (!push || !push.n || push.n === lastPush.current) return;
    const missed = push.prev !== undefined && lastPush.current && push.prev !== lastPush.current;
    lastPush.current = push.n;
    if (push.stale || missed) return resync();
    const counted = now.current.laned && withCounts(now.current.base.cells, push.cells);
    if (now.current.laned && !counted) return resync();
    if (now.current.laned) change((b) => ({ columns: withTotals(b.columns, push.totals), cells: withCounts((push.ops || []).reduce(applyOp, b.cells), push.cells) || b.cells }));
    else inside((all) => applyPush(all, push));
    if (push.summary) setSum(push.summary);
  }, [push]); // eslint-disable-line
  useEffect(() => {
    if (!page || !page.n || page.n === lastPage.current) return;
    lastPage.current = page.n;
    if (page.cards.length) inside((all) => append(all, page.cell, page.cards.map((card) => unpack(p.names, card)), page.more));
  }, [page]); // eslint-disable-line
  useEffect(() => {
    if (!answer || !answer.ticket) return;
    const move = asked.current.find((m) => m.ticket === answer.ticket);
    if (!move) return;
    if (answer.ok) inside((all) => settle(all, move, unpack(p.names, answer.card)));
    setPending((all) => all.filter((m) => m.ticket !== answer.ticket));
    setSaid(answer.ok ? "Moved." : "Not moved. " + answer.reason);
  }, [answer]); // eslint-disable-line

  const move = useCallback((id, to, index) => {
    const here = locate(view.current, id);
    if (!here) return;
    const hand = now.current.sort === "hand";
    const owner = here.column.lane === laneOf(to) ? -1 : Number(laneOf(to));
    if (!hand && here.column.id === to) return setSaid("Cards can be put in order by hand when the board is sorted by hand.");
    const card = here.column.cards[here.index];
    const side = neighbours(view.current, id, to, index);
    const mine = ++ticket.current;
    const kind = now.current.heads.find((c) => c.id === stageOf(to))?.kind;
    setPending((all) => [...all.filter((m) => m.id !== id), { ticket: mine, id, to, index: aim(now.current.sort, kind, index) }]);
    onMove && onMove(mine, id, Number(stageOf(to)), hand ? index : -1, hand ? side.before : 0, hand ? side.after : 0, card.version, owner);
  }, [onMove]);
  const pick = useCallback((id, stage) => {
    const here = locate(view.current, id);
    if (!here) return;
    setSaid(`Moving to ${now.current.heads.find((c) => c.id === stage)?.name}.`);
    move(id, now.current.laned ? stage + ":" + here.column.lane : stage, 0);
  }, [move]);
  const place = (d) => {
    const c = now.current.heads.find((k) => k.id === stageOf(d.droppableId));
    const lane = now.current.lanes.find((l) => l.id === laneOf(d.droppableId));
    return c ? `${c.name}${lane ? `, ${lane.name}` : ""}, position ${d.index + 1}` : "";
  };
  const start = useCallback((s, provided) => {
    lifted.current = true;
    setDragging(true);
    provided.announce(`Lifted from ${place(s.source)}.`);
  }, []);
  const over = useCallback((u, provided) => provided.announce(u.destination ? `Over ${place(u.destination)}.` : "Not over a column."), []);
  const end = useCallback((r, provided) => {
    lifted.current = false;
    setDragging(false);
    const waiting = held.current;
    held.current = [];
    if (waiting.length) setBase((all) => waiting.reduce((b, fn) => fn(b), all));
    const d = r.destination;
    if (!d || r.reason === "CANCEL" || (d.droppableId === r.source.droppableId && d.index === r.source.index)) return provided.announce("Put back.");
    provided.announce(`Dropped in ${place(d)}.`);
    move(Number(r.draggableId), d.droppableId, d.index);
  }, [move]);
  const more = useCallback((box, after) => onMore && onMore(Number(stageOf(box)), after, box), [onMore]);
  const act = useMemo(() => ({ pick, choose: may.mass_edit ? choose : undefined }), [pick, choose, may.mass_edit]);
  const fold = (id) => setFolded((f) => { const next = new Set(f); next.has(id) ? next.delete(id) : next.add(id); return next; });
  const empty = heads.every((c) => !c.count);
  const total = document.getElementById("board-sum");
  const look = { chosen, act, names, movable, lifted, onMore: more };
  const onAll = may.mass_edit ? all : undefined;
  if (!heads.length) return p.children || null;
  return (
    <>
      {total && sum?.total && createPortal(<><b>{written(sum.count)}</b> open · <b title={sum.note || undefined}>{sum.total}</b>{sum.beside ? <span className="beside" title={sum.note}> {sum.beside}</span> : null} · weighted <b>{sum.weighted}</b></>, total)}
      <DragDropContext onDragStart={start} onDragUpdate={over} onDragEnd={end} dragHandleUsageInstructions={KEYS}>
        <div className={"board" + (dragging ? " dragging" : "") + (laned ? " laned" : "")} data-empty={empty || undefined} data-ready="true" data-sort={sort}
             onKeyDown={(e) => { if (e.key === "Escape" && !dragging && (chosen.ids.size || chosen.stages.size)) clear(); }}>
          {laned ? (
            <div className="lanes">
              <div className="laneheads">{heads.map((c) => <section key={c.id} className={"col " + c.kind} aria-label={c.name}><Head col={c} all={chosen.stages.has(c.id)} onAll={onAll} /></section>)}</div>
              {lanes.map((l) => <Lane key={l.id} lane={{ ...l, count: shown.reduce((n, c) => n + (c.lane === l.id ? c.count : 0), 0) }} cells={shown.filter((c) => c.lane === l.id)} folded={folded.has(l.id)} onFold={() => fold(l.id)} giving={giving} {...look} />)}
              {p.everyLane > lanes.length && <p className="note">The first {lanes.length} of {written(p.everyLane)} lanes. Filter to see the others.</p>}
            </div>
          ) : shown.map((c, i) => <Column key={c.id} col={c} place={i} onAll={onAll} {...look} />)}
        </div>
      </DragDropContext>
      {may.mass_edit && <BoardBulk chosen={chosen} heads={heads} may={may} fields={p.fields} found={p.found} progress={p.progress} onSearch={p.onSearch} onBulk={p.onBulk} onClear={clear} />}
      <div className="sr" role="status" aria-live="polite">{said}</div>
    </>
  );
}
