import { useEffect, useRef } from "react";

const typing = (e) => e.target.closest?.("input:not([type=checkbox]),textarea,select,[contenteditable=true],[role=dialog],[role=menu]");

/**
 * Walks the items of a page by J and K and presses what stands in the one at hand: `keys` is {letter: name}, for the element with
 * data-act=name. It hears the key before the frame does, which has meanings of its own for some letters.
 */
export function ItemKeys({ keys }) {
  const away = useRef(0); // G begins a way to another page: the letter after it is not for us
  useEffect(() => {
    const press = (e) => {
      if (e.ctrlKey || e.metaKey || e.altKey || typing(e)) return;
      if (e.key === "g" || Date.now() - away.current < 1200) { away.current = e.key === "g" ? Date.now() : 0; return; }
      const items = [...document.querySelectorAll("[data-item]")];
      if (!items.length) return;
      const at = items.findIndex((i) => i.contains(document.activeElement));
      const step = e.key === "j" ? 1 : e.key === "k" ? -1 : 0;
      const found = keys[e.key] && (items[at] || items[0]).querySelector(`[data-act="${keys[e.key]}"]`);
      if (!step && !keys[e.key]) return;
      e.preventDefault();
      e.stopImmediatePropagation();
      if (step) {
        const next = items[Math.max(0, Math.min(items.length - 1, at + step))];
        next.focus();
        next.scrollIntoView({ block: "nearest" });
      } else if (found) {
        // What stands next takes the place of what is decided: the keys go on from there.
        const following = items[at + 1] || items[at - 1];
        const kept = found.closest("[data-item]");
        found.click();
        setTimeout(() => { if (!kept.isConnected && following?.isConnected) following.focus(); }, 600);
      }
    };
    document.addEventListener("keydown", press, true);
    return () => document.removeEventListener("keydown", press, true);
  }, [keys]);
  return null;
}
