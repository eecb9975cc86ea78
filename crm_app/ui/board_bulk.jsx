import React, { useState } from "react";
import { FormDialog, Menu } from "$/public/external/crm_app/ui/overlay/overlay.jsx";
import { BulkDialog, Running } from "$/public/external/crm_app/ui/list/bulk.jsx";
import { WordInput } from "$/public/external/crm_app/ui/inputs/proposed.jsx";
import { Icon } from "$/public/external/crm_app/ui/list/parts.jsx";
import { written } from "$/public/external/crm_app/ui/overlay/numbers.js";

/** What can be done with the selected cards. `onBulk(action, values, ids, stages)`: one run, one undo. */
export function BoardBulk({ chosen, heads, may, fields, found, progress, onSearch, onBulk, onClear }) {
  const [wish, setWish] = useState("");
  const [lost, setLost] = useState(null);
  const whole = heads.filter((h) => chosen.stages.has(h.id));
  const total = chosen.ids.size + whole.reduce((n, h) => n + h.count, 0);
  if (progress?.running) return <Running bulk={progress} />;
  if (!total) return null;
  const start = (action, values) => { onBulk && onBulk(action, values, [...chosen.ids], [...chosen.stages].map(Number)); onClear(); };
  const into = (head) => (head.kind === "lost" ? setLost(head) : start("move", { stage_id: head.id }));
  const [won, gone] = ["won", "lost"].map((kind) => heads.find((h) => h.kind === kind));
  return (
    <>
      <div className="bulk" role="toolbar" aria-label="Selected deals">
        <b aria-live="polite">{written(total)} selected</b>
        <Menu label="Move to" className="" trigger={<><Icon name="columns" /><span>Move</span></>}>
          {heads.map((h) => <button key={h.id} type="button" className="item" role="menuitem" onClick={() => into(h)}>{h.name}</button>)}
        </Menu>
        <button type="button" onClick={() => setWish("assign")}><Icon name="person" /><span>Assign</span></button>
        {won && <button type="button" onClick={() => into(won)}><Icon name="check" /><span>Won</span></button>}
        {gone && <button type="button" onClick={() => into(gone)}><Icon name="close" /><span>Lost</span></button>}
        <Menu label="Tag" className="" trigger={<><Icon name="tag" /><span>Tag</span></>}>
          <button type="button" className="item" role="menuitem" onClick={() => setWish("tag")}><Icon name="plus" />Add tags</button>
          <button type="button" className="item" role="menuitem" onClick={() => setWish("untag")}><Icon name="close" />Take tags off</button>
        </Menu>
        {may.delete && <button type="button" onClick={() => setWish("delete")}><Icon name="trash" /><span>Delete</span></button>}
        <button type="button" className="clear" aria-label="Clear the selection" onClick={onClear}>✕</button>
      </div>
      {wish && (
        <BulkDialog key={wish} wish={wish} total={total} plural="deals" singular="deal" fields={fields} found={found} onSearch={onSearch}
                    onStart={(action, name, value) => start(action, { [name || "all"]: value })} onClose={() => setWish("")} />
      )}
      <FormDialog open={!!lost} title={`Close ${written(total)} ${total === 1 ? "deal" : "deals"} as ${lost?.name.toLowerCase()}`} submit="Close them" onClose={() => setLost(null)}
                  onSubmit={(values) => { start("move", { stage_id: lost.id, lost_reason: values.lost_reason }); setLost(null); }}>
        <label className="field"><span className="lab">Reason for the loss</span><WordInput name="lost_reason" vocabulary="reason" label="Reason for the loss" required maxLength={300} found={found} onSearch={onSearch} /></label>
      </FormDialog>
    </>
  );
}
