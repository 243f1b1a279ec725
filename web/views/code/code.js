/**
 * The code beside the moment, in three parts with the same step marked in each: the reader's program, the way that
 * libevent's own callback takes, and the engine's source. Beside each other where there is room, else one at a time.
 */
import { PARTS } from "../../state/code.js";
import { choice } from "../choice.js";
import { h, say, set } from "../dom.js";
import { createEngine } from "./engine.js";
import { createPath } from "./path.js";
import { createProgram } from "./program.js";

/** @typedef {import("../../types.js").Commands} Commands */
/** @typedef {import("../../types.js").Shown} Shown */

/** @param {Commands} commands */
export function createCode(commands) {
  const contents = { program: createProgram(), path: createPath(commands), engine: createEngine() };
  const parts = choice(PARTS, commands.codePart);
  const places = PARTS.map((part) => ({ part, title: h("h3", { class: "code-title" }), view: contents[part] }));
  const sections = places.map(({ part, title, view }) => h("section", { class: `code-part ${part}-part` }, title, view.element));
  const element = h("div", { class: "code" }, h("div", { class: "code-parts" }, parts.element), h("div", { class: "code-columns" }, ...sections));

  /** @param {Shown} shown */
  function update(shown) {
    const { codePart: chosen, text: t } = shown;
    parts.update(chosen, t.code.partList, t.code.parts);
    set(element, "data-part", chosen);
    for (const { part, title, view } of places) {
      say(title, t.code.parts[part]);
      void view.update(shown);
    }
  }

  return { element, update };
}
