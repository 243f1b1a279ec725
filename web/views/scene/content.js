/** The bytes in a vessel, from its floor: one glyph a cell, or the first and the last as text. */
import { firstBytes, glyph } from "../bytes.js";
import { say, set, sized, svg } from "../dom.js";
import { bandsOf, MOST_CELLS } from "./bands.js";
import { place } from "./draw.js";
import { round } from "./path.js";

/** @typedef {import("../../types.js").Content} Content */
/** @typedef {import("./geometry.js").Box} Box */
/** @typedef {{words: string, kind: string, size: number, x: number, y: number}} Run glyphs in one line */

/** Text in a vessel is so wide a letter, and so high a line. */
const LETTER = 7.8;
export const LINE = 15;

export function createContent() {
  const hidden = svg("g", {});
  const glyphs = svg("g", {});
  const edges = svg("path", { class: "byte-edges" });
  const element = svg("g", { class: "vessel-bytes" }, hidden, edges, glyphs);
  /** What they were drawn from. @type {unknown[]} */
  let drawn = [];

  /** @param {import("./vessel.js").VesselState} state @param {Box} box */
  function update({ content, len, fresh, full }, { w, h }) {
    const now = [content, len, fresh, full, w, h];
    if (now.every((it, index) => it === drawn[index])) return;
    drawn = now;
    const runs = content && content.len > 0 ? glyphsOf(content, fresh, { w, h }, full) : [];
    set(edges, "d", edgesOf(content?.len ?? 0, fresh, { w, h }, full));
    const unknown = content ? unknownOf(content, { w, h }, full) : [];
    sized(hidden, unknown.length, () => svg("rect", { class: "byte-unknown", fill: "url(#scene-hatch)" })).forEach((child, index) => place(child, unknown[index]));
    sized(glyphs, runs.length, () => svg("text", {})).forEach((child, index) => {
      const { words, kind, size, x, y } = runs[index];
      set(child, "class", kind);
      set(child, "font-size", size);
      set(child, "x", round(x));
      set(child, "y", round(y));
      say(child, words);
    });
  }

  return { element, update };
}

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
    return bandsOf(content.len, fresh, box, full).filter(({ read }) => read).flatMap((band) => {
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

/** Between cells that are too small for their glyphs, lines. @param {number} len @param {number} fresh @param {{w: number, h: number}} box @param {number} full */
function edgesOf(len, fresh, box, full) {
  const small = bandsOf(len, fresh, box, full).filter(({ read }) => !read);
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
