/** What a vessel holds, larger: where its bytes have no room for glyphs, a pointer or the keys at one of them get them so. */
import { firstBytes, glyph } from "../bytes.js";
import { h, say, style } from "../dom.js";
import { bandsOf, MOST_CELLS } from "./bands.js";
import { levelY } from "./geometry.js";

/** @typedef {import("../../types.js").Content} Content */
/** @typedef {import("./geometry.js").Box} Box */

/** So many bytes stand in a row, the next one out at the lower left, as in the vessel. */
const ROW = 16;

export function createLens() {
  const rows = h("div", { class: "lens-rows" });
  // Those who cannot see the drawing are told of bytes by the State panel.
  const element = h("div", { class: "lens", "aria-hidden": "true", hidden: true }, rows);

  /**
   * @param {Content} content
   * @param {number} offset the byte that is looked at
   * @param {{box: Box, fresh: number, full: number}} vessel
   */
  function open(content, offset, { box, fresh, full }) {
    element.hidden = isLegible(content.len, fresh, box, full);
    if (element.hidden) return;
    rows.replaceChildren(...(content.len > MOST_CELLS ? [h("div", {}, "\u2026")] : []), ...rowsOf(firstBytes(content, MOST_CELLS), offset));
    style(element, "left", `${Math.max(box.x + box.w / 2, 80)}px`);
    style(element, "top", `${levelY(box, Math.min(content.len, full), full) - 8}px`);
  }

  return { element, open, close: () => void (element.hidden = true) };
}

/** Whether each byte is there to be read without it. @param {number} len @param {number} fresh @param {Box} box @param {number} full */
export function isLegible(len, fresh, box, full) {
  return len <= MOST_CELLS && bandsOf(len, fresh, box, full).every(({ read }) => read);
}

/** The first row last, so that what goes out next is lowest. @param {(number | null)[]} bytes @param {number} offset */
function rowsOf(bytes, offset) {
  const rows = Array.from({ length: Math.ceil(bytes.length / ROW) }, (_, row) => h("div", {}, ...bytes.slice(row * ROW, (row + 1) * ROW).map((byte, column) => cell(byte, row * ROW + column === offset))));
  return rows.reverse();
}

/** @param {number | null} byte @param {boolean} here */
function cell(byte, here) {
  const element = h("span", { class: here ? "here" : null });
  say(element, byte === null ? "?" : glyph(byte));
  return element;
}
