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

/**
 * The start of a content as glyphs, with an ellipsis where more follows.
 * @param {Content} content
 * @param {number} most
 */
export function preview(content, most) {
  const shown = firstBytes(content, most).map((byte) => (byte === null ? "?" : glyph(byte))).join("");
  return content.len > most ? `${shown}\u2026` : shown;
}

/**
 * What a person typed, as the text of an action: `\n`, `\r`, `\t`, `\0`, `\\` and `\xHH` stand for those bytes.
 * @param {string} typed
 */
export function unescape(typed) {
  /** @type {Record<string, string>} */
  const plain = { n: "\n", r: "\r", t: "\t", 0: "\0", "\\": "\\" };
  return typed.replace(/\\(x([0-9a-fA-F]{2})|[nrt0\\])/g, (_, name, hex) =>
    hex === undefined ? plain[name] : String.fromCharCode(parseInt(hex, 16)),
  );
}
