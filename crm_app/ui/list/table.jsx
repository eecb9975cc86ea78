import React, { memo } from "react";
import { Link } from "react-router";
import { Icon } from "$/public/external/crm_app/ui/list/parts.jsx";
import { Helps } from "$/public/external/crm_app/ui/inputs/helps.jsx";
import { CellEditor, Shown } from "$/public/external/crm_app/ui/list/cell.jsx";
import { written } from "$/public/external/crm_app/ui/overlay/numbers.js";

const HUES = 8;
const initials = (title) => {
  const words = title.trim().split(/\s+/).filter(Boolean);
  return (words.length > 1 ? words[0][0] + words[words.length - 1][0] : (words[0] || "?")[0]).toUpperCase();
};

function Face({ kind, row }) {
  if (kind !== "person" && kind !== "company") return null;
  return <span className={"av tint" + (row.id % HUES) + (kind === "company" ? " square" : "")} aria-hidden="true">{initials(row.title)}</span>;
}

export function Head({ columns, sort, descending, all, some, onAll, onSort }) {
  return (
    <div className="lrow lhead" role="row" aria-rowindex={1}>
      <div role="columnheader" className="lpick">
        <input type="checkbox" aria-label="Select all rows" checked={all} ref={(e) => { if (e) e.indeterminate = some && !all; }} onChange={() => onAll(!all)} />
      </div>
      {columns.map((c) => {
        const on = c.name === sort;
        return (
          <div key={c.name} role="columnheader" className={c.numeric ? "num" : ""} aria-sort={on ? (descending ? "descending" : "ascending") : undefined}>
            {c.sortable
              ? <button type="button" onClick={() => onSort(on && !descending ? "-" + c.name : c.name)}><span className="clip">{c.label}</span>{on && <Icon name={descending ? "down" : "up"} />}</button>
              : <span className="clip">{c.label}</span>}
            <Helps label={c.label} help={c.help} apart />
          </div>
        );
      })}
    </div>
  );
}

/** One record. `editing` is the name of the column that is edited in this row, `at` the column that the keyboard is on (-1: another row). */
export const Row = memo(function Row({ kind, row, index, columns, query, opens, chosen, at, editing, act, look }) {
  const href = row.href ? row.href + "?list=" + encodeURIComponent(query) : "";
  const cellProps = (c, i) => ({
    role: "gridcell", id: `cell-${row.id}-${i}`, "data-col": c.name,
    className: "lcell" + (c.numeric ? " num" : "") + (i === 0 ? " ltitle" : "") + (at === i ? " here" : "") + (c.editable && row.editable ? " can" : ""),
    onDoubleClick: () => act.edit(row.id, c.name), onClick: () => act.at(row.id, i),
  });
  const inside = (c, i) => {
    const cell = row.cells[i];
    if (editing === c.name) return <CellEditor column={c} cell={cell} version={row.version} choices={look.choices(c)} answer={look.answer} found={look.found} onSearch={look.onSearch}
                                               onSave={(name, raw, version) => act.save(row.id, name, raw, version)} onDone={(step) => act.done(row.id, c.name, step)} />;
    if (i > 0) return <Shown column={c} cell={cell} />;
    return <><Face kind={kind} row={row} />{opens ? <button type="button" tabIndex={-1} className="clip open" onClick={() => act.open(row)} onDoubleClick={(e) => e.stopPropagation()}>{row.title}</button> : href ? <Link to={href} tabIndex={-1} className="clip open">{row.title}</Link> : <span className="clip open">{row.title}</span>}</>;
  };
  return (
    <div role="row" className={"lrow" + (chosen ? " on" : "") + (at >= 0 ? " cur" : "")} aria-rowindex={index + 2} aria-selected={chosen} data-row={row.id}>
      <div className="lpick" role="gridcell">
        <input type="checkbox" tabIndex={-1} aria-label={`Select ${row.title}`} checked={chosen} onChange={(e) => act.choose(row.id, e.nativeEvent.shiftKey)} />
      </div>
      <div {...cellProps(columns[0], 0)}>{inside(columns[0], 0)}</div>
      <div className="lrest" role="presentation">
        {columns.slice(1).map((c, k) => (
          <div key={c.name} {...cellProps(c, k + 1)} data-label={c.label} data-empty={!row.cells[k + 1].text || undefined} data-flag={c.type === "bool" ? row.cells[k + 1].raw : undefined}>{inside(c, k + 1)}</div>
        ))}
      </div>
    </div>
  );
});

/** The head of a group; a press or the arrows to the sides fold it and open it. */
export function GroupHead({ head, label, folded, onTurn }) {
  const keys = (e) => {
    if (e.key !== "ArrowLeft" && e.key !== "ArrowRight") return;
    e.preventDefault();
    e.stopPropagation();
    if (folded === (e.key === "ArrowRight")) onTurn();
  };
  return (
    <div className="lgroup" role="row">
      <div role="gridcell">
        <button type="button" className="fold" aria-expanded={!folded} onClick={onTurn} onKeyDown={keys}>
          <Icon name={folded ? "folded" : "unfolded"} /><b>{head ? head.label : label}</b><span className="n">{head ? written(head.count) : ""}</span>
        </button>
      </div>
    </div>
  );
}

export function Skeleton({ rows }) {
  return (
    <div className="lskel" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, i) => <div key={i} className="lrow" aria-hidden="true"><div className="sk" /><div className="sk" style={{ width: 40 + ((i * 37) % 45) + "%" }} /><div className="sk" style={{ width: 30 + ((i * 53) % 50) + "%" }} /><div className="sk" style={{ width: 35 + ((i * 29) % 40) + "%" }} /></div>)}
    </div>
  );
}
