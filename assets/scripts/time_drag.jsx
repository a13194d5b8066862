// Lets an entry of a calendar (an element with data-moves) be dragged onto another time of a column with data-day: with
// the mouse at once, with a finger after a long press. Escape gives up. Where it may land, elements with data-slot show.
import { createElement, useEffect, useRef } from "react";

const LONG_PRESS_MS = 450;
const STEADY_PX = 6;
const EDGE_PX = 40;
const GLIDE_PX = 6;

function drag(root, settings) {
  let press = null; // {entry, x, y, timer}: something that may become a drag
  let carried = null; // {entry, ghost, along, down, target}: the entry under way, and where in it it was taken

  const begin = (x, y) => {
    const { entry } = press;
    const box = entry.getBoundingClientRect();
    const ghost = document.createElement("div");
    ghost.className = settings.current.mark;
    const who = (entry.querySelector(".font-semibold") ?? entry).textContent;
    ghost.textContent = who;
    ghost.style.width = `${box.width}px`;
    ghost.style.height = `${box.height}px`;
    document.body.append(ghost);
    carried = { entry, ghost, who, along: press.x - box.left, down: press.y - box.top, target: null };
    entry.style.opacity = "0.4";
    root.dataset.dragging = "";
    settings.current.onTake(entry.dataset.moves);
    carry(x, y);
    glide();
  };
  // Near an edge of a window that scrolls by itself, it scrolls on below what is carried.
  const glide = () => {
    const pane = root.closest("[role=region]");
    if (!carried || !pane) return;
    const { top, bottom } = pane.getBoundingClientRect();
    const before = pane.scrollTop;
    if (carried.y < top + EDGE_PX) pane.scrollTop -= GLIDE_PX;
    if (carried.y > bottom - EDGE_PX) pane.scrollTop += GLIDE_PX;
    if (pane.scrollTop !== before) carry(carried.x, carried.y);
    requestAnimationFrame(glide);
  };
  const columnAt = (x) =>
    [...root.querySelectorAll("[data-day]")].find((column) => {
      const { left, right } = column.getBoundingClientRect();
      return left <= x && x <= right;
    });
  const nearest = (column, top) => {
    const away = (target) => Math.abs(target.getBoundingClientRect().top - top);
    return [...(column?.querySelectorAll("[data-slot]") ?? [])].sort((one, other) => away(one) - away(other))[0];
  };
  const carry = (x, y) => {
    const { ghost, along, down } = carried;
    ghost.style.left = `${x - along}px`;
    ghost.style.top = `${y - down}px`;
    Object.assign(carried, { x, y });
    const column = columnAt(x);
    carried.day = column?.dataset.day ?? "";
    const target = nearest(column, y - down);
    if (target === carried.target) return;
    carried.target?.removeAttribute("data-aimed");
    target?.setAttribute("data-aimed", "");
    carried.target = target;
    ghost.textContent = target ? `${target.textContent} · ${carried.who}` : carried.who; // it covers the time it aims at
  };
  const giveUp = () => {
    clearTimeout(press?.timer);
    if (carried) {
      carried.ghost.remove();
      carried.entry.style.opacity = "";
      carried.target?.removeAttribute("data-aimed");
      delete root.dataset.dragging;
      settings.current.onLeave();
    }
    press = carried = null;
  };
  const drop = () => {
    const { entry, target, day } = carried;
    const { moves } = entry.dataset;
    giveUp();
    if (!day) return;
    settings.current.onDrop(moves, day, target?.dataset.slot ?? "");
    // After this event: it would dismiss at once a dialog that it finds open.
    setTimeout(() => document.getElementById(settings.current.sheet)?.showModal());
  };
  const far = ({ clientX, clientY }) => Math.hypot(clientX - press.x, clientY - press.y) > STEADY_PX;
  const entryAt = (target) => target.closest("[data-moves]:not([data-moves=''])");
  // The click that follows a drag must not open the entry.
  const swallow = (event) => {
    event.preventDefault();
    event.stopPropagation();
  };

  const listeners = {
    dragstart(event) {
      if (entryAt(event.target)) event.preventDefault();
    },
    pointerdown(event) {
      const entry = entryAt(event.target);
      if (event.pointerType === "touch" || event.button !== 0 || !entry) return;
      press = { entry, x: event.clientX, y: event.clientY };
    },
    touchstart(event) {
      giveUp();
      const entry = entryAt(event.target);
      if (event.touches.length > 1 || !entry) return;
      const [{ clientX: x, clientY: y }] = event.touches;
      press = { entry, x, y, timer: setTimeout(() => begin(x, y), LONG_PRESS_MS) };
    },
    touchmove(event) {
      const [touch] = event.touches;
      if (carried) {
        event.preventDefault(); // else the page would scroll away below the finger
        event.stopPropagation();
        carry(touch.clientX, touch.clientY);
      } else if (press && far(touch)) giveUp();
    },
    touchend(event) {
      if (!carried) return giveUp();
      event.preventDefault(); // else a click would follow, and dismiss what opens now
      event.stopPropagation(); // else it could be a swipe
      drop();
    },
    touchcancel: giveUp,
    contextmenu(event) {
      if (carried) event.preventDefault();
    },
  };
  const everywhere = {
    pointermove(event) {
      if (event.pointerType === "touch" || !press) return;
      if (!carried && far(event)) begin(event.clientX, event.clientY);
      if (carried) carry(event.clientX, event.clientY);
    },
    pointerup(event) {
      if (event.pointerType === "touch") return;
      if (!carried) return giveUp();
      addEventListener("click", swallow, { capture: true, once: true });
      setTimeout(() => removeEventListener("click", swallow, true));
      drop();
    },
    keydown(event) {
      if (event.key !== "Escape" || !carried) return;
      event.stopPropagation();
      giveUp();
    },
  };
  for (const [name, listener] of Object.entries(listeners)) root.addEventListener(name, listener, { passive: false });
  for (const [name, listener] of Object.entries(everywhere)) addEventListener(name, listener, true);
  return () => {
    giveUp();
    for (const [name, listener] of Object.entries(listeners)) root.removeEventListener(name, listener);
    for (const [name, listener] of Object.entries(everywhere)) removeEventListener(name, listener, true);
  };
}

export function TimeDrag({ children, className, sheet, mark, onTake, onLeave, onDrop }) {
  const root = useRef(null);
  const settings = useRef({});
  settings.current = { sheet, mark, onTake, onLeave, onDrop };
  useEffect(() => drag(root.current, settings), []);
  return createElement("div", { ref: root, className }, children);
}
