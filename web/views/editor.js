/** The scenario as text: what is wrong stands beside its line, and what can be run becomes a branch. */
import { button, h, say, set, sized, style } from "./dom.js";

/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").Shown} Shown */
/** @typedef {import("../types.js").ScenarioProblem} ScenarioProblem */

/** A line is so high, as in the style sheet. */
const LINE = 20;
/** What is no JSON says its line by itself, too. */
const OWN_LINE = /^line \d+(?:, |: )/;

/** @param {Commands} commands */
export function createEditor(commands) {
  const title = h("h2", {});
  const note = h("p", { class: "note" });
  const status = h("p", { class: "editor-status", role: "status" });
  const field = createField(() => check());
  const goTo = button("", () => field.goToWrong(), { class: "editor-go", hidden: true });
  const run = button("", runIt, { class: "primary" });
  const close = button("", () => element.close());
  const again = createAgain(() => write(began));
  const element = h("dialog", { class: "editor", onclose: leave }, title, note, again.element, field.element, h("div", { class: "row" }, status, goTo, close, run));
  /** @type {Shown["text"]} */
  let words;
  /** The scenario as it was when the editor opened, and what it is of. */
  let [began, subject] = ["", ""];
  const drafts = createDrafts();

  /** Whoever leaves, by Escape too, finds the text again. */
  function leave() {
    drafts.keep(subject, field.text() === began ? null : field.text());
    commands.editor(false);
  }

  function runIt() {
    // It is what there is now, and nothing that was left.
    began = field.text();
    commands.edit(began);
  }

  /** @param {string} text @param {boolean} [isLeft] it was left so before */
  function write(text, isLeft = false) {
    again.element.hidden = !isLeft;
    field.write(text);
    check();
  }

  function check() {
    const found = commands.problemOf(field.text());
    const problem = found && { line: found.line, message: found.message.replace(OWN_LINE, "") };
    field.mark(problem);
    run.disabled = problem !== undefined;
    goTo.hidden = problem === undefined;
    say(status, problem ? words.act.wrongAt(problem.line, problem.message) : words.act.fine);
  }

  /** @param {Shown} shown */
  function update({ editing, text, lesson, about }) {
    words = text;
    again.update(text);
    say(title, text.act.editor);
    say(note, text.act.editorNote);
    say(run, text.act.run);
    say(goTo, text.act.goToWrong);
    say(close, text.close);
    field.name(text.act.editor);
    if (editing !== null && !element.open) {
      [began, subject] = [editing, lesson?.id ?? about.title];
      const kept = drafts.of(subject);
      element.showModal();
      write(kept ?? editing, kept !== null && kept !== editing);
    } else if (editing === null && element.open) element.close();
  }

  return { element, update };
}

/** Says that a text was left so before, and leads back to the scenario. @param {() => void} onAfresh */
function createAgain(onAfresh) {
  const left = h("p", { class: "editor-left", role: "status" });
  const afresh = button("", onAfresh, { class: "editor-afresh" });
  const element = h("div", { class: "row editor-again" }, left, afresh);
  /** @param {Shown["text"]} text */
  function update({ act }) {
    say(left, act.editorLeft);
    say(afresh, act.editorAfresh);
  }
  return { element, update };
}

/** What was typed last and neither run nor taken back, and of what. */
function createDrafts() {
  /** @type {{subject: string, text: string} | null} */
  let draft = null;
  return {
    /** @param {string} subject @param {string | null} text none where nothing is left */
    keep(subject, text) {
      if (text !== null) draft = { subject, text };
      else if (draft?.subject === subject) draft = null;
    },
    /** @param {string} subject */
    of: (subject) => (draft?.subject === subject ? draft.text : null),
  };
}

/** A text with its lines numbered. @param {() => void} onInput */
function createField(onInput) {
  const numbers = h("ol", { class: "editor-numbers", "aria-hidden": "true" });
  const remark = h("p", { class: "editor-remark", "aria-hidden": "true", hidden: true });
  const input = h("textarea", { class: "editor-text", wrap: "off", spellcheck: "false", autocomplete: "off", autocapitalize: "off", oninput: onInput, onscroll: follow });
  const element = h("div", { class: "editor-field" }, numbers, input, remark);
  let [lines, wrong] = [1, 0];
  // A script can have more lines than a browser can draw: those in view have their numbers.
  new ResizeObserver(follow).observe(input);

  function follow() {
    const { scrollTop, clientHeight } = input;
    const first = Math.floor(scrollTop / LINE);
    const seen = Math.max(0, Math.min(Math.ceil(clientHeight / LINE) + 1, lines - first));
    sized(numbers, seen, () => h("li", {})).forEach((number, index) => {
      say(number, String(first + index + 1));
      set(number, "data-wrong", first + index + 1 === wrong);
    });
    style(numbers, "--first", `${-(scrollTop % LINE)}px`);
    // As wide as for the last of them.
    style(numbers, "--digits", `${String(lines).length}ch`);
    style(remark, "inset-block-start", `${(wrong - 1) * LINE - scrollTop}px`);
  }

  /** @param {ScenarioProblem | undefined} problem */
  function mark(problem) {
    lines = input.value.split("\n").length;
    wrong = problem?.line ?? 0;
    set(input, "aria-invalid", problem ? "true" : null);
    remark.hidden = !problem;
    say(remark, problem?.message ?? "");
    follow();
  }

  /** Leads to the line that is wrong, which is chosen. */
  function goToWrong() {
    const before = input.value.split("\n").slice(0, wrong - 1).reduce((length, line) => length + line.length + 1, 0);
    const end = input.value.indexOf("\n", before);
    input.focus();
    input.setSelectionRange(before, end < 0 ? input.value.length : end);
    input.scrollTop = Math.max(0, (wrong - 1) * LINE - input.clientHeight / 2);
  }

  return {
    element,
    mark,
    goToWrong,
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
