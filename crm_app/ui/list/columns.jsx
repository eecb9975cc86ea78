import React, { useState } from "react";
import { moved } from "$/public/external/crm_app/ui/list/model.js";
import { Icon, Pop } from "$/public/external/crm_app/ui/list/parts.jsx";

const MANY = 12; // of more than these one is found by its name

/** What the panel holds; it is made anew each time the panel opens. */
function Chooser({ columns, fields, onColumns }) {
  const [find, setFind] = useState("");
  const shown = columns.map((c) => c.name);
  const label = (name) => fields.find((f) => f.name === name)?.label || columns.find((c) => c.name === name)?.label || name;
  const hidden = fields.filter((f) => !shown.includes(f.name));
  const fits = (name) => label(name).toLowerCase().includes(find.trim().toLowerCase());
  const some = shown.some(fits);
  const others = hidden.filter((f) => fits(f.name));
  return (
    <>
      {shown.length + hidden.length > MANY && <input type="search" className="in" aria-label="Find a column" placeholder="Find a column" autoComplete="off" value={find} onChange={(e) => setFind(e.target.value)} />}
      {some && <h3>Shown</h3>}
      <ul>
        {shown.map((name, i) => fits(name) && (
          <li key={name}>
            <label><input type="checkbox" checked disabled={i === 0} onChange={() => onColumns(shown.filter((n) => n !== name))} />{label(name)}</label>
            <button type="button" aria-label={`Move ${label(name)} up`} disabled={i < 2} onClick={() => onColumns(moved(shown, name, -1))}><Icon name="up" /></button>
            <button type="button" aria-label={`Move ${label(name)} down`} disabled={i === 0 || i === shown.length - 1} onClick={() => onColumns(moved(shown, name, 1))}><Icon name="down" /></button>
          </li>
        ))}
      </ul>
      {others.length > 0 && <h3>Not shown</h3>}
      <ul>
        {others.map((f) => (
          <li key={f.name}><label><input type="checkbox" checked={false} onChange={() => onColumns([...shown, f.name])} />{f.label}</label></li>
        ))}
      </ul>
      {!some && !others.length && <p className="mut" role="status">No column is called that.</p>}
      <div className="foot"><button type="button" className="btn quiet" onClick={() => onColumns(null)}>As usual</button></div>
    </>
  );
}

/** Which columns, and in which order; the title always stands first to tell what a row is. */
export function Columns(given) {
  return <Pop label="Columns" trigger={<><Icon name="columns" /><span className="word">Columns</span></>} panelClass="chooser">{() => <Chooser {...given} />}</Pop>;
}
