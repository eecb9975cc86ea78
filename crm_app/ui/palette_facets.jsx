import React, { useEffect, useRef } from "react";
import { written } from "$/public/external/crm_app/ui/overlay/numbers.js";

const MOST = { kind: 20, owner: 3, stage: 4 }; // that are offered: the most frequent
const NAMES = { kind: "Kinds", owner: "Owners", stage: "Stages" };

/** The values of a facet: the most frequent, and always the one that is chosen, though nothing has it now. */
function valuesOf(name, facets, chosen, labels) {
  const found = facets.filter((f) => f.name === name);
  const shown = found.slice(0, MOST[name]);
  if (chosen && !shown.some((f) => f.value === chosen)) {
    const one = found.find((f) => f.value === chosen) || { name, value: chosen, label: labels.current.get(name + chosen) || "…", count: 0 };
    shown.push(one);
  }
  return shown;
}

/**
 * By what the results can be narrowed, with counts. From the field the arrow up leads here; here left and right move, Enter chooses,
 * down and Esc lead back, and so does any letter, which lands in the field.
 */
export const Facets = React.forwardRef(function Facets({ facets, exact, narrow, onNarrow, onBack }, box) {
  const labels = useRef(new Map());
  useEffect(() => { facets.forEach((f) => labels.current.set(f.name + f.value, f.label)); }, [facets]);
  const kinds = valuesOf("kind", facets, narrow.kind, labels);
  const all = { name: "kind", value: "", label: "All", count: kinds.reduce((n, k) => n + k.count, 0) };
  const groups = [["kind", kinds.length ? [all, ...kinds] : []], ...["owner", "stage"].map((name) => [name, valuesOf(name, facets, narrow[name], labels)])];
  const shown = groups.filter(([name, values]) => (name === "kind" ? values.length : values.length > 1 || narrow[name]));
  const keys = (e) => {
    const chips = [...e.currentTarget.querySelectorAll("button")];
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    const letter = e.key.length === 1 && e.key !== " " && !e.ctrlKey && !e.metaKey && !e.altKey;
    if (step) { e.preventDefault(); chips[Math.max(0, Math.min(chips.length - 1, chips.indexOf(document.activeElement) + step))]?.focus(); }
    else if (e.key === "ArrowDown" || e.key === "Escape" || e.key === "Tab") { e.preventDefault(); e.stopPropagation(); onBack(); }
    else if (letter || e.key === "Backspace") onBack();
  };
  return (
    <div ref={box} className="pal-narrow" onKeyDown={keys}>
      {shown.map(([name, values]) => (
        <div key={name} className={"pal-facet " + name} role="group" aria-label={NAMES[name]}>
          {values.map((f) => {
            const on = (narrow[name] || "") === f.value;
            return (
              <button key={f.value} type="button" className={"chip" + (on ? " on" : "")} aria-pressed={on} tabIndex={-1} onClick={(e) => { onNarrow(name, on ? "" : f.value); e.detail && onBack(); }}>
                {f.label}{exact && <span>{written(f.count)}</span>}
              </button>
            );
          })}
        </div>
      ))}
    </div>
  );
});
