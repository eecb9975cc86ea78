import React, { useEffect, useState } from "react";
import { DragDropContext, Draggable, Droppable } from "@hello-pangea/dnd";
import { Menu } from "$/public/external/crm_app/ui/overlay/overlay.jsx";
import { written } from "$/public/external/crm_app/ui/overlay/numbers.js";

const KEYS = "Press the up and down arrows to move the stage, or Space to lift it.";
const END = { won: "Won", lost: "Lost" };
const percent = (s) => (s.kind === "open" ? `${s.probability} %` : s.name === END[s.kind] ? "" : END[s.kind]);
const rots = (s) => (s.kind === "open" && s.rot_days ? `rots after ${s.rot_days} days` : "");

function Icon({ d }) {
  return <svg className="icon" viewBox="0 0 18 18" aria-hidden="true"><path d={d} /></svg>;
}

function Actions({ stage, onEdit, onMerge, onRemove }) {
  const item = (label, d, act) => (
    <button type="button" role="menuitem" className="item" onClick={() => act && act(stage.id)}>
      <Icon d={d} /><span>{label}</span>
    </button>
  );
  return (
    <Menu label={`Actions of ${stage.name}`} className="btn quiet icononly" trigger={<Icon d="M4 9h.01M9 9h.01M14 9h.01" />}>
      {item("Edit stage", "M4 14l1-3.500 7-7 2.500 2.500-7 7z", onEdit)}
      {item("Merge into another", "M4 4c0 5 5 4 5 8v3M14 4c0 5-5 4-5 8", onMerge)}
      {item("Delete stage", "M4 5.5h10M7.5 5.5V3.5h3v2M5.5 5.5l.6 9h5.8l.6-9", onRemove)}
    </Menu>
  );
}

/** The server has the last word: what it sends replaces the order that was shown meanwhile. */
export function StageList({ stages, editable, onOrder, onEdit, onMerge, onRemove }) {
  const [shown, setShown] = useState(stages);
  const [said, setSaid] = useState("");
  useEffect(() => setShown(stages), [stages]);
  const move = (from, to) => {
    if (to < 0 || to >= shown.length || to === from) return;
    const next = [...shown];
    const [stage] = next.splice(from, 1);
    next.splice(to, 0, stage);
    setShown(next);
    setSaid(`${stage.name} moved to position ${to + 1}.`);
    onOrder && onOrder(stage.id, to);
  };
  const keys = (e, index) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[e.key];
    if (!by || e.defaultPrevented) return;
    e.preventDefault();
    move(index, index + by);
  };
  return (
    <DragDropContext onDragEnd={(r) => r.destination && move(r.source.index, r.destination.index)} dragHandleUsageInstructions={KEYS}>
      <Droppable droppableId="stages">
        {(list) => (
          <ul ref={list.innerRef} {...list.droppableProps} className="stagelist">
            {shown.map((stage, index) => (
              <Draggable key={stage.id} draggableId={String(stage.id)} index={index} isDragDisabled={!editable}>
                {(p, s) => (
                  <li ref={p.innerRef} {...p.draggableProps} className={s.isDragging ? "lifted" : ""} data-stage={stage.id}>
                    {editable && (
                      <button type="button" {...p.dragHandleProps} className="grip" aria-label={`Move ${stage.name}`}
                              onKeyDown={(e) => !s.isDragging && keys(e, index)}>
                        <Icon d="M6.500 4.500h.01M6.500 9h.01M6.500 13.500h.01M11.500 4.500h.01M11.500 9h.01M11.500 13.500h.01" />
                      </button>
                    )}
                    <span className={"swatch " + stage.color} aria-hidden="true" />
                    <div className="grow">
                      <div className="stageline"><b className="clip">{stage.name}</b><span className="mut">{[percent(stage), rots(stage)].filter(Boolean).join(" · ")}</span></div>
                      {stage.remark && <div className="mut remark">{stage.remark}</div>}
                    </div>
                    <span className="mut count">{written(stage.deals)} {stage.deals === 1 ? "deal" : "deals"}</span>
                    {editable && <Actions stage={stage} onEdit={onEdit} onMerge={onMerge} onRemove={onRemove} />}
                  </li>
                )}
              </Draggable>
            ))}
            {list.placeholder}
          </ul>
        )}
      </Droppable>
      <div className="sr" role="status" aria-live="polite">{said}</div>
    </DragDropContext>
  );
}
