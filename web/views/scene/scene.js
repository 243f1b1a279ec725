/**
 * The scene: bytes as water, buffers and kernel queues as vessels, watermarks as lines across them, the right to read and
 * to write as valves.
 *
 * In which order to read: `still.js` says what is shown of a moment, `motion.js` what moves between two, `geometry.js` where it
 * stands, `plumbing.js` draws it; each part of the drawing is a file. Nothing here knows how a bufferevent behaves.
 */
import { momentSentence } from "../../lang/sentences.js";
import { STEP_MS } from "../../state/clock.js";
import { changes, h, say, set, style } from "../dom.js";
import { onceLaidOut, whenSized } from "../laid-out.js";
import { browserClock, Movement } from "./clock.js";
import { fontsOf, measureIn } from "./fit.js";
import { flightOf } from "./flight.js";
import { layout, leastHeight } from "./geometry.js";
import { createLoop } from "./loop.js";
import { eased, interimAt, planOf, TRANSFER } from "./motion.js";
import { createOthers } from "./others.js";
import { Plumbing } from "./plumbing.js";
import { markPlaces } from "./predicted.js";
import { stillOf } from "./still.js";

/** @typedef {import("../../types.js").Shown} Shown */
/** @typedef {import("./still.js").Still} Still */

/** By hand, a movement may take so long. */
const BY_HAND_MS = 900;
/** While it plays, each movement is over before the next step. */
const PART_OF_STEP = 0.95;

/** Whether something around the moment has changed, and not the moment. @param {Shown["frame"]} one @param {Shown["frame"]} other */
const sameMoment = (one, other) =>
  one.track === other.track && one.revision === other.revision && one.position === other.position && one.connection.number === other.connection.number && one.fulls === other.fulls;

/**
 * @param {Pick<import("../../types.js").Commands, "mark" | "draft" | "connection">} commands
 * @param {import("./clock.js").Clock} [clock]
 */
export const createScene = (commands, clock = browserClock) => new Scene(commands, clock);

/** A phone that is held sideways: the sheets have the same. */
const SIDEWAYS = "(orientation: landscape) and (max-height: 499px) and (pointer: coarse)";

/** Where nobody acts. */
const NOTHING = { mark() {}, draft() {}, connection() {} };

class Scene {
  #stage = h("div", { class: "stage" });
  #flying = h("span", { class: "flight", "aria-hidden": "true", hidden: true });
  #loop = createLoop();
  #plumbing;
  #others;
  #middle;
  #movement;
  #size = { width: 0, height: 0 };
  #fonts = { plain: "", mono: "" };
  /** Where things stand, as long as they stand there. @type {import("./geometry.js").Layout | null} */
  #at = null;
  #movesThings = changes();
  /** What was drawn last. @type {{shown: Shown, still: Still} | null} */
  #last = null;
  /** How it is drawn where others that came or went leave as much room as before. @type {(() => void) | null} */
  #later = null;

  /** @param {Pick<import("../../types.js").Commands, "mark" | "draft" | "connection">} commands @param {import("./clock.js").Clock} clock */
  constructor(commands, clock) {
    this.#plumbing = new Plumbing(commands, measureIn(() => this.#fonts));
    this.#others = createOthers(commands.connection);
    this.#movement = new Movement(clock);
    this.#stage.append(this.#plumbing.element, ...this.#plumbing.over);
    this.#middle = h("div", { class: "scene-middle" }, this.#stage, this.#others.element, this.#flying);
    this.element = h("div", { class: "scene", role: "group" }, this.#middle, this.#loop.element);
    whenSized(this.#stage, () => (this.#last && this.#resize() ? () => this.#drawLast() : undefined));
  }

  /** @param {Shown} shown */
  update(shown) {
    const { frame, text: t, lang } = shown;
    const [last, still] = [this.#last, stillOf(shown)];
    const goesOn = this.#movement.running && last !== null && sameMoment(last.shown.frame, frame);
    if (!goesOn) this.#movement.finish();
    this.#last = { shown, still };
    const sentence = momentSentence(frame, lang);
    set(this.element, "aria-label", frame.exists || frame.source === "simulation" ? t.scene.spoken(frame.connection, sentence) : sentence);
    const before = last && last.still.number === still.number && last.still.fulls === still.fulls ? last.still : null;
    const moves = frame.motion !== "still" && before !== null;
    if (!goesOn) this.#others.update(shown, moves);
    const [alone, was] = [this.#others.element.hidden, !this.element.hasAttribute("data-others")];
    set(this.element, "data-others", !alone);
    this.#loop.update(shown);
    markPlaces(this.element, this.#plumbing.element, shown);
    // Asking at each change would make the browser lay out everything; it says itself when there is other room.
    if (this.#size.width === 0 && !this.#resize()) return;
    const draw = () => {
      if (goesOn) this.#settle(shown, still);
      else if (moves) this.#move(shown, still, before);
      else this.#redraw(shown, still);
    };
    this.#later = null;
    // While it plays, what stands where it will not stay is not drawn first. Bytes on their way have to be asked for before.
    if (alone !== was && shown.player.mode === "playing" && flightOf(frame, still.caller) === null) this.#drawLater(draw);
    else draw();
  }

  /**
   * Another one that is nowhere on the page, for as much room: what it draws runs the code that this one will run.
   * @param {import("./clock.js").Clock} clock
   */
  twin(clock) {
    const twin = new Scene(NOTHING, clock);
    [twin.#size, twin.#fonts] = [this.#size, this.#fonts];
    return twin;
  }

  /** Learns how much room there is; says whether it is another than before. */
  #resize() {
    const { clientWidth: width, clientHeight: height } = this.#stage;
    if (width === 0 || (width === this.#size.width && height === this.#size.height)) return false;
    // All is laid out now: later, that would be done once more for it.
    if (this.#size.width === 0) this.#fonts = fontsOf(this.#stage);
    this.#size = { width, height };
    return true;
  }

  /** @param {Shown} shown @param {Still} still */
  #settle(shown, still) {
    const { width, height } = this.#size;
    const low = matchMedia(SIDEWAYS).matches;
    // What the peer has received only grows, and has room for its figures anywhere.
    const { got: _, ...fulls } = still.fulls;
    const full = Math.max(...Object.values(fulls));
    if (this.#movesThings(width, height, full, low) || !this.#at) {
      style(this.#stage, "min-block-size", `${leastHeight(width, full, low)}px`);
      this.#at = layout(width, height, full, low);
    }
    this.#plumbing.settle(shown, still, this.#at);
  }

  /** Draws in the same frame, once it is known how much room there is. @param {() => void} draw */
  #drawLater(draw) {
    this.#later = draw;
    // Where there is other room, that draws it.
    onceLaidOut(this.#stage, () => () => this.#later?.());
  }

  #drawLast() {
    if (this.#last) this.#redraw(this.#last.shown, this.#last.still);
  }

  /** Draws a moment without moving anything. @param {Shown} shown @param {Still} still */
  #redraw(shown, still) {
    this.#movement.finish();
    this.#later = null;
    this.#settle(shown, still);
    this.#plumbing.draw(still, still, null);
    this.#others.draw(1);
  }

  /** Draws the way to a moment. @param {Shown} shown @param {Still} still @param {Still} before */
  #move(shown, still, before) {
    this.#plumbing.begin();
    this.#settle(shown, still);
    const speed = shown.player.speed || 1;
    const limit = shown.player.mode === "playing" ? (PART_OF_STEP * STEP_MS) / speed : BY_HAND_MS;
    const tokens = shown.frame.motion === "forward";
    const plan = planOf(before, still, tokens, speed, limit);
    const flight = tokens ? this.#flight(shown, still) : null;
    const span = Math.min(TRANSFER / speed, limit);
    this.#movement.run((ms) => {
      const interim = interimAt(plan, before, ms);
      const part = Math.min(ms / span, 1);
      const done = interim.done && (flight === null || part === 1);
      this.#plumbing.draw(before, still, interim.done ? null : interim);
      this.#others.draw(done ? 1 : eased(part));
      flight?.(eased(part));
      set(this.element, "data-moving", !done);
      return done;
    });
  }

  /** What draws bytes on their way between bufferevents, where there are any. @param {Shown} shown @param {Still} still */
  #flight({ frame }, still) {
    const flight = flightOf(frame, still.caller);
    const [from, to] = flight ? [this.#partOf(flight.from), this.#partOf(flight.to)] : [null, null];
    if (!flight || !from || !to) return null;
    const flying = this.#flying;
    say(flying, `${flight.bytes} B`);
    /** @type {{x: number, y: number}[] | null} */
    let ends = null;
    let part = 0;
    const fly = () => {
      if (!ends) return;
      const [start, end] = ends;
      style(flying, "transform", `translate(${start.x + (end.x - start.x) * part}px, ${start.y + (end.y - start.y) * part}px) translate(-50%, -50%)`);
    };
    onceLaidOut(flying, () => {
      ends = [from, to].map((one) => this.#middleOf(one));
      return fly;
    });
    return (/** @type {number} */ now) => {
      part = now;
      flying.hidden = part >= 1;
      fly();
    };
  }

  /** The part of the scene that this is. @param {import("./flight.js").Place} place */
  #partOf(place) {
    if ("caller" in place) return this.#plumbing.find(place.caller);
    return place.connection === this.#last?.still.number ? this.#plumbing.find(place.side) : this.#others.find(place.connection, place.side);
  }

  /** Where the middle of this is. @param {Element} part */
  #middleOf(part) {
    const [box, around] = [part.getBoundingClientRect(), this.#middle.getBoundingClientRect()];
    // What is presented is drawn larger than it is laid out.
    const times = around.width / this.#middle.offsetWidth || 1;
    return { x: (box.x + box.width / 2 - around.x) / times, y: (box.y + box.height / 2 - around.y) / times };
  }
}
