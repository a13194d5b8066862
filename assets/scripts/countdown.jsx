// Counts down what is kept for somebody: quiet at first, marked for the last two minutes, and spoken of twice.
import { createElement, useEffect, useState } from "react";

const SOON = 120;
const SPOKEN = { soon: "Two minutes are left to book this time.", over: "This time is not kept for you any more." };
const offsets = {}; // what is to be added to this device's clock, by the server's time it was measured with

const padded = (number) => String(number).padStart(2, "0");
const clockOf = (left) => {
  const [hours, minutes, seconds] = [Math.floor(left / 3600), Math.floor(left / 60) % 60, padded(left % 60)];
  return hours ? `${hours}:${padded(minutes)}:${seconds}` : `${minutes}:${seconds}`;
};
const phaseOf = (left) => (left === null || left > SOON ? "quiet" : left > 0 ? "soon" : "over");

export function Countdown({ until, at, words, className, wordsClass, spokenClass, onEnd, children }) {
  const [left, setLeft] = useState(null);
  useEffect(() => {
    if (!until) return undefined;
    const offset = (offsets[at] ??= at - Date.now());
    let timer = 0;
    let farewell = 0;
    const tick = () => {
      const seconds = Math.max(0, Math.ceil((until - Date.now() - offset) / 1000));
      setLeft(seconds);
      if (seconds === 0) {
        clearInterval(timer);
        farewell = setTimeout(() => onEnd?.(), 500); // by then it is over for the server too
      }
    };
    timer = setInterval(tick, 500);
    tick();
    return () => [timer, farewell].forEach(clearTimeout);
  }, [until, at]);
  const phase = phaseOf(left);
  const clock = left === null ? "" : clockOf(left);
  return createElement(
    "div",
    { className, "data-phase": phase },
    createElement("p", { className: wordsClass }, words, " ", createElement("strong", { role: "timer" }, clock)),
    children,
    createElement("span", { className: spokenClass, "aria-live": "polite" }, SPOKEN[phase] ?? ""),
  );
}
