import React, { useState } from "react";
import { useNavigate } from "react-router";
import { FormDialog, Menu } from "$/public/external/crm_app/ui/overlay/overlay.jsx";
import { Icon } from "$/public/external/crm_app/ui/list/parts.jsx";
import { ConditionValue, inputOf } from "$/public/external/crm_app/ui/list/value.jsx";
import { IN_ADDRESS, MOST_SENT, isRelative } from "$/public/external/crm_app/ui/list/model.js";
import { Several } from "$/public/external/crm_app/ui/inputs/several.jsx";
import { Lookup } from "$/public/external/crm_app/ui/inputs/lookup.jsx";
import { written } from "$/public/external/crm_app/ui/overlay/numbers.js";

const many = (n, plural, singular) => `${written(n)} ${n === 1 ? singular : plural}`.toLowerCase();

function NewValue({ label, field, value, found, onSearch, onChange }) {
  const choices = (field.choices || []).filter((o) => !isRelative(o.id));
  if (field.ref && !choices.length) return <Lookup label={label} kind={field.ref} found={found} onSearch={onSearch} onPick={onChange} />;
  const props = { className: "in", "aria-label": label, value, onChange: (e) => onChange(e.target.value) };
  if (field.type === "choices") return <Several label={label} options={choices} value={value} onChange={onChange} />;
  if (choices.length) return <select {...props}><option value="">Empty</option>{choices.map((o) => <option key={o.id} value={o.id}>{o.name}</option>)}</select>;
  if (field.type === "longtext") return <textarea {...props} rows={3} />;
  return <input {...props} {...inputOf(field.type)} placeholder="Empty" />;
}

/** One dialog for every action on many: edit a field, assign, tag; delete asks once more with the number. */
export function BulkDialog({ wish, total, plural, singular, fields, rules, found, onSearch, onStart, onClose }) {
  const editable = fields.filter((f) => f.editable && f.type !== "longtext");
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const [rule, setRule] = useState("");
  const [tags, setTags] = useState([]);
  const tagField = fields.find((f) => f.type === "tags");
  const field = wish === "assign" ? fields.find((f) => f.name === "owner_id") : editable.find((f) => f.name === name);
  const what = many(total, plural, singular);
  const title = { edit: `Edit ${what}`, assign: `Assign ${what}`, tag: `Tag ${what}`, untag: `Take tags off ${what}`, delete: `Delete ${what}?` }[wish];
  const send = () => {
    if (wish === "tag" || wish === "untag") { if (!tags.length) return; onStart(wish, "tags", tags.join(",")); }
    else if (wish === "delete") onStart("delete", "", "");
    else if (wish === "assign" && rule) onStart("assign", "", rule);
    else if (field) onStart("edit", field.name, value);
    else return;
    onClose();
  };
  return (
    <FormDialog open title={title} submit={wish === "delete" ? "Delete" : "Apply"} onSubmit={send} onClose={onClose}>
      {wish === "delete" && <p className="note">They leave every list and board. You can undo this.</p>}
      {wish === "edit" && (
        <label className="field"><span className="lab">Field</span>
          <select className="in" value={name} required onChange={(e) => { setName(e.target.value); setValue(""); }}>
            <option value="">Choose…</option>
            {editable.map((f) => <option key={f.name} value={f.name}>{f.label}</option>)}
          </select>
        </label>
      )}
      {wish === "assign" && (rules || []).length > 0 && (
        <label className="field"><span className="lab">Assign by rule</span>
          <select className="in" value={rule} onChange={(e) => setRule(e.target.value)}>
            <option value="">No, to one person</option>
            {rules.map((o) => <option key={o.id} value={o.id}>{o.name}</option>)}
          </select>
        </label>
      )}
      {field && !rule && (wish === "edit" || wish === "assign") && (
        <label className="field"><span className="lab">{wish === "assign" ? "New owner" : "New value"}</span>
          <NewValue key={field.name} label={wish === "assign" ? "New owner" : "New value"} field={field} value={value} found={found} onSearch={onSearch} onChange={setValue} />
        </label>
      )}
      {(wish === "tag" || wish === "untag") && tagField && (
        <div className="field"><span className="lab">Tags</span><ConditionValue field={tagField} arity="many" value={tags} names={{}} found={found} onSearch={onSearch} onChange={setTags} /></div>
      )}
    </FormDialog>
  );
}

/** How far a run is. */
export function Running({ bulk }) {
  const percent = bulk.total ? Math.round((100 * bulk.done) / bulk.total) : 0;
  return (
    <div className="bulk" role="status" aria-live="polite">
      <b>{bulk.what}</b><span>{written(bulk.done)} of {written(bulk.total)}</span>
      <span className="meter" role="progressbar" aria-label={bulk.what} aria-valuenow={percent} aria-valuemin={0} aria-valuemax={100}><i style={{ width: percent + "%" }} /></span>
    </div>
  );
}

/** What can be done with the selected rows; while something runs, how far it is. */
export function BulkBar({ chosen, all, count, loaded, plural, singular, may, fields, rules, bulk, found, mergeTo, exportOf, exportTicked, onSearch, onStart, onAll, onClear }) {
  const [wish, setWish] = useState("");
  const [refusal, setRefusal] = useState("");
  const navigate = useNavigate();
  const total = all ? count : chosen;
  if (bulk?.running) return <Running bulk={bulk} />;
  if (!total) return null;
  const tags = fields.some((f) => f.type === "tags");
  return (
    <>
      <div className="bulk" role="toolbar" aria-label="Selected rows">
        <b aria-live="polite">{written(total)} selected</b>
        {!all && count > chosen && chosen >= loaded && <button type="button" onClick={onAll}>All {written(count)}</button>}
        {may.mass_edit && <button type="button" onClick={() => setWish("edit")}><Icon name="edit" /><span>Edit</span></button>}
        {may.mass_edit && fields.some((f) => f.name === "owner_id") && <button type="button" onClick={() => setWish("assign")}><Icon name="person" /><span>Assign</span></button>}
        {may.mass_edit && tags && (
          <Menu label="Tag" className="" trigger={<><Icon name="tag" /><span>Tag</span></>}>
            <button type="button" className="item" role="menuitem" onClick={() => setWish("tag")}><Icon name="plus" />Add tags</button>
            <button type="button" className="item" role="menuitem" onClick={() => setWish("untag")}><Icon name="close" />Take tags off</button>
          </Menu>
        )}
        {may.export && (
          <Menu label="Export" className="" trigger={<><Icon name="file" /><span>Export</span></>}>
            {!all && chosen > MOST_SENT && <div className="who mut">At most {written(MOST_SENT)} ticked rows at once. Tick fewer, or filter and take all that match.</div>}
            {[["csv", "CSV"], ["xlsx", "Excel"]].map(([form, name]) => all || chosen <= IN_ADDRESS
              ? <a key={form} className="item" role="menuitem" href={exportOf(form, !all)} download>{name}</a>
              : chosen <= MOST_SENT && <button key={form} type="button" className="item" role="menuitem" onClick={() => exportTicked(form).then(setRefusal)}>{name}</button>)}
          </Menu>
        )}
        {refusal && <span className="refusal" role="alert">{refusal}</span>}
        {may.merge && !all && chosen > 1 && chosen <= 5 && <button type="button" onClick={() => navigate(mergeTo)}><Icon name="split" /><span>Merge</span></button>}
        {may.delete && may.mass_edit && <button type="button" onClick={() => setWish("delete")}><Icon name="trash" /><span>Delete</span></button>}
        <button type="button" aria-label="Clear the selection" onClick={onClear}><Icon name="close" /></button>
      </div>
      {wish && <BulkDialog key={wish} wish={wish} total={total} plural={plural} singular={singular} fields={fields} rules={rules} found={found} onSearch={onSearch} onStart={onStart} onClose={() => setWish("")} />}
    </>
  );
}
