/** The bytes in a vessel, from its floor: one glyph a cell, or the first and the last as text. */
import { alike, firstBytes, glyph } from "../bytes.js";
import { changes, kept, say, set, sized, svg } from "../dom.js";
import { bandsOf, MOST_CELLS } from "./bands.js";
import { place } from "./draw.js";
import { round } from "./path.js";

/** @typedef {import("../../types.js").Content} Content */
/** @typedef {import("./geometry.js").Box} Box */
/** @typedef {{words: string, kind: string, size: number, x: number, y: number}} Run glyphs in one line */

/** Text in a vessel is so wide a letter, and so high a line. */
const LETTER = 7.8;
export const LINE = 15;
/** Type that is smaller than this is not read, and no glyph is wider than so much of its cell. */
const SMALL = 9;
const WIDEST = 1.55;

export function createContent() {
  const hidden = svg("g", {});
  const glyphs = svg("g", {});
  const edges = svg("path", { class: "byte-edges" });
  const element = svg("g", { class: "vessel-bytes" }, hidden, edges, glyphs);
  const isAnother = changes();
  /** What they were drawn from: of each moment, what is the same is another value. @type {Content | null} */
  let drawn = null;
  const glyphsFor = kept(glyphs, () => svg("text", {}));
  /** What the glyphs are, also those that are not there now. @type {Run[]} */
  const written = [];

  /** @param {import("./vessel.js").VesselState} state @param {Box} box */
  function update({ content, len, fresh, full }, { w, h }) {
    if (!content || !drawn || !alike(content, drawn)) drawn = content;
    if (!isAnother(drawn, len, fresh, full, w, h)) return;
    const runs = content && content.len > 0 ? glyphsOf(content, fresh, { w, h }, full) : [];
    set(edges, "d", edgesOf(content?.len ?? 0, fresh, { w, h }, full));
    const unknown = content ? unknownOf(content, { w, h }, full) : [];
    sized(hidden, unknown.length, () => svg("rect", { class: "byte-unknown", fill: "url(#scene-hatch)" })).forEach((child, index) => place(child, unknown[index]));
    glyphsFor(runs.length).forEach((child, index) => {
      const { words, kind, size, x, y } = runs[index];
      // Of many glyphs few change, and asking each element what it is takes as long as to write it.
      if (same(runs[index], written[index])) return;
      written[index] = runs[index];
      set(child, "class", kind);
      set(child, "font-size", size);
      set(child, "x", round(x));
      set(child, "y", round(y));
      say(child, words);
    });
  }

  return { element, update };
}

/** @param {Run} one @param {Run | undefined} other */
const same = (one, other) => other !== undefined && one.words === other.words && one.x === other.x && one.y === other.y && one.size === other.size && one.kind === other.kind;

/**
 * @param {Content} content
 * @param {number} fresh
 * @param {{w: number, h: number}} box
 * @param {number} full
 * @returns {Run[]}
 */
function glyphsOf(content, fresh, box, full) {
  const told = firstBytes(content, MOST_CELLS);
  const signs = (/** @type {(number | null)[]} */ bytes) => bytes.map((byte) => (byte === null ? "?" : glyph(byte))).join("");
  if (content.len <= MOST_CELLS) {
    const bands = bandsOf(content.len, fresh, box, full);
    const cells = bands.filter(({ read }) => read).flatMap((band) => {
      const floor = (band.from / full) * box.h;
      return band.cells.map(({ x, y, w, h, byte }) => {
        const size = Math.round(Math.min(Math.max(w * 1.3, Math.min(w * WIDEST, SMALL)), h * 0.9, 18));
        return { words: signs([told[byte]]), kind: "byte", size, x: x + w / 2, y: -floor - y + h / 2 + size * 0.34 };
      });
    });
    return [...cells, ...bands.filter(({ read }) => !read).flatMap((band) => lineOf(band, signs(told.slice(band.from, band.to)), box, full))];
  }
  const letters = Math.floor((box.w - 12) / LETTER);
  const height = (Math.min(content.len, full) / full) * box.h;
  const lines = [{ words: signs(told.slice(0, letters)), kind: "byte-text", size: 13, x: 6, y: -6 }];
  const last = lastBytes(content, letters - 1);
  if (last) lines.push({ words: `\u2026${signs(last)}`, kind: "byte-text", size: 13, x: 6, y: -height + 15 });
  return lines.filter((_, index) => height >= (index + 1) * (LINE + 3));
}

/** Bytes whose cells are too small, as far as a line of text holds them; the lens has them all. @param {import("./bands.js").Band} band @param {string} words @param {{w: number, h: number}} box @param {number} full @returns {Run[]} */
function lineOf({ from, to }, words, box, full) {
  const height = ((to - from) / full) * box.h;
  if (height < SMALL) return [];
  const size = Math.round(Math.min(height * 0.85, 13));
  const letters = Math.floor((box.w - 8) / (size * 0.6));
  const line = words.length > letters ? `${words.slice(0, letters - 1)}\u2026` : words;
  return [{ words: line, kind: "byte-text", size, x: 4, y: -(from / full) * box.h - height / 2 + size * 0.34 }];
}

/** Between cells that are too small for their glyphs, lines: where there is no text instead. @param {number} len @param {number} fresh @param {{w: number, h: number}} box @param {number} full */
function edgesOf(len, fresh, box, full) {
  const small = bandsOf(len, fresh, box, full).filter(({ from, to, read }) => !read && ((to - from) / full) * box.h < SMALL);
  return small
    .flatMap(({ from, cells }) => cells.map(({ x, y, w, h }) => ({ x, y: -(from / full) * box.h - y, w, h })))
    .map(({ x, y, w, h }) => `M${round(x)} ${round(y + h)}${x > 0 ? `V${round(y)}` : `M${round(x)} ${round(y)}`}H${round(x + w)}`)
    .join("");
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
