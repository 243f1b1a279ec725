/** One vessel: a tank with its level, its bytes, and this step's bytes outlined. */
import { changes, say, set, sized, svg } from "../dom.js";
import { createContent, LINE } from "./content.js";
import { move, place, show } from "./draw.js";
import { fit, wrap } from "./fit.js";
import { levelY } from "./geometry.js";
import { round } from "./path.js";

/** @typedef {import("../../types.js").Content} Content */
/** @typedef {import("./geometry.js").Box} Box */

/**
 * @typedef {object} VesselState
 * @property {string} name
 * @property {number | null} len `null`: nobody knows
 * @property {Content | null} content the bytes, where there may be any
 * @property {number} fresh so many of the newest are of this step
 * @property {number | null} edge beyond so many bytes there is no room: a high mark, or what the kernel gives
 * @property {number | null} capacity what the kernel gives, told beside the amount
 * @property {string} note
 * @property {string} unknown why nobody knows, where this vessel is the one that says so
 * @property {number} full
 * @property {string[]} scale how many bytes its whole height is, where other vessels have another: the first that has room is said
 * @property {import("../../types.js").Question | null} ask what its amount is asked
 */

/** @param {import("./geometry.js").Vessel} name @param {import("./fit.js").Measure} measure */
export function createVessel(name, measure) {
  const content = createContent();
  const parts = {
    room: svg("rect", { class: "vessel-room" }),
    beyond: svg("rect", { class: "vessel-beyond", fill: "url(#scene-hatch)" }),
    rim: svg("path", { class: "vessel-rim" }),
    pool: svg("svg", { class: "vessel-pool" }, svg("rect", { class: "vessel-water", x: 0, y: 0, width: "100%", height: "100%" }), content.element),
    torn: svg("path", { class: "vessel-torn" }),
    fresh: svg("rect", { class: "vessel-fresh" }),
    wall: svg("path", { class: "vessel-wall" }),
    question: svg("text", { class: "vessel-unknown", "text-anchor": "middle" }),
    name: svg("text", { class: "vessel-name" }),
    amount: svg("text", { class: "vessel-amount" }),
    note: svg("text", { class: "vessel-note", "text-anchor": "middle" }),
    scale: svg("text", { class: "vessel-scale" }),
  };
  const element = svg("g", { class: `vessel ${name}`, "data-place": `vessel:${name === "got" ? "peer" : name}` }, ...Object.values(parts));
  return new Tank(element, parts, content, measure, SCALES[name]);
}

/** What a pipe takes above the rim, and what there is beside a vessel in a column. */
const [PIPE, BESIDE] = [24, 54];
/**
 * Where its scale stands: across, above the rim, on the side that no pipe comes over; in a column beside the rim, or within where marks
 * stand beside it.
 * @type {{[vessel in import("./geometry.js").Vessel]: {anchor: "start" | "end", within: boolean}}}
 */
const SCALES = {
  backlog: { anchor: "end", within: false },
  rx: { anchor: "end", within: false },
  input: { anchor: "end", within: true },
  output: { anchor: "start", within: true },
  tx: { anchor: "start", within: false },
  got: { anchor: "start", within: false },
};

class Tank {
  #isAnother = changes();
  #notes = changes();
  #flows = changes();
  #parts;
  #content;
  #measure;
  #scaleAt;

  /**
   * @param {SVGElement} element
   * @param {{[part: string]: SVGElement}} parts
   * @param {ReturnType<typeof createContent>} content
   * @param {import("./fit.js").Measure} measure
   * @param {(typeof SCALES)["rx"]} scaleAt
   */
  constructor(element, parts, content, measure, scaleAt) {
    this.element = element;
    this.#parts = parts;
    this.#content = content;
    this.#measure = measure;
    this.#scaleAt = scaleAt;
  }

  /** What stands still around the bytes. @param {VesselState} state @param {Box} box @param {Box} caption @param {boolean} column */
  settle(state, box, caption, column) {
    const { name, len, edge: end, capacity, unknown, full, scale, ask } = state;
    const asks = ask && JSON.stringify(ask);
    if (!this.#isAnother(box, caption, column, name, len, end, capacity, unknown, full, asks, ...scale)) return;
    const parts = this.#parts;
    set(this.element, "data-length", state.len ?? "unknown");
    this.element.classList.toggle("unknown", state.len === null);
    place(parts.room, box);
    const { x, y, w, h } = box;
    set(parts.wall, "d", `M${round(x)} ${round(y)}v${round(h)}h${round(w)}v${round(-h)}`);
    const edge = state.edge !== null && state.edge < state.full ? levelY(box, state.edge, state.full) : null;
    this.#hatch(box, state.len === null ? box.h : edge === null ? 0 : edge - y);
    show(parts.rim, edge !== null && state.capacity !== null && state.len !== null);
    if (edge !== null) set(parts.rim, "d", `M${round(x)} ${round(edge)}h${round(w)}`);
    this.#settleReason(state, box);
    this.#settleCaption(name, asks, caption, column);
    this.#settleScale(scale, box, column);
  }

  /** Beyond so many bytes there is no room; 0 where there is always some. @param {number} edge @param {number} full @param {Box} box */
  end(edge, full, box) {
    this.#hatch(box, edge === 0 || edge >= full ? 0 : levelY(box, edge, full) - box.y);
  }

  /** What is not there, from the rim down. @param {Box} box @param {number} height */
  #hatch({ x, y, w }, height) {
    show(this.#parts.beyond, height > 0);
    place(this.#parts.beyond, { x, y, w, h: height });
  }

  /** Why nobody knows, where that is so. @param {VesselState} state @param {Box} box */
  #settleReason({ len, unknown }, box) {
    const why = len === null ? wrap(unknown, box.w - 8, (words) => this.#measure(words, 12)) : [];
    // With the reason where there is room, or else the reason alone.
    const all = len !== null ? [] : ([["?", ...why], why].find((lines) => lines.length > 0 && lines.length * LINE <= box.h) ?? ["?"]);
    const top = box.y + (box.h - all.length * LINE) / 2 + 11;
    sized(this.#parts.question, all.length, () => svg("tspan", {})).forEach((line, index) => {
      at(line, box.x + box.w / 2, top + index * LINE);
      say(line, all[index]);
    });
  }

  /** @param {string} name @param {string | null} asks @param {Box} caption @param {boolean} column */
  #settleCaption(name, asks, caption, column) {
    const parts = this.#parts;
    for (const part of [parts.amount, parts.note]) set(part, "data-ask", asks);
    say(parts.name, name);
    // One over the other, or beside each other.
    const stacked = column || caption.h > 2 * LINE;
    const first = caption.y + (column ? 20 : 15);
    at(parts.name, caption.x, first);
    set(parts.amount, "text-anchor", stacked ? "start" : "end");
    at(parts.amount, stacked ? caption.x : caption.x + caption.w, stacked ? first + LINE : first);
  }

  /** @param {string[]} words @param {Box} box @param {boolean} column */
  #settleScale(words, { x, y, w }, column) {
    const { scale } = this.#parts;
    const { anchor, within } = this.#scaleAt;
    const room = column && !within ? BESIDE : w - PIPE;
    say(scale, words.find((it) => this.#measure(it, 11) <= room) ?? words.at(-1) ?? "");
    set(scale, "text-anchor", column ? (within ? "end" : "start") : anchor);
    if (column) at(scale, within ? x + w - 5 : x + w + 8, within ? y + 12 : y + 9);
    else at(scale, anchor === "end" ? x + w : x, y - 5);
  }

  /** @param {VesselState} state @param {Box} box */
  note({ note: words, content }, box) {
    if (!this.#notes(words, content !== null, box)) return;
    const measure = (/** @type {string} */ it) => this.#measure(it, 12, "bold");
    const lines = wrap(words, box.w - 4, measure);
    // Bytes are read from the floor on; where there are any, it stands below the rim.
    const first = content ? box.y + LINE + 2 : box.y + box.h - 8 - (lines.length - 1) * LINE;
    sized(this.#parts.note, lines.length, () => svg("tspan", {})).forEach((line, index) => {
      at(line, box.x + box.w / 2, first + index * LINE);
      say(line, fit(lines[index], box.w - 4, measure));
    });
  }

  /**
   * @param {VesselState} state what its bytes are drawn from
   * @param {Box} box
   * @param {number} level how many bytes it seems to hold
   * @param {number} sunk so many have left at the bottom
   * @param {boolean} outlined this step's bytes are shown as such
   */
  draw(state, box, level, sunk, outlined) {
    if (state.len !== null) this.#content.update(state, box);
    if (this.#flows(state.len !== null, state.full, state.capacity, state.fresh, box, level, sunk, outlined)) this.#flow(state, box, level, sunk, outlined);
  }

  /** @param {VesselState} state @param {Box} box @param {number} level @param {number} sunk @param {boolean} outlined */
  #flow(state, box, level, sunk, outlined) {
    const parts = this.#parts;
    const known = state.len !== null;
    const top = levelY(box, level, state.full);
    show(parts.pool, known);
    place(parts.pool, { ...box, y: top, h: box.y + box.h - top });
    move(this.#content.element, 0, box.y + box.h - top + (sunk / state.full) * box.h);
    const whole = Math.round(level);
    say(parts.amount, !known ? "?" : state.capacity !== null ? `${whole} / ${state.capacity}` : `${whole} B`);
    parts.amount.classList.toggle("brimming", known && state.capacity !== null && level >= state.capacity);
    const torn = known && level > state.full;
    show(parts.torn, torn);
    if (torn) set(parts.torn, "d", zigzag(box));
    const fresh = Math.min(state.fresh, level);
    show(parts.fresh, known && outlined && fresh > 0);
    place(parts.fresh, { x: box.x + 1.5, y: top, w: box.w - 3, h: levelY(box, Math.min(level, state.full) - fresh, state.full) - top });
  }
}

/** @param {Element} element @param {number} x @param {number} y */
function at(element, x, y) {
  set(element, "x", round(x));
  set(element, "y", round(y));
}

/** Two torn edges near the rim: there is more than can be drawn. @param {Box} box */
function zigzag({ x, y, w }) {
  const teeth = Math.max(Math.round(w / 12), 2);
  const edge = (/** @type {number} */ top) => Array.from({ length: teeth + 1 }, (_, index) => `${index === 0 ? "M" : "L"}${round(x + (index * w) / teeth)} ${top + (index % 2) * 5}`).join("");
  return edge(round(y + 8));
}
