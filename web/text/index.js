/** The page's words in each language, and which language a reader wants. */
import { text as en } from "./en.js";
import { text as zh } from "./zh.js";

/** @typedef {import("../types.js").Lang} Lang */
/** @typedef {import("../types.js").Text} Text */

/** @type {{[lang in Lang]: Text}} */
export const words = { en, zh };

/**
 * The language to speak: what is asked for, else the browser's, else English.
 * @param {string | null} asked
 * @returns {Lang}
 */
export const chooseLang = (asked) => ((asked ?? navigator.language).toLowerCase().startsWith("zh") ? "zh" : "en");
