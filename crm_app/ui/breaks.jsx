import React, { Fragment } from "react";

const LONG = 20; // characters; a shorter word finds room
const AFTER = /(?<=[@._/-])(?=[^@._/-])/; // the signs that part an address

/** A text whose long words break after the signs that part them, not in the middle of a name. */
export function Breaks({ text }) {
  const words = String(text ?? "").split(/(\s+)/);
  return words.map((word, i) => word.length < LONG ? word : word.split(AFTER).map((part, k) => <Fragment key={`${i}.${k}`}>{k > 0 && <wbr />}{part}</Fragment>));
}
