import React from "react";
import { moved } from "$/public/external/crm_app/ui/list/model.js";
import { Icon, Pop } from "$/public/external/crm_app/ui/list/parts.jsx";

/** Which columns, and in which order; the title always stands first to tell what a row is. */
export function Columns({ columns, fields, onColumns }) {
  const shown = columns.map((c) => c.name);
  const label = (name) => fields.find((f) => f.name === name)?.label || columns.find((c) => c.name === name)?.label || name;
  const hidden = fields.filter((f) => !shown.includes(f.name));
  return (
    <Pop label="Columns" trigger={<><Icon name="columns" /><span className="word">Columns</span></>} panelClass="chooser">
      {() => (
        <>
          <h3>Shown</h3>
          <ul>
            {shown.map((name, i) => (
              <li key={name}>
                <label><input type="checkbox" checked disabled={i === 0} onChange={() => onColumns(shown.filter((n) => n !== name))} />{label(name)}</label>
                <button type="button" aria-label={`Move ${label(name)} up`} disabled={i < 2} onClick={() => onColumns(moved(shown, name, -1))}><Icon name="up" /></button>
                <button type="button" aria-label={`Move ${label(name)} down`} disabled={i === 0 || i === shown.length - 1} onClick={() => onColumns(moved(shown, name, 1))}><Icon name="down" /></button>
              </li>
            ))}
          </ul>
          {hidden.length > 0 && <h3>Not shown</h3>}
          <ul>
            {hidden.map((f) => (
              <li key={f.name}><label><input type="checkbox" checked={false} onChange={() => onColumns([...shown, f.name])} />{f.label}</label></li>
            ))}
          </ul>
          <div className="foot"><button type="button" className="btn quiet" onClick={() => onColumns(null)}>As usual</button></div>
        </>
      )}
    </Pop>
  );
}
