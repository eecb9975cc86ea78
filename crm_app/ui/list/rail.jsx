import React from "react";
import { Link, useLocation } from "react-router";

/** The saved views in the rail; the open one is marked. */
export function RailViews({ views }) {
  const here = useLocation();
  if (!views?.length) return null;
  return (
    <>
      <h2>Saved views</h2>
      {views.map((v) => {
        const on = here.pathname.replace(/\/$/, "") === v.path.split("?")[0] && new URLSearchParams(here.search).get("view") === String(v.id);
        return <Link key={v.id} to={v.path} className={"nav sub" + (on ? " on" : "")} aria-current={on ? "page" : undefined} title={v.name}><span className="label clip">{v.name}</span></Link>;
      })}
    </>
  );
}
