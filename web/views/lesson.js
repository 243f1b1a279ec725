/** A lesson: goal, prediction, tasks, and the experiment broken. */
import { languages } from "../lang/index.js";
import { button, h, say, set, sized } from "./dom.js";

/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").LessonText} LessonText */
/** @typedef {import("../types.js").Shown} Shown */
/** @typedef {import("../types.js").Text} Text */
/** @typedef {import("../state/shown.js").LessonShown} LessonShown */

/** @param {Commands} commands */
export function createLesson(commands) {
  const title = h("h2", {});
  const goal = h("p", { class: "goal" });
  const none = h("p", { class: "note" });
  const prediction = createPrediction(commands);
  const tasks = createTasks();
  const breaking = createBreaking(commands);
  const body = h("div", {}, prediction.element, tasks.element, breaking.element);
  const element = h("div", { class: "lesson" }, h("section", {}, title, goal, none), body);

  /** @param {Shown} shown */
  function update({ lesson, about, frame, lang, text }) {
    const own = lesson ? languages[lang].lessons[lesson.info.id] : undefined;
    body.hidden = !own;
    none.hidden = Boolean(own);
    say(none, own ? "" : text.lessonPanel.noLesson);
    say(title, own?.title ?? (about.title || text.untitled[frame.source]));
    say(goal, own?.goal ?? about.description);
    if (!own || !lesson) return;
    for (const part of [prediction, tasks, breaking]) part.update(lesson, own, text);
  }

  return { element, update };
}

/** @param {Commands} commands */
function createPrediction(commands) {
  const title = h("h3", {});
  const waiting = h("p", { class: "note" });
  const question = h("legend", {});
  const choices = createChoices(() => (check.disabled = false));
  const form = h("fieldset", {}, question, choices.element);
  const verdict = h("p", { class: "verdict", role: "status" });
  const goThere = button("", commands.goToQuestion);
  const check = button("", () => commands.predict(choices.chosen()), { class: "check" });
  const seeIt = button("", commands.seeIt);
  const element = h("section", { class: "prediction" }, title, waiting, form, verdict, h("div", { class: "row" }, goThere, check, seeIt));

  /** @param {LessonShown} lesson @param {LessonText} own @param {Text} text */
  function update(lesson, own, { lessonPanel }) {
    const { phase, broken } = lesson;
    const asked = phase !== "ahead";
    const answered = phase === "right" || phase === "wrong";
    say(title, lessonPanel.predict);
    element.hidden = broken;
    set(element, "data-phase", phase);
    form.hidden = !asked;
    waiting.hidden = asked;
    say(waiting, lessonPanel.waiting);
    say(question, own.question);
    choices.update(lesson, own.choices);
    const verdicts = { ahead: "", asked: "", right: `${lessonPanel.right} ${own.because}`, wrong: `${lessonPanel.wrong(own.choices[lesson.answer])} ${own.because}` };
    say(verdict, verdicts[phase]);
    say(goThere, lessonPanel.goThere);
    say(check, lessonPanel.check);
    say(seeIt, lessonPanel.seeIt);
    goThere.hidden = asked;
    check.hidden = phase !== "asked";
    check.disabled = choices.chosen() === "";
    seeIt.hidden = !answered;
  }

  return { element, update };
}

/** @param {() => void} onChoice */
function createChoices(onChoice) {
  const element = h("div", { class: "choices" });
  let drawn = "";
  const chosen = () => /** @type {HTMLInputElement | null} */ (element.querySelector("input:checked"))?.value ?? "";

  /** @param {{[choice: string]: string}} words */
  function draw(words) {
    const key = JSON.stringify(words);
    if (key === drawn) return;
    drawn = key;
    const before = chosen();
    const choice = (/** @type {string} */ id) => h("input", { type: "radio", name: "prediction", value: id, checked: id === before, onchange: onChoice });
    element.replaceChildren(...Object.entries(words).map(([id, words]) => h("label", {}, choice(id), h("span", {}, words))));
  }

  /** @param {LessonShown} lesson @param {{[choice: string]: string}} words */
  function update({ phase, choice, answer }, words) {
    draw(words);
    const answered = phase === "right" || phase === "wrong";
    for (const label of element.children) {
      const input = /** @type {HTMLInputElement} */ (label.firstElementChild);
      input.disabled = answered;
      if (answered) input.checked = input.value === choice;
      set(label, "data-answer", answered && input.value === answer ? "right" : answered && input.checked ? "wrong" : null);
    }
  }

  return { element, chosen, update };
}

function createTasks() {
  const title = h("h3", {});
  const list = h("ul", { class: "tasks" });
  const createTask = () => h("li", {}, h("span", { class: "tick", "aria-hidden": "true" }), h("span", {}), h("span", { class: "spoken" }));

  /** @param {LessonShown} lesson @param {LessonText} own @param {Text} text */
  function update({ done }, { tasks }, { lessonPanel }) {
    say(title, lessonPanel.tasks);
    const names = Object.entries(tasks);
    sized(list, names.length, createTask).forEach((item, index) => {
      const [id, words] = names[index];
      const isDone = done.includes(id);
      set(item, "data-done", isDone);
      say(item.children[1], words);
      say(item.children[2], isDone ? `(${lessonPanel.done})` : `(${lessonPanel.open})`);
    });
  }

  return { element: h("section", {}, title, list), update };
}

/** @param {Commands} commands */
function createBreaking(commands) {
  const title = h("h3", {});
  const words = h("p", {});
  const change = button("", commands.toggleBroken);

  /** @param {LessonShown} lesson @param {LessonText} own @param {Text} text */
  function update({ broken }, { breakIt }, { lessonPanel }) {
    say(title, lessonPanel.breakIt);
    say(words, breakIt);
    say(change, broken ? lessonPanel.mend : lessonPanel.breakButton);
    set(change, "aria-pressed", String(broken));
  }

  return { element: h("section", { class: "break" }, title, words, change), update };
}
