/** A connection before it is made, so that a scene is never empty. */
import { BLANK_CONNECTION } from "./vocabulary.js";

/** @typedef {import("../types.js").ConnectionPicture} ConnectionPicture */

/** What a bufferevent that nobody knows yet is drawn as. */
export const BLANK_DIALECT = BLANK_CONNECTION.dialect;

/**
 * @param {number} number
 * @param {import("../types.js").Dialect} [dialect]
 * @param {boolean} [simulated] its kernel is known, and empty
 * @returns {ConnectionPicture}
 */
export function blankConnection(number, dialect = BLANK_DIALECT, simulated = false) {
  const tanks = simulated ? { rx: 0, tx: 0, backlog: 0 } : null;
  return { ...BLANK_CONNECTION, number, dialect, kernel: { ...BLANK_CONNECTION.kernel, tanks } };
}
