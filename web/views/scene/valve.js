/** A valve between kernel and buffer: its disk lies along the pipe or across it, its reason stands beside it in words. */
import { suspends } from "../../lang/names.js";
import { changes, say, set, sized, svg } from "../dom.js";
import { move } from "./draw.js";
import { wrap } from "./fit.js";
import { round } from "./path.js";
import { isOpen } from "./still.js";

/** @typedef {import("./still.js").ValveState} ValveState */
/** @typedef {import("../../types.js").Text} Text */

/** Closed, but nothing is in the way: there is nothing to move, or nothing yet. */
const AT_REST = new Set(["idle", "absent", "nobody", "connecting"]);

/** @param {ValveState} valve */
const kindOf = (valve) => (isOpen(valve) ? "open" : AT_REST.has(valve) ? "rest" : "closed");

/**
 * @param {"read" | "write"} direction
 * @param {import("./fit.js").Measure} measure
 */
export function createValve(direction, measure) {
  const disk = svg("g", { class: "valve-disk" }, svg("path", { d: "M-10 0H10" }), svg("path", { class: "valve-tip", d: "M4-5L10 0L4 5" }));
  const drawing = svg("g", { class: "valve-drawing" }, svg("circle", { class: "valve-body", r: 15 }), disk);
  const reason = svg("text", { class: "valve-reason" });
  const element = svg("g", { class: `valve ${direction}`, "data-place": `valve:${direction}`, "data-ask": JSON.stringify({ kind: "valve", direction }) }, drawing, reason);

  const [isTurned, isAnother] = [changes(), changes()];

  /** @param {ValveState} valve what it is once nothing moves */
  function settle(valve) {
    set(element, "data-valve", kindOf(valve));
    set(element, "data-reason", valve);
  }

  /**
   * @param {{valve: ValveState, suspended: number}} before
   * @param {{valve: ValveState, suspended: number}} after
   * @param {number} turned how far from the one to the other
   * @param {import("./geometry.js").ValvePlace} at
   * @param {boolean} column
   * @param {Text} t
   */
  function draw(before, after, turned, at, column, t) {
    const shown = turned < 0.5 ? before : after;
    const [from, to] = [before, after].map(({ valve }) => (kindOf(valve) === "open" ? 0 : 90));
    const along = column ? 90 : direction === "read" ? 0 : 180;
    const angle = round(along + from + (to - from) * turned);
    if (isTurned(angle)) set(disk, "transform", `rotate(${angle})`);
    if (!isAnother(shown.valve, shown.suspended, at, column, t)) return;
    move(drawing, at.box.x + at.box.w / 2, at.box.y + at.box.h / 2);
    set(drawing, "data-drawn", kindOf(shown.valve));
    set(drawing, "data-bad", ["error", "timeout"].includes(shown.valve));
    const [state, ...rest] = t.valve[direction][shown.valve].split(/[:：,，]\s*/);
    const width = at.reason.w;
    const bold = wrap(state, width, (words) => measure(words, 13, "bold"));
    const plain = rest.flatMap((words) => wrap(words, width, (it) => measure(it, 12)));
    const bits = direction === "read" ? suspends(shown.suspended) : [];
    // In a column there is room beside, and none below.
    const why = column && bits.length > 0 ? [["valve-why", [...rest, ...bits].join(" \u00b7 ")]] : [...plain.map((words) => ["valve-why", words]), ...bits.map((name) => ["valve-bit", name])];
    write([...bold.map((words) => ["valve-state", words]), ...why], at.reason, column);
  }

  /** @param {string[][]} all class and words of each @param {import("./geometry.js").Box} box @param {boolean} column */
  function write(all, box, column) {
    const [x, anchor] = column ? [box.x, "start"] : [box.x + box.w / 2, "middle"];
    const top = column ? box.y + (box.h - all.length * 15) / 2 + 12 : box.y + box.h - all.length * 15 + 8;
    set(reason, "text-anchor", anchor);
    sized(reason, all.length, () => svg("tspan", {})).forEach((line, index) => {
      set(line, "class", all[index][0]);
      set(line, "x", round(x));
      set(line, "y", round(top + index * 15));
      say(line, all[index][1]);
    });
  }

  return { element, settle, draw };
}
