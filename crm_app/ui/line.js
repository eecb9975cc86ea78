import { useEffect, useRef } from "react";

const PATIENCE_MS = 4000;

/**
 * Is the connection to the server away, and how often was it? The frame says so. What was sent meanwhile waits in the browser and is on its
 * way afterwards.
 */
export const line = { lost: false, cuts: 0 };

/** Calls `end` when nothing was answered for four seconds; while the connection is away nobody is asked to send the same thing again. */
export function usePatience(waits, end) {
  const latest = useRef(end);
  latest.current = end;
  useEffect(() => {
    if (!waits) return;
    let since = Date.now();
    const timer = setInterval(() => {
      if (line.lost) since = Date.now();
      else if (Date.now() - since > PATIENCE_MS) latest.current();
    }, 200);
    return () => clearInterval(timer);
  }, [waits]);
}
