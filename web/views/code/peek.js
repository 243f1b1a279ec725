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
  /** Where that is, and for which function of libevent: one line stands for several. */
  let wanted = "";
  /** In which language its head is. @type {Shown["text"] | null} */
  let said = null;
  /** What is to be seen, once it is. @type {Shown | null} */
  let last = null;
  let seen = false;
  // In most windows it has no box, or is below the edge: then no source is asked for.
  new IntersectionObserver((entries) => {
    seen = entries[entries.length - 1].isIntersecting;
    if (seen && last) void draw(last);
  }, { rootMargin: NEAR }).observe(element);

  /** @param {Shown} shown */
  function update(shown) {
    element.hidden = shown.panel === "code";
    if (element.hidden) return;
    last = shown;
    if (seen) void draw(shown);
  }

  /** @param {Shown} shown */
  async function draw({ frame: { record }, text }) {
    const place = record ? `${record.file}:${record.line} ${record.function}` : "";
    if (wanted === place && said === text) return;
    [wanted, said] = [place, text];
    const [lines, map] = record ? await Promise.all([fetchLines(record.file), fetchMap(record.file)]) : [null, null];
    if (wanted !== place) return;
    const [first, end] = record ? actingLines(record, map ?? { acting: {}, folded: [] }) : [0, 0];
    head.update(record, first, text);
    if (!record || !lines) return list.replaceChildren();
    const from = Math.max(0, first - 2);
    const beside = lines.slice(from, from + 3);
    const indent = Math.min(...beside.filter((line) => line.trim()).map((line) => line.length - line.trimStart().length));
    list.replaceChildren(...beside.map((line, index) => codeLine(line.slice(indent), from + index + 1, "rust")));
    markLines(list, [first - from, Math.min(end - from, beside.length)]);
  }

  return { element, update };
}
