/** How far a reader is in a lesson: the prediction, and the tasks that are done. */
import { rules } from "../lessons/index.js";

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
    const hinge = track.next(0, info.hinge);
    if (this.rules && hinge !== undefined) {
      this.ask = this.rules.ask(track, hinge);
      this.answer = this.rules.answer(track, this.ask);
    }
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

  /** @param {string} choice */
  predict(choice) {
    this.choice = choice;
    this.phase = choice === this.answer ? "right" : "wrong";
  }
}
