/**
 * What can be asked of the drawing: each valve, each callback, each byte. The drawing itself is hidden from those who cannot
 * see it; these are there for everybody. One stop for the Tab key; arrows up and down go from one to the next.
 */
import { alike } from "../bytes.js";
import { changes, kept, set, svg } from "../dom.js";
import { calledOf } from "../../state/asking.js";
import { questionText } from "../why.js";
import { bandsOf } from "./bands.js";
import { place } from "./draw.js";
import { levelY } from "./geometry.js";
import { createLens, isLegible } from "./lens.js";

/** @typedef {import("../../types.js").Shown} Shown */
/** @typedef {import("../../types.js").Question} Question */
/** @typedef {import("./geometry.js").Box} Box */
/** @typedef {import("./geometry.js").Layout} Layout */
/** @typedef {import("./still.js").Still} Still */
/** @typedef {{question: Question, box: Box, kind: "drawn" | "byte", stop: boolean, lens: boolean}} Ask `stop`: the keys come to it; `lens`: what it asks for is read in the lens alone */

const BYTES = /** @type {const} */ (["rx", "input", "output", "tx"]);
/** Where bytes are not told apart, so many places of a vessel can be asked. */
const SLICES = 16;
/** So many questions of one vessel are kept. */
const MOST_QUESTIONS = 1024;

export class Asks {
  element = svg("g", { class: "asks" });
  #lens = createLens();
  /** What is over the drawing. */
  lens = this.#lens.element;
  #isAnother = changes();
  /** The bytes of each vessel: as long as there are as many, they are the same. */
  #bytes = BYTES.map((name) => createByteAsks(name));
  /** Those of what is drawn as such, then of each vessel: where bytes go from one to another, the others' stay as they are. */
  #groups = ["drawn", ...BYTES].map(() => new Group({ enter: (ask) => this.#look(ask), leave: this.#lens.close }));
  /** What is there to be looked at now: a rectangle stays while what is in it changes. @type {{still: Still, at: Layout} | null} */
  #seen = null;

  constructor() {
    this.element.append(...this.#groups.map(({ element }) => element));
    this.element.addEventListener("keydown", (event) => this.#walk(/** @type {KeyboardEvent} */ (event)));
  }

  /** @param {Shown} shown @param {Still} still @param {Layout} at */
  settle(shown, still, at) {
    const bytes = this.#bytes.map((asksOf) => asksOf(still, at));
    const asks = shown.frame.exists ? [drawnAsks(at, shown.frame.connection), ...bytes] : [];
    const asked = askedHere(shown);
    const before = this.#seen?.still.contents;
    const { input, output } = still.contents;
    this.#seen = { still, at };
    const words = this.#groups.map((_, index) => (asks[index] ?? []).map(({ question, stop }) => (stop ? questionText(question, shown) : null)));
    const same = before && alike(before.input, input) && alike(before.output, output);
    if (!this.#isAnother(at, asked, ...bytes, ...words.flat()) && same) return;
    // An open lens shows contents, and closes with them.
    this.#lens.close();
    this.#groups.forEach((group, index) => group.settle(asks[index] ?? [], words[index], asked));
    // The one that the keys were at last, if it is still there.
    const stops = this.#stops();
    this.#stopAt(stops.find((stop) => stop.getAttribute("tabindex") === "0") ?? stops[0]);
  }

  /** @param {Ask} ask */
  #look({ question }) {
    const place = placeOf(question);
    if (!place || !this.#seen) return;
    const { still, at: { vessels } } = this.#seen;
    this.#lens.open(still.contents[place], /** @type {{offset: number}} */ (question).offset, { box: vessels[place], fresh: still.fresh[place] ?? 0, full: still.fulls[place] });
  }

  #stops() {
    return this.#groups.flatMap((group) => group.stops());
  }

  /** @param {Element | undefined} here */
  #stopAt(here) {
    for (const stop of this.#stops()) set(stop, "tabindex", stop === here ? 0 : -1);
  }

  /** @param {KeyboardEvent} event */
  #walk(event) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    const stops = this.#stops();
    const next = stops[(stops.indexOf(/** @type {SVGElement} */ (event.target)) + by + stops.length) % stops.length];
    // Not on `focusin`: a group that listens to it takes the focus itself.
    this.#stopAt(next);
    next?.focus();
    event.preventDefault();
    event.stopPropagation();
  }
}

/** In which buffer the byte is that is asked: what is in the kernel nobody reads. @param {Question} question */
const placeOf = (question) => (question.kind === "byte" && (question.place === "input" || question.place === "output") ? question.place : null);

/** What was asked of this moment, as its part of the drawing has it. @param {Shown} shown */
function askedHere({ why, frame, panel }) {
  const here = why && panel === "why" && why.position === frame.position && why.connection === frame.connection.number;
  return here ? JSON.stringify(why.question) : null;
}

/** @typedef {{ask: Ask, words: string | null}} Asked what a rectangle was drawn from */

/** Some of them, a rectangle each. */
class Group {
  element = svg("g", {});
  /** What each was drawn from, also those that are not there now. @type {Map<Element, Asked>} */
  #settled = new Map();
  /** Those that are. @type {SVGElement[]} */
  #there = [];
  #sized;

  /** @param {{enter: (ask: Ask) => void, leave: () => void}} on somebody comes to one, or leaves it */
  constructor({ enter, leave }) {
    const look = (/** @type {Event} */ { currentTarget }) => {
      const one = this.#settled.get(/** @type {Element} */ (currentTarget));
      if (one) enter(one.ask);
    };
    this.#sized = kept(this.element, () => svg("rect", { onpointerenter: look, onpointerleave: leave, onfocus: look, onblur: leave }));
  }

  /** @param {Ask[]} asks @param {(string | null)[]} words of those that the keys come to @param {string | null} asked what was asked of this moment */
  settle(asks, words, asked) {
    this.#there = this.#sized(asks.length);
    this.#there.forEach((rect, index) => {
      const now = { ask: asks[index], words: words[index] };
      settleAsk(rect, now, this.#settled.get(rect));
      this.#settled.set(rect, now);
      if (asked !== null || rect.hasAttribute("data-asked")) set(rect, "data-asked", asked === rect.getAttribute("data-ask"));
    });
  }

  /** Those that the keys come to. */
  stops() {
    return this.#there.filter((rect) => this.#settled.get(rect)?.ask.stop);
  }
}

/** Of many bytes few change, and asking each rectangle what it is takes as long as to write it. @param {Element} rect @param {Asked} now @param {Asked | undefined} before */
function settleAsk(rect, { ask, words }, before) {
  if (ask === before?.ask && words === before.words) return;
  const { question, box, kind, stop, lens } = ask;
  if (!before || !isSame(box, before.ask.box)) place(rect, box);
  if (kind !== before?.ask.kind) set(rect, "class", `ask ${kind}`);
  if (question !== before?.ask.question) set(rect, "data-ask", JSON.stringify(question));
  if (lens !== before?.ask.lens) set(rect, "data-lens", lens);
  if (words === before?.words) return;
  set(rect, "role", stop ? "button" : null);
  set(rect, "aria-label", words);
  set(rect, "aria-hidden", stop ? null : "true");
  if (!stop) set(rect, "tabindex", null);
}

/** @param {Box} one @param {Box} other */
const isSame = (one, other) => one === other || (one.x === other.x && one.y === other.y && one.w === other.w && one.h === other.h);

/** What is drawn as such, and takes clicks itself. @param {Layout} at @param {import("../../types.js").ConnectionPicture} connection @returns {Ask[]} */
function drawnAsks({ valves, callers }, connection) {
  const directions = /** @type {const} */ (["read", "write"]);
  const callbacks = /** @type {const} */ (["read", "event", "write"]);
  /** @type {Question} */
  const program = { kind: "program" };
  return [
    { question: program, box: callers.program },
    ...directions.map((direction) => ({ question: /** @type {Question} */ ({ kind: "valve", direction }), box: valves[direction].box })),
    ...callbacks.map((callback) => ({ question: calledOf(connection, callback), box: callers[callback] })),
  ].map((ask) => ({ ...ask, kind: "drawn", stop: true, lens: false }));
}

/** What asks for each byte of a vessel. @param {(typeof BYTES)[number]} name @returns {(still: Still, at: Layout) => Ask[]} the same as before where the same bytes stand there */
function createByteAsks(name) {
  const isAnother = changes();
  /** @type {Ask[]} */
  let asks = [];
  /** Those of the same places, to be told apart from others at a glance. @type {Map<number, Question>} */
  const questions = new Map();
  const questionOf = (/** @type {number} */ offset) => {
    const question = questions.get(offset) ?? /** @type {Question} */ ({ kind: "byte", place: name, offset });
    questions.set(offset, question);
    return question;
  };
  return ({ levels, fresh: { [name]: fresh = 0 }, fulls: { [name]: full } }, { vessels: { [name]: box } }) => {
    const len = levels[name] ?? 0;
    if (!isAnother(len, fresh, full, box)) return asks;
    // A byte that has no room for its glyph is read in the lens alone: what is in the kernel nobody reads.
    const lens = (name === "input" || name === "output") && !isLegible(len, fresh, box, full);
    if (questions.size > MOST_QUESTIONS) questions.clear();
    asks = placesOf(len, fresh, box, full).map(({ offset, box }, index, all) => ({ question: questionOf(offset), box, kind: "byte", stop: index === 0 || index === all.length - 1, lens }));
    return asks;
  };
}

/** Where bytes can be asked: each, or where they are not told apart, slices. @param {number} len @param {number} fresh @param {Box} box @param {number} full */
function placesOf(len, fresh, box, full) {
  if (len === 0) return [];
  const bottom = box.y + box.h;
  const cells = bandsOf(len, fresh, box, full).flatMap(({ from, cells }) =>
    cells.map(({ x, y, w, h, byte }) => ({ offset: byte, box: { x: box.x + x, y: bottom - (from / full) * box.h - y, w, h } })),
  );
  return cells.length > 0 ? cells : slicesOf(len, box, full);
}

/** A level in slices, each asking for the first of its bytes; the last for the newest. @param {number} len @param {Box} box @param {number} full */
function slicesOf(len, box, full) {
  const count = Math.min(SLICES, len);
  const edge = (/** @type {number} */ index) => Math.floor((len * index) / count);
  return Array.from({ length: count }, (_, index) => {
    const [top, bottom] = [levelY(box, edge(index + 1), full), levelY(box, edge(index), full)];
    return { offset: index === count - 1 ? len - 1 : edge(index), box: { x: box.x, y: top, w: box.w, h: bottom - top } };
  });
}
