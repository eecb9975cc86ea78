import React, { useEffect, useState } from "react";
import { useLocation } from "react-router";

const PATIENCE = 250; // ms; a record that comes sooner replaces the one before without a blink

/** Its first child shows the record `record`; the second stands there while the address names another one. What was open before cannot be pressed. */
export function Current({ record, words, children }) {
  const path = useLocation().pathname.replace(/\/+$/, "");
  const other = !!record && !path.endsWith("/" + record);
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!other) return setLate(false);
    const timer = setTimeout(() => setLate(true), PATIENCE);
    return () => clearTimeout(timer);
  }, [other, path]);
  const [shown, waiting] = React.Children.toArray(children);
  if (other && late) return waiting;
  return words ? shown : <div className="current" inert={other || undefined} aria-busy={other || undefined}>{shown}</div>;
}
