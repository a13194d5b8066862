// A part of the page that scrolls by itself, and opens where its line for now (data-now) is, in the first third of what
// is seen of it; without one, at its first entry (data-moves) if asked to, or its beginning. After that it is the reader's.
import { createElement, useEffect, useRef } from "react";

const ABOVE_PX = 24;
const BAR_PX = 72; // the places at the bottom of phones
const LEAST_PX = 96;

export function NowInView({ children, className, label, day, entries }) {
  const root = useRef(null);
  useEffect(() => {
    const pane = root.current;
    const line = pane.querySelector("[data-now]");
    const from = line ?? (entries ? pane.querySelector("[data-moves]") : null);
    const { top, height } = pane.getBoundingClientRect();
    const seen = Math.min(height, Math.max(innerHeight - BAR_PX - top, LEAST_PX));
    if (!from) pane.scrollTop = 0;
    else pane.scrollTop += from.getBoundingClientRect().top - top - (line ? seen / 3 : ABOVE_PX);
  }, [day]);
  return createElement("div", { ref: root, className, role: "region", tabIndex: 0, "aria-label": label }, children);
}
