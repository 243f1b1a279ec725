/** The languages that the page speaks, and which of them a reader wants. */
import * as en from "./en/index.js";
import * as zh from "./zh/index.js";

/** A folder each, and a name here. @satisfies {{[code: string]: import("../types.js").Language}} */
export const languages = { en, zh };

/** @typedef {import("../types.js").Lang} Lang */

/** All of them. */
export const LANGS = /** @type {Lang[]} */ (Object.keys(languages));

/**
 * The language to speak: what is asked for, else the browser's, else English.
 * @param {string | null} asked
 * @returns {Lang}
 */
export function chooseLang(asked) {
  const wanted = (asked ?? navigator.language).toLowerCase();
  return LANGS.find((code) => wanted.startsWith(code)) ?? "en";
}
