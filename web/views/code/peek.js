/** The line that ran with its neighbours, while the panel shows something else. */
import { h } from "../dom.js";
import { createHead } from "./head.js";
import { codeLine, markLines } from "./lines.js";
import { actingLines, fetchLines, fetchMap } from "./source.js";

/** @typedef {import("../../types.js").Shown} Shown */

/** What comes so near to what can be seen is drawn. */
const NEAR = "200px";

export function createPeek() {
  const head = createHead();
  const list = h("ol", { class: "lines" });
  const element = h("div", { class: "code peek" }, head.element, list);
  let wanted = "";
  /** What is to be seen, once it is. @type {Shown["frame"]["record"]} */
  let last = null;
  let seen = false;
  // In most windows it has no box, or is below the edge: then no source is asked for.
  new IntersectionObserver(([{ isIntersecting }]) => {
    seen = isIntersecting;
    if (seen) void draw(last);
  }, { rootMargin: NEAR }).observe(element);

  /** @param {Shown} shown */
  function update({ frame: { record }, panel, text }) {
    element.hidden = panel === "code";
    if (element.hidden) return;
    last = record;
    head.update(record, text);
    if (seen) void draw(record);
  }

  /** @param {Shown["frame"]["record"]} record */
  async function draw(record) {
    const place = record ? `${record.file}:${record.line}` : "";
    if (wanted === place) return;
    wanted = place;
    const [lines, map] = record ? await Promise.all([fetchLines(record.file), fetchMap(record.file)]) : [null, null];
    if (wanted !== place) return;
    if (!record || !lines || !map) return list.replaceChildren();
    const [first, last] = actingLines(record, map);
    const from = Math.max(0, first - 2);
    const shown = lines.slice(from, from + 3);
    const indent = Math.min(...shown.filter((line) => line.trim()).map((line) => line.length - line.trimStart().length));
    list.replaceChildren(...shown.map((line, index) => codeLine(line.slice(indent), from + index + 1, "rust")));
    markLines(list, [first - from, Math.min(last - from, shown.length)]);
  }

  return { element, update };
}
