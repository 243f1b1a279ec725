/** What each step says. The same sentences serve the lesson, the log, the screen reader and the tests. */
import * as en from "./en.js";
import * as zh from "./zh.js";

/** @typedef {import("../types.js").Record} Record */
/** @typedef {import("../types.js").Lang} Lang */
/** @typedef {import("../types.js").Source} Source */

const CATALOGUES = { en, zh };

/**
 * The sentence of a record, as cause and effect; with none, of the time before the first.
 * @param {Record | null | undefined} record
 * @param {Lang} lang
 * @param {Source} [source] what the record would come from
 * @returns {[cause: string, effect: string]}
 */
export function parts(record, lang, source = "simulation") {
  const catalogue = CATALOGUES[lang];
  if (!record) return catalogue.before[source];
  return catalogue.steps[record.kind]?.(record) ?? [record.kind, ""];
}

/**
 * The sentence of a record as one text.
 * @param {Record | null | undefined} record
 * @param {Lang} lang
 * @param {Source} [source]
 */
export const sentence = (record, lang, source) => parts(record, lang, source).join(CATALOGUES[lang].joiner);

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
