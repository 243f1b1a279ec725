/** What is said of something that went wrong. */

/** @typedef {import("../types.js").Text} Text */

/**
 * What is said of a problem.
 * @param {import("../state/shown.js").Notice} notice
 * @param {Text} text
 */
export const problemWords = ({ kind, wrong, position }, text) => text.problem.of[kind](wrongIn(wrong, text), position);

/**
 * What was thrown, or is told, in the reader's language as far as there are words for it. Errors of the page know their own. Those of the
 * engine have beside their message, which is English, the same as `said`: words with gaps, which each language knows, and what stands in these.
 * @param {unknown} wrong
 * @param {Text} text
 * @returns {string}
 */
export function wrongIn(wrong, text) {
  if (!(wrong instanceof Object)) return text.engine(String(wrong ?? ""));
  if ("in" in wrong) return /** @type {{in: (text: Text) => string}} */ (wrong).in(text);
  const { message, said } = /** @type {{message?: string, said?: import("../types.js").Said}} */ (wrong);
  return said ? said.map((part) => filled(part, text)).join("") : text.engine(message ?? String(wrong));
}

/** A gap of `{}` is the next, and `{1}` the second whatever comes first. @param {import("../types.js").Said[number]} part @param {Text} text */
function filled([words, gaps], text) {
  let next = 0;
  // What stands in it may be words that have others in this language.
  return text.engine(words).replace(/\{(\d?)\}/g, (_, given) => text.engine(gaps[given === "" ? next++ : Number(given)] ?? ""));
}
