/** The scenario as text: what is wrong stands beside its line, and what can be run becomes a branch. */
import { wrongIn } from "../lang/problem.js";
import { button, h, say, set, sized, style } from "./dom.js";
import { whenSized } from "./laid-out.js";

/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").Shown} Shown */
/** @typedef {import("../types.js").ScenarioProblem} ScenarioProblem */

/** A line is so high, as in the style sheet. */
const LINE = 20;
/** What is no JSON says its line by itself, too. */
const OWN_LINE = "line {}";

/** @param {Commands} commands */
export function createEditor(commands) {
  const title = h("h2", {});
  const note = h("p", { class: "note" });
  const field = createField(() => check());
  const verdict = createVerdict(() => field.goToWrong());
  const run = button("", runIt, { class: "primary" });
  const close = button("", () => element.close());
  const again = createAgain(() => write(began));
  const element = h("dialog", { class: "editor", onclose: leave }, title, note, again.element, field.element, h("div", { class: "row" }, ...verdict.elements, close, run));
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
    const problem = problemIn(field.text(), commands);
    field.mark(problem, words);
    run.disabled = problem !== undefined;
    verdict.update(problem, words);
  }

  /** @param {Shown} shown */
  function update({ editing, text, lesson, about }) {
    words = text;
    again.update(text);
    say(title, text.act.editor);
    say(note, text.act.editorNote);
    say(run, text.act.run);
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

/** What is wrong with a text; its line is said once. @param {string} text @param {Commands} commands @returns {ScenarioProblem | undefined} */
function problemIn(text, commands) {
  const problem = commands.problemOf(text);
  const isOwn = problem?.said[0]?.[0].startsWith(OWN_LINE);
  return problem && { ...problem, said: isOwn ? problem.said.slice(1) : problem.said };
}

/** Whether the text can be run, and the way to the line because of which it cannot. @param {() => void} onGo */
function createVerdict(onGo) {
  const status = h("p", { class: "editor-status", role: "status" });
  const go = button("", onGo, { class: "editor-go" });
  /** @param {ScenarioProblem | undefined} problem @param {Shown["text"]} text */
  function update(problem, text) {
    const { act } = text;
    say(status, problem ? act.wrongAt(problem.line, wrongIn(problem, text)) : act.fine);
    say(go, act.goToWrong);
    go.hidden = problem === undefined;
  }
  return { elements: [status, go], update };
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

/** @typedef {{scrollTop: number, clientHeight: number}} View what is seen of a text */

/** @param {View} text @returns {View} */
const viewOf = ({ scrollTop, clientHeight }) => ({ scrollTop, clientHeight });

/** The numbers of the lines in view: a script can have more of them than a browser can draw. */
function createNumbers() {
  const element = h("ol", { class: "editor-numbers", "aria-hidden": "true" });
  /** @param {View} view @param {number} lines @param {number} wrong 0 for none */
  function update({ scrollTop, clientHeight }, lines, wrong) {
    const first = Math.floor(scrollTop / LINE) + 1;
    const seen = Math.max(0, Math.min(Math.ceil(clientHeight / LINE) + 1, lines - first + 1));
    sized(element, seen, () => h("li", {})).forEach((number, index) => {
      say(number, String(first + index));
      set(number, "data-wrong", first + index === wrong);
    });
    style(element, "--first", `${-(scrollTop % LINE)}px`);
    // As wide as for the last of them.
    style(element, "--digits", `${String(lines).length}ch`);
  }
  return { element, update };
}

/** A text with its lines numbered. @param {() => void} onInput */
function createField(onInput) {
  const numbers = createNumbers();
  const remark = h("p", { class: "editor-remark", "aria-hidden": "true", hidden: true });
  const input = h("textarea", { class: "editor-text", wrap: "off", spellcheck: "false", autocomplete: "off", autocapitalize: "off", oninput: onInput, onscroll: follow });
  const element = h("div", { class: "editor-field" }, numbers.element, input, remark);
  let [lines, wrong] = [1, 0];
  whenSized(input, () => {
    const view = viewOf(input);
    return () => draw(view);
  });

  /** @param {View} view */
  function draw(view) {
    numbers.update(view, lines, wrong);
    style(remark, "inset-block-start", `${(wrong - 1) * LINE - view.scrollTop}px`);
  }

  function follow() {
    draw(viewOf(input));
  }

  /** @param {ScenarioProblem | undefined} problem @param {Shown["text"]} text */
  function mark(problem, text) {
    lines = input.value.split("\n").length;
    wrong = problem?.line ?? 0;
    set(input, "aria-invalid", problem ? "true" : null);
    remark.hidden = !problem;
    say(remark, problem ? wrongIn(problem, text) : "");
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
