import React, { memo, useLayoutEffect, useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { Link, useNavigate } from "react-router";
import { Draggable } from "@hello-pangea/dnd";
import { written } from "$/public/external/crm_app/ui/overlay/numbers.js";
import { placeNear, stepIn, whenOutside } from "$/public/external/crm_app/ui/overlay/popover.js";

/** "Move to…": the way for everybody who does not drag. */
function MoveMenu({ card, columns, current, picked, onPick, onChoose }) {
  const [open, setOpen] = useState(false);
  const [place, setPlace] = useState({ top: -9999, left: 0 });
  const button = useRef(null);
  const panel = useRef(null);
  useLayoutEffect(() => {
    if (!open) return;
    setPlace(placeNear(button.current, panel.current));
    panel.current.querySelector('[role="menuitem"]:not([aria-disabled=true])')?.focus({ preventScroll: true });
    return whenOutside(() => [panel.current, button.current], () => setOpen(false));
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
      <button ref={button} type="button" className="cardmenu" aria-label={`Move ${card.title} to…`} aria-haspopup="menu" aria-expanded={open} onClick={(e) => { e.stopPropagation(); setOpen((o) => !o); }}>
        <svg className="icon" viewBox="0 0 18 18" aria-hidden="true"><path d="M4 9h.01M9 9h.01M14 9h.01" strokeWidth="2.4" /></svg>
      </button>
      {open && createPortal(
        <div ref={panel} className="pop" role="menu" aria-label="Move to" style={place} onKeyDown={keys} onClick={(e) => e.stopPropagation()}>
          <div className="who mut">Move to…</div>
          {columns.map((c) => (
            <button key={c.id} type="button" role="menuitem" className="item" aria-disabled={c.id === current || undefined}
                    onClick={() => { if (c.id === current) return; setOpen(false); onPick(card.id, c.id); }}>
              <span className="clip">{c.name}</span><small>{c.id === current ? "now" : written(c.count)}</small>
            </button>
          ))}
          {onChoose && (
            <>
              <hr />
              <button type="button" role="menuitem" className="item" onClick={() => { setOpen(false); onChoose(card.id, false); }}>{picked ? "Take out of the selection" : "Select"}</button>
            </>
          )}
        </div>,
        document.body,
      )}
    </>
  );
}

/** A deal. Ctrl- or Shift-click, X and the tick select it; `onChoose(id, range)`. */
export const Card = memo(function Card({ card, index, stage, names, movable, picked, choosing, onPick, onChoose }) {
  const navigate = useNavigate();
  const href = "/deals/" + card.id;
  const click = (e) => {
    if (!onChoose || !(e.ctrlKey || e.metaKey || e.shiftKey)) return;
    e.preventDefault();
    e.stopPropagation();
    onChoose(card.id, e.shiftKey);
  };
  const open = (e) => { // anywhere on the card; the end of a drag comes with its default prevented
    if (e.defaultPrevented || !e.currentTarget.contains(e.target) || e.target.closest("a,button")) return;
    e.ctrlKey || e.metaKey ? window.open(href, "_blank", "noopener") : navigate(href);
  };
  const keys = (e) => {
    if (e.target !== e.currentTarget) return;
    if (e.key === "Enter") navigate(href);
    else if (onChoose && (e.key === "x" || e.key === "X") && !e.ctrlKey && !e.metaKey && !e.altKey) { e.preventDefault(); onChoose(card.id, e.shiftKey); }
  };
  return (
    <Draggable draggableId={String(card.id)} index={index} isDragDisabled={!movable}>
      {(p, s) => (
        <div ref={p.innerRef} {...p.draggableProps} {...p.dragHandleProps} role="group" tabIndex={0} data-card={card.id} aria-label={card.title + (picked ? ", selected" : "")}
                 className={"card" + (card.rotten ? " rot" : "") + (s.isDragging && !s.isDropAnimating ? " lifted" : "") + (card.waiting ? " waiting" : "") + (picked ? " picked" : "") + (choosing ? " choosing" : "")}
                 style={p.draggableProps.style} onKeyDown={keys} onClickCapture={click} onClick={open}>
          {onChoose && (
            <button type="button" className="choice-tick" role="checkbox" aria-checked={picked} aria-label={`Select ${card.title}`} tabIndex={-1} onClick={(e) => onChoose(card.id, e.shiftKey)}>
              <svg className="icon" viewBox="0 0 18 18" aria-hidden="true"><path d="M4 9.5l3.5 3.5L14 5.5" /></svg>
            </button>
          )}
          <h3><Link to={href} draggable={false} tabIndex={-1}>{card.title}</Link></h3>
          <div className="who"><span className="clip">{card.company ? <bdi>{card.company}</bdi> : null}{card.company && card.person ? " · " : null}{card.person ? <bdi>{card.person}</bdi> : null}{card.company || card.person ? null : "No company yet"}</span>{card.closes ? <span className="closes" title="Expected close">{card.closes}</span> : null}</div>
          <footer>
            {card.value ? <b className={card.estimate ? "est" : ""} title={card.estimate ? "Estimated value" : undefined}>{card.value}</b> : <span className="mut">No value</span>}
            {card.step ? <span className={"step " + card.tone}>{card.step}</span> : null}
            {card.initials ? <span className="av" style={{ background: card.color || undefined }} title={card.owner} aria-label={"Owner " + card.owner} role="img">{card.initials}</span> : null}
          </footer>
          {movable && <MoveMenu card={card} columns={names} current={stage} picked={picked} onPick={onPick} onChoose={onChoose} />}
        </div>
      )}
    </Draggable>
  );
});
