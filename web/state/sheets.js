/** Lessons on paper, a sheet each: the one that is open, and with it all that a teacher chose. */
import { idle } from "../engine/idle.js";
import { loadLesson } from "../engine/lessons.js";
import { hingesOf } from "./hinges.js";
import { LessonProgress } from "./lesson.js";

/** @typedef {import("../types.js").LessonData} LessonData */
/** @typedef {import("../types.js").LessonEntry} LessonEntry */
/** @typedef {{lesson: ReturnType<LessonProgress["shownIn"]>, hinges: import("./hinges.js").Hinge[]}} Sheet */

export class Sheets {
  /** They have to be there when it is printed: a browser waits for nobody then. @type {LessonData[]} */
  #chosen = [];
  /** @type {Promise<void>} */
  #fetched = Promise.resolve();

  /** A teacher chose these. They come once nothing else is waited for. @param {LessonEntry[]} lessons */
  choose(lessons) {
    const fetched = idle().then(async () => {
      const all = await Promise.all(lessons.map(({ id }) => loadLesson(lessons, id)));
      if (this.#fetched === fetched) this.#chosen = all;
    });
    [this.#chosen, this.#fetched] = [[], fetched];
    // Who prints asks what became of it.
    fetched.catch(() => {});
  }

  /** All are there. @returns {Promise<void>} */
  get ready() {
    return this.#fetched;
  }

  /**
   * Runs each lesson apart from what is played. Who asks frees the hinges.
   * @param {import("../engine/engine.js").Engine} engine
   * @param {LessonProgress} own the one that is open
   * @param {import("../types.js").Lang} lang
   * @param {import("../types.js").Dialect} [dialect] that is shown
   * @returns {Sheet[]} in the teacher's order; only that of the open one, where that is none of these
   */
  of(engine, own, lang, dialect) {
    const chosen = this.#chosen.some(({ id }) => id === own.data.id) ? this.#chosen : [own.data];
    // What is done of them is not asked, and nothing is kept.
    const kept = { of: () => ({ answers: {}, tasks: [], repaired: false }), keep: () => {} };
    return chosen.map((data) => {
      const [lesson, as] = data.id === own.data.id ? [own, dialect] : [new LessonProgress(engine, data, /** @type {any} */ (kept)), undefined];
      return { lesson: lesson.shownIn(lang, as ?? null), hinges: hingesOf(engine, lesson, as) };
    });
  }
}
