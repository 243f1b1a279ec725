/** The menu of lessons: grouped as the course is, with what is done of each, and the lessons before and after. */
import { button, changes, choose, h, say, set } from "./dom.js";

/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").Shown} Shown */
/** @typedef {import("../types.js").Text} Text */

/** @param {Commands} commands */
export function createMenu(commands) {
  const select = h("select", { class: "lesson-select", onchange: () => select.value && commands.lesson(select.value) });
  const steps = [-1, 1].map((by) => button(by < 0 ? "\u2039" : "\u203a", () => go(by), { class: "lesson-step" }));
  const progress = button("", () => commands.dialog("progress"), { class: "progress-button" });
  const element = h("div", { class: "lesson-menu" }, steps[0], select, steps[1], progress);
  /** @type {Shown | null} */
  let last = null;
  let drawn = "";
  const [isAnother, isElsewhere] = [changes(), changes()];

  /** @param {number} by */
  const beside = (by) => (last ? last.course[last.course.findIndex(({ id }) => id === last?.lesson?.id) + by] : undefined);
  /** @param {number} by */
  function go(by) {
    const to = beside(by);
    if (to) void commands.lesson(to.id);
  }

  /** @param {Shown} shown */
  function update(shown) {
    last = shown;
    const { course, lesson, text: t } = shown;
    const own = ownOf(shown);
    if (isAnother(course, t, own)) {
      const groups = groupsOf(course, t);
      // What was done of a lesson changes a word; the choice stays what it is.
      const key = JSON.stringify([groups.map(([label, options]) => [label, options.map(([value]) => value)]), own]);
      if (key !== drawn) select.replaceChildren(...[...(own === null ? [] : [h("option", { value: "" }, own)]), ...groups.map(([label, options]) => h("optgroup", { label }, ...options.map(([value]) => h("option", { value }))))]);
      drawn = key;
      const options = [...select.options].slice(own === null ? 0 : 1);
      groups.flatMap(([, all]) => all).forEach(([, words], index) => say(options[index], words));
    }
    choose(select, own === null ? (lesson?.id ?? "") : "");
    if (!isElsewhere(course, t, lesson?.id)) return;
    set(select, "aria-label", t.lesson);
    const at = course.findIndex(({ id }) => id === lesson?.id);
    steps.forEach((step, index) => {
      const to = at < 0 ? undefined : course[at + [-1, 1][index]];
      step.disabled = !to;
      set(step, "aria-label", [t.lessonPanel.previous, t.lessonPanel.next][index](to?.title ?? ""));
    });
    // A test is no lesson, unless a teacher chose nothing else.
    const taught = course.filter(({ group }) => group !== "tests");
    const counted = taught.length > 0 ? taught : course;
    const finished = counted.filter(({ done, of }) => of > 0 && done >= of).length;
    say(progress, t.progress.button(finished, counted.length));
    set(progress, "aria-label", t.progress.spoken(finished, counted.length));
    set(progress, "title", t.progress.title);
    progress.disabled = course.length === 0;
  }

  return { element, update };
}

/** What there is to choose, by its group. @param {Shown["course"]} course @param {Text} t @returns {[label: string, options: [value: string, words: string][]][]} */
function groupsOf(course, t) {
  /** @type {Map<string, [string, string][]>} */
  const groups = new Map();
  for (const { id, number, title, done, of, group } of course) {
    const label = t.groups[group];
    if (!groups.has(label)) groups.set(label, []);
    groups.get(label)?.push([id, t.lessonOption(number, title, done, of)]);
  }
  return [...groups];
}

/** What is shown, where that is none of these. @param {Shown} shown */
function ownOf({ course, lesson, about, blank, frame, text: t }) {
  if (lesson && course.some(({ id }) => id === lesson.id)) return null;
  const own = !blank && frame.source === "simulation";
  return lesson ? lesson.text.title : own ? about.title || t.untitled.simulation : t.chooseLesson;
}
