import { useEffect, useRef } from "react";

/** Shows nothing: once what the address points to is there, it comes into sight. Rows arrive after the page. */
export function Anchored({ ready }) {
  const done = useRef("");
  useEffect(() => {
    const wanted = window.location.hash.slice(1);
    if (!ready || !wanted || done.current === wanted) return;
    const there = document.getElementById(decodeURIComponent(wanted));
    if (!there) return;
    done.current = wanted;
    there.scrollIntoView({ block: "center" });
  });
  return null;
}
