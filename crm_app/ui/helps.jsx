import React from "react";
import { Link } from "react-router";

/**
 * The quiet ? beside a label: what the field means here, as its tooltip, and the way to where that is written. `help` {words, href, usual}.
 * `apart` opens it beside what is being typed, and Tab passes it by.
 */
export function Helps({ label, help, apart }) {
  if (!help?.words) return null;
  const given = { className: "helps" + (help.usual ? " usual" : ""), title: `What ${label} means here: ${help.words}` };
  return apart ? <a {...given} href={help.href} target="_blank" rel="noopener" tabIndex={-1} /> : <Link {...given} to={help.href} />;
}
