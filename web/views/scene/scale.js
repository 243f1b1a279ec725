/** How many bytes the whole height of every vessel of a connection is. Chosen once for a track: nothing jumps while it plays. */

/** A mark so many times higher than anything that comes stands above the vessels, and does not flatten the rest. */
const FAR = 16;

/**
 * The next number of the series 10, 20, 50, 100, ... that is not less.
 * @param {number} bytes
 */
export function fullHeight(bytes) {
  for (let unit = 10; ; unit *= 10) {
    for (const step of [1, 2, 5]) if (step * unit >= bytes) return step * unit;
  }
}

/**
 * The scale on which levels up to `most` and what can be reached of these limits fit, with some room above.
 * @param {number} most
 * @param {number[]} limits marks and capacities; 0 for none
 */
export function scaleFor(most, limits) {
  const near = limits.filter((limit) => limit <= Math.max(most * FAR, 1024));
  return fullHeight(Math.max(most, 1.1 * Math.max(0, ...near)));
}
