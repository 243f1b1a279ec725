/** The end of a lesson: what to remember, where to go on, and what a teacher wants to see. */
import { button, h, say, sized } from "../dom.js";
import { termed } from "../terms.js";

/** @typedef {import("../../types.js").Commands} Commands */
/** @typedef {import("../../types.js").Shown} Shown */
/** @typedef {import("../../state/shown.js").LessonShown} LessonShown */

/** @param {Commands} commands */
export function createEnding(commands) {
  const test = createTest(commands);
  const title = h("h3", {});
  const lines = h("ul", { class: "remember" });
  const remember = h("section", {}, title, lines);
  const exported = h("p", {});
  const hand = button("", () => commands.dialog("progress"), { class: "hand-in primary" });
  const handing = h("section", { class: "handing" }, exported, hand);
  const words = createWords(commands);
  const again = button("", commands.startOver, { class: "start-over quiet" });
  const ways = createWays(commands);
  const element = h("div", { class: "ending" }, test.element, remember, words.element, handing, h("section", { class: "ways" }, ways.element, again));

  /** @param {LessonShown} lesson @param {Shown} shown */
  function update(lesson, shown) {
    const { text, course, exports } = shown;
    const { text: own, veiled, id, part } = lesson;
    const t = text.lessonPanel;
    test.update(lesson, shown);
    remember.hidden = !own.remember?.length || veiled || part.kind !== "lesson";
    say(title, t.remember);
    sized(lines, own.remember?.length ?? 0, () => h("li", {})).forEach((line, index) => termed(line, own.remember?.[index] ?? "", shown));
    words.update(lesson, shown);
    handing.hidden = !exports || course.at(-1)?.id !== id;
    say(exported, t.handing(course.reduce((sum, one) => sum + one.done, 0), course.reduce((sum, one) => sum + one.of, 0)));
    say(hand, t.handIn);
    say(again, t.startOver);
    ways.element.hidden = veiled && lesson.test === null;
    again.hidden = !course.find((one) => one.id === id)?.done;
    ways.update(shown);
  }

  return { element, update };
}

/** What the glossary tells of since this lesson shows it. Its steps are many, and told one by one as they come. @param {Commands} commands */
function createWords(commands) {
  const title = h("h3", {});
  const list = h("div", { class: "words" });
  const element = h("section", {}, title, list);

  /** @param {LessonShown} lesson @param {Shown} shown */
  function update({ id, veiled, part }, { glossary, text: { glossary: t } }) {
    const own = glossary.filter(({ kind, lesson }) => kind !== "step" && lesson?.id === id);
    element.hidden = own.length === 0 || veiled || part.kind !== "lesson";
    say(title, t.ofLesson);
    sized(list, own.length, () => button("", () => {})).forEach((one, index) => {
      say(one, own[index].name);
      one.onclick = () => commands.glossary(own[index].id);
    });
  }

  return { element, update };
}

/** The lessons before and after. @param {Commands} commands */
function createWays(commands) {
  /** @type {(string | undefined)[]} */
  let ids = [];
  const buttons = [0, 1].map((side) => button("", () => ids[side] && commands.lesson(ids[side]), { class: side === 0 ? "previous-lesson" : "next-lesson" }));
  const element = h("div", { class: "row" }, ...buttons);

  /** @param {Shown} shown */
  function update({ lesson, course, text: { lessonPanel: t } }) {
    const at = course.findIndex(({ id }) => id === lesson?.id);
    const both = at < 0 ? [] : [course[at - 1], course[at + 1]];
    ids = both.map((one) => one?.id);
    buttons.forEach((one, side) => {
      one.hidden = !both[side];
      say(one, both[side] ? [t.previous, t.next][side](both[side].title) : "");
    });
  }

  return { element, update };
}

/** The score of a half of a concept test, and the other half. @param {Commands} commands */
function createTest(commands) {
  const score = h("p", { role: "status" });
  const other = button("", () => commands.half(half === "before" ? "after" : "before"), { class: "other-half" });
  /** @type {"before" | "after"} */
  let half = "before";
  const element = h("section", { class: "test-score" }, score, other);

  /** @param {LessonShown} lesson @param {Shown} shown */
  function update({ test, questions }, { text: { lessonPanel: t } }) {
    element.hidden = !test;
    if (!test) return;
    half = test.half;
    const answered = questions.filter(({ isAnswered }) => isAnswered).length;
    say(score, t.score(test.right, answered, questions.length));
    say(other, half === "before" ? t.toAfter : t.toBefore);
    other.hidden = test.halves[half === "before" ? "after" : "before"] === 0;
  }

  return { element, update };
}
