/** Playing: in which steps and how fast, where it stops on its way, and what was passed since it last rested. */
import { sumOf } from "../engine/track.js";
import { Clock } from "./clock.js";

/** @typedef {import("../types.js").Track} Track */
/** @typedef {import("../types.js").Unit} Unit */

export class Playback {
  /** @type {Unit} */
  unit = "moment";
  speed = 1;
  /** It stops where this condition is met; empty for nowhere. */
  stop = "";
  /** It stops at these, unless it began there: where a lesson asks, or has answered. @type {() => number[]} */
  pauses = () => [];
  /** What was played since the last rest. */
  played = { steps: 0, callbacks: 0, crossings: 0 };
  /** It stops here, too: where what was done shows. @type {number | null} */
  #effect = null;
  /** Where what was done last left no step. @type {{revision: number, position: number} | null} */
  vain = null;
  #clock;

  /**
   * @param {() => void} tick the next step is due
   * @param {() => number} gap the engine's time up to the next step, in microseconds
   */
  constructor(tick, gap) {
    this.#clock = new Clock(tick, gap);
  }

  begin() {
    this.played = { steps: 0, callbacks: 0, crossings: 0 };
    this.next();
  }

  /** The next step is due in a while. */
  next() {
    this.#clock.start(this.speed);
  }

  rest() {
    this.#clock.stop();
  }

  /**
   * It rests a little later: what has to be found out for that, and then to be shown, has frames of its own.
   * @param {() => boolean} foresee finds it out; says whether there was something
   * @param {() => void} rests
   */
  end(foresee, rests) {
    this.#clock.end(() => (foresee() ? this.#clock.end(rests) : rests()));
  }

  /** The reader goes elsewhere: nothing is played up to an effect any more. */
  leave() {
    this.rest();
    this.#effect = null;
  }

  /** Something was done that shows there. @param {number} position */
  playTo(position) {
    this.#effect = position;
  }

  /** Whether what was done last led to this moment, and nothing came of it. @param {{revision: number, position: number} | null} moment */
  isVain(moment) {
    return this.vain !== null && moment?.revision === this.vain.revision && moment.position === this.vain.position;
  }

  /** The unit of the next step: what was done is shown moment by moment. @returns {Unit} */
  get nextUnit() {
    return this.#effect === null ? this.unit : "moment";
  }

  /** A step by hand from one position towards another, as far as it may go: no step, however long, passes a question. @param {number} from @param {number} to */
  byHand(from, to) {
    return Math.min(to, ...this.pauses().filter((at) => at > from));
  }

  /** Where it has to stop first on its way from one position to another, if anywhere. @param {Track} track @param {number} from @param {number} to */
  stopsBetween(track, from, to) {
    const ahead = [...this.pauses(), ...(this.#effect === null ? [] : [this.#effect])].filter((at) => from < at && at <= to);
    const asked = ahead.length > 0 ? Math.min(...ahead) : null;
    if (!this.stop) return asked;
    return track.next(from, this.stop, asked ?? to) ?? asked;
  }

  /** It went from one position to another. @param {Track} track @param {number} connection that is looked at @param {number} from @param {number} to */
  passed(track, connection, from, to) {
    if (to === this.#effect) this.#effect = null;
    const { callbacks, crossings } = sumOf(track, connection, from, to);
    this.played.steps += to - from;
    this.played.callbacks += callbacks;
    this.played.crossings += crossings;
  }
}
