/** What somebody meant who wrote something that is not there: as the engine looks for it, in `core/src/recording/condition/error.rs`. */

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

/** How many letters are to be put in, left out or changed. @param {string} from @param {string} to */
function distance(from, to) {
  let above = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...from].entries()) {
    const here = [row + 1];
    for (let at = 1; at < above.length; at++) here.push(Math.min(above[at] + 1, here[at - 1] + 1, above[at - 1] + (letter === to[at - 1] ? 0 : 1)));
    above = here;
  }
  return above[to.length];
}
