/** Where two libevents have something else at the same moment: marked on the scenes of both. */
import { set, sized, svg } from "../dom.js";
import { place } from "./draw.js";
import { round } from "./path.js";
import { stackOf } from "./stack.js";
import { valveOf } from "./still.js";

/** @typedef {import("../../types.js").Frame} Frame */
/** @typedef {import("./geometry.js").Box} Box */
/** @typedef {import("./geometry.js").Layout} Layout */

/** An outline stands so far around its part. */
const AROUND = 4;

/** What is compared, by the name of its part. @type {{[part: string]: (frame: Frame) => unknown}} */
const PARTS = {
  "vessel:backlog": ({ connection }) => connection.kernel.tanks?.backlog,
  "vessel:rx": ({ connection }) => connection.kernel.tanks?.rx,
  "vessel:input": ({ connection }) => connection.input.len,
  "vessel:output": ({ connection }) => connection.output.len,
  "vessel:tx": ({ connection }) => connection.kernel.tanks?.tx,
  "vessel:got": ({ connection }) => connection.kernel.peer_received,
  "valve:read": (frame) => valveOf(frame, "read"),
  "valve:write": (frame) => valveOf(frame, "write"),
  "caller:read": ({ connection }) => connection.counters.read_callbacks,
  "caller:write": ({ connection }) => connection.counters.write_callbacks,
  "caller:event": ({ connection }) => connection.counters.event_callbacks,
  "event:ev_read": (frame) => eventOf(frame, "read"),
  "event:ev_write": (frame) => eventOf(frame, "write"),
  station: ({ picture }) => picture.loop.station,
  stack: (frame) => stackOf(frame).map(({ name }) => name).join(),
};

/** @param {Frame} frame @param {"read" | "write"} direction */
function eventOf({ connection, picture: { loop: { running } } }, direction) {
  const { armed, active } = connection[direction].event;
  return JSON.stringify([armed, active, running?.connection === connection.number && running.event === direction]);
}

/** Several parts of a scene ask of one frame. @type {WeakMap<Frame, Set<string>>} */
const known = new WeakMap();

/**
 * The parts that two moments do not have alike; none without another moment.
 * @param {Frame} frame
 * @returns {Set<string>}
 */
export function differing(frame) {
  const { other } = frame;
  if (!other || !frame.exists || !other.exists) return new Set();
  const found = known.get(frame) ?? new Set(Object.keys(PARTS).filter((part) => PARTS[part](frame) !== PARTS[part](other)));
  known.set(frame, found);
  return found;
}

export function createDiffering() {
  const element = svg("g", { class: "differing" });

  /** @param {Frame} frame @param {Layout} at */
  function settle(frame, at) {
    const parts = [...differing(frame)];
    const boxes = parts.map((part) => boxOf(part, at)).filter((box) => box !== null);
    sized(element, boxes.length, () => svg("g", {}, svg("rect", { class: "differing-line", rx: 6 }), svg("text", { class: "differing-sign", "text-anchor": "middle" }, document.createTextNode("\u2260")))).forEach((mark, index) => {
      const { x, y, w, h } = boxes[index];
      const [line, sign] = [...mark.children];
      place(line, { x: x - AROUND, y: y - AROUND, w: w + 2 * AROUND, h: h + 2 * AROUND });
      set(sign, "x", round(x + w + AROUND - 10));
      set(sign, "y", round(y + 1));
    });
  }

  return { element, settle };
}

/** Where a part of the drawing is; none of the loop's. @param {string} part @param {Layout} at @returns {Box | null} */
function boxOf(part, { vessels, captions, valves, callers }) {
  const [kind, name] = part.split(":");
  if (kind === "vessel") return around(captions[/** @type {"rx"} */ (name)], vessels[/** @type {"rx"} */ (name)]);
  if (kind === "valve") return valves[/** @type {"read"} */ (name)].box;
  return kind === "caller" ? callers[/** @type {"read"} */ (name)] : null;
}

/** @param {Box} one @param {Box} other @returns {Box} */
function around(one, other) {
  const [x, y] = [Math.min(one.x, other.x), Math.min(one.y, other.y)];
  return { x, y, w: Math.max(one.x + one.w, other.x + other.w) - x, h: Math.max(one.y + one.h, other.y + other.h) - y };
}
