/** Two runs of one script, laid beside each other by its steps. */

/**
 * @typedef {object} Aligned
 * @property {ArrayLike<number>} own where the set-up and each step of the script end
 * @property {ArrayLike<number>} other the same in the other run
 * @property {number | null} first where both part first; none where they go on alike
 */

/**
 * Where a position of one run lies in another: between the ends of the same step, as far along.
 * @param {ArrayLike<number>} from ends of steps in the one
 * @param {ArrayLike<number>} to ends of the same steps in the other
 * @param {number} position
 */
export function across(from, to, position) {
  const count = Math.min(from.length, to.length);
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (from[middle] < position) low = middle + 1;
    else high = middle;
  }
  // One of them never came so far.
  if (low === count) return count === 0 ? position : to[count - 1] + position - from[count - 1];
  const [before, after] = low === 0 ? [0, from[0]] : [from[low - 1], from[low]];
  const [start, end] = low === 0 ? [0, to[0]] : [to[low - 1], to[low]];
  return after === before ? end : start + ((position - before) / (after - before)) * (end - start);
}
