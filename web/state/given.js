/** What a page gives the methods of an element: looked at before anything is done, since a page may be written without types. */

/** @typedef {import("../types.js").Unit} Unit */

/** What stepping goes by. */
export const UNITS = /** @type {const} */ (["moment", "step", "callback", "pass"]);

/** @param {unknown} position @returns {number} what is beyond an end is that end */
export function positionOf(position) {
  const number = typeof position === "string" && position.trim() !== "" ? Number(position) : position;
  if (typeof number !== "number" || Number.isNaN(number)) throw new TypeError(`${said(position)} is no position: it is a number of steps`);
  return number;
}

/** @param {unknown} direction @param {unknown} unit @returns {{direction: 1 | -1, unit: Unit | undefined}} */
export function stepOf(direction, unit) {
  if (direction !== 1 && direction !== -1) throw new TypeError(`${said(direction)} is no direction: it is 1 or -1`);
  const found = UNITS.find((one) => one === unit);
  if (unit !== undefined && !found) throw new TypeError(`${said(unit)} is no unit: there are ${UNITS.join(", ")}`);
  return { direction, unit: found };
}

/** @param {unknown} value */
const said = (value) => (typeof value === "string" ? `\u201c${value}\u201d` : Array.isArray(value) ? "a list" : typeof value === "object" && value !== null ? "an object" : String(value));
