/** All of a track in a strip, with what the timeline shows of it. It can be dragged. */
import { h, set, style } from "../dom.js";
import { GUTTER } from "./paint.js";

/** @typedef {import("../../types.js").Commands} Commands */
/** @typedef {import("../../types.js").Shown} Shown */
/** @typedef {import("../../types.js").Bucket} Bucket */

const HEIGHT = 10;

/** @param {Commands} commands */
export function createMinimap(commands) {
  const canvas = h("canvas", { class: "minimap-lane", "aria-hidden": "true" });
  const pane = h("div", { class: "minimap-pane" });
  const cursor = h("div", { class: "minimap-cursor" });
  const element = h("div", { class: "minimap" }, canvas, pane, cursor);
  /** @type {Shown | null} */
  let last = null;
  let drawn = "";
  const drag = (/** @type {PointerEvent} */ event) => {
    if (!last || !element.hasPointerCapture(event.pointerId)) return;
    const { frame, stretch } = last;
    const { left, width } = element.getBoundingClientRect();
    const middle = frame.start + ((event.clientX - left) / Math.max(width, 1)) * (frame.length - frame.start);
    commands.pan(middle - (stretch.from + stretch.to) / 2);
  };
  element.addEventListener("pointerdown", (event) => (element.setPointerCapture(event.pointerId), drag(event)));
  element.addEventListener("pointermove", drag);

  /** @param {Shown} shown */
  function update(shown) {
    last = shown;
    const { frame, stretch } = shown;
    const part = (/** @type {number} */ position) => (100 * (position - frame.start)) / Math.max(frame.length - frame.start, 1);
    set(element, "data-whole", stretch.from === frame.start && stretch.to === frame.length);
    style(pane, "inset-inline-start", `${part(stretch.from)}%`);
    style(pane, "inline-size", `${part(stretch.to) - part(stretch.from)}%`);
    style(cursor, "inset-inline-start", `${part(frame.position)}%`);
  }

  /**
   * @param {Bucket[]} buckets
   * @param {number} veiled what comes after this position is not drawn
   * @param {{start: number, length: number, full: number}} frame
   * @param {{width: number, colour: string, key: string}} look `key` is another one where something else is to be drawn
   */
  function draw(buckets, veiled, { start, length, full }, { width, colour, key }) {
    if (key === drawn) return;
    drawn = key;
    const ratio = devicePixelRatio || 1;
    const size = { width: Math.round(width * ratio), height: Math.round(HEIGHT * ratio) };
    // A sheet of the same size is wiped, not made anew.
    if (canvas.width !== size.width || canvas.height !== size.height) Object.assign(canvas, size);
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, HEIGHT);
    context.fillStyle = colour;
    context.beginPath();
    const x = (/** @type {number} */ position) => ((position - start) / Math.max(length - start, 1)) * width;
    for (const { at, to, inMax, outMax } of buckets) {
      if (to > veiled) break;
      const height = Math.min(Math.max(inMax, outMax) / full, 1) * HEIGHT;
      context.rect(x(at - 1), HEIGHT - height, Math.max(x(to) - x(at - 1), 1), height);
    }
    context.fill();
  }

  style(element, "margin-inline-start", `${GUTTER}px`);
  return { element, update, draw };
}
