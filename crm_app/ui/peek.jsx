import React, { useCallback, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { placeNear, whenOutside } from "$/public/external/crm_app/ui/overlay/popover.js";

/** A button that shows a small explanation beside it: Esc returns to the button, a press outside closes. `onOpen` asks for the content. */
export function Peek({ label, trigger, children, className, onOpen }) {
  const [open, setOpen] = useState(false);
  const [place, setPlace] = useState({ top: -9999, left: 0 });
  const button = useRef(null);
  const panel = useRef(null);
  const id = useId();
  const close = useCallback((back) => {
    setOpen(false);
    if (back) button.current?.focus();
  }, []);
  useLayoutEffect(() => {
    if (!open) return;
    const put = () => button.current && panel.current && setPlace(placeNear(button.current, panel.current));
    put();
    panel.current.focus({ preventScroll: true });
    const grown = new ResizeObserver(put);
    grown.observe(panel.current);
    const ended = whenOutside(() => [panel.current, button.current], () => close(false));
    window.addEventListener("resize", put);
    return () => {
      grown.disconnect();
      ended();
      window.removeEventListener("resize", put);
    };
  }, [open, close]);
  useEffect(() => { if (open && onOpen) onOpen(); }, [open]);
  const keys = (e) => {
    if (e.key !== "Escape") return;
    e.preventDefault();
    e.stopPropagation();
    close(true);
  };
  return (
    <>
      <button ref={button} type="button" className={className} aria-label={label} title={label} aria-haspopup="dialog" aria-expanded={open}
              aria-controls={open ? id : undefined} onClick={() => setOpen((o) => !o)}>
        {trigger}
      </button>
      {open && createPortal(
        <div ref={panel} id={id} className="pop peek" role="dialog" aria-label={label} tabIndex={-1} style={place} onKeyDown={keys}>
          {children}
        </div>,
        document.body,
      )}
    </>
  );
}
