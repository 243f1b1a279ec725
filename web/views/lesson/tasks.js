/** What there is to do: done, or what of it is still missing. */
import { h, prose, say, set, sized } from "../dom.js";
import { termed } from "../terms.js";
import { revealNearest } from "./sight.js";

/** @typedef {import("../../types.js").Shown} Shown */
/** @typedef {import("../../state/shown.js").LessonShown} LessonShown */

export function createTasks() {
  /** Which lesson's tasks were drawn last, how many were done, and whether they were what comes next. */
  let before = { id: "", done: 0, isNext: false };
  const title = h("h3", {});
  const later = h("p", { class: "note" });
  const list = h("ul", { class: "tasks" });
  const element = h("section", {}, title, later, list);
  const createTask = () => h("li", {}, h("span", { class: "tick", "aria-hidden": "true" }), h("div", {}, h("span", { class: "task-text" }), h("span", { class: "spoken" }), h("p", { class: "missing" })));

  /** @param {LessonShown} lesson @param {Shown} shown */
  function update({ id: lesson, tasks, text, part, veiled, questions, selected }, shown) {
    const { frame, text: { lessonPanel: t } } = shown;
    element.hidden = part.kind !== "lesson" || tasks.length === 0;
    say(title, t.tasks);
    // They tell what happens.
    list.hidden = veiled;
    later.hidden = !veiled;
    say(later, t.later);
    sized(list, tasks.length, createTask).forEach((item, index) => {
      const { id, reached, of } = tasks[index];
      const isDone = reached === of;
      const [words, spoken, missing] = item.children[1].children;
      set(item, "data-task", id);
      set(item, "data-done", isDone);
      termed(words, text.tasks?.[id]?.text ?? id, shown);
      say(spoken, isDone ? ` (${t.done})` : ` (${t.open})`);
      // Nothing is missing before one has begun, or has seen all without it.
      const begun = reached > 0 || frame.position === frame.length;
      const what = !isDone && begun ? text.tasks?.[id]?.missing?.[reached] : undefined;
      prose(missing, what ? t.missing(what) : "");
    });
    // Nobody looks for what has come out of sight: the tasks once the last answer was seen, and each as it is done.
    const { seen = null } = questions.find(({ id }) => id === selected) ?? {};
    const isNext = !element.hidden && !veiled && questions.every(({ isAnswered }) => isAnswered) && seen !== null && frame.position >= seen;
    const done = tasks.filter(({ reached, of }) => reached === of).length;
    if (before.id === lesson && !element.hidden) {
      if (isNext && !before.isNext) revealNearest(element);
      else if (done > before.done) revealNearest(/** @type {Element} */ ([...list.children].findLast((item) => item.hasAttribute("data-done"))));
    }
    before = { id: lesson, done, isNext };
  }

  return { element, update };
}
