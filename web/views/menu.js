/** The menu of lessons: grouped as the course is, with what is done of each, and the lessons before and after. */
import { button, h, say, set } from "./dom.js";

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
    const [groups, own] = optionsOf(shown);
    const key = JSON.stringify([groups, own]);
    if (key !== drawn) select.replaceChildren(...[...(own === null ? [] : [h("option", { value: "" }, own)]), ...groups.map(([label, options]) => h("optgroup", { label }, ...options.map(([value, words]) => h("option", { value }, words))))]);
    drawn = key;
    select.value = own === null ? (lesson?.id ?? "") : "";
    set(select, "aria-label", t.lesson);
    const at = course.findIndex(({ id }) => id === lesson?.id);
    steps.forEach((step, index) => {
      const to = at < 0 ? undefined : course[at + [-1, 1][index]];
      step.disabled = !to;
      set(step, "aria-label", [t.lessonPanel.previous, t.lessonPanel.next][index](to?.title ?? ""));
    });
    const finished = course.filter(({ done, of }) => of > 0 && done >= of).length;
    say(progress, t.progress.button(finished, course.length));
    set(progress, "aria-label", t.progress.spoken(finished, course.length));
    set(progress, "title", t.progress.title);
    progress.disabled = course.length === 0;
  }

  return { element, update };
}

/**
 * What there is to choose, by its group, and what is shown where that is none of these.
 * @param {Shown} shown
 * @returns {[groups: [label: string, options: [value: string, words: string][]][], own: string | null]}
 */
function optionsOf({ course, lesson, about, blank, frame, text: t }) {
  /** @type {Map<string, [string, string][]>} */
  const groups = new Map();
  for (const { id, number, title, done, of, group } of course) {
    const label = t.groups[group];
    if (!groups.has(label)) groups.set(label, []);
    groups.get(label)?.push([id, t.lessonOption(number, title, done, of)]);
  }
  if (lesson && course.some(({ id }) => id === lesson.id)) return [[...groups], null];
  const own = !blank && frame.source === "simulation";
  return [[...groups], lesson ? lesson.text.title : own ? about.title || t.untitled.simulation : t.chooseLesson];
}
