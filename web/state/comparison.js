/** The script that is played, run as another libevent, and the same moment in it. */
import { frameOf } from "./frame.js";

/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {import("../types.js").Simulation} Simulation */
/** @typedef {import("../types.js").Dialect} Dialect */

/** What is known of so many positions is kept. */
const KEPT = 4096;

export class Comparison {
  on = false;
  /** Why there is none, though it is on. @type {unknown} */
  problem = null;
  /** @type {Simulation | null} */
  run = null;
  /** The libevents there are, oldest first. @type {Dialect[]} */
  dialects = [];
  /** The one that the reader chose, while it is another than what is played. @type {Dialect | null} */
  chosen = null;
  /** The one that it is run as, or cannot be. @type {Dialect | null} */
  against = null;
  /** How both lie beside each other. @type {import("./aligned.js").Aligned | null} */
  aligned = null;
  #position = 0;
  /** What was found out about positions. @type {Map<number, import("../types.js").Rule[]>} */
  #parted = new Map();

  /**
   * Runs the script anew: it is another one, or was acted on.
   * @param {Simulation | null} simulation
   */
  renew(simulation) {
    this.run?.free();
    this.run = null;
    this.#parted.clear();
    this.problem = null;
    this.against = null;
    this.aligned = null;
    if (!this.on || !simulation) return;
    this.against = this.#otherThan(simulation.dialect);
    try {
      this.run = simulation.inDialect(this.against);
      const first = simulation.nextDifference(0, this.run) ?? null;
      this.aligned = { own: simulation.stepEnds(), other: this.run.stepEnds(), first };
    } catch (error) {
      this.problem = error;
    }
  }

  /** The chosen one, else the one before, or behind the first. @param {Dialect} own */
  #otherThan(own) {
    const at = this.dialects.indexOf(own);
    return this.chosen !== null && this.chosen !== own ? this.chosen : this.dialects[at === 0 ? 1 : at - 1];
  }

  /**
   * The other run at the moment of this frame.
   * @param {Frame} frame
   * @returns {Frame | null}
   */
  frame(frame) {
    if (!this.run) return null;
    const position = /** @type {Simulation} */ (frame.track).counterpart(frame.position, this.run);
    const motion = frame.motion === "forward" && position === this.#position + 1 ? "forward" : "still";
    this.#position = position;
    const shown = { picture: this.run.picture(position), number: frame.connection.number, dialect: this.run.dialect };
    return frameOf(this.run, position, shown, { ...frame, motion, acts: false });
  }

  /**
   * Looks at other moments; then it goes on from the one before, as if nobody had looked.
   * @template T
   * @param {() => T} look
   */
  aside(look) {
    const before = this.#position;
    const seen = look();
    this.#position = before;
    return seen;
  }

  /** Whether it takes no time to say by which rules both part at the moment of this frame. @param {Frame} frame */
  knows({ position }) {
    return !this.run || position === 0 || this.#parted.has(position);
  }

  /**
   * The rules by which both part at the moment of this frame; none where they go on alike. Finding out may run the script
   * dozens of times: it is done once a position, and not while it plays.
   * @param {Frame} frame
   * @param {boolean} plays
   * @returns {import("../types.js").Rule[]}
   */
  parted({ track, position }, plays) {
    if (!this.run || position === 0) return [];
    const known = this.#parted.get(position);
    if (known || plays) return known ?? [];
    const simulation = /** @type {Simulation} */ (track);
    const rules = simulation.nextDifference(position - 1, this.run) === position ? simulation.partedBy(position, this.run) : [];
    if (this.#parted.size >= KEPT) this.#parted.clear();
    this.#parted.set(position, rules);
    return rules;
  }
}
