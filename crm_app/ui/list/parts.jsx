import React, { useEffect, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { placeNear, whenOutside } from "$/public/external/crm_app/ui/overlay/popover.js";

const PATHS = {
  unfolded: "M4.5 7L9 11.5 13.5 7", folded: "M7 4.5L11.5 9 7 13.5", plus: "M9 4v10M4 9h10", close: "M5 5l8 8M13 5l-8 8", check: "M4 9.5l3.5 3.5L14 5.5", up: "M9 14V4M5 8l4-4 4 4", down: "M9 4v10M5 10l4 4 4-4",
  filter: "M3 4h12M5.5 9h7M8 14h2", columns: "M3 3h12v12H3zM7 3v12M11 3v12", group: "M3 4h12M6 8h9M6 11h9M3 15h12", file: "M9 3v8M5.5 7.5L9 11l3.5-3.5M3 12v3h12v-3",
  fold: "M5 7l4 4 4-4", alert: "M9 3l7 12H2zM9 7.5v3.5M9 13h.01", person: "M9 9a3 3 0 100-6 3 3 0 000 6zM3 16c0-3 3-5 6-5s6 2 6 5", tag: "M3 3h6l6 6-6 6-6-6zM6 6h.01",
  edit: "M4 14l1-4 7-7 3 3-7 7zM10.5 4.5l3 3", trash: "M4 5h10M7 5V3h4v2M5.5 5l.5 10h6l.5-10", star: "M9 2.5l2 4.3 4.7.5-3.5 3.2 1 4.6L9 12.700 4.800 15.100l1-4.6L2.300 7.300 7 6.800z",
  split: "M9 16v-5L4 6V3M9 11l5-5V3M2 5l2-2 2 2M12 5l2-2 2 2",
  save: "M3 3h9l3 3v9H3zM6 3v4h5V3M6 15v-4h6v4",
};

export function Icon({ name, size }) {
  return <svg className={"icon " + (size || "")} viewBox="0 0 18 18" aria-hidden="true"><path d={PATHS[name]} /></svg>;
}

/** A button with a panel; Esc and a click outside close it. `children(close)` draws what is inside. */
export function Pop({ label, trigger, className, panelClass, children }) {
  const [open, setOpen] = useState(false);
  const [place, setPlace] = useState({ top: -9999, left: 0 });
  const button = useRef(null);
  const panel = useRef(null);
  useLayoutEffect(() => {
    if (!open) return;
    setPlace(placeNear(button.current, panel.current));
    panel.current.querySelector("button,input,select")?.focus({ preventScroll: true });
  }, [open]);
  useEffect(() => {
    if (!open) return;
    return whenOutside(() => [panel.current, button.current], () => setOpen(false));
  }, [open]);
  const close = () => { setOpen(false); button.current?.focus({ preventScroll: true }); };
  const keys = (e) => { if (e.key === "Escape") { e.preventDefault(); e.stopPropagation(); close(); } };
  return (
    <>
      <button ref={button} type="button" className={className || "btn quiet"} aria-label={label} aria-haspopup="dialog" aria-expanded={open} onClick={() => setOpen((o) => !o)}>{trigger}</button>
      {open && createPortal(
        <div ref={panel} className={"pop " + (panelClass || "")} role="dialog" aria-label={label} style={place} onKeyDown={keys}>{children(close)}</div>,
        document.body,
      )}
    </>
  );
}
