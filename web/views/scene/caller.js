/** Whose code takes from the buffers and writes to them: the callbacks, and the program outside of the loop. */
import { changes, say, set, svg } from "../dom.js";
import { move, place } from "./draw.js";
import { fit } from "./fit.js";

/** @typedef {import("./geometry.js").Box} Box */

/** Code that runs is lifted so far. */
const LIFT = 5;

/**
 * @param {import("./geometry.js").Caller} kind
 * @param {import("./fit.js").Measure} measure
 */
export function createCaller(kind, measure) {
  const box = svg("rect", { class: "callback-box", rx: 6 });
  const name = svg("text", { class: "callback-name" });
  const state = svg("text", { class: "callback-count" });
  // The program itself is called by nobody.
  const element = svg("g", { class: `callback ${kind}`, "data-place": kind === "program" ? null : `callback:${kind}` }, box, name, state);

  const [isAnother, isLifted] = [changes(), changes()];

  /**
   * @param {{name: string, words: string[], set: boolean, runs: boolean, ask: import("../../types.js").Question | null}} told
   * @param {Box} at
   */
  function settle(told, at) {
    if (!isAnother(at, told.name, told.set, told.runs, told.ask?.kind, ...told.words)) return;
    set(element, "data-ask", told.ask && JSON.stringify(told.ask));
    place(box, { x: 0, y: 0, w: at.w, h: at.h });
    const tight = at.w < 90;
    const inset = tight ? 5 : 10;
    const width = at.w - 2 * inset;
    const size = tight ? 12 : 13;
    const wide = (/** @type {string} */ words) => measure(words, tight ? 11 : 12);
    // The first that has room.
    const words = told.words.find((it) => wide(it) <= width) ?? fit(told.words[told.words.length - 1], width, wide);
    for (const [text, line, y] of /** @type {const} */ ([[name, fit(told.name, width, (it) => measure(it, size, "mono")), at.h / 2 - 3], [state, words, at.h / 2 + 14]])) {
      set(text, "x", inset);
      set(text, "y", y);
      say(text, line);
    }
    element.classList.toggle("tight", tight);
    element.classList.toggle("unset", !told.set);
    element.classList.toggle("firing", told.runs);
  }

  /** @param {Box} at @param {number} lifted from 0 to 1 */
  function draw(at, lifted) {
    if (!isLifted(at, lifted)) return;
    move(element, at.x, at.y - LIFT * lifted);
    set(element, "data-lifted", lifted >= 0.5);
  }

  return { element, settle, draw };
}
