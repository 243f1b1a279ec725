/** A pipe: what stands in it up to the valve, and what passes. */
import { changes, say, set, svg } from "../dom.js";
import { move, show } from "./draw.js";
import { lengthOf, longestOf, pathOf, pointAt, round } from "./path.js";

/** @typedef {import("./path.js").Point} Point */

/** @param {readonly Point[]} one @param {readonly Point[]} other */
const isSame = (one, other) => one === other || (one.length === other.length && one.every(([x, y], index) => x === other[index][0] && y === other[index][1]));

/**
 * @param {string} way
 * @param {import("./fit.js").Measure} measure
 */
export function createPipe(way, measure) {
  const outside = svg("path", { class: "pipe-outside" });
  const inside = svg("path", { class: "pipe-inside" });
  const standing = svg("path", { class: "pipe-water" });
  const passing = svg("path", { class: "pipe-water passing" });
  const arrow = svg("path", { class: "pipe-arrow", d: "M-3-3.5L4 0L-3 3.5z" });
  const element = svg("g", { class: `pipe ${way}` }, outside, inside, standing, passing, arrow);
  const plate = svg("rect", { class: "token-plate", rx: 9, height: 18, y: -9 });
  const words = svg("text", { class: "token-words", "text-anchor": "middle", y: 4 });
  const token = svg("g", { class: `token ${way}` }, plate, words);
  /** @type {readonly Point[]} */
  let points = [];
  let whole = 0;
  const [stands, isSeen] = [changes(), changes()];

  /** @param {readonly Point[]} line */
  function settle(line) {
    if (isSame(line, points)) return;
    points = line;
    whole = lengthOf(line);
    for (const path of [outside, inside, standing, passing]) set(path, "d", pathOf(line));
    const [from, to] = longestOf(line);
    const turned = (Math.atan2(to[1] - from[1], to[0] - from[0]) * 180) / Math.PI;
    move(arrow, from[0] + (to[0] - from[0]) * 0.7, from[1] + (to[1] - from[1]) * 0.7, ` rotate(${round(turned)})`);
  }

  /** @param {{bytes: number, tail: number, head: number} | null} passes @param {number} standsTo so far from its source it is full */
  function draw(passes, standsTo) {
    if (stands(standsTo, whole)) {
      set(standing, "stroke-dasharray", `${round(Math.min(standsTo, whole))} ${round(whole + 9)}`);
      show(standing, standsTo > 0);
    }
    const seen = passes !== null && passes.head > passes.tail;
    if (isSeen(seen)) for (const part of [passing, token]) show(part, seen);
    if (!passes || !seen) return;
    const [tail, head] = [passes.tail * whole, passes.head * whole];
    set(passing, "stroke-dasharray", `0 ${round(tail)} ${round(head - tail)} ${round(whole + 9)}`);
    const label = `${passes.bytes} B`;
    say(words, label);
    const width = measure(label, 12, "bold") + 14;
    set(plate, "width", round(width));
    set(plate, "x", round(-width / 2));
    const [x, y] = pointAt(points, (tail + head) / 2);
    move(token, x, y);
  }

  return { element, token, settle, draw };
}
