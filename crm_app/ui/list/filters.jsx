import React, { useRef, useState } from "react";
import { FormDialog } from "$/public/external/crm_app/ui/overlay/overlay.jsx";
import { useRestored } from "$/public/external/crm_app/ui/overlay/typed.js";
import { textOf, treeOf, without } from "$/public/external/crm_app/ui/list/model.js";
import { Icon } from "$/public/external/crm_app/ui/list/parts.jsx";
import { readNumber } from "$/public/external/crm_app/ui/overlay/numbers.js";
import { ConditionValue, isNumber } from "$/public/external/crm_app/ui/list/value.jsx";

const DEEPEST = 4; // a group inside of this one is the fifth, the last that the server reads

const exact = (v) => (typeof v === "string" && v ? readNumber(v) ?? v : v);
/** The tree with numbers as numbers: an address and a view mean the same to everybody, whatever formats each of them has. */
const numbered = (item, fields) => {
  if (item.mode) return { ...item, items: item.items.map((i) => numbered(i, fields)) };
  if (!isNumber(fields.find((f) => f.name === item.f))) return item;
  return { ...item, v: Array.isArray(item.v) ? item.v.map(exact) : exact(item.v) };
};

function Condition({ item, fields, ops, onChange, onRemove, ...look }) {
  const field = fields.find((f) => f.name === item.f);
  // parts and custom fields have no past that could be asked for
  const hasPast = field && !field.name.includes(".");
  const choices = (field ? ops[field.type] || [] : []).filter((o) => o.name !== "was" || hasPast);
  const op = choices.find((o) => o.name === item.op);
  const choose = (name) => {
    const next = fields.find((f) => f.name === name);
    onChange({ f: name, op: next ? ops[next.type][0].name : "", v: undefined });
  };
  const operate = (name) => {
    const next = choices.find((o) => o.name === name);
    onChange({ ...item, op: name, v: next?.arity === op?.arity ? item.v : undefined });
  };
  return (
    <div className="cond">
      <select className="in small" aria-label="Field" value={item.f || ""} onChange={(e) => choose(e.target.value)}>
        <option value="">Field…</option>
        {fields.filter((f) => f.filterable).map((f) => <option key={f.name} value={f.name}>{f.label}</option>)}
      </select>
      {field && (
        <select className="in small" aria-label="Condition" value={item.op} onChange={(e) => operate(e.target.value)}>
          {choices.map((o) => <option key={o.name} value={o.name}>{o.label}</option>)}
        </select>
      )}
      <ConditionValue field={field} arity={op?.arity} value={item.v} onChange={(v) => onChange({ ...item, v })} {...look} />
      <button type="button" className="btn quiet icononly" aria-label="Remove this condition" onClick={onRemove}><Icon name="close" /></button>
    </div>
  );
}

function Group({ group, depth, onChange, onRemove, ...look }) {
  const put = (i, item) => onChange({ ...group, items: group.items.map((old, k) => (k === i ? item : old)) });
  const drop = (i) => onChange(without(group, i));
  const add = (item) => onChange({ ...group, items: [...group.items, item] });
  return (
    <div className={"conds" + (depth > 1 ? " inner" : "")} role="group" aria-label={group.mode === "all" ? "All of these" : "Any of these"}>
      <div className="row">
        <span className="seg">
          {["all", "any"].map((mode) => (
            <button key={mode} type="button" className={group.mode === mode ? "on" : ""} aria-pressed={group.mode === mode} onClick={() => onChange({ ...group, mode })}>
              {mode === "all" ? "All of these" : "Any of these"}
            </button>
          ))}
        </span>
        {onRemove && <button type="button" className="btn quiet icononly end" aria-label="Remove this group" onClick={onRemove}><Icon name="close" /></button>}
      </div>
      {group.items.map((item, i) =>
        item.mode
          ? <Group key={i} group={item} depth={depth + 1} onChange={(g) => put(i, g)} onRemove={() => drop(i)} {...look} />
          : <Condition key={i} item={item} onChange={(c) => put(i, c)} onRemove={() => drop(i)} {...look} />)}
      <div className="row">
        <button type="button" className="btn quiet" onClick={() => add({})}><Icon name="plus" />Condition</button>
        {depth < DEEPEST && <button type="button" className="btn quiet" onClick={() => add({ mode: group.mode === "all" ? "any" : "all", items: [{}] })}><Icon name="plus" />Group</button>}
      </div>
    </div>
  );
}

/** The same conditions as a control of a form: a hidden input holds them as text. */
export function ConditionInput({ name, value, fields, ops, names, found, onSearch }) {
  const [tree, setTree] = useState(() => { const now = treeOf(value); return now.items.length ? now : { ...now, items: [{}] }; });
  const held = useRef(null);
  useRestored(held, (text) => setTree(treeOf(text)));
  const arityOf = (c) => (ops[fields.find((f) => f.name === c.f)?.type] || []).find((o) => o.name === c.op)?.arity;
  return (
    <>
      <input ref={held} type="hidden" name={name} value={textOf(numbered(tree, fields), arityOf)} readOnly />
      <Group group={tree} depth={1} onChange={setTree} fields={fields} ops={ops} names={names || {}} found={found} onSearch={onSearch} />
    </>
  );
}

/** The conditions as chips, and the dialog in which they are composed, any and all nested. */
export function Filters({ screen, fields, ops, found, onSearch, onFilter }) {
  const [tree, setTree] = useState(null);
  const arityOf = (c) => (ops[fields.find((f) => f.name === c.f)?.type] || []).find((o) => o.name === c.op)?.arity;
  const start = (blank) => {
    const now = treeOf(screen.filter);
    setTree(blank || !now.items.length ? { ...now, items: [...now.items, {}] } : now);
  };
  const apply = () => { onFilter(textOf(numbered(tree, fields), arityOf)); setTree(null); };
  return (
    <>
      {screen.chips.map((chip) => (
        <span key={chip.path} className="fchip">
          <button type="button" onClick={() => start(false)} title={chip.label + " " + chip.words}>{chip.label} <b>{chip.words}</b></button>
          <button type="button" className="x" aria-label={`Remove: ${chip.label} ${chip.words}`} onClick={() => onFilter(textOf(without(treeOf(screen.filter), Number(chip.path)), arityOf))}><Icon name="close" /></button>
        </span>
      ))}
      <button type="button" className="fchip" onClick={() => start(true)}><Icon name="plus" />Filter</button>
      <FormDialog open={!!tree} title="Filter" submit="Apply" wide onSubmit={apply} onClose={() => setTree(null)}>
        {tree && <Group group={tree} depth={1} onChange={setTree} fields={fields} ops={ops} names={screen.names} found={found} onSearch={onSearch} />}
      </FormDialog>
    </>
  );
}
