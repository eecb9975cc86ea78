import { useEffect, useRef } from "react";

const PAUSE_MS = 800;

/** Calls `ask` at once, then at most every 800 ms: an import announces itself many times a second. */
export function useAgain(ask) {
  const latest = useRef(ask);
  const timer = useRef(0);
  const last = useRef(0);
  latest.current = ask;
  useEffect(() => () => clearTimeout(timer.current), []);
  return useRef(() => {
    if (timer.current) return;
    timer.current = setTimeout(() => { timer.current = 0; last.current = Date.now(); latest.current && latest.current(); }, Math.max(0, last.current + PAUSE_MS - Date.now()));
  }).current;
}

/** Shows nothing: asks the page to read again when the server says that what it shows has changed. */
export function Live({ push, onChange }) {
  const seen = useRef(push?.n || 0);
  const again = useAgain(onChange);
  useEffect(() => {
    if (!push?.n || push.n === seen.current) return;
    seen.current = push.n;
    again();
  }, [push, again]);
  return null;
}
