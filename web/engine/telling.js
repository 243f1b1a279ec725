/** What goes wrong in the page itself, told as the engine tells what it refuses: in English, and in parts that another language looks up. */

/**
 * @param {string} words with gaps, `{}`
 * @param {...(string | number)} gaps what stands in these
 */
export function telling(words, ...gaps) {
  const given = gaps.map(String);
  let next = 0;
  const error = new Error(words.replace(/\{\}/g, () => given[next++]));
  return Object.assign(error, { said: /** @type {import("../types.js").Said} */ ([[words, given]]) });
}
