/**
 * The player: one track, one position in it, one mode. Everything that is shown follows from these.
 *
 * It tells what happened by events: `change` after anything that is drawn, `track` when there is another track or the
 * track went another way, `step`, `crossing` and `callback` for what a step showed, `problem` for what a person must be told.
 */
import { Clock, SPEEDS, tweens } from "./clock.js";
import { BLANK_DIALECT } from "./blank.js";
import { Comparison } from "./comparison.js";
import { firstOf, lookedAt } from "./connection.js";
import { frameOf } from "./frame.js";
import { isPanic } from "./report.js";
import { Scales } from "./scale.js";
import { goesOn } from "./track.js";

/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {import("../types.js").Track} Track */
/** @typedef {import("../types.js").Mode} Mode */
/** @typedef {import("../types.js").Source} Source */
/** @typedef {import("../types.js").Unit} Unit */
/** @typedef {import("../types.js").Picture} Picture */

/** A unit, as the condition that its steps end at. */
const UNITS = { callback: "callback", pass: "kind:pass_began" };

export class Player extends EventTarget {
  /** @type {Mode} */
  mode = "loading";
  /** @type {Track | null} */
  track = null;
  /** @type {Source} */
  source = "simulation";
  position = 0;
  /** The number of the connection that is looked at; another one than the reader chose where that is not there. */
  connection = 0;
  /** The one that the reader chose. @type {number | null} */
  #chosen = null;
  /** The one that comes first in the track. */
  #first = { number: 0, dialect: BLANK_DIALECT };
  /** @type {Unit} */
  unit = "step";
  speed = 1;
  /** Playing stops where this condition is met; empty for nowhere. */
  stop = "";
  reducedMotion = false;
  /** Playing stops here, unless it began here: where a lesson asks its question. @type {number | null} */
  pausePoint = null;

  /** What each branch of a simulation is called is the simulation's; where the reader was in it is ours. @type {Map<number, number>} */
  #places = new Map();
  #scales = new Scales();
  #comparison = new Comparison();
  #clockStart = 0;
  /** The scenario of the simulation as it last was. */
  #kept = "";
  /** @type {Frame["motion"]} */
  #motion = "still";
  /** What was played since the last rest. */
  played = { steps: 0, callbacks: 0, crossings: 0 };
  #clock = new Clock(
    () => this.#tick(),
    () => this.#gap(),
  );

  /**
   * Shows another track, from its start.
   * @param {Track} track
   * @param {Source} source
   */
  open(track, source) {
    this.#clock.stop();
    if (this.track) this.track.free();
    this.track = track;
    this.source = source;
    this.#chosen = null;
    this.connection = 0;
    this.pausePoint = null;
    this.#places.clear();
    this.position = source === "live" ? track.length : track.start;
    this.mode = source === "live" ? "following" : "ready";
    this.#went();
    this.#emit("change");
  }

  /** There is nothing to show. */
  fail() {
    this.#clock.stop();
    this.mode = "failed";
    this.#emit("change");
  }

  /** The track is another one, or went another way. */
  #went() {
    this.#clockStart = this.track?.record(this.start + 1)?.time_us ?? 0;
    if (this.track) this.#meet(this.track);
    this.#compare();
    this.#motion = "still";
    this.#emit("track");
  }

  /** Learns which connection comes first, and looks at it where none was looked at. @param {Track} track */
  #meet(track) {
    this.#first = firstOf(track);
    if (this.connection === 0) this.connection = this.#first.number;
  }

  /** The comparison follows the track, and both are drawn on one scale. */
  #compare() {
    this.#kept = this.simulation?.scenario() ?? "";
    this.#comparison.renew(this.simulation);
    this.#survey();
  }

  #survey() {
    const tracks = [this.track, this.#comparison.run].filter((track) => track !== null);
    this.#scales.survey(tracks, this.connection);
  }

  /** The libevents there are, oldest first. @param {import("../types.js").Dialect[]} dialects */
  set dialects(dialects) {
    this.#comparison.dialects = dialects;
  }

  /** Whether the script is run as another libevent, too. */
  get comparing() {
    return this.#comparison.on;
  }

  set comparing(on) {
    if (on === this.#comparison.on) return;
    this.#comparison.on = on;
    this.#compare();
    this.#emit("change");
  }

  /** Which libevent the script is run as, too. @param {import("../types.js").Dialect} dialect */
  compareWith(dialect) {
    this.#comparison.chosen = dialect;
    this.#compare();
    this.#emit("change");
  }

  /** Goes to where both libevents part next; where they do not, stays. */
  findDifference() {
    const other = this.#comparison.run;
    const found = other && this.simulation?.nextDifference(this.position, other);
    if (found !== null && found !== undefined) this.seek(found);
  }

  get start() {
    return this.track?.start ?? 0;
  }

  get length() {
    return this.track?.length ?? 0;
  }

  /** The simulation, where there is one. */
  get simulation() {
    return this.source === "simulation" ? /** @type {import("../types.js").Simulation} */ (this.track) : null;
  }

  /**
   * What the views draw.
   * @param {import("../types.js").Lang} lang
   * @returns {Frame | null}
   */
  frame(lang) {
    const track = this.track;
    if (!track) return null;
    const { mode, source } = this;
    const picture = track.picture(this.position);
    this.#lookAt(picture);
    const shown = { picture, number: this.connection, dialect: this.#first.dialect };
    const frame = frameOf(track, this.position, shown, { mode, source, lang, motion: this.#motion, scales: this.#scales, acts: this.simulation !== null, clockStart: this.#clockStart });
    if (frame.exists && this.#scales.outgrown(frame.connection)) this.#survey();
    frame.other = this.#comparison.frame(frame);
    frame.against = this.#comparison.against;
    frame.otherProblem = this.#comparison.problem;
    this.#motion = "still";
    return frame;
  }

  /** Looks at a connection that is there, if there is one: that of the reader's choice, else the same as before. @param {Picture} picture */
  #lookAt(picture) {
    const wanted = this.#chosen === null ? [this.connection] : [this.#chosen, this.connection];
    const number = lookedAt(picture, wanted);
    if (number === this.connection) return;
    this.connection = number;
    this.#survey();
  }

  /**
   * Goes to a position.
   * @param {number} position
   */
  seek(position) {
    if (!this.track) return;
    this.#rest();
    this.#goTo(Math.round(position));
    this.#emit("change");
  }

  /** @param {number} position */
  #goTo(position) {
    const to = Math.min(Math.max(position, this.start), this.length);
    this.#motion = to === this.position + 1 && !this.reducedMotion ? "forward" : "still";
    this.position = to;
    if (this.source === "live" && this.mode === "following" && to < this.length) this.mode = "ready";
    this.#tell();
  }

  /** Tells the page what the step showed. */
  #tell() {
    const record = this.track?.record(this.position);
    const detail = { position: this.position, record: record ?? null };
    this.#emit("step", detail);
    if (!record || !this.track) return;
    if (record.kind === "callback_entered") this.#emit("callback", detail);
    if (this.track.next(this.position - 1, "crossing", this.position) !== undefined) this.#emit("crossing", detail);
  }

  /**
   * Steps by hand.
   * @param {1 | -1} direction
   * @param {Unit} [unit]
   */
  step(direction, unit = this.unit) {
    if (!this.track) return;
    this.#rest();
    this.#goTo(this.#target(direction, unit));
    this.#emit("change");
  }

  /**
   * @param {1 | -1} direction
   * @param {Unit} unit
   */
  #target(direction, unit) {
    const track = /** @type {Track} */ (this.track);
    if (direction === 1 && this.position === this.length) this.#goOn();
    if (unit === "step") return this.position + direction;
    const condition = UNITS[unit];
    return direction === 1 ? track.next(this.position, condition) ?? this.length : track.previous(this.position, condition) ?? this.start;
  }

  /** At its end, a simulation runs one more pass, unless nothing would happen in it. */
  #goOn() {
    const simulation = this.simulation;
    if (!simulation || !goesOn(simulation)) return;
    try {
      simulation.advance();
      this.#compare();
      this.#emit("track");
    } catch (error) {
      this.#problem("action", error);
    }
  }

  /**
   * Goes to the nearest position that meets a condition; where there is none, stays.
   * @param {1 | -1} direction
   * @param {string} condition
   * @returns {boolean} whether there was one
   */
  find(direction, condition) {
    if (!this.track) return false;
    try {
      const found = direction === 1 ? this.track.next(this.position, condition) : this.track.previous(this.position, condition);
      if (found !== undefined) this.seek(found);
      return found !== undefined;
    } catch (error) {
      this.#problem("condition", error);
      return false;
    }
  }

  play() {
    if (!this.track || this.mode === "playing") return;
    if (this.position === this.length) this.#goOn();
    if (this.position === this.length) this.#goTo(this.start);
    this.played = { steps: 0, callbacks: 0, crossings: 0 };
    this.mode = "playing";
    this.#clock.start(this.speed);
    this.#emit("change");
  }

  pause() {
    if (this.mode !== "playing") return;
    this.#rest();
    this.#emit("change");
  }

  toggle() {
    if (this.mode === "playing") this.pause();
    else this.play();
  }

  /** Follows the end of a live track. */
  follow() {
    if (this.source !== "live") return;
    this.#clock.stop();
    this.mode = "following";
    this.#goTo(this.length);
    this.#emit("change");
  }

  #rest() {
    this.#clock.stop();
    if (this.mode === "playing") this.mode = "ready";
  }

  #tick() {
    if (!this.track || this.mode !== "playing") return;
    const from = this.position;
    const target = this.#target(1, this.unit);
    const stopped = this.#stopsBetween(from, target);
    this.#goTo(stopped ?? target);
    if (!tweens(this.speed)) this.#motion = "still";
    this.#count(from);
    if (stopped !== null || this.position === from || (this.position === this.length && this.source === "recording")) this.#rest();
    else this.#clock.start(this.speed);
    this.#emit("change");
  }

  /** @param {number} from */
  #count(from) {
    const track = /** @type {Track} */ (this.track);
    this.played.steps += this.position - from;
    for (const bucket of track.series(this.connection, 1, from, this.position)) {
      this.played.callbacks += bucket.readCallbacks + bucket.writeCallbacks + bucket.eventCallbacks;
      this.played.crossings += bucket.crossings;
    }
  }

  /** Where playing has to stop first on its way from one position to another. @param {number} from @param {number} to */
  #stopsBetween(from, to) {
    const asked = this.pausePoint !== null && from < this.pausePoint && this.pausePoint <= to ? this.pausePoint : null;
    if (!this.stop || !this.track) return asked;
    return this.track.next(from, this.stop, asked ?? to) ?? asked;
  }

  #gap() {
    const [now, then] = [this.track?.record(this.position), this.track?.record(this.position + 1)];
    return now && then ? then.time_us - now.time_us : 0;
  }

  /** @param {1 | -1} direction */
  changeSpeed(direction) {
    const index = SPEEDS.indexOf(this.speed);
    this.speed = SPEEDS[Math.min(Math.max(index + direction, 0), SPEEDS.length - 1)];
    this.#emit("change");
  }

  /**
   * Sets the condition at which playing stops.
   * @param {string} condition empty for none
   * @returns {boolean} whether it is one
   */
  setStop(condition) {
    try {
      if (condition) this.track?.next(this.length, condition);
      this.stop = condition;
      this.#emit("change");
      return true;
    } catch (error) {
      this.#problem("condition", error);
      return false;
    }
  }

  /** @param {number} number */
  choose(number) {
    this.#chosen = this.connection = number;
    if (this.track) this.#survey();
    this.#emit("track");
    this.#emit("change");
  }

  /**
   * Does this to the simulation at the position, and shows its first effect.
   * @param {object} step a step of a scenario's script
   */
  act(step) {
    this.change((simulation) => simulation.act(this.position, JSON.stringify(step)), 1);
  }

  /**
   * Lets the simulation go another way.
   * @param {(simulation: import("../types.js").Simulation) => number} how gives the position to look on from
   * @param {number} beyond so many steps further
   */
  change(how, beyond) {
    const simulation = this.simulation;
    if (!simulation) return;
    this.#rest();
    const left = this.#branch();
    try {
      const position = how(simulation);
      if (left !== this.#branch()) this.#places.set(left, this.position);
      this.position = Math.min(position, this.length);
      this.#went();
      this.#goTo(position + beyond);
      this.#emit("change");
    } catch (error) {
      this.#problem("action", error);
    }
  }

  #branch() {
    return this.simulation?.branches().find(({ current }) => current)?.id ?? 0;
  }

  /** @param {import("../types.js").Dialect} dialect */
  setDialect(dialect) {
    const simulation = this.simulation;
    if (!simulation || simulation.dialect === dialect) return;
    // The same place of the script, as far as there is one: the other library takes other steps.
    const step = simulation.placeOf(this.position);
    const began = this.position === this.start;
    this.change((it) => {
      const from = it.setDialect(dialect);
      return began ? from : it.endOf(Math.max(step - 1, 0)) ?? from;
    }, 0);
  }

  /** Goes to another branch, to where the reader was in it. @param {number} id */
  switchTo(id) {
    this.change((simulation) => {
      simulation.switchTo(id);
      return this.#places.get(id) ?? simulation.branches()[id]?.at ?? 0;
    }, 0);
  }

  /** A live track grew. */
  grew() {
    if (!this.track || this.source !== "live") return;
    if (this.connection === 0) this.#meet(this.track);
    if (this.mode === "following" && this.position !== this.length) {
      const stopped = this.#stopsBetween(this.position, this.length);
      this.#goTo(stopped ?? this.length);
      this.#motion = "still";
      if (stopped !== null) this.mode = "ready";
    }
    this.#emit("change");
  }

  /** @param {string} kind @param {unknown} error */
  #problem(kind, error) {
    const message = error instanceof Error ? error.message : String(error);
    const simulation = this.simulation;
    if (simulation && isPanic(message)) {
      // Nothing can be asked of it any more. The same scenario gives the same records.
      this.track = new /** @type {any} */ (simulation).constructor(this.#kept);
      this.position = Math.min(this.position, this.length);
      this.#went();
    }
    this.#emit("problem", { kind, message });
    this.#emit("change");
  }

  /** @param {string} type @param {object} [detail] */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
