// Lets a stretch of time be drawn on columns that carry data-day: with the mouse at once, with a finger after a long
// press. Escape gives up. A sideways swipe follows the page's links marked data-swipe.
import { createElement, useEffect, useRef } from "react";

const STEP = 15;
const LONG_PRESS_MS = 450;
const STEADY_PX = 8;
const SWIPE_PX = 60;
const clock = (minute) =>
  [Math.floor(minute / 60) % 24, minute % 60].map((part) => String(part).padStart(2, "0")).join(":");

function brush(root, settings) {
  let stroke = null; // {column, from, to, mark}
  let press = null; // {x, y, timer} of a finger that may become a stroke or a swipe

  const minuteAt = (column, y) => {
    const { hour, first } = settings.current;
    const box = column.getBoundingClientRect();
    const inside = Math.min(Math.max(y - box.top, 0), box.height);
    return first + (inside * 60) / hour;
  };
  const show = () => {
    const { hour, first } = settings.current;
    const [start, end] = span();
    stroke.mark.style.top = `${((start - first) * hour) / 60}px`;
    stroke.mark.style.height = `${((end - start) * hour) / 60}px`;
    stroke.mark.textContent = `${clock(start)} – ${clock(end)}`;
  };
  const span = () => [
    Math.floor(Math.min(stroke.from, stroke.to) / STEP) * STEP,
    Math.max(Math.ceil(Math.max(stroke.from, stroke.to) / STEP), Math.floor(stroke.from / STEP) + 1) * STEP,
  ];
  const begin = (column, y) => {
    const from = minuteAt(column, y);
    const mark = document.createElement("div");
    mark.className = settings.current.mark;
    column.append(mark);
    stroke = { column, from, to: from, mark };
    show();
  };
  const giveUp = () => {
    clearTimeout(press?.timer);
    stroke?.mark.remove();
    stroke = press = null;
  };
  const finish = () => {
    const [start, end] = span();
    const day = stroke.column.dataset.day;
    giveUp();
    settings.current.onDraw(day, start, end);
    // After this event: it would dismiss at once a dialog that it finds open.
    setTimeout(() => document.getElementById(settings.current.sheet)?.showModal());
  };
  const swipe = (event) => {
    const along = event.clientX - press.x;
    if (Math.abs(along) < SWIPE_PX || Math.abs(event.clientY - press.y) > SWIPE_PX / 2) return;
    document.querySelector(`[data-swipe=${along > 0 ? "previous" : "next"}]`)?.click();
  };

  const listeners = {
    pointerdown(event) {
      giveUp();
      const column = event.target.closest("[data-day]");
      if (event.pointerType === "touch") {
        press = { x: event.clientX, y: event.clientY };
        if (column && !event.target.closest("a, button"))
          press.timer = setTimeout(() => begin(column, press.y), LONG_PRESS_MS);
      } else if (column && event.button === 0 && !event.target.closest("a, button")) {
        event.preventDefault();
        root.setPointerCapture(event.pointerId);
        begin(column, event.clientY);
      }
    },
    pointermove(event) {
      if (stroke) {
        stroke.to = minuteAt(stroke.column, event.clientY);
        show();
      } else if (press && Math.hypot(event.clientX - press.x, event.clientY - press.y) > STEADY_PX) {
        clearTimeout(press.timer);
      }
    },
    pointerup(event) {
      const drawn = stroke && Math.abs(stroke.to - stroke.from) >= STEP / 2;
      if (drawn) return finish();
      if (!stroke && press) swipe(event);
      giveUp();
    },
    pointercancel: giveUp,
    touchmove(event) {
      if (stroke) event.preventDefault(); // else the page would scroll away below the finger
    },
    contextmenu(event) {
      if (stroke) event.preventDefault();
    },
  };
  const onKey = (event) => {
    if (event.key === "Escape" && stroke) {
      event.stopPropagation();
      giveUp();
    }
  };
  for (const [name, listener] of Object.entries(listeners)) root.addEventListener(name, listener, { passive: false });
  addEventListener("keydown", onKey, true);
  return () => {
    giveUp();
    for (const [name, listener] of Object.entries(listeners)) root.removeEventListener(name, listener);
    removeEventListener("keydown", onKey, true);
  };
}

export function TimeBrush({ children, className, style, hour, first, sheet, mark, onDraw }) {
  const root = useRef(null);
  const settings = useRef({});
  settings.current = { hour, first, sheet, mark, onDraw };
  useEffect(() => brush(root.current, settings), []);
  return createElement("div", { ref: root, className, style: { ...style, touchAction: "pan-y" } }, children);
}
