/** A lesson: goal, prediction, tasks, and the experiment broken. */
import { texts } from "../lessons/index.js";
import { button, h, say, set } from "./dom.js";

/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {import("../types.js").Text} Text */
/** @typedef {import("../player/lesson.js").LessonProgress} LessonProgress */
/** @typedef {import("../player/opener.js").About} About */

/**
 * @param {() => Text} text
 * @param {{predict: (choice: string) => void, goToQuestion: () => void, seeIt: () => void, toggleBroken: () => void}} commands
 */
export function createLesson(text, commands) {
  const title = h("h2", {});
  const goal = h("p", { class: "goal" });
  const none = h("p", { class: "note" });
  const question = h("legend", {});
  const choices = h("div", { class: "choices" });
  const check = button("", () => commands.predict(chosen()), { class: "check" });
  const verdict = h("p", { class: "verdict", role: "status" });
  const waiting = h("p", { class: "note" });
  const goThere = button("", commands.goToQuestion);
  const seeIt = button("", commands.seeIt);
  const predictTitle = h("h3", {});
  const form = h("fieldset", {}, question, choices);
  const prediction = h("section", { class: "prediction" }, predictTitle, waiting, form, verdict, h("div", { class: "row" }, goThere, check, seeIt));
  const tasksTitle = h("h3", {});
  const tasks = h("ul", { class: "tasks" });
  const breakTitle = h("h3", {});
  const breakText = h("p", {});
  const breakButton = button("", commands.toggleBroken);
  const body = h("div", {}, prediction, h("section", {}, tasksTitle, tasks), h("section", { class: "break" }, breakTitle, breakText, breakButton));
  const element = h("div", { class: "lesson" }, h("section", {}, title, goal, none), body);
  let drawnChoices = "";

  const chosen = () => /** @type {HTMLInputElement | null} */ (choices.querySelector("input:checked"))?.value ?? "";

  /**
   * @param {Frame} frame
   * @param {LessonProgress | null} progress
   * @param {About} about what is shown, where it is no lesson
   */
  function update(frame, progress, about) {
    const t = text();
    const own = progress ? texts[frame.lang][progress.info.id] : undefined;
    body.hidden = !own;
    none.hidden = Boolean(own);
    say(none, own ? "" : t.lessonPanel.noLesson);
    say(title, own?.title ?? (about.title || t.untitled[frame.source]));
    say(goal, own?.goal ?? about.description);
    if (!own || !progress) return;
    const { phase, broken } = progress;

    say(predictTitle, t.lessonPanel.predict);
    prediction.hidden = broken;
    set(prediction, "data-phase", phase);
    const asked = phase !== "ahead";
    form.hidden = !asked;
    waiting.hidden = asked;
    say(waiting, t.lessonPanel.waiting);
    say(question, own.question);
    drawChoices(own.choices);
    const answered = phase === "right" || phase === "wrong";
    for (const label of choices.children) {
      const input = /** @type {HTMLInputElement} */ (label.firstElementChild);
      input.disabled = answered;
      if (answered) input.checked = input.value === progress.choice;
      set(label, "data-answer", answered && input.value === progress.answer ? "right" : answered && input.checked ? "wrong" : null);
    }
    const said = phase === "right" ? `${t.lessonPanel.right} ${own.because}` : phase === "wrong" ? `${t.lessonPanel.wrong(own.choices[progress.answer])} ${own.because}` : "";
    say(verdict, said);
    say(goThere, t.lessonPanel.goThere);
    say(check, t.lessonPanel.check);
    say(seeIt, t.lessonPanel.seeIt);
    goThere.hidden = asked;
    check.hidden = phase !== "asked";
    check.disabled = chosen() === "";
    seeIt.hidden = !answered;

    say(tasksTitle, t.lessonPanel.tasks);
    const names = Object.entries(own.tasks);
    while (tasks.childElementCount < names.length) tasks.append(h("li", {}, h("span", { class: "tick", "aria-hidden": "true" }), h("span", {}), h("span", { class: "spoken" })));
    names.forEach(([id, words], index) => {
      const item = tasks.children[index];
      const done = progress.done.has(id);
      set(item, "data-done", done);
      say(item.children[1], words);
      say(item.children[2], done ? `(${t.lessonPanel.done})` : `(${t.lessonPanel.open})`);
    });
    while (tasks.childElementCount > names.length) tasks.lastElementChild?.remove();

    say(breakTitle, t.lessonPanel.breakIt);
    say(breakText, own.breakIt);
    say(breakButton, broken ? t.lessonPanel.mend : t.lessonPanel.breakButton);
    set(breakButton, "aria-pressed", String(broken));
  }

  /** @param {{[choice: string]: string}} words */
  function drawChoices(words) {
    const key = JSON.stringify(words);
    if (key === drawnChoices) return;
    const before = chosen();
    drawnChoices = key;
    choices.replaceChildren(
      ...Object.entries(words).map(([id, choice]) =>
        h(
          "label",
          {},
          h("input", { type: "radio", name: "prediction", value: id, checked: id === before, onchange: () => (check.disabled = false) }),
          h("span", {}, choice),
        ),
      ),
    );
  }

  return { element, update };
}
