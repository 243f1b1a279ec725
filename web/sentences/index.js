/** What each step says. The same sentences serve the lesson, the log, the screen reader and the tests. */
import * as en from "./en.js";
import * as zh from "./zh.js";

/** @typedef {import("../types.js").Record} Record */
/** @typedef {import("../types.js").Lang} Lang */

const CATALOGUES = { en, zh };

/**
 * The sentence of a record, as cause and effect; with none, of the time before the first.
 * @param {Record | null | undefined} record
 * @param {Lang} lang
 * @returns {[cause: string, effect: string]}
 */
export function parts(record, lang) {
  const catalogue = CATALOGUES[lang];
  if (!record) return catalogue.before;
  return catalogue.steps[record.kind]?.(record) ?? [record.kind, ""];
}

/**
 * The sentence of a record as one text.
 * @param {Record | null | undefined} record
 * @param {Lang} lang
 */
export const sentence = (record, lang) => parts(record, lang).join(CATALOGUES[lang].joiner);

/**
 * What stands between a cause and its effect.
 * @param {Lang} lang
 */
export const joiner = (lang) => CATALOGUES[lang].joiner;

/**
 * What is said after playing.
 * @param {Lang} lang @param {number} records @param {number} callbacks @param {number} crossings
 */
export const digest = (lang, records, callbacks, crossings) => CATALOGUES[lang].digest(records, callbacks, crossings);
