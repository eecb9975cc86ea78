import React, { useEffect, useRef } from "react";

/**
 * Stages in order as a chain: `steps` {id, name, kind, mark, days, hint}. The present one is brought into view where the chain is wider
 * than its place. A press on a step asks for it with `onChoose(id)`.
 */
export function StagePath({ steps, label, disabled, onChoose }) {
  const chain = useRef(null);
  const present = (steps || []).find((s) => s.mark === "on")?.id;
  useEffect(() => {
    const box = chain.current;
    const step = box?.querySelector('[aria-current="step"]');
    if (step) box.scrollLeft = step.offsetLeft - (box.clientWidth - step.offsetWidth) / 2;
  }, [present]);
  return (
    <ol className="stages" ref={chain} aria-label={label}>
      {(steps || []).map((s) => (
        <li key={s.id} className={[s.mark, s.kind].join(" ")}>
          <button type="button" title={s.hint} aria-label={s.hint} aria-current={s.mark === "on" ? "step" : undefined}
                  disabled={disabled || undefined} onClick={() => s.mark !== "on" && onChoose && onChoose(s.id)}>
            <span className="clip">{s.name}</span>{s.days && <small>{s.days}</small>}
          </button>
        </li>
      ))}
    </ol>
  );
}
