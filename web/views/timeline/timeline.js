/** The track from afar: lengths, marks, callbacks and losses of a stretch of it, with a slider to scrub. */
import { Survey } from "../../engine/survey.js";
import { scaleFor } from "../../state/scale.js";
import { h, say, set, style } from "../dom.js";
import { listen } from "./gestures.js";
import { createMinimap } from "./minimap.js";
import { GUTTER, SHAPES_FROM, heightOf, paint } from "./paint.js";

/** @typedef {import("../../types.js").Commands} Commands */
/** @typedef {import("../../types.js").Shown} Shown */
/** @typedef {import("../../types.js").Bucket} Bucket */

/** A live track is drawn anew this often at most. */
const LIVE_EVERY_MS = 500;
/** So many buckets at most, however wide the screen is. */
const BUCKETS = 2048;
const ROLES = /** @type {const} */ (["input", "output", "kernel", "firing", "error", "ink", "paper"]);

/** @param {Commands} commands */
export function createTimeline(commands) {
  const cursor = h("div", { class: "cursor", "aria-hidden": "true" });
  const slider = h("input", { class: "scrubber", type: "range", min: "0", step: "1", oninput: () => commands.seek(Number(slider.value)) });
  const canvas = h("canvas", { class: "lanes", "aria-hidden": "true" });
  const note = h("p", { class: "timeline-note" });
  const area = h("div", { class: "timeline-area" }, canvas, cursor, slider);
  const minimap = createMinimap(commands);
  const lanes = createLanes(canvas, area, minimap);
  const element = h("div", { class: "timeline" }, area, h("div", { class: "timeline-foot" }, minimap.element, note), ...lanes.swatches);
  /** @type {Shown | null} */
  let last = null;
  listen(area, commands, () => last);

  /** @param {Shown} shown */
  function update(shown) {
    const { frame, stretch, text } = shown;
    last = shown;
    set(slider, "min", frame.start);
    set(slider, "max", frame.length);
    slider.value = String(frame.position);
    set(slider, "aria-label", text.controls.position);
    set(slider, "aria-valuetext", text.step(frame.position, frame.length));
    const part = (frame.position - stretch.from) / Math.max(stretch.to - stretch.from, 1);
    cursor.hidden = part < 0 || part > 1;
    style(cursor, "inset-inline-start", `calc(${GUTTER}px + (100% - ${GUTTER}px) * ${part})`);
    minimap.update(shown);
    const wide = (area.clientWidth - GUTTER) / Math.max(stretch.to - stretch.from, 1);
    say(note, text.controls.stretch(Math.round(stretch.from), Math.round(stretch.to), wide < SHAPES_FROM));
    lanes.update(shown);
  }

  return { element, update };
}

/** @param {HTMLCanvasElement} canvas @param {HTMLElement} area @param {ReturnType<typeof createMinimap>} minimap */
function createLanes(canvas, area, minimap) {
  const swatches = ROLES.map((role) => h("span", { class: `swatch ${role}`, hidden: true }));
  const survey = new Survey();
  let [drawn, drawnWhole, drawnAt, full] = ["", "", 0, 1];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let later;
  /** @type {Shown | null} */
  let last = null;
  new ResizeObserver(() => last && update(last)).observe(area);

  /** @param {Shown} shown */
  function update(shown) {
    const { frame, stretch, lesson, lang, text } = shown;
    last = shown;
    const width = area.clientWidth - GUTTER;
    if (width <= 0) return;
    const values = swatches.map((swatch) => getComputedStyle(swatch).backgroundColor);
    const narrow = area.clientHeight < heightOf(false);
    // Beyond the cursor is the answer.
    const veiled = lesson?.veiled ? frame.position : Infinity;
    const whole = [width, frame.revision, frame.start, frame.length, frame.connection.number, ...values, devicePixelRatio, veiled].join();
    const key = [whole, stretch.from, stretch.to, lang, narrow].join();
    if (key === drawn) return;
    // Surveying a live track again and again takes a while: now and then is enough.
    const wait = frame.source === "live" ? drawnAt + LIVE_EVERY_MS - performance.now() : 0;
    if (wait > 0) {
      later ??= setTimeout(() => ((later = undefined), last && update(last)), wait);
      return;
    }
    const colours = /** @type {import("./paint.js").Colours} */ (Object.fromEntries(ROLES.map((role, index) => [role, values[index]])));
    const of = { connection: frame.connection.number, revision: frame.revision };
    const count = Math.min(width, BUCKETS);
    if (whole !== drawnWhole) {
      const all = survey.buckets(frame.track, of, { from: frame.start, to: frame.length }, count);
      full = scaleFor(most(all, (b) => Math.max(b.inMax, b.outMax)), [most(all, (b) => b.high)]);
      minimap.draw(all.filter(({ to }) => to <= veiled), { start: frame.start, length: frame.length, full }, width, colours.kernel);
    }
    paint(sheet(canvas, width + GUTTER, heightOf(narrow)), { buckets: survey.buckets(frame.track, of, stretch, count), stretch, full, veiled }, { width, narrow, colours, text });
    [drawn, drawnWhole, drawnAt] = [key, whole, performance.now()];
  }

  return { swatches, update };
}

/** The most that there is in any of them. @param {Bucket[]} buckets @param {(bucket: Bucket) => number} of */
const most = (buckets, of) => buckets.reduce((sum, bucket) => Math.max(sum, of(bucket)), 0);

/** An empty sheet to draw on, in CSS pixels. @param {HTMLCanvasElement} canvas @param {number} width @param {number} height */
function sheet(canvas, width, height) {
  const ratio = devicePixelRatio || 1;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
  style(canvas, "block-size", `${height}px`);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = `12px ${getComputedStyle(canvas).fontFamily}`;
  return context;
}
