/**
 * A lesson: what people ask, what one sees, the questions, and what comes once they are answered: tasks, the experiment
 * broken, a program to repair, and what to remember.
 */
import { button, h, say, set, sized } from "../dom.js";
import { termed } from "../terms.js";
import { createBreaking, createRepair } from "./repair.js";
import { createEnding } from "./ending.js";
import { createPrediction } from "./prediction.js";
import { createTasks } from "./tasks.js";

/** @typedef {import("../../types.js").Commands} Commands */
/** @typedef {import("../../types.js").Dialect} Dialect */
/** @typedef {import("../../types.js").Shown} Shown */

/** @param {Commands} commands */
export function createLesson(commands) {
  const asked = h("p", { class: "asked" });
  const title = h("h2", {});
  const goal = h("p", { class: "goal" });
  const none = h("p", { class: "note" });
  const head = h("section", {}, title, asked, goal, none);
  const parts = [createPart(commands), createPrediction(commands), createTasks(), createBreaking(commands), createRepair(commands), createDialects(commands), createEnding(commands)];
  const body = h("div", {}, ...parts.map(({ element }) => element));
  const element = h("div", { class: "lesson" }, head, body);

  /** @param {Shown} shown */
  function update(shown) {
    const { lesson, about, frame, text } = shown;
    const own = lesson?.text;
    body.hidden = !lesson;
    none.hidden = Boolean(lesson);
    say(none, text.lessonPanel.noLesson);
    say(title, own?.title ?? (about.title || text.untitled[frame.source]));
    termed(asked, own?.asked ?? "", shown);
    termed(goal, own ? (own.goal ?? "") : about.description, shown);
    // While a question is open, nothing else is to be read: it may tell what is asked for.
    const quiet = lesson !== null && (lesson.part.kind !== "lesson" || lesson.questions.some(waits));
    asked.hidden = quiet || !own?.asked;
    goal.hidden = quiet;
    if (lesson) for (const part of parts) part.update(lesson, shown);
  }

  return { element, update };
}

/** Whether a question waits for its answer in what is played. @param {import("../../state/shown.js").QuestionShown} question */
const waits = ({ isOpen, isHere }) => isHere && isOpen;

/** Says that something else than the lesson's experiment is played, and leads back. @param {Commands} commands */
function createPart(commands) {
  const words = h("p", {});
  const back = button("", () => commands.part({ kind: "lesson" }), { class: "leave-part" });
  const element = h("section", { class: "lesson-part" }, words, back);
  return {
    element,
    /** @param {import("../../state/shown.js").LessonShown} lesson @param {Shown} shown */
    update(lesson, { text: { lessonPanel: t } }) {
      const { part, test } = lesson;
      element.hidden = part.kind === "lesson" || test !== null;
      if (part.kind === "lesson") return;
      say(words, part.kind === "repair" && part.input !== null ? t.parts.changed(part.input) : t.parts[part.kind]);
      say(back, t.mend);
    },
  };
}

/** What other libevents do, where they differ, and a button for each. @param {Commands} commands */
function createDialects(commands) {
  const title = h("h3", {});
  const words = h("p", {});
  const list = h("div", { class: "segments", role: "group" });
  const element = h("section", { class: "lesson-dialects" }, title, words, list);
  return {
    element,
    /** @param {import("../../state/shown.js").LessonShown} lesson @param {Shown} shown */
    update({ dialects, text, veiled, test }, shown) {
      const { frame, text: { lessonPanel: t } } = shown;
      element.hidden = !text.dialects || dialects.length < 2 || veiled || test !== null;
      if (element.hidden) return;
      say(title, t.otherDialects);
      termed(words, text.dialects ?? "", shown);
      set(list, "aria-label", t.otherDialects);
      const current = /** @type {import("../../types.js").Simulation} */ (frame.track).dialect;
      const buttons = sized(list, dialects.length, (index) => button("", () => commands.dialect(/** @type {Dialect} */ (list.children[index].textContent))));
      buttons.forEach((one, index) => {
        say(one, dialects[index]);
        set(one, "aria-pressed", String(dialects[index] === current));
      });
    },
  };
}
