/** The scenario as text: what is wrong stands beside its line, and what can be run becomes a branch. */
import { button, h, say, set, sized, style } from "./dom.js";

/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").Shown} Shown */
/** @typedef {import("../types.js").ScenarioProblem} ScenarioProblem */

/** A line is so high, as in the style sheet. */
const LINE = 20;

/** @param {Commands} commands */
export function createEditor(commands) {
  const title = h("h2", {});
  const note = h("p", { class: "note" });
  const status = h("p", { class: "editor-status", role: "status" });
  const field = createField(() => check());
  const run = button("", () => commands.edit(field.text()), { class: "primary" });
  const close = button("", () => element.close());
  const element = h("dialog", { class: "editor", onclose: () => commands.editor(false) }, title, note, field.element, h("div", { class: "row" }, status, close, run));
  /** @type {Shown["text"]} */
  let words;

  function check() {
    const problem = commands.problemOf(field.text());
    field.mark(problem);
    run.disabled = problem !== undefined;
    say(status, problem ? words.act.wrongAt(problem.line, problem.message) : words.act.fine);
  }

  /** @param {Shown} shown */
  function update({ editing, text }) {
    words = text;
    say(title, text.act.editor);
    say(note, text.act.editorNote);
    say(run, text.act.run);
    say(close, text.close);
    field.name(text.act.editor);
    if (editing !== null && !element.open) {
      field.write(editing);
      element.showModal();
      check();
    } else if (editing === null && element.open) element.close();
  }

  return { element, update };
}

/** A text with its lines numbered. @param {() => void} onInput */
function createField(onInput) {
  const numbers = h("ol", { class: "editor-numbers", "aria-hidden": "true" });
  const remark = h("p", { class: "editor-remark", "aria-hidden": "true", hidden: true });
  const input = h("textarea", { class: "editor-text", wrap: "off", spellcheck: "false", autocomplete: "off", autocapitalize: "off", oninput: onInput, onscroll: follow });
  const element = h("div", { class: "editor-field" }, numbers, input, remark);
  let wrong = 0;

  function follow() {
    numbers.scrollTop = input.scrollTop;
    style(remark, "inset-block-start", `${(wrong - 1) * LINE - input.scrollTop}px`);
  }

  /** @param {ScenarioProblem | undefined} problem */
  function mark(problem) {
    const lines = sized(numbers, input.value.split("\n").length, (index) => h("li", {}, String(index + 1)));
    wrong = problem?.line ?? 0;
    lines.forEach((line, index) => set(line, "data-wrong", index + 1 === wrong));
    set(input, "aria-invalid", problem ? "true" : null);
    remark.hidden = !problem;
    say(remark, problem?.message ?? "");
    follow();
  }

  return {
    element,
    mark,
    text: () => input.value,
    name: (/** @type {string} */ name) => set(input, "aria-label", name),
    /** @param {string} text */
    write(text) {
      input.value = text;
      input.setSelectionRange(0, 0);
      input.scrollTop = 0;
    },
  };
}
