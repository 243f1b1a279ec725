/** How far a reader is in a lesson: the prediction, and the tasks that are done. */
import { rules } from "./lesson-rules.js";

/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {import("../types.js").LessonInfo} LessonInfo */
/** @typedef {import("../types.js").Simulation} Simulation */

/** @typedef {"ahead" | "asked" | "right" | "wrong"} Phase the question is still ahead, is asked, or was answered */

export class LessonProgress {
  /** @type {Phase} */
  phase = "ahead";
  /** What the reader chose. */
  choice = "";
  /** @type {Set<string>} */
  done = new Set();
  /** The broken experiment is shown. */
  broken = false;
  /** Where the question is asked, and what the records answer. */
  ask = 0;
  answer = "";

  /**
   * @param {LessonInfo} info
   * @param {Simulation} track
   */
  constructor(info, track) {
    this.info = info;
    this.rules = rules[info.id];
    this.follow(track);
  }

  /**
   * Finds the question in a track, which may be the lesson's as the other libevent. One that went another way, or one
   * whose question was answered, leaves everything as it is.
   * @param {Simulation} track
   * @returns {boolean} whether the question is ahead in it
   */
  follow(track) {
    if (this.broken || this.phase === "right" || this.phase === "wrong" || !isLessons(track, this.info)) return false;
    const hinge = track.next(0, this.info.hinge);
    if (this.rules && hinge !== undefined) {
      this.ask = this.rules.ask(track, hinge);
      this.answer = this.rules.answer(track, this.ask);
    }
    return this.phase === "ahead";
  }

  /**
   * Takes what is shown into account.
   * @param {Frame} frame
   */
  see(frame) {
    if (this.broken || !this.rules) return;
    if (this.phase === "ahead" && frame.position >= this.ask) this.phase = "asked";
    for (const [task, isDone] of Object.entries(this.rules.tasks)) {
      if (!this.done.has(task) && isDone(frame)) this.done.add(task);
    }
  }

  /** All of it as a value. @returns {import("./shown.js").LessonShown} */
  get shown() {
    const { info, phase, choice, answer, ask, broken } = this;
    return { info, phase, choice, answer, ask, broken, done: [...this.done] };
  }

  /** @param {string} choice */
  predict(choice) {
    this.choice = choice;
    this.phase = choice === this.answer ? "right" : "wrong";
  }
}

/** Whether a track is the lesson's experiment, whatever libevent runs it. @param {Simulation} track @param {LessonInfo} info */
function isLessons(track, info) {
  const own = JSON.parse(info.scenario);
  return JSON.stringify({ ...JSON.parse(track.scenario()), dialect: own.dialect }) === JSON.stringify(own);
}
