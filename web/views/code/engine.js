/** The engine's own source: the statement that did what the record tells is marked, those that only record are dim. */
import { h, say, set } from "../dom.js";
import { stackOf } from "../scene/stack.js";
import { createHead } from "./head.js";
import { codeLine, linesOf, markLines, scrollTo } from "./lines.js";
import { actingLines, fetchLines, fetchMap } from "./source.js";

/** @typedef {import("../../types.js").Shown} Shown */

/** The whole file of the line that recorded. */
export function createEngine() {
  const head = createHead();
  const callers = h("p", { class: "code-callers" });
  const note = h("p", { class: "note" });
  const list = h("ol", { class: "lines" });
  const scroller = h("div", { class: "code-scroll", tabindex: "0", role: "region" }, list);
  const element = h("div", { class: "code-body" }, head.element, callers, note, scroller);
  let shown = "";
  let wanted = "";
  /** @type {import("./source.js").FileMap} */
  let fileMap = { acting: {}, folded: [] };

  /** @param {Shown} shown */
  async function update({ frame, foreign, text: t }) {
    const record = frame.record;
    say(callers, `${t.code.within} ${stackOf(frame).map(({ name }) => name).join(" \u203a ")}`);
    set(scroller, "aria-label", t.code.caption);
    say(note, record && foreign ? t.code.others : "");
    note.hidden = !note.textContent;
    const place = record ? `${record.file}:${record.line}` : "";
    wanted = place;
    if (!record) return void (head.update(null, 0, t), markLines(list, null));
    if (shown !== record.file) {
      const [lines, map] = await Promise.all([fetchLines(record.file), fetchMap(record.file)]);
      if (wanted !== place) return;
      [shown, fileMap] = [record.file, map];
      if (lines) list.replaceChildren(...lines.map((line, index) => codeLine(line, index + 1, "rust")));
      else list.replaceChildren(h("li", {}, t.code.missing(record.file)));
      linesOf(list, fileMap.folded).forEach((line) => set(line, "data-folded", true));
    }
    const acting = actingLines(record, fileMap);
    head.update(record, acting[0], t);
    scrollTo(scroller, markLines(list, acting));
  }

  return { element, update };
}
