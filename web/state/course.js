/** The lessons of a site as a reader may choose among them, and how much of each is done. */

/** @typedef {import("../types.js").Lang} Lang */
/** @typedef {import("../types.js").LessonEntry} LessonEntry */
/** @typedef {import("./progress.js").Kept} Kept */

/** Where a part of the course begins. */
const GROUPS = /** @type {const} */ ([["tests", 0], ["reading", 1], ["writing", 9], ["ends", 13], ["whole", 19]]);

/**
 * @typedef {object} CourseLesson
 * @property {string} id
 * @property {number} number 0 outside of the course
 * @property {string} title
 * @property {"tests" | "reading" | "writing" | "ends" | "whole"} group
 * @property {number} done so many answers, tasks and repairs
 * @property {number} of
 */

/** What was asked for last of these lessons. @type {WeakMap<LessonEntry[], {lang: Lang, kept: {[lesson: string]: Kept}, course: CourseLesson[]}>} */
const known = new WeakMap();

/**
 * @param {LessonEntry[]} lessons
 * @param {Lang} lang
 * @param {{[lesson: string]: Kept}} kept
 * @returns {CourseLesson[]} the same as before as long as nothing more is done
 */
export function courseOf(lessons, lang, kept) {
  const before = known.get(lessons);
  if (before?.lang === lang && before.kept === kept) return before.course;
  const course = listed(lessons, lang, kept);
  known.set(lessons, { lang, kept, course });
  return course;
}

/** @param {LessonEntry[]} lessons @param {Lang} lang @param {{[lesson: string]: Kept}} kept @returns {CourseLesson[]} */
const listed = (lessons, lang, kept) =>
  lessons.map(({ id, number, titles, predictions, tasks, repair }) => ({
    id,
    number,
    title: titles[lang] ?? titles.en ?? id,
    group: /** @type {typeof GROUPS[number]} */ (GROUPS.findLast(([, from]) => number >= from))[0],
    done: doneOf(kept[id]),
    of: predictions + tasks + (repair ? 1 : 0),
  }));

/** @param {Kept | undefined} kept */
const doneOf = (kept) => (kept ? Object.keys(kept.answers).length + kept.tasks.length + (kept.repaired ? 1 : 0) : 0);

/**
 * The lessons that a teacher chose, in that order; all of the site where nobody chose.
 * @param {LessonEntry[]} lessons
 * @param {string} chosen names or numbers with commas between them
 * @param {(lessons: LessonEntry[], name: string) => LessonEntry} find
 */
export function chosenOf(lessons, chosen, find) {
  const names = chosen.split(",").map((name) => name.trim()).filter(Boolean);
  return names.length === 0 ? lessons : names.map((name) => find(lessons, name));
}

/**
 * What somebody sees who chose nothing.
 * @param {LessonEntry[]} chosen
 * @param {LessonEntry[]} all
 * @param {string} usual
 */
export function firstOf(chosen, all, usual) {
  if (chosen.length > 0 && chosen.length < all.length) return chosen[0].id;
  return (all.find(({ id }) => id === usual) ?? all[0])?.id ?? usual;
}
