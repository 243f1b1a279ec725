/** Lines of straight pieces: the ways that bytes take. Pure; all lengths are pixels. */

/** @typedef {readonly [x: number, y: number]} Point */

/** @param {Point} a @param {Point} b */
const distance = ([ax, ay], [bx, by]) => Math.hypot(bx - ax, by - ay);

/**
 * How long a line is.
 * @param {readonly Point[]} points
 */
export const lengthOf = (points) => points.slice(1).reduce((sum, point, index) => sum + distance(points[index], point), 0);

/**
 * The point so far along a line.
 * @param {readonly Point[]} points
 * @param {number} along
 * @returns {Point}
 */
export function pointAt(points, along) {
  let left = Math.max(along, 0);
  for (let index = 1; index < points.length; index++) {
    const [from, to] = [points[index - 1], points[index]];
    const piece = distance(from, to);
    if (left <= piece && piece > 0) return [from[0] + ((to[0] - from[0]) * left) / piece, from[1] + ((to[1] - from[1]) * left) / piece];
    left -= piece;
  }
  return points[points.length - 1];
}

/**
 * The longest straight piece of a line.
 * @param {readonly Point[]} points
 * @returns {[Point, Point]}
 */
export function longestOf(points) {
  const pieces = points.slice(1).map((to, index) => /** @type {[Point, Point]} */ ([points[index], to]));
  return pieces.reduce((longest, piece) => (distance(...piece) > distance(...longest) ? piece : longest));
}

/**
 * A line as the data of an SVG path.
 * @param {readonly Point[]} points
 */
export const pathOf = (points) => points.map(([x, y], index) => `${index === 0 ? "M" : "L"}${round(x)} ${round(y)}`).join("");

/** So few digits that a path stays short. @param {number} value */
export const round = (value) => Math.round(value * 10) / 10;
