import React, { useEffect, useRef, useState } from "react";
import { Breaks } from "$/public/external/crm_app/ui/inputs/breaks.jsx";
import { Proposed } from "$/public/external/crm_app/ui/inputs/proposed.jsx";

/** The form of one part; Enter saves, Esc leaves. */
function PartForm({ parts, row, error, found, onSearch, onSave, onClose }) {
  const [values, setValues] = useState(row ? row.values : Object.fromEntries(parts.fields.map((f) => [f.name, f.choices[0] || ""])));
  const form = useRef(null);
  useEffect(() => { form.current?.querySelector("input, select")?.focus(); }, []);
  const keys = (e) => {
    if (e.key === "Escape") { e.preventDefault(); e.stopPropagation(); onClose(); }
    else if (e.key === "Enter") { e.preventDefault(); e.stopPropagation(); onSave(values); }
  };
  return (
    <div className="partform" ref={form} onKeyDown={keys}>
      {parts.fields.filter((f) => f.name !== "label").map((f) => f.choices.length ? (
        <select key={f.name} className="in" aria-label={f.label} value={values[f.name] || ""} onChange={(e) => setValues({ ...values, [f.name]: e.target.value })}>
          {f.choices.map((c) => <option key={c} value={c}>{c[0].toUpperCase() + c.slice(1)}</option>)}
        </select>
      ) : f.vocabulary ? (
        <Proposed key={f.name} className="in" list={f.vocabulary} label={f.label} placeholder={f.label} value={values[f.name] || ""} found={found} onSearch={onSearch}
                  onWrite={(text) => setValues({ ...values, [f.name]: text })} onTake={(text) => setValues({ ...values, [f.name]: text })} />
      ) : (
        <input key={f.name} className="in" aria-label={f.label} placeholder={f.label} autoComplete="off" value={values[f.name] || ""}
               type={f.type} onChange={(e) => setValues({ ...values, [f.name]: e.target.value })} />
      ))}
      <span className="row">
        {parts.fields.filter((f) => f.name === "label").map((f) => (
          <select key={f.name} className="in small" aria-label={f.label} value={values.label || ""} onChange={(e) => setValues({ ...values, label: e.target.value })}>
            {[...new Set([...f.choices, values.label || ""])].map((c) => <option key={c} value={c}>{c || "–"}</option>)}
          </select>
        ))}
        <button type="button" className="btn pri" onClick={() => onSave(values)}>Save</button>
        <button type="button" className="btn quiet" onClick={onClose}>Cancel</button>
      </span>
      {error && <span className="err" role="alert">{error}</span>}
    </div>
  );
}

/** E-mails, phones, addresses of a record: write to, change, make primary, remove, add; one at a time. */
export function PartList({ parts, answer, found, onSearch, onSave, onRemove, onPrimary }) {
  const [open, setOpen] = useState(null);
  const [error, setError] = useState("");
  const seen = useRef(answer?.n || 0);
  useEffect(() => {
    if (!answer || answer.n === seen.current) return;
    seen.current = answer.n;
    if (answer.field !== parts.name) return;
    setError(answer.error || "");
    if (!answer.error) setOpen(null);
  }, [answer, parts.name]);
  const begin = (id) => { setError(""); setOpen(id); };
  const form = (row) => <PartForm key={row ? row.id : 0} parts={parts} row={row} error={error} found={found} onSearch={onSearch} onSave={(values) => onSave(parts.name, row ? row.id : 0, values)} onClose={() => begin(null)} />;
  return (
    <div className="prop parts" data-field={parts.name} role="group" aria-label={parts.label}>
      <span className="lab2">{parts.label}</span>
      <div className="grow">
        {parts.rows.map((row) => open === row.id ? form(row) : (
          <div className="part" key={row.id}>
            {row.href ? <a className="val" href={row.href}><Breaks text={row.text} /></a> : <span className="val"><Breaks text={row.text} /></span>}
            {row.warning && <span className="tag y" title={row.warning}>as written</span>}
            {row.note && <span className="mut">{row.note}</span>}
            {parts.has_primary && row.primary && parts.rows.length > 1 && <span className="tag">primary</span>}
            {parts.editable && (
              <span className="acts">
                {parts.has_primary && !row.primary && <button type="button" className="undo" aria-label={`Make ${row.text} the primary one`} onClick={() => onPrimary(parts.name, row.id)}>Primary</button>}
                <button type="button" className="undo" aria-label={`Edit ${row.text}`} onClick={() => begin(row.id)}>Edit</button>
                <button type="button" className="undo" aria-label={`Remove ${row.text}`} onClick={() => onRemove(parts.name, row.id)}>Remove</button>
              </span>
            )}
          </div>
        ))}
        {open === 0 ? form(null) : parts.editable && parts.room ? <button type="button" className="val none" onClick={() => begin(0)}>{`Add ${/^[aeiou]/.test(parts.one) ? "an" : "a"} ${parts.one}`}</button> : !parts.rows.length && <span className="val none">–</span>}
        {parts.rows.some((row) => row.warning) && <span className="mut">{parts.rows.find((row) => row.warning).warning}</span>}
        {open === null && error && <span className="err" role="alert">{error}</span>}
      </div>
    </div>
  );
}

/** The tags of a record; a word that is no tag yet becomes one. */
export function Tags({ tags, found, answer, editable, onAdd, onRemove, onSearch }) {
  const [text, setText] = useState(null);
  const [error, setError] = useState("");
  const seen = useRef(answer?.n || 0);
  const timer = useRef(0);
  useEffect(() => {
    if (!answer || answer.n === seen.current) return;
    seen.current = answer.n;
    if (answer.field === "tags") setError(answer.error || "");
  }, [answer]);
  const add = (word) => { if (word.trim()) onAdd(word.trim()); setText(""); };
  const type = (next) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => next.trim() && onSearch && onSearch("tag", next), 150);
  };
  const keys = (e) => {
    if (e.key === "Enter") { e.preventDefault(); e.stopPropagation(); add(text); }
    else if (e.key === "Escape") { e.stopPropagation(); setText(null); }
  };
  const options = text && text.trim() ? (found || []).filter((o) => !tags.some((t) => String(t.id) === String(o.id))) : [];
  return (
    <div className="tags" role="group" aria-label="Tags">
      {tags.map((t) => <span key={t.id} className="tag a">{t.name}{editable && <button type="button" aria-label={`Take off ${t.name}`} onClick={() => onRemove(Number(t.id))}>✕</button>}</span>)}
      {editable && (text === null ? <button type="button" className="tag add" onClick={() => setText("")}>+ Tag</button> : (
        <span className="lookup">
          <input className="in small" autoFocus aria-label="New tag" placeholder="Tag" value={text} maxLength={60} onChange={(e) => type(e.target.value)} onKeyDown={keys} onBlur={() => setTimeout(() => setText(null), 150)} />
          {options.length > 0 && <ul role="listbox" aria-label="Tags">{options.map((o) => <li key={o.id} role="option" aria-selected="false" onPointerDown={(e) => { e.preventDefault(); add(o.name); }}>{o.name}</li>)}</ul>}
        </span>
      ))}
      {error && <span className="err" role="alert">{error}</span>}
    </div>
  );
}
