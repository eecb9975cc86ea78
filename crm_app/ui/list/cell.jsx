import React, { useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { Several } from "$/public/external/crm_app/ui/inputs/several.jsx";
import { Lookup } from "$/public/external/crm_app/ui/inputs/lookup.jsx";
import { usePatience } from "$/public/external/crm_app/ui/overlay/line.js";
import { inputOf } from "$/public/external/crm_app/ui/list/value.jsx";

/** A value as it is read. */
export function Shown({ column, cell }) {
  if (!cell.text) return <span className="none" aria-label="Empty">–</span>;
  if (cell.initials) return <><span className="av" style={{ background: cell.color || undefined }} aria-hidden="true">{cell.initials}</span><span className="clip">{cell.text}</span></>;
  if (column.type === "choice") return <span className={"tag " + cell.tone}>{cell.text}</span>;
  if (column.type === "tags") return cell.text.split(", ").map((t) => <span key={t} className="tag">{t}</span>);
  if (cell.href) return <Link to={cell.href} tabIndex={-1} className="clip ref">{cell.text}</Link>;
  return <span className="clip" title={cell.text.length > 24 ? cell.text : undefined}>{cell.text}</span>;
}

const rawOf = (column, cell) => (column.type === "datetime" ? cell.raw.slice(0, 16) : cell.raw) || "";

/**
 * One cell while it is edited. Enter saves, Tab saves and goes on, Esc restores, leaving it saves what was changed. The draft stays while it is
 * refused, with the reason beneath; after a conflict both values are offered.
 */
export function CellEditor({ column, cell, version, choices, answer, found, onSearch, onSave, onDone }) {
  const raw = useRef(rawOf(column, cell));
  const began = useRef(version);
  const [draft, setDraft] = useState(raw.current);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  const input = useRef(null);
  const goes = useRef(0);
  const seen = useRef(answer?.n || 0);
  const done = useRef(false);
  useEffect(() => { input.current?.focus(); input.current?.select?.(); }, []);
  useEffect(() => {
    if (!answer || answer.n === seen.current) return;
    seen.current = answer.n;
    if (!busy || answer.field !== column.name) return;
    setBusy(false);
    if (!answer.error) return finish(goes.current);
    setProblem(answer);
    input.current?.focus();
  }, [answer]); // eslint-disable-line
  usePatience(busy, () => { setBusy(false); setProblem({ error: "No answer yet. Press Enter to try again." }); });
  const finish = (step) => { if (!done.current) { done.current = true; onDone(step); } };
  const save = (value, step, seenVersion) => {
    if (busy) return;
    if (value === raw.current && !problem) return finish(step);
    goes.current = step;
    setBusy(true);
    setProblem(null);
    onSave(column.name, value, seenVersion ?? began.current);
  };
  const keys = (e) => {
    e.stopPropagation();
    if (e.key === "Escape") { e.preventDefault(); finish(0); }
    else if (e.key === "Tab") { e.preventDefault(); save(e.currentTarget.value, e.shiftKey ? -1 : 1); }
    else if (e.key === "Enter" && (column.type !== "longtext" || e.ctrlKey || e.metaKey)) { e.preventDefault(); save(e.currentTarget.value, 0); }
  };
  const common = {
    ref: input, className: "in", value: draft, "aria-label": column.label, "aria-invalid": problem ? true : undefined, "aria-describedby": problem ? "cell-problem" : undefined,
    readOnly: busy || undefined, onKeyDown: keys, onChange: (e) => setDraft(e.target.value), onBlur: (e) => !busy && !problem && !done.current && save(e.currentTarget.value, 0),
  };
  const left = (e) => { if (!e.currentTarget.contains(e.relatedTarget) && !busy && !problem) finish(0); };
  return (
    <div className="editing" onDoubleClick={(e) => e.stopPropagation()} onPointerDown={(e) => e.stopPropagation()}>
      {column.ref && !choices.length ? (
        <div onBlur={left} onKeyDown={(e) => { e.stopPropagation(); if (e.key === "Tab") { e.preventDefault(); finish(e.shiftKey ? -1 : 1); } }}>
          <Lookup label={column.label} kind={column.ref} found={found} value={raw.current} shown={raw.current ? cell.text : ""} autoFocus invalid={!!problem}
                  onSearch={onSearch} onPick={(id) => { setDraft(id); save(id, 0); }} onCancel={(back) => back && finish(0)} />
        </div>
      ) : column.type === "choice" || column.type === "bool" || column.ref ? (
        <select {...common} onChange={(e) => { setDraft(e.target.value); save(e.target.value, 0); }}>
          {column.type !== "bool" && !choices.some((o) => o.id === "") && <option value="">–</option>}
          {choices.map((o) => <option key={o.id} value={o.id}>{o.name}</option>)}
        </select>
      ) : column.type === "choices" ? (
        <Several label={column.label} options={choices} value={raw.current} onDone={(keys) => save(keys, 0)} onCancel={() => finish(0)} />
      ) : column.type === "longtext" ? <textarea {...common} rows={4} /> : <input {...common} {...inputOf(column.type)} placeholder={column.type === "tags" ? "Words, with commas between" : undefined} autoComplete="off" />}
      {problem && (
        <div className="problem" id="cell-problem" role="alert">
          {problem.error}
          {problem.clash && (
            <>
              <span>There now: <b>{problem.theirs}</b></span>
              <span className="row">
                <button type="button" className="btn" onClick={() => finish(0)}>Keep theirs</button>
                <button type="button" className="btn pri" onClick={() => save(draft, 0, problem.version)}>Save mine</button>
              </span>
            </>
          )}
        </div>
      )}
    </div>
  );
}
