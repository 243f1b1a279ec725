/** The line that ran with its neighbours, while the panel shows something else. */
import { h } from "../dom.js";
import { createHead } from "./head.js";
import { codeLine, markLines } from "./lines.js";
import { actingLines, fetchLines, fetchMap } from "./source.js";

/** @typedef {import("../../types.js").Shown} Shown */

export function createPeek() {
  const head = createHead();
  const list = h("ol", { class: "lines" });
  const element = h("div", { class: "code peek" }, head.element, list);
  let wanted = "";

  /** @param {Shown} shown */
  async function update({ frame: { record }, panel, text }) {
    element.hidden = panel === "code";
    if (element.hidden) return;
    const place = record ? `${record.file}:${record.line}` : "";
    if (wanted === place) return;
    wanted = place;
    const [lines, map] = record ? await Promise.all([fetchLines(record.file), fetchMap(record.file)]) : [null, null];
    if (wanted !== place) return;
    const [first, last] = record ? actingLines(record, map ?? { acting: {}, folded: [] }) : [0, 0];
    head.update(record, first, text);
    if (!record || !lines) return list.replaceChildren();
    const from = Math.max(0, first - 2);
    const shown = lines.slice(from, from + 3);
    const indent = Math.min(...shown.filter((line) => line.trim()).map((line) => line.length - line.trimStart().length));
    list.replaceChildren(...shown.map((line, index) => codeLine(line.slice(indent), from + index + 1, "rust")));
    markLines(list, [first - from, Math.min(last - from, shown.length)]);
  }

  return { element, update };
}
