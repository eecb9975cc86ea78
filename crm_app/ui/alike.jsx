import React, { useEffect, useRef, useState } from "react";

/** A record that may be the same; of a hidden one there is its name and owner, nothing else. */
function Alike({ row, onUse, onApart, onAsk }) {
  return (
    <li className="alikerow">
      <b className="clip">{row.name}</b>
      <span className="mut">{row.owner ? `Owner: ${row.owner}` : "Without an owner"}</span>
      {row.visible ? (
        <>
          <span className={"tag " + row.tone}>{row.words} · {row.percent}</span>
          <span className="why">{row.reasons.join(" · ")}</span>
          <span className="acts">
            <button type="button" className="btn" onClick={() => onUse(row)}>Use this one</button>
            <a className="btn quiet" href={row.url} target="_blank" rel="noopener" aria-label={`Open ${row.name}`}>Open</a>
            <button type="button" className="btn quiet" onClick={() => onApart(row.id)} aria-label={`${row.name} is not a duplicate`}>Not a duplicate</button>
          </span>
        </>
      ) : (
        <>
          <span className="why">You may not see this one. It is here already.</span>
          <span className="acts">
            <button type="button" className="btn" disabled={row.asked} onClick={() => onAsk(row)}>{row.asked ? "Asked for access" : "Ask for access"}</button>
          </span>
        </>
      )}
    </li>
  );
}

/** What the chosen one lacks of what was typed; each can be left out. */
function Taking({ offer, onTake, onBack }) {
  const [left, setLeft] = useState({});
  const toggle = (name) => setLeft((l) => ({ ...l, [name]: !l[name] }));
  const names = offer.fills.filter((f) => !left[f.name]).map((f) => f.name);
  return (
    <div className="taking">
      <b>Use {offer.name}</b>
      <p className="why">What you typed and it does not have yet:</p>
      {offer.fills.map((f) => (
        <label key={f.name} className="take">
          <input type="checkbox" checked={!left[f.name]} onChange={() => toggle(f.name)} />
          <span><span className="mut">{f.label}</span> {f.text}</span>
        </label>
      ))}
      {offer.problem && <span className="err" role="alert">{offer.problem}</span>}
      <span className="acts">
        <button type="button" className="btn pri" onClick={() => onTake(names)}>{names.length ? "Use and fill in" : "Use as it is"}</button>
        <button type="button" className="btn quiet" onClick={onBack}>Back</button>
      </span>
    </div>
  );
}

/** The place beside a form where those stand who are here already. It is there from the start, so nothing moves while one types. */
export function AlikePanel({ label, rows, offer, likely, onUse, onApart, onAsk, onTake, onBack }) {
  const top = useRef(null);
  const apart = (id) => { onApart(id); top.current?.querySelector("h3")?.focus(); };
  useEffect(() => { if (likely) top.current?.scrollIntoView({ block: "nearest" }); }, [likely]);
  return (
    <aside className={"alike" + (likely ? " likely" : "")} aria-label="Possible duplicates" ref={top}>
      {rows.length > 0 && !offer && (
        <button type="button" className="alikejump" onClick={() => top.current?.scrollIntoView({ block: "start", behavior: "smooth" })}>{rows.length} here already?</button>
      )}
      <div className="inner">
        {likely && <div className="banner y" role="alert">This {label} may be here already. Nothing was saved yet.</div>}
        {offer ? <Taking key={offer.n} offer={offer} onTake={onTake} onBack={onBack} /> : (
          <>
            <h3 className="sect" tabIndex={-1}>{rows.length ? "Here already?" : "Possible duplicates"}</h3>
            <div role="status" className="said">
              {rows.length > 0 && <span className="unseen">{rows.length} possible {rows.length === 1 ? "duplicate" : "duplicates"}, first: {rows[0].name}. {rows[0].words}</span>}
            </div>
            {rows.length > 0
              ? <ul>{rows.map((r) => <Alike key={r.id} row={r} onUse={onUse} onApart={apart} onAsk={onAsk} />)}</ul>
              : <p className="mut">While you type, whoever may be the same and is here already stands here.</p>}
          </>
        )}
      </div>
    </aside>
  );
}
