/** One vessel: a tank with its level, its bytes, and this step's bytes outlined. */
import { firstBytes, glyph } from "../bytes.js";
import { say, set, sized, svg } from "../dom.js";
import { bandsOf, MOST_CELLS } from "./bands.js";
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
 */

/** Text in a vessel is so wide a letter, and so high a line. */
const LETTER = 7.8;
const LINE = 15;

/** @param {import("./geometry.js").Vessel} name @param {import("./fit.js").Measure} measure */
export function createVessel(name, measure) {
  const parts = {
    room: svg("rect", { class: "vessel-room" }),
    beyond: svg("rect", { class: "vessel-beyond", fill: "url(#scene-hatch)" }),
    rim: svg("path", { class: "vessel-rim" }),
    pool: svg("svg", { class: "vessel-pool" }),
    water: svg("rect", { class: "vessel-water", x: 0, y: 0, width: "100%", height: "100%" }),
    bytes: svg("g", { class: "vessel-bytes" }),
    hidden: svg("g", {}),
    glyphs: svg("g", {}),
    torn: svg("path", { class: "vessel-torn" }),
    fresh: svg("rect", { class: "vessel-fresh" }),
    wall: svg("path", { class: "vessel-wall" }),
    question: svg("text", { class: "vessel-unknown", "text-anchor": "middle" }),
    name: svg("text", { class: "vessel-name" }),
    amount: svg("text", { class: "vessel-amount" }),
    note: svg("text", { class: "vessel-note", "text-anchor": "middle" }),
  };
  parts.bytes.append(parts.hidden, parts.glyphs);
  parts.pool.append(parts.water, parts.bytes);
  const element = svg("g", { class: `vessel ${name}`, "data-place": `vessel:${name === "got" ? "peer" : name}` }, ...Object.values(parts).filter((part) => part.parentNode === null));
  return vesselOf(element, parts, measure);
}

/**
 * @param {SVGElement} element
 * @param {{[part: string]: SVGElement}} parts
 * @param {import("./fit.js").Measure} measure
 */
function vesselOf(element, parts, measure) {
  /** What the bytes were drawn from. @type {unknown[]} */
  let drawn = [];

  /** What stands still around the bytes. @param {VesselState} state @param {Box} box @param {Box} caption @param {boolean} column */
  function settle(state, box, caption, column) {
    set(element, "data-length", state.len ?? "unknown");
    element.classList.toggle("unknown", state.len === null);
    place(parts.room, box);
    const { x, y, w, h } = box;
    set(parts.wall, "d", `M${round(x)} ${round(y)}v${round(h)}h${round(w)}v${round(-h)}`);
    const edge = state.edge !== null && state.edge < state.full ? levelY(box, state.edge, state.full) : null;
    show(parts.beyond, edge !== null || state.len === null);
    place(parts.beyond, { x, y, w, h: edge === null || state.len === null ? h : edge - y });
    show(parts.rim, edge !== null && state.capacity !== null && state.len !== null);
    if (edge !== null) set(parts.rim, "d", `M${round(x)} ${round(edge)}h${round(w)}`);
    settleWords(state, box, caption, column);
  }

  /** @param {VesselState} state @param {Box} box @param {Box} caption @param {boolean} column */
  function settleWords(state, box, caption, column) {
    const why = state.len === null ? wrap(state.unknown, box.w - 8, (words) => measure(words, 12)) : [];
    // With the reason where there is room, or else the reason alone.
    const all = state.len !== null ? [] : ([["?", ...why], why].find((lines) => lines.length > 0 && lines.length * LINE <= box.h) ?? ["?"]);
    const top = box.y + (box.h - all.length * LINE) / 2 + 11;
    sized(parts.question, all.length, () => svg("tspan", {})).forEach((line, index) => {
      set(line, "x", round(box.x + box.w / 2));
      set(line, "y", round(top + index * LINE));
      say(line, all[index]);
    });
    say(parts.name, state.name);
    // One over the other, or beside each other.
    const stacked = column || caption.h > 2 * LINE;
    const first = caption.y + (column ? 20 : 15);
    at(parts.name, caption.x, first);
    set(parts.amount, "text-anchor", stacked ? "start" : "end");
    at(parts.amount, stacked ? caption.x : caption.x + caption.w, stacked ? first + LINE : first);
  }

  /** @param {string} words @param {Box} box */
  function note(words, box) {
    say(parts.note, fit(words, box.w - 4, (it) => measure(it, 12, "bold")));
    at(parts.note, box.x + box.w / 2, box.y + box.h - 8);
  }

  /**
   * @param {VesselState} state what its bytes are drawn from
   * @param {Box} box
   * @param {number} level how many bytes it seems to hold
   * @param {number} sunk so many have left at the bottom
   * @param {boolean} outlined this step's bytes are shown as such
   */
  function draw(state, box, level, sunk, outlined) {
    const known = state.len !== null;
    const top = levelY(box, level, state.full);
    show(parts.pool, known);
    place(parts.pool, { ...box, y: top, h: box.y + box.h - top });
    move(parts.bytes, 0, box.y + box.h - top + (sunk / state.full) * box.h);
    const whole = Math.round(level);
    say(parts.amount, !known ? "?" : state.capacity !== null ? `${whole} / ${state.capacity}` : `${whole} B`);
    parts.amount.classList.toggle("brimming", known && state.capacity !== null && level >= state.capacity);
    const torn = known && level > state.full;
    show(parts.torn, torn);
    if (torn) set(parts.torn, "d", zigzag(box));
    const fresh = Math.min(state.fresh, level);
    show(parts.fresh, known && outlined && fresh > 0);
    place(parts.fresh, { x: box.x + 1.5, y: top, w: box.w - 3, h: levelY(box, Math.min(level, state.full) - fresh, state.full) - top });
    if (known) drawBytes(state, box);
  }

  /** @param {VesselState} state @param {Box} box */
  function drawBytes({ content, len, fresh, full }, { w, h }) {
    const now = [content, len, fresh, full, w, h];
    if (now.every((it, index) => it === drawn[index])) return;
    drawn = now;
    const runs = content && content.len > 0 ? glyphsOf(content, fresh, { w, h }, full) : [];
    const hidden = content ? unknownOf(content, { w, h }, full) : [];
    sized(parts.hidden, hidden.length, () => svg("rect", { class: "byte-unknown", fill: "url(#scene-hatch)" })).forEach((child, index) => place(child, hidden[index]));
    sized(parts.glyphs, runs.length, () => svg("text", {})).forEach((child, index) => {
      const { words, kind, size, x, y } = runs[index];
      set(child, "class", kind);
      set(child, "font-size", size);
      at(child, x, y);
      say(child, words);
    });
  }

  return { element, settle, draw, note };
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

/**
 * The glyphs of what is in a vessel, from its floor: one a cell, or the first and the last as text.
 * @param {Content} content
 * @param {number} fresh
 * @param {{w: number, h: number}} box
 * @param {number} full
 * @returns {{words: string, kind: string, size: number, x: number, y: number}[]}
 */
function glyphsOf(content, fresh, box, full) {
  const told = firstBytes(content, MOST_CELLS);
  const signs = (/** @type {(number | null)[]} */ bytes) => bytes.map((byte) => (byte === null ? "?" : glyph(byte))).join("");
  if (content.len <= MOST_CELLS) {
    return bandsOf(content.len, fresh, box, full).flatMap((band) => {
      const floor = (band.from / full) * box.h;
      return band.cells.map(({ x, y, w, h, byte }) => {
        const size = Math.round(Math.min(w * 1.3, h * 0.9, 18));
        return { words: signs([told[byte]]), kind: "byte", size, x: x + w / 2, y: -floor - y + h / 2 + size * 0.34 };
      });
    });
  }
  const letters = Math.floor((box.w - 12) / LETTER);
  const height = (Math.min(content.len, full) / full) * box.h;
  const lines = [{ words: signs(told.slice(0, letters)), kind: "byte-text", size: 13, x: 6, y: -6 }];
  const last = lastBytes(content, letters - 1);
  if (last) lines.push({ words: `\u2026${signs(last)}`, kind: "byte-text", size: 13, x: 6, y: -height + 15 });
  return lines.filter((_, index) => height >= (index + 1) * (LINE + 3));
}

/** @param {Content} content @param {number} most @returns {(number | null)[] | null} */
function lastBytes(content, most) {
  const run = content.runs.at(-1);
  return run && "bytes" in run ? [...run.bytes.slice(-most)].map((char) => char.charCodeAt(0)) : null;
}

/** Where the bytes are that no record told. @param {Content} content @param {{w: number, h: number}} box @param {number} full @returns {Box[]} */
function unknownOf(content, { w, h }, full) {
  const boxes = [];
  let from = 0;
  for (const run of content.runs) {
    const count = "bytes" in run ? run.bytes.length : run.unknown;
    if (!("bytes" in run)) boxes.push({ x: 0, y: (-(from + count) / full) * h, w, h: (count / full) * h });
    from += count;
  }
  return boxes;
}
