// Lets a stretch of time be drawn on columns that carry data-day: with the mouse at once, with a finger after a long
// press. Escape gives up. A click or a tap points at a time. A sideways swipe follows the page's links marked data-swipe.
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
    const box = column.getBoundingClientRect();
    const inside = Math.min(Math.max(y - box.top, 0), box.height);
    return settings.current.first + inside / parseFloat(getComputedStyle(root).getPropertyValue("--minute"));
  };
  const show = () => {
    const [start, end] = span();
    stroke.mark.style.top = `calc(${start - settings.current.first} * var(--minute))`;
    stroke.mark.style.height = `calc(${end - start} * var(--minute))`;
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
  const swipe = (touch) => {
    const along = touch.clientX - press.x;
    if (Math.abs(along) < SWIPE_PX || Math.abs(touch.clientY - press.y) > SWIPE_PX / 2) return;
    document.querySelector(`[data-swipe=${along > 0 ? "previous" : "next"}]`)?.click();
  };
  const draw = (y) => {
    stroke.to = minuteAt(stroke.column, y);
    show();
  };
  const point = (column, minute) => {
    settings.current.onPoint(column.dataset.day, Math.floor(minute / STEP) * STEP);
    setTimeout(() => document.getElementById(settings.current.pointSheet)?.showModal());
  };
  const lift = () => {
    if (Math.abs(stroke.to - stroke.from) >= STEP / 2) return finish();
    const { column, to } = stroke;
    giveUp();
    point(column, to);
  };
  const freeColumn = (target) => (target.closest("a, button") ? null : target.closest("[data-day]"));

  // A finger is followed by its touches: of a pointer, browsers take the finger away as soon as it might scroll.
  const listeners = {
    pointerdown(event) {
      const column = freeColumn(event.target);
      if (event.pointerType === "touch" || event.button !== 0 || !column) return;
      event.preventDefault();
      root.setPointerCapture(event.pointerId);
      begin(column, event.clientY);
    },
    pointermove(event) {
      if (stroke && event.pointerType !== "touch") draw(event.clientY);
    },
    pointerup(event) {
      if (stroke && event.pointerType !== "touch") lift();
    },
    pointercancel(event) {
      if (event.pointerType !== "touch") giveUp();
    },
    touchstart(event) {
      giveUp();
      if (event.touches.length > 1) return;
      const [{ clientX: x, clientY: y }] = event.touches;
      const column = freeColumn(event.target);
      press = { x, y, column, timer: column && setTimeout(() => begin(column, y), LONG_PRESS_MS) };
    },
    touchmove(event) {
      const [touch] = event.touches;
      if (stroke) {
        event.preventDefault(); // else the page would scroll away below the finger
        draw(touch.clientY);
      } else if (press && Math.hypot(touch.clientX - press.x, touch.clientY - press.y) > STEADY_PX) {
        clearTimeout(press.timer);
        press.column = null;
      }
    },
    touchend(event) {
      if (stroke) {
        event.preventDefault(); // else a click would follow, and dismiss what opens now
        draw(event.changedTouches[0].clientY); // the last move may not have been told
        lift();
      } else {
        const { column, y } = press ?? {};
        if (press) swipe(event.changedTouches[0]);
        giveUp();
        if (!column) return;
        event.preventDefault(); // as above
        point(column, minuteAt(column, y));
      }
    },
    touchcancel: giveUp,
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

export function TimeBrush({ children, className, style, ...given }) {
  const root = useRef(null);
  const settings = useRef({});
  settings.current = given;
  useEffect(() => brush(root.current, settings), []);
  return createElement("div", { ref: root, className, style: { ...style, touchAction: "pan-y" } }, children);
}
