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

/**
 * What went wrong with something that has a name, such as an address.
 * @param {string} name @param {unknown} cause
 */
export function tellingOf(name, cause) {
  const { message, said } = cause instanceof Error ? /** @type {Error & {said?: import("../types.js").Said}} */ (cause) : { message: String(cause), said: undefined };
  return Object.assign(new Error(`${name}: ${message}`), { said: /** @type {import("../types.js").Said} */ ([["{}: ", [name]], ...(said ?? [["{}", [message]]])]) });
}
