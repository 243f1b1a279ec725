/** What of a track is looked at: which of its connections, on which scales, and beside which other libevent. */
import { BLANK_DIALECT } from "../engine/blank.js";
import { Comparison } from "./comparison.js";
import { firstOf, lookedAt } from "./connection.js";
import { frameOf } from "./frame.js";
import { Scale } from "./scale.js";
import { MOST_OTHERS } from "./shown.js";

/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {import("../types.js").Picture} Picture */
/** @typedef {import("../types.js").Simulation} Simulation */
/** @typedef {import("../types.js").Track} Track */

/** More connections than these have no room beside the one that is looked at. */
const MANY = 1 + MOST_OTHERS;

export class Outlook {
  /** The number of the connection that is looked at; another one than the reader chose where that is not there. */
  connection = 0;
  /** Of many, it is the one that a step is about, unless the reader chose: else nothing would be seen to happen. */
  turns = true;
  comparison = new Comparison();
  /** The one that the reader chose. @type {number | null} */
  #chosen = null;
  /** The one that comes first in the track. */
  #first = { number: 0, dialect: BLANK_DIALECT };
  #scale = new Scale();
  /** The position up to which the scale knows what passed. */
  #surveyed = 0;

  /** Another track is about to be looked at. */
  forget() {
    this.#chosen = null;
    this.connection = 0;
  }

  /** The track is another one, or went another way. @param {Track} track @param {Simulation | null} simulation the same, where it is one */
  begin(track, simulation) {
    this.meet(track);
    this.renew(track, simulation);
  }

  /** Learns which connection comes first, and looks at it where none was looked at. @param {Track} track */
  meet(track) {
    this.#first = firstOf(track);
    if (this.connection === 0) this.connection = this.#first.number;
  }

  /** The comparison follows the track, and both are drawn on the same scales. @param {Track | null} track @param {Simulation | null} simulation */
  renew(track, simulation) {
    this.comparison.renew(simulation);
    if (track) this.#survey(track);
  }

  /** @param {Track} track */
  #survey(track) {
    const tracks = [track, this.comparison.run].filter((one) => one !== null);
    this.#scale.survey(tracks, this.connection);
    this.#surveyed = track.length;
  }

  /** A live track grew: what came and went between two pictures of it has its place on the scale, too. @param {Track} track */
  grew(track) {
    if (this.connection === 0) this.meet(track);
    const [passed] = track.series(this.connection, 1, this.#surveyed, track.length);
    if (passed) this.#scale.grow(passed);
    this.#surveyed = track.length;
  }

  /** Looks at the connection that the reader chose. @param {Track} track @param {number} number */
  choose(track, number) {
    this.#chosen = this.connection = number;
    this.#survey(track);
  }

  /**
   * The moment at a position.
   * @param {Track} track
   * @param {number} position
   * @param {Pick<Frame, "source" | "motion" | "acts" | "revision">} rest
   * @param {boolean} plays
   * @returns {Frame}
   */
  look(track, position, rest, plays) {
    const picture = track.picture(position);
    this.#lookAt(track, picture);
    const shown = { picture, number: this.connection, dialect: this.#first.dialect };
    const frame = frameOf(track, position, shown, { ...rest, fulls: this.#scale.fulls, fullsOf: this.#scale.of, clockStart: track.began(position) });
    const { against, problem, aligned } = this.comparison;
    return { ...frame, against, aligned, otherProblem: problem, other: this.comparison.frame(frame), parted: this.comparison.parted(frame, plays) };
  }

  /** Finds out ahead what takes a while, and is shown of a moment once nothing plays. @param {Frame | null} frame @returns {boolean} whether there was something */
  foresee(frame) {
    if (!frame || this.comparison.knows(frame)) return false;
    try {
      this.comparison.parted(frame, false);
      return true;
    } catch {
      // Who shows it says what is wrong.
      return false;
    }
  }

  /**
   * Looks at other positions, as if one went there; then at the same as before.
   * @template T
   * @param {Track} track
   * @param {() => T} look
   */
  aside(track, look) {
    const before = this.connection;
    const seen = this.comparison.aside(look);
    if (this.connection !== before) {
      this.connection = before;
      this.#survey(track);
    }
    return seen;
  }

  /**
   * The moments from one position to another, each as one step after the other shows it.
   * @param {Track} track
   * @param {[number, number]} ends
   * @param {Pick<Frame, "source" | "acts" | "revision">} rest
   * @param {boolean} still nothing moves from one to the next
   */
  span(track, [first, last], rest, still) {
    const at = (/** @type {number} */ position) => this.look(track, position, { ...rest, motion: still || position === first ? "still" : "forward" }, false);
    return this.aside(track, () => Array.from({ length: last - first + 1 }, (_, index) => at(first + index)));
  }

  /** Looks at a connection that is there, if there is one: that of the reader's choice, of many that of the step, else the same as before. @param {Track} track @param {Picture} picture */
  #lookAt(track, picture) {
    const acts = this.turns && picture.connections.length > MANY ? picture.last?.connection : null;
    const wanted = [this.#chosen ?? acts, this.connection].filter((number) => typeof number === "number");
    const number = lookedAt(picture, wanted);
    if (number === this.connection) return;
    this.connection = number;
    this.#survey(track);
  }
}
