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
  const run = button("", runIt, { class: "primary" });
  const close = button("", () => element.close());
  const left = h("p", { class: "editor-left", role: "status" });
  const afresh = button("", () => write(began), { class: "editor-afresh" });
  const again = h("div", { class: "row editor-again" }, left, afresh);
  const element = h("dialog", { class: "editor", onclose: leave }, title, note, again, field.element, h("div", { class: "row" }, status, close, run));
  /** @type {Shown["text"]} */
  let words;
  /** The scenario as it was when the editor opened, and what it is of. */
  let [began, subject] = ["", ""];
  /** What was typed and neither run nor taken back, and of what. @type {{subject: string, text: string} | null} */
  let draft = null;

  /** Whoever leaves, by Escape too, finds the text again. */
  function leave() {
    if (field.text() !== began) draft = { subject, text: field.text() };
    else if (draft?.subject === subject) draft = null;
    commands.editor(false);
  }

  function runIt() {
    const text = field.text();
    // It is what there is now.
    [began, draft] = [text, null];
    commands.edit(text);
  }

  /** @param {string} text @param {boolean} [isLeft] it was left so before */
  function write(text, isLeft = false) {
    again.hidden = !isLeft;
    field.write(text);
    check();
  }

  function check() {
    const problem = commands.problemOf(field.text());
    field.mark(problem);
    run.disabled = problem !== undefined;
    say(status, problem ? words.act.wrongAt(problem.line, problem.message) : words.act.fine);
  }

  /** @param {Shown} shown */
  function update({ editing, text, lesson, about }) {
    words = text;
    say(left, text.act.editorLeft);
    say(afresh, text.act.editorAfresh);
    say(title, text.act.editor);
    say(note, text.act.editorNote);
    say(run, text.act.run);
    say(close, text.close);
    field.name(text.act.editor);
    if (editing !== null && !element.open) {
      [began, subject] = [editing, lesson?.id ?? about.title];
      const kept = draft?.subject === subject && draft.text !== editing ? draft.text : null;
      element.showModal();
      write(kept ?? editing, kept !== null);
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
