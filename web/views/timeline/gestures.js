/** What a pointer does to a timeline: it goes to a step, and moves and stretches what is shown. */
import { GUTTER } from "./paint.js";

/** @typedef {import("../../types.js").Commands} Commands */
/** @typedef {import("../../types.js").Shown} Shown */

/** So much of a wheel makes what is shown twice as long. */
const WHEEL = 300;
/** What a wheel that counts in lines or pages takes for one of them. */
const UNITS = [1, 16, 400];

/**
 * @param {HTMLElement} area
 * @param {Commands} commands
 * @param {() => Shown | null} shown
 */
export function listen(area, commands, shown) {
  const positionAt = (/** @type {number} */ clientX) => {
    const { left, width } = area.getBoundingClientRect();
    const { from, to } = /** @type {Shown} */ (shown()).stretch;
    return from + (Math.min(Math.max((clientX - left - GUTTER) / Math.max(width - GUTTER, 1), 0), 1) || 0) * (to - from);
  };
  /** Where each finger is. @type {Map<number, number>} */
  const down = new Map();
  area.addEventListener("pointerdown", (event) => {
    if (!shown() || event.button !== 0) return;
    area.setPointerCapture(event.pointerId);
    down.set(event.pointerId, event.clientX);
    if (down.size === 1) commands.seek(positionAt(event.clientX));
  });
  area.addEventListener("pointermove", (event) => {
    if (!shown() || !down.has(event.pointerId)) return;
    const before = [...down.values()];
    down.set(event.pointerId, event.clientX);
    if (down.size === 1) commands.seek(positionAt(event.clientX));
    else pinch(before, [...down.values()]);
  });
  for (const end of ["pointerup", "pointercancel"]) area.addEventListener(end, (event) => down.delete(/** @type {PointerEvent} */ (event).pointerId));

  /** @param {number[]} before @param {number[]} now */
  function pinch([a, b], [c, d]) {
    const middle = positionAt((c + d) / 2);
    commands.pan(positionAt((a + b) / 2) - middle);
    commands.zoom(Math.max(Math.abs(c - d), 8) / Math.max(Math.abs(a - b), 8), middle);
  }

  const zoom = onceAFrame((/** @type {number} */ times, /** @type {number} */ around) => commands.zoom(times, around));
  area.addEventListener("wheel", (event) => wheel(event, positionAt, { zoom, pan: commands.pan }, shown()), { passive: false });
}

/**
 * A wheel says more than is drawn: the first of a frame is done at once, what follows together with the next frame.
 * @param {(times: number, around: number) => void} zoom
 */
function onceAFrame(zoom) {
  /** @type {{times: number, around: number} | null} */
  let waiting = null;
  let busy = false;
  const next = () => {
    busy = waiting !== null;
    if (!waiting) return;
    const { times, around } = waiting;
    waiting = null;
    zoom(times, around);
    requestAnimationFrame(next);
  };
  return (/** @type {number} */ times, /** @type {number} */ around) => {
    if (busy) {
      waiting = { times: (waiting?.times ?? 1) * times, around };
      return;
    }
    busy = true;
    zoom(times, around);
    requestAnimationFrame(next);
  };
}

/**
 * Turning it sideways moves what is shown. Where everything is shown already, the page scrolls.
 * @param {WheelEvent} event @param {(clientX: number) => number} positionAt @param {Pick<Commands, "zoom" | "pan">} commands @param {Shown | null} shown
 */
function wheel(event, positionAt, commands, shown) {
  if (!shown) return;
  const { frame, stretch } = shown;
  const whole = stretch.from === frame.start && stretch.to === frame.length;
  const unit = UNITS[event.deltaMode] ?? 1;
  const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
  if (whole && (sideways || event.deltaY > 0)) return;
  event.preventDefault();
  if (sideways) commands.pan((((event.deltaX || event.deltaY) * unit) / Math.max(event.currentTarget instanceof HTMLElement ? event.currentTarget.clientWidth : 1, 1)) * (stretch.to - stretch.from));
  else commands.zoom(2 ** ((-event.deltaY * unit) / WHEEL), positionAt(event.clientX));
}
