import React, { useState } from "react";
import { Lookup } from "$/public/external/crm_app/ui/inputs/lookup.jsx";
import { readNumber, typedNumber } from "$/public/external/crm_app/ui/overlay/numbers.js";
import { Icon } from "$/public/external/crm_app/ui/list/parts.jsx";

const INPUT = {
  money: { inputMode: "decimal" }, int: { inputMode: "numeric" }, float: { inputMode: "decimal" }, decimal: { inputMode: "decimal" }, date: { type: "date" }, datetime: { type: "datetime-local" },
};
const NUMBERS = ["money", "int", "float", "decimal"];
export const isNumber = (field) => NUMBERS.includes(field?.type);
export const inputOf = (type) => INPUT[type] || {};

/** Several values of a choice or a reference: those chosen with a cross, and a way to add one. */
function Many({ field, value, names, found, onSearch, onChange }) {
  const [heard, setHeard] = useState({});
  const chosen = value || [];
  const options = field.choices || [];
  const nameOf = (v) => options.find((o) => o.id === String(v))?.name || heard[v] || names[field.ref + ":" + v] || names[v] || "…";
  const add = (v) => v && !chosen.map(String).includes(String(v)) && onChange([...chosen, v]);
  const left = options.filter((o) => !chosen.map(String).includes(o.id));
  return (
    <div className="many">
      {chosen.map((v) => (
        <span key={v} className="tag">{nameOf(v)}
          <button type="button" aria-label={`Remove ${nameOf(v)}`} onClick={() => onChange(chosen.filter((x) => x !== v))}><Icon name="close" /></button>
        </span>
      ))}
      {options.length > 0 ? left.length > 0 && (
        <select className="in small" aria-label={`Add to ${field.label}`} value="" onChange={(e) => add(e.target.value)}>
          <option value="">{chosen.length ? "Or…" : "Choose…"}</option>
          {left.map((o) => <option key={o.id} value={o.id}>{o.name}</option>)}
        </select>
      ) : field.ref ? (
        <Lookup key={chosen.length} label={field.label} kind={field.ref} found={found} onSearch={onSearch}
                onPick={(id) => { const o = found?.options?.find((x) => x.id === id); if (o) setHeard((h) => ({ ...h, [id]: o.name })); add(id); }} />
      ) : (
        <input className="in small" aria-label={field.label} placeholder="Type and press Enter"
               onKeyDown={(e) => { if (e.key === "Enter" && e.target.value.trim()) { e.preventDefault(); add(e.target.value.trim()); e.target.value = ""; } }} />
      )}
    </div>
  );
}

/** The value of a condition, as many inputs as its operator takes. */
export function ConditionValue({ field, arity, value, names, found, onSearch, onChange }) {
  if (arity === "none" || !field) return null;
  if (arity === "many") return <Many {...{ field, value, names, found, onSearch, onChange }} />;
  if (arity === "days")
    return <span className="row"><input className="in small days" type="number" min="0" max="36500" aria-label="Days" value={value ?? ""} onChange={(e) => onChange(e.target.value === "" ? "" : Number(e.target.value))} /> days</span>;
  const shown = (v) => (typeof v === "number" && isNumber(field) ? typedNumber(v) : v ?? "");
  const heard = (e) => {
    if (isNumber(field)) e.target.setCustomValidity(!e.target.value || readNumber(e.target.value) !== null ? "" : "This is not a number.");
    return e.target.value;
  };
  const props = { className: "in small", "aria-label": field.label, ...inputOf(field.type === "datetime" ? "date" : field.type) };
  if (arity === "two") {
    const pair = Array.isArray(value) ? value : ["", ""];
    return (
      <span className="row">
        <input {...props} value={shown(pair[0])} onChange={(e) => onChange([heard(e), pair[1]])} /> and
        <input {...props} value={shown(pair[1])} onChange={(e) => onChange([pair[0], heard(e)])} />
      </span>
    );
  }
  if (field.type === "bool")
    return (
      <select {...props} value={String(value ?? "")} onChange={(e) => onChange(e.target.value)}>
        <option value="">Choose…</option>
        {field.choices.map((o) => <option key={o.id} value={o.id}>{o.name}</option>)}
      </select>
    );
  return <input {...props} value={shown(value)} onChange={(e) => onChange(heard(e))} />;
}
