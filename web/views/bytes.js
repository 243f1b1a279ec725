/** Bytes as glyphs. What came over a network is shown, never interpreted. */

/** @typedef {import("../types.js").Content} Content */

/**
 * One glyph a byte: printable ASCII as it is, a space as an open box, a line end as an arrow, the rest as a dot.
 * @param {number} byte
 */
export function glyph(byte) {
  if (byte === 0x20) return "\u2423";
  if (byte === 0x0a) return "\u21b5";
  return byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "\u00b7";
}

/**
 * The first bytes of a content, `null` for those that no record told.
 * @param {Content} content
 * @param {number} most
 * @returns {(number | null)[]}
 */
export function firstBytes(content, most) {
  /** @type {(number | null)[]} */
  const bytes = [];
  for (const run of content.runs) {
    if (bytes.length >= most) break;
    const room = most - bytes.length;
    if ("bytes" in run) bytes.push(...[...run.bytes.slice(0, room)].map((char) => char.charCodeAt(0)));
    else bytes.push(...Array(Math.min(run.unknown, room)).fill(null));
  }
  return bytes;
}

/** Whether both hold the same, as far as records tell. @param {Content} one @param {Content} other */
export const alike = (one, other) =>
  one === other ||
  (one.len === other.len &&
    one.runs.length === other.runs.length &&
    one.runs.every((run, index) => {
      const beside = other.runs[index];
      return "bytes" in run ? "bytes" in beside && run.bytes === beside.bytes : "unknown" in beside && run.unknown === beside.unknown;
    }));

/** @type {Record<string, number>} */
const ESCAPES = { n: 0x0a, r: 0x0d, t: 0x09, 0: 0x00, "\\": 0x5c };

/**
 * What a person typed, as the data of an action: text stands for its UTF-8 bytes, `\n`, `\r`, `\t`, `\0`, `\\` and `\xHH`
 * for those bytes.
 * @param {string} typed
 * @returns {string | {bytes: string}} as scenarios have it
 */
export function dataOf(typed) {
  const pieces = typed.split(/(\\x[0-9a-fA-F]{2}|\\[nrt0\\])/);
  const bytes = pieces.flatMap((piece, index) => {
    if (index % 2 === 0) return [...new TextEncoder().encode(piece)];
    return [piece[1] === "x" ? parseInt(piece.slice(2), 16) : ESCAPES[piece[1]]];
  });
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(new Uint8Array(bytes));
  } catch {
    return { bytes: bytes.map((byte) => String.fromCharCode(byte)).join("") };
  }
}
