/** The whole track from afar: lengths, marks, callbacks and losses, with a slider to scrub. */
import { h, set, style } from "./dom.js";

/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").Shown} Shown */
/** @typedef {import("../types.js").Bucket} Bucket */

/** Heights in CSS pixels. */
const GUTTER = 28;
/** A live track is drawn anew this often at most. */
const LIVE_EVERY_MS = 500;
const WIDE = { LANE: 26, EVENTS: 18, HEIGHT: 82 };
const NARROW = { LANE: 14, EVENTS: 14, HEIGHT: 54 };
const ROLES = /** @type {const} */ (["input", "output", "kernel", "firing", "error", "ink"]);

/** @param {Commands} commands */
export function createTimeline(commands) {
  const canvas = h("canvas", { class: "lanes", "aria-hidden": "true" });
  const cursor = h("div", { class: "cursor", "aria-hidden": "true" });
  const slider = h("input", { class: "scrubber", type: "range", min: "0", step: "1", oninput: () => commands.seek(Number(slider.value)) });
  const swatches = ROLES.map((role) => h("span", { class: `swatch ${role}`, hidden: true }));
  const area = h("div", { class: "timeline-area" }, canvas, cursor, slider);
  const element = h("div", { class: "timeline" }, area, ...swatches);
  let drawn = "";
  let drawnAt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let later;
  /** @type {Shown | null} */
  let last = null;
  new ResizeObserver(() => last && draw(last)).observe(area);

  /** @param {Shown} shown */
  function update(shown) {
    const { frame, text } = shown;
    last = shown;
    set(slider, "min", frame.start);
    set(slider, "max", frame.length);
    slider.value = String(frame.position);
    set(slider, "aria-label", text.controls.position);
    set(slider, "aria-valuetext", text.step(frame.position, frame.length));
    draw(shown);
    const part = (frame.position - frame.start) / Math.max(frame.length - frame.start, 1);
    style(cursor, "inset-inline-start", `calc(${GUTTER}px + (100% - ${GUTTER}px) * ${part})`);
  }

  /** @param {Shown} shown */
  function draw(shown) {
    const { frame } = shown;
    const width = area.clientWidth - GUTTER;
    if (width <= 0) return;
    const colours = swatches.map((swatch) => getComputedStyle(swatch).backgroundColor);
    const key = [width, frame.revision, frame.start, frame.length, frame.connection.number, ...colours, shown.lang, devicePixelRatio].join();
    if (key === drawn) return;
    // Surveying a long live track takes a while: now and then is enough.
    const wait = frame.source === "live" ? drawnAt + LIVE_EVERY_MS - performance.now() : 0;
    if (wait > 0) {
      later ??= setTimeout(() => ((later = undefined), last && draw(last)), wait);
      return;
    }
    drawn = key;
    drawnAt = performance.now();
    paint(canvas, shown, { width, colours, narrow: area.clientHeight < WIDE.HEIGHT });
  }

  return { element, update };
}

/**
 * @param {HTMLCanvasElement} canvas @param {Shown} shown
 * @param {{width: number, colours: string[], narrow: boolean}} look
 */
function paint(canvas, { frame, text }, { width, colours, narrow }) {
  const { LANE, EVENTS, HEIGHT } = narrow ? NARROW : WIDE;
  const series = frame.track.series(frame.connection.number, Math.min(width, 2048));
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round((width + GUTTER) * ratio);
  canvas.height = Math.round(HEIGHT * ratio);
  style(canvas, "block-size", `${HEIGHT}px`);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width + GUTTER, HEIGHT);
  const [input, output, kernel, firing, error, ink] = colours;
  const font = getComputedStyle(canvas).fontFamily;
  const lanes = text.controls.lanes;
  context.font = `12px ${font}`;
  context.fillStyle = ink;
  context.textBaseline = "middle";
  context.fillText(lanes.input, 0, LANE / 2 + 2);
  context.fillText(lanes.output, 0, LANE + 6 + LANE / 2);
  context.fillText(lanes.events, 0, 2 * LANE + 10 + EVENTS / 2);

  const span = Math.max(frame.length - frame.start, 1);
  const x = (/** @type {number} */ position) => GUTTER + ((position - frame.start) / span) * width;
  const inMost = Math.max(1, ...series.map((b) => Math.max(b.inMax, b.high)));
  const outMost = Math.max(1, ...series.map((b) => b.outMax));
  let toldUpTo = 0;
  for (const bucket of series) {
    const [from, to] = [x(bucket.at - 1), x(bucket.to)];
    const wide = Math.max(to - from, 1);
    const bar = (/** @type {number} */ bytes, /** @type {number} */ most, /** @type {number} */ bottom, /** @type {string} */ colour) => {
      if (bytes === 0) return;
      const high = Math.max((bytes / most) * (LANE - 2), 1);
      context.fillStyle = colour;
      context.fillRect(from, bottom - high, wide + 0.4, high);
    };
    bar(bucket.inMax, inMost, LANE + 2, input);
    bar(bucket.outMax, outMost, 2 * LANE + 6, output);
    if (bucket.high) {
      const highY = LANE + 2 - (bucket.high / inMost) * (LANE - 2);
      context.fillStyle = ink;
      context.fillRect(from, highY - 1, wide + 0.4, 1.5);
    }
    const middle = 2 * LANE + 10 + EVENTS / 2;
    const centre = (from + to) / 2;
    const calls = bucket.readCallbacks + bucket.writeCallbacks + bucket.eventCallbacks;
    if (bucket.passes && span < 4000) {
      context.fillStyle = kernel;
      context.fillRect(from, middle - EVENTS / 2, 1, EVENTS);
    }
    if (bucket.errors) mark(context, error, centre, middle, 5, "square");
    else if (calls) mark(context, firing, centre, middle, 4.5, "dot");
    else if (bucket.crossings) mark(context, ink, centre, middle, 7, "line");
    else if (bucket.reads) mark(context, input, centre, middle, 4, "read");
    else if (bucket.writes) mark(context, output, centre, middle, 4, "write");
    if (bucket.lost) {
      context.save();
      context.strokeStyle = error;
      context.setLineDash([3, 3]);
      context.lineWidth = 2;
      context.beginPath();
      context.moveTo(from, 0);
      context.lineTo(from, HEIGHT);
      context.stroke();
      context.restore();
      const words = text.controls.gap(bucket.lost);
      const long = context.measureText(words).width;
      const at = Math.min(from + 4, GUTTER + width - long);
      // Of losses close together, the first is told; each has its line, and the sum stands with the connection.
      if (at >= toldUpTo) {
        context.fillStyle = ink;
        context.fillText(words, at, 8);
        toldUpTo = at + long + 8;
      }
    }
  }
  context.fillStyle = kernel;
  context.fillRect(GUTTER, LANE + 2, width, 1);
  context.fillRect(GUTTER, 2 * LANE + 6, width, 1);
}

/**
 * @param {CanvasRenderingContext2D} context @param {string} colour @param {number} x @param {number} y
 * @param {number} size
 * @param {"dot" | "line" | "square" | "read" | "write"} shape told apart without colour: reading points to the application
 */
function mark(context, colour, x, y, size, shape) {
  context.fillStyle = colour;
  if (shape === "line") context.fillRect(x - 1, y - size, 2, 2 * size);
  else if (shape === "square") context.fillRect(x - size, y - size, 2 * size, 2 * size);
  else {
    const to = shape === "read" ? size : -size;
    context.beginPath();
    if (shape === "dot") context.arc(x, y, size, 0, 2 * Math.PI);
    else [[-to, -size], [to, 0], [-to, size]].forEach(([dx, dy]) => context.lineTo(x + dx, y + dy));
    context.fill();
  }
}
