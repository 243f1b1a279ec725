/**
 * What can be asked of the drawing: each valve, each callback, each byte. The drawing itself is hidden from those who cannot
 * see it; these are there for everybody. One stop for the Tab key; arrows up and down go from one to the next.
 */
import { set, sized, svg } from "../dom.js";
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
/** @typedef {{question: Question, box: Box, kind: "drawn" | "byte", stop: boolean}} Ask `stop`: the keys come to it */

const BYTES = /** @type {const} */ (["rx", "input", "output", "tx"]);
/** Where bytes are not told apart, so many places of a vessel can be asked. */
const SLICES = 16;

export class Asks {
  element = svg("g", { class: "asks" });
  #lens = createLens();
  /** What is over the drawing. */
  lens = this.#lens.element;
  /** What was settled last. */
  #settled = "";
  /** What is there to be looked at now: a rectangle stays while what is in it changes. @type {{still: Still, at: Layout} | null} */
  #seen = null;

  constructor() {
    this.element.addEventListener("keydown", (event) => this.#walk(/** @type {KeyboardEvent} */ (event)));
  }

  /** @param {Shown} shown @param {Still} still @param {Layout} at */
  settle(shown, still, at) {
    const asks = shown.frame.exists ? [...drawnAsks(at, shown.frame.connection), ...BYTES.flatMap((name) => byteAsks(name, still, at.vessels[name]))] : [];
    const asked = askedHere(shown);
    const { input, output } = still.contents;
    this.#seen = { still, at };
    // An open lens shows contents, and closes with them.
    const key = JSON.stringify([asks, shown.lang, still.valves, asked, input, output]);
    if (key === this.#settled) return;
    this.#settled = key;
    this.#lens.close();
    const rects = sized(this.element, asks.length, () => svg("rect", { onpointerleave: this.#lens.close, onblur: this.#lens.close }));
    rects.forEach((rect, index) => {
      settleAsk(rect, asks[index], shown);
      const look = () => this.#look(asks[index]);
      Object.assign(rect, { onpointerenter: look, onfocus: look });
      set(rect, "data-lens", needsLens(asks[index].question, still, at));
      set(rect, "data-asked", asked === rect.getAttribute("data-ask"));
    });
    // The one that the keys were at last, if it is still there.
    const stops = this.#stops();
    this.#stopAt(stops.find((stop) => stop.getAttribute("tabindex") === "0") ?? stops[0]);
  }

  /** @param {Ask} ask */
  #look({ question }) {
    const place = placeOf(question);
    if (!place || !this.#seen) return;
    const { still, at: { vessels } } = this.#seen;
    this.#lens.open(still.contents[place], /** @type {{offset: number}} */ (question).offset, { box: vessels[place], fresh: still.fresh[place] ?? 0, full: still.full });
  }

  #stops() {
    return /** @type {SVGElement[]} */ ([...this.element.querySelectorAll("[role=button]")]);
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

/** Whether a byte is read in the lens alone. @param {Question} question @param {Still} still @param {Layout} at */
function needsLens(question, { contents, fresh, full }, { vessels }) {
  const place = placeOf(question);
  return place !== null && !isLegible(contents[place].len, fresh[place] ?? 0, vessels[place], full);
}

/** What was asked of this moment, as its part of the drawing has it. @param {Shown} shown */
function askedHere({ why, frame, panel }) {
  const here = why && panel === "why" && why.position === frame.position && why.connection === frame.connection.number;
  return here ? JSON.stringify(why.question) : null;
}

/** @param {SVGElement} rect @param {Ask} ask @param {Shown} shown */
function settleAsk(rect, { question, box, kind, stop }, shown) {
  place(rect, box);
  set(rect, "class", `ask ${kind}`);
  set(rect, "data-ask", JSON.stringify(question));
  set(rect, "role", stop ? "button" : null);
  set(rect, "aria-label", stop ? questionText(question, shown) : null);
  set(rect, "aria-hidden", stop ? null : "true");
  if (!stop) set(rect, "tabindex", null);
}

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
  ].map((ask) => ({ ...ask, kind: "drawn", stop: true }));
}

/** @param {(typeof BYTES)[number]} name @param {Still} still @param {Box} box @returns {Ask[]} */
function byteAsks(name, { levels, fresh, full }, box) {
  const len = levels[name] ?? 0;
  if (len === 0) return [];
  const bottom = box.y + box.h;
  const cells = bandsOf(len, fresh[name] ?? 0, box, full).flatMap(({ from, cells }) =>
    cells.map(({ x, y, w, h, byte }) => ({ offset: byte, box: { x: box.x + x, y: bottom - (from / full) * box.h - y, w, h } })),
  );
  const places = cells.length > 0 ? cells : slicesOf(len, box, full);
  return places.map(({ offset, box }, index) => ({ question: { kind: "byte", place: name, offset }, box, kind: "byte", stop: index === 0 || index === places.length - 1 }));
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
