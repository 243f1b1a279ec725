/**
 * The player: one track, one position in it, one mode. Everything that is shown follows from these.
 *
 * It tells what happened by events: `change` when there is another frame, `track` when there is another track or the
 * track went another way, `step`, `crossing` and `callback` for what a step showed, `problem` for what a person must be told.
 */
import { gapAfter, goesOn, handTarget, inDialect, momentTarget, targetOf, toldOf } from "../engine/track.js";
import { Branches, doAt } from "./branches.js";
import { tweens } from "./clock.js";
import { Outlook } from "./outlook.js";
import { Playback } from "./playback.js";
import { isPanic, messageOf } from "./report.js";

/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {import("../types.js").Track} Track */
/** @typedef {import("../types.js").Source} Source */
/** @typedef {import("../types.js").Unit} Unit */

export class Player extends EventTarget {
  /** @type {import("../types.js").Mode} */
  mode = "loading";
  /** @type {Track | null} */
  track = null;
  /** @type {Source} */
  source = "simulation";
  position = 0;
  reducedMotion = false;
  /** Steps are those of the connection that is looked at: others' are passed over. */
  follows = false;

  /** The moment that is shown: none until there is a track. @type {Frame | null} */
  frame = null;

  #branches = new Branches();
  #outlook = new Outlook();
  /** How often the track was another one or went another way. */
  #revision = 0;
  /** @type {Frame["motion"]} */
  #motion = "still";
  playback = new Playback(
    () => this.#tick(),
    () => (this.track ? gapAfter(this.track, this.position) : 0),
  );

  /**
   * Shows another track, from its start or where the reader was in it.
   * @param {Track} track
   * @param {Source} source
   * @param {number} [position]
   */
  open(track, source, position = source === "live" ? track.length : track.start) {
    this.playback.leave();
    if (this.track) this.track.free();
    this.track = track;
    this.source = source;
    this.#outlook.forget();
    this.follows = false;
    this.position = Math.min(position, track.length);
    this.mode = source === "live" ? "following" : "ready";
    this.#went();
    this.#changed();
  }

  /** There is nothing to show. */
  fail() {
    this.playback.rest();
    this.mode = "failed";
    this.#changed();
  }

  /** The track is another one, or went another way. */
  #went() {
    if (this.track) this.#outlook.begin(this.track, this.simulation);
    this.#branches.keep(this.simulation);
    this.#motion = "still";
    this.#revision++;
    this.#emit("track");
  }

  #compare() {
    this.#branches.keep(this.simulation);
    this.#outlook.renew(this.track, this.simulation);
  }

  /** Something is shown otherwise: the moment is looked at anew. What moved is seen moving once. */
  #changed() {
    try {
      const { track, source } = this;
      // What a busy server does now comes too fast to look from one to the next.
      this.#outlook.turns = this.mode !== "following";
      this.frame = track && this.#outlook.look(track, this.position, { source, motion: this.#motion, acts: this.simulation !== null, revision: this.#revision }, this.mode === "playing");
    } catch (error) {
      // What was shown last stays.
      return this.#emit("problem", { kind: "panic", wrong: error });
    } finally {
      this.#motion = "still";
    }
    this.#emit("change");
  }

  /** The same script as another libevent. */
  get comparison() {
    return this.#outlook.comparison;
  }

  /** So many moments from where the reader is, one step after the other; where there are not so many, those before it. @param {number} steps @returns {Frame[]} */
  span(steps) {
    const { track, source } = this;
    const first = Math.max(Math.min(this.position, this.length - steps), this.start);
    const rest = { source, acts: this.simulation !== null, revision: this.#revision };
    return track ? this.#outlook.span(track, [first, Math.min(first + steps, this.length)], rest, this.reducedMotion) : [];
  }

  /** Whether the script is run as another libevent, too. */
  get comparing() {
    return this.comparison.on;
  }

  set comparing(on) {
    if (on !== this.comparing) this.#compareSo({ on });
  }

  /** Which libevent the script is run as, too. @param {import("../types.js").Dialect} chosen */
  compareWith(chosen) {
    this.#compareSo({ chosen });
  }

  /** @param {{on?: boolean, chosen?: import("../types.js").Dialect}} how */
  #compareSo(how) {
    Object.assign(this.comparison, how);
    this.#compare();
    this.#changed();
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

  /** Goes to a position. @param {number} position */
  seek(position) {
    if (!this.track) return;
    this.#leave();
    this.#goTo(Math.round(position));
    this.#changed();
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
    const { track, position } = this;
    const detail = { position, record: track?.record(position) ?? null };
    for (const type of track ? toldOf(track, position) : []) this.#emit(type, detail);
  }

  /** Steps by hand. @param {1 | -1} direction @param {Unit} [unit] */
  step(direction, unit = this.playback.unit) {
    if (!this.track) return;
    this.#leave();
    const target = this.#target(direction, unit === "moment" ? "step" : unit);
    // Whoever steps sees every step, but for the set-up, unless it is asked for step by step.
    const to = unit === "moment" && !this.follows ? handTarget(this.track, this.position, direction) : target;
    this.#goTo(this.playback.byHand(this.position, to));
    this.#changed();
  }

  /** Goes to the next moment, or the one before: to where a question is asked on the way. @param {1 | -1} direction */
  stepMoment(direction) {
    if (!this.track) return;
    this.#leave();
    const from = this.position;
    this.#goTo(this.playback.byHand(from, momentTarget(this.track, from, direction)));
    if (this.position > from && !this.reducedMotion) this.#motion = "forward";
    this.#changed();
  }

  /** @param {1 | -1} direction @param {Unit} unit */
  #target(direction, unit) {
    const track = /** @type {Track} */ (this.track);
    if (direction === 1 && this.position === this.length) this.#goOn();
    return targetOf(track, this.position, direction, unit, this.follows ? this.#outlook.connection : null);
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

  /** Goes on to a later position, or to where a question is asked on the way. @param {number} position */
  goOnTo(position) {
    this.seek(this.playback.byHand(this.position, position));
  }

  /** Goes to the nearest position that meets a condition; where there is none, stays. @param {1 | -1} direction @param {string} condition @returns {boolean} whether there was one */
  find(direction, condition) {
    if (!this.track) return false;
    try {
      const found = direction === 1 ? this.track.next(this.position, condition) : this.track.previous(this.position, condition);
      if (found !== undefined && direction === 1) this.goOnTo(found);
      else if (found !== undefined) this.seek(found);
      return found !== undefined;
    } catch (error) {
      this.#problem("condition", error);
      return false;
    }
  }

  play() {
    if (!this.track || this.mode === "playing") return;
    // At the end of a live track nothing is left to play: who follows it looks on from here, and who does not follows.
    if (this.source === "live" && this.position === this.length) return this.follow(this.mode !== "following");
    if (this.position === this.length) this.#goOn();
    if (this.position === this.length) this.#goTo(this.start);
    this.#go();
  }

  #go() {
    this.mode = "playing";
    this.playback.begin();
    this.#changed();
  }

  pause() {
    if (this.mode !== "playing") return;
    this.#rest();
    this.#changed();
  }

  /** Follows the end of a live track, or does so no more. */
  follow(on = true) {
    if (this.source !== "live") return;
    this.playback.rest();
    this.mode = on ? "following" : "ready";
    if (on) this.#goTo(this.length);
    this.#changed();
  }

  #rest() {
    this.playback.rest();
    if (this.mode === "playing") this.mode = "ready";
  }

  /** The reader goes elsewhere. */
  #leave() {
    this.playback.leave();
    this.#rest();
  }

  #tick() {
    const { track, playback, position: from } = this;
    if (!track || this.mode !== "playing") return;
    const unit = playback.nextUnit;
    const target = this.#target(1, unit);
    const stopped = playback.stopsBetween(track, from, target);
    this.#goTo(stopped ?? target);
    if (unit === "moment" && this.position > from && !this.reducedMotion) this.#motion = "forward";
    if (this.#motion === "forward" && !tweens(playback.speed)) this.#motion = "quick";
    playback.passed(track, this.#outlook.connection, from, this.position);
    if (this.position === from) this.#rest();
    else if (stopped !== null || (this.position === this.length && this.source === "recording")) playback.end(() => this.#outlook.foresee(this.frame), () => this.pause());
    else playback.next();
    this.#changed();
  }

  /** How fast it plays, and in which unit it steps. @param {{unit?: Unit, speed?: number}} how */
  set(how) {
    Object.assign(this.playback, how);
    this.#changed();
  }

  /** Sets the condition at which playing stops. @param {string} condition empty for none @returns {unknown} what is wrong with it; none where it is set */
  setStop(condition) {
    try {
      if (condition) this.track?.next(this.length, condition);
    } catch (error) {
      if (isPanic(messageOf(error))) this.#problem("condition", error);
      return error;
    }
    this.playback.stop = condition;
    this.#changed();
    return null;
  }

  /** Follows the connection that is looked at, or all again. @param {boolean} follows */
  followOne(follows) {
    this.follows = follows;
    this.#changed();
  }

  /** Looks at this connection. @param {number} number @param {boolean} [follows] whether steps are its own alone from now on */
  choose(number, follows = this.follows) {
    if (this.track) this.#outlook.choose(this.track, number);
    this.followOne(follows);
  }

  /**
   * Does this to the simulation where it takes effect, plays there, and shows what it does: its first record, of passes
   * of the loop all of them.
   * @param {{turn?: number, [key: string]: unknown}} step a step of a scenario's script
   * @param {boolean} [throws] what cannot be done is thrown, for a program, and not told
   */
  act(step, throws = false) {
    const simulation = this.simulation;
    if (!simulation) return;
    this.#leave();
    try {
      const before = this.position;
      const { end, follows, vain } = doAt(simulation, before, step);
      if (!follows) this.#went();
      this.playback.vain = vain ? { revision: this.#revision, position: end } : null;
      if (end <= before + 1) {
        this.#goTo(end);
        return this.#changed();
      }
      this.playback.playTo(end);
      this.#go();
    } catch (error) {
      if (!throws || isPanic(messageOf(error))) return this.#problem("action", error);
      this.#changed();
      throw error;
    }
  }

  /** Lets the simulation go another way. @param {(simulation: import("../types.js").Simulation) => number} how gives the position to look on from @param {number} beyond so many steps further */
  change(how, beyond) {
    const simulation = this.simulation;
    if (!simulation) return;
    this.#leave();
    try {
      simulation.remember(this.position);
      const position = how(simulation);
      this.position = Math.min(position, this.length);
      this.#went();
      this.#goTo(position + beyond);
      this.#changed();
    } catch (error) {
      this.#problem("action", error);
    }
  }

  /** @param {import("../types.js").Dialect} dialect */
  setDialect(dialect) {
    const from = this.position === this.start ? null : this.position;
    if (this.simulation?.dialect !== dialect) this.change((it) => inDialect(it, dialect, from), 0);
  }

  /** A live track grew. */
  grew() {
    if (!this.track || this.source !== "live") return;
    this.#outlook.grew(this.track);
    if (this.mode === "following" && this.position !== this.length) {
      const stopped = this.playback.stopsBetween(this.track, this.position, this.length);
      this.#goTo(stopped ?? this.length);
      this.#motion = "still";
      if (stopped !== null) this.mode = "ready";
    }
    this.#changed();
  }

  /** @param {string} kind @param {unknown} error */
  #problem(kind, error) {
    const simulation = this.simulation;
    if (simulation && isPanic(messageOf(error))) {
      this.track = this.#branches.again(simulation);
      this.position = Math.min(this.position, this.length);
      this.#went();
    }
    this.#emit("problem", { kind, wrong: error });
    this.#changed();
  }

  /** @param {string} type @param {object} [detail] */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
