/** JSON as a person lays it out: what fits stands on one line. */

/** No line is longer where it can be broken. */
const WIDE = 88;

/** @param {string} json @returns {string} */
export const readable = (json) => layOut(JSON.parse(json), 0, 0);

/**
 * @param {any} value
 * @param {number} indent of the line that it begins on
 * @param {number} before so many characters stand before it on that line
 * @returns {string}
 */
function layOut(value, indent, before) {
  const line = onOneLine(value);
  if (value === null || typeof value !== "object" || indent + before + line.length <= WIDE) return line;
  const inner = " ".repeat(indent + 2);
  const isList = Array.isArray(value);
  const parts = Object.entries(value).map(([key, part]) => {
    const name = isList ? "" : `${JSON.stringify(key)}: `;
    return `${inner}${name}${layOut(part, indent + 2, name.length)}`;
  });
  const [open, close] = isList ? "[]" : "{}";
  return `${open}\n${parts.join(",\n")}\n${" ".repeat(indent)}${close}`;
}

/** @param {any} value @returns {string} */
function onOneLine(value) {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(", ")}]`;
  const parts = Object.entries(value).map(([key, part]) => `${JSON.stringify(key)}: ${onOneLine(part)}`);
  return parts.length > 0 ? `{ ${parts.join(", ")} }` : "{}";
}
