import { useEffect, useState } from "react";

const CARD_HEIGHT = 84; // px, at least; with the gap
const COLUMN_WIDTH = 260; // px, at least
const STEP = 12; // cards drawn at once below the fold
const LATEST = 300; // ms that one step waits for an idle browser

const idle = (fn) => (window.requestIdleCallback ? requestIdleCallback(fn, { timeout: LATEST }) : setTimeout(fn, 16));
const line = [];

function step() {
  const next = line.find((w) => !w.held());
  if (next) {
    line.splice(line.indexOf(next), 1);
    next.fn();
  }
  if (line.length) next ? idle(step) : setTimeout(step, LATEST);
}

/** Calls `fn` when the browser has nothing better to do, after what waits already, and not while `held()`. Returns how to call it off. */
function whenIdle(fn, held) {
  const waiting = { fn, held };
  if (line.push(waiting) === 1) idle(step);
  return () => {
    const at = line.indexOf(waiting);
    if (at >= 0) line.splice(at, 1);
  };
}

/** How many of `length` cards to draw in the column at this place: at first those in sight, then the others bit by bit, none while a card is `lifted` (a ref). */
export function useDrawn(length, place, lifted) {
  const [drawn, setDrawn] = useState(() => {
    const inSight = place * COLUMN_WIDTH < window.innerWidth ? Math.ceil(window.innerHeight / CARD_HEIGHT) : 0;
    return length > inSight ? inSight : Infinity;
  });
  useEffect(() => {
    if (drawn >= length) return setDrawn(Infinity); // what comes later is drawn as it comes
    return whenIdle(() => setDrawn((n) => n + STEP), () => lifted.current);
  }, [drawn, length, lifted]);
  return drawn;
}
