/** The reader's own program: the callbacks and `main()` as C, with the lines that run marked. */
import { wrongIn } from "../../lang/problem.js";
import { h, say, set } from "../dom.js";
import { codeLine, markLines, scrollTo } from "./lines.js";

/** @typedef {import("../../types.js").Shown} Shown */
/** @typedef {import("../../state/code.js").Program} Program */

/** Where it is no program that a real kernel can play. @param {Program} program @param {import("../../types.js").Text} t */
const noteOf = ({ refused, isC }, t) => (refused === null ? "" : t.code[isC ? "toRead" : "refused"](wrongIn(refused, t)));

export function createProgram() {
  const note = h("p", { class: "note" });
  const list = h("ol", { class: "lines" });
  const scroller = h("div", { class: "code-scroll", tabindex: "0", role: "region" }, list);
  const element = h("div", { class: "code-body" }, note, scroller);
  /** @type {Program | null} */
  let drawn = null;

  /** @param {Shown} shown */
  function update({ code, frame, text: t }) {
    const program = code?.program ?? null;
    say(note, program ? noteOf(program, t) : t.code.noProgram[frame.source]);
    note.hidden = !note.textContent;
    scroller.hidden = program === null;
    set(scroller, "aria-label", t.code.parts.program);
    if (program !== drawn) {
      drawn = program;
      list.replaceChildren(...(program?.lines ?? []).map((line, index) => codeLine(line, index + 1, "c")));
    }
    const running = code?.running;
    scrollTo(scroller, markLines(list, running ? [running.first, running.last] : null));
  }

  return { element, update };
}
