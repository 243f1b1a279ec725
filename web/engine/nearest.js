/** What somebody meant who wrote something that is not there: much as the engine looks for it, in `core/src/recording/condition/error.rs`. */

/** No name is so long, and the distance takes the product of both lengths. */
const LONGEST = 64;

/**
 * The name that is most like what is written; none where half of it would have to change.
 * @param {string} written
 * @param {string[]} names
 * @returns {string | undefined}
 */
export function nearest(written, names) {
  if (written.length > LONGEST) return undefined;
  const near = names.map((name) => ({ name, far: distance(written.toLowerCase(), name) })).filter(({ name, far }) => 2 * far < name.length);
  return near.sort((one, other) => one.far - other.far)[0]?.name;
}

/** How many letters are to be put in, left out or changed, or swapped with the next. @param {string} from @param {string} to */
function distance(from, to) {
  const rows = [Array.from({ length: to.length + 1 }, (_, index) => index)];
  for (let row = 1; row <= from.length; row++) {
    const [above, here] = [rows[row - 1], [row]];
    for (let at = 1; at <= to.length; at++) {
      const ways = [above[at] + 1, here[at - 1] + 1, above[at - 1] + (from[row - 1] === to[at - 1] ? 0 : 1)];
      if (row > 1 && at > 1 && from[row - 1] === to[at - 2] && from[row - 2] === to[at - 1]) ways.push(rows[row - 2][at - 2] + 1);
      here.push(Math.min(...ways));
    }
    rows.push(here);
  }
  return rows[from.length][to.length];
}
