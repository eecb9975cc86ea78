import React, { memo, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { Link, useNavigate } from "react-router";
import { DragDropContext, Draggable, Droppable } from "@hello-pangea/dnd";
import { placeNear, stepIn } from "$/public/external/crm_app/ui/overlay/popover.js";
import { useAgain } from "$/public/external/crm_app/ui/live/live.jsx";
import { append, applyPush, locate, neighbours, settle, withPending } from "$/public/external/crm_app/ui/board/board_model.js";

/** "Move to…": the way for everybody who does not drag. */
function MoveMenu({ card, columns, current, onPick }) {
  const [open, setOpen] = useState(false);
  const [place, setPlace] = useState({ top: -9999, left: 0 });
  const button = useRef(null);
  const panel = useRef(null);
  useLayoutEffect(() => {
    if (!open) return;
    setPlace(placeNear(button.current, panel.current));
    panel.current.querySelector('[role="menuitem"]:not([aria-disabled=true])')?.focus({ preventScroll: true });
    const outside = (e) => !panel.current?.contains(e.target) && !button.current?.contains(e.target) && setOpen(false);
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);
  const keys = (e) => {
    e.stopPropagation();
    const items = [...panel.current.querySelectorAll('[role="menuitem"]:not([aria-disabled=true])')];
    const next = stepIn(items, e.key);
    if (next) { e.preventDefault(); next.focus(); }
    else if (e.key === "Escape" || e.key === "Tab") { setOpen(false); button.current?.focus(); }
  };
  return (
    <>
      <button ref={button} type="button" className="cardmenu" aria-label={`Move ${card.title} to…`} aria-haspopup="menu" aria-expanded={open} onClick={() => setOpen((o) => !o)}>
        <svg className="icon" viewBox="0 0 18 18" aria-hidden="true"><path d="M4 9h.01M9 9h.01M14 9h.01" strokeWidth="2.4" /></svg>
      </button>
      {open && createPortal(
        <div ref={panel} className="pop" role="menu" aria-label="Move to" style={place} onKeyDown={keys}>
          <div className="who mut">Move to…</div>
          {columns.map((c) => (
            <button key={c.id} type="button" role="menuitem" className="item" aria-disabled={c.id === current || undefined}
                    onClick={() => { if (c.id === current) return; setOpen(false); onPick(card.id, c.id); }}>
              <span className="clip">{c.name}</span><small>{c.id === current ? "now" : c.count}</small>
            </button>
          ))}
        </div>,
        document.body,
      )}
    </>
  );
}

const Card = memo(function Card({ card, index, column, names, movable, onPick }) {
  const navigate = useNavigate();
  const href = "/deals/" + card.id;
  return (
    <Draggable draggableId={String(card.id)} index={index} isDragDisabled={!movable}>
      {(p, s) => (
        <div ref={p.innerRef} {...p.draggableProps} {...p.dragHandleProps} role="group" tabIndex={0} data-card={card.id} aria-label={card.title}
                 className={"card" + (card.rotten ? " rot" : "") + (s.isDragging && !s.isDropAnimating ? " lifted" : "") + (card.waiting ? " waiting" : "")}
                 style={p.draggableProps.style}
                 onKeyDown={(e) => {
                   if (e.key === "Enter" && e.target === e.currentTarget) navigate(href);
                 }}>
          <h3><Link to={href} draggable={false} tabIndex={-1}>{card.title}</Link></h3>
          <div className="who">{[card.company, card.person].filter(Boolean).join(" · ") || "No company yet"}</div>
          <footer>
            {card.value ? <b className={card.estimate ? "est" : ""} title={card.estimate ? "Estimated value" : undefined}>{card.value}</b> : <span className="mut">No value</span>}
            {card.step ? <span className={"step " + card.tone}>{card.step}</span> : null}
            {card.initials ? <span className="av" style={{ background: card.color || undefined }} title={card.owner} aria-label={"Owner " + card.owner} role="img">{card.initials}</span> : null}
          </footer>
          {movable && <MoveMenu card={card} columns={names} current={column} onPick={onPick} />}
        </div>
      )}
    </Draggable>
  );
});

const Column = memo(function Column({ col, names, movable, onPick, onMore }) {
  const asked = useRef(-1);
  const list = useRef(null);
  const need = useCallback(() => {
    const box = list.current;
    if (!box || !col.more || asked.current === col.cards.length) return;
    if (box.scrollTop + box.clientHeight < box.scrollHeight - 400) return;
    asked.current = col.cards.length;
    onMore(col.id, col.cards.length ? String(col.cards[col.cards.length - 1].id) : "");
  }, [col, onMore]);
  useEffect(() => { if (asked.current > col.cards.length) asked.current = -1; need(); }, [col.cards.length, need]);
  return (
    <section className={"col " + col.kind} aria-label={col.name} data-column={col.id}>
      <header>
        <h2><span className="clip">{col.name}</span><span className="n">{col.count.toLocaleString()}</span><em title={col.note || undefined}>{col.total}</em></h2>
        {col.beside ? <p className="beside" title={col.note}><span>{col.beside}</span></p> : null}
        <p>weighted {col.weighted}<span title={col.kind === "open" ? "Average age of the deals here" : "Average time until they closed"}>{col.age === null || col.age === undefined ? "" : `ø ${col.age.toLocaleString()} ${col.age === 1 ? "day" : "days"} · `}{col.probability} %</span></p>
        <div className="meter" role="img" aria-label={`Probability ${col.probability} percent`}><i style={{ width: col.probability + "%" }} /></div>
      </header>
      <Droppable droppableId={col.id}>
        {(p, s) => (
          <div ref={(e) => { p.innerRef(e); list.current = e; }} {...p.droppableProps} className={"cards" + (s.isDraggingOver ? " over" : "")} onScroll={need} tabIndex={-1}>
            {col.cards.map((c, i) => <Card key={c.id} card={c} index={i} column={col.id} names={names} movable={movable} onPick={onPick} />)}
            {p.placeholder}
            {!col.cards.length && !s.isDraggingOver && <div className="none">No deals here</div>}
            {col.more && <div className="more">Loading more…</div>}
          </div>
        )}
      </Droppable>
    </section>
  );
});

const KEYS = "Press Space to lift the card, the arrows to move it, Space again to drop it, Escape to cancel. Enter opens the deal.";

/**
 * The board. `columns` is the server's snapshot (a new `epoch` puts it in force), `push` what colleagues did since, `page` more cards of a
 * column, `answer` how a move ended. A move shows at once, waits on top of what the server said, and goes back when it is refused.
 */
export function KanbanBoard({ columns, epoch, push, page, answer, summary, movable, onMove, onMore, onResync }) {
  const [base, setBase] = useState(columns);
  const [sum, setSum] = useState(summary);
  const [pending, setPending] = useState([]);
  const [said, setSaid] = useState("");
  const [dragging, setDragging] = useState(false);
  const held = useRef([]);
  const lifted = useRef(false);
  const ticket = useRef(Date.now() % 1e9);
  const lastPush = useRef(0);
  const shown = useMemo(() => withPending(base, pending), [base, pending]);
  const names = useMemo(() => shown.map((c) => ({ id: c.id, name: c.name, count: c.count })), [shown]);
  const view = useRef(shown);
  view.current = shown;
  const asked = useRef(pending);
  asked.current = pending;

  // while a card is in somebody's hand the board stands still; what arrives waits
  const change = useCallback((fn) => (lifted.current ? held.current.push(fn) : setBase(fn)), []);

  const resync = useAgain(onResync);

  useEffect(() => { held.current = []; change(() => columns); setSum(summary); }, [columns, epoch]); // eslint-disable-line
  useEffect(() => {
    if (!push || !push.n || push.n === lastPush.current) return;
    const missed = push.prev !== undefined && lastPush.current && push.prev !== lastPush.current;
    lastPush.current = push.n;
    if (push.stale || missed) return resync();
    change((all) => applyPush(all, push));
    if (push.summary) setSum(push.summary);
  }, [push]); // eslint-disable-line
  useEffect(() => { if (page && page.n) change((all) => append(all, String(page.column), page.cards, page.more)); }, [page]); // eslint-disable-line
  useEffect(() => {
    if (!answer || !answer.ticket) return;
    const move = asked.current.find((m) => m.ticket === answer.ticket);
    if (!move) return;
    if (answer.ok) change((all) => settle(all, move, answer.card));
    setPending((all) => all.filter((m) => m.ticket !== answer.ticket));
    setSaid(answer.ok ? "Moved." : "Not moved. " + answer.reason);
  }, [answer]); // eslint-disable-line

  const move = useCallback((id, to, index) => {
    const here = locate(view.current, id);
    if (!here) return;
    const card = here.column.cards[here.index];
    const side = neighbours(view.current, id, to, index);
    const mine = ++ticket.current;
    setPending((all) => [...all.filter((m) => m.id !== id), { ticket: mine, id, to, index }]);
    onMove && onMove(mine, id, Number(to), index, side.before, side.after, card.version);
  }, [onMove]);
  const pick = useCallback((id, to) => {
    const target = view.current.find((c) => c.id === to);
    setSaid(`Moving to ${target?.name}.`);
    move(id, to, 0);
  }, [move]);
  const place = (d) => {
    const c = view.current.find((k) => k.id === d.droppableId);
    return c ? `${c.name}, position ${d.index + 1}` : "";
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
    if (waiting.length) setBase((all) => waiting.reduce((now, fn) => fn(now), all));
    const d = r.destination;
    if (!d || r.reason === "CANCEL" || (d.droppableId === r.source.droppableId && d.index === r.source.index)) return provided.announce("Put back.");
    provided.announce(`Dropped in ${place(d)}.`);
    move(Number(r.draggableId), d.droppableId, d.index);
  }, [move]);
  const more = useCallback((column, after) => onMore && onMore(Number(column), after), [onMore]);
  const empty = shown.every((c) => !c.count);
  const total = document.getElementById("board-sum");
  return (
    <>
      {total && sum?.total && createPortal(<><b>{sum.count.toLocaleString()}</b> open · <b>{sum.total}</b> · weighted <b>{sum.weighted}</b>{sum.beside ? <span title={sum.note}> {sum.beside}</span> : null}</>, total)}
      <DragDropContext onDragStart={start} onDragUpdate={over} onDragEnd={end} dragHandleUsageInstructions={KEYS}>
        <div className={"board" + (dragging ? " dragging" : "")} data-empty={empty || undefined} data-ready="true">
          {shown.map((c) => <Column key={c.id} col={c} names={names} movable={movable} onPick={pick} onMore={more} />)}
        </div>
      </DragDropContext>
      <div className="sr" role="status" aria-live="polite">{said}</div>
    </>
  );
}
