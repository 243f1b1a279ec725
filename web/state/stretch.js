/** Which stretch of a track the timeline shows. All of these take one and give another. */

/** @typedef {{from: number, to: number}} Stretch positions */

/** No stretch is shorter, in steps. */
const SHORTEST = 12;
/** One press of a key makes a stretch so many times shorter or longer. */
export const PRESS = 2;

/**
 * The stretch as far as it is there.
 * @param {Stretch | null} stretch none for all of it
 * @param {Stretch} whole
 * @returns {Stretch}
 */
export function within(stretch, whole) {
  if (!stretch || stretch.to - stretch.from >= whole.to - whole.from) return whole;
  const span = stretch.to - stretch.from;
  const from = Math.min(Math.max(stretch.from, whole.from), whole.to - span);
  return { from, to: from + span };
}

/**
 * So many times shorter, with this position where it was.
 * @param {Stretch} stretch
 * @param {Stretch} whole
 * @param {number} times
 * @param {number} around
 * @returns {Stretch | null} none for all of it
 */
export function zoomed(stretch, whole, times, around) {
  const before = stretch.to - stretch.from;
  const span = Math.max(before / times, Math.min(SHORTEST, before));
  if (span >= whole.to - whole.from) return null;
  const part = Math.min(Math.max((around - stretch.from) / Math.max(before, 1), 0), 1);
  const from = Math.round(around - part * span);
  return within({ from, to: from + Math.max(Math.round(span), 1) }, whole);
}

/** Moved on. @param {Stretch} stretch @param {Stretch} whole @param {number} by */
export const moved = ({ from, to }, whole, by) => within({ from: from + Math.round(by), to: to + Math.round(by) }, whole);

/**
 * Moved so that it shows this position: there is room to see what comes.
 * @param {Stretch | null} stretch
 * @param {number} position
 * @returns {Stretch | null}
 */
export function showing(stretch, position) {
  if (!stretch || (stretch.from <= position && position <= stretch.to)) return stretch;
  const span = stretch.to - stretch.from;
  const from = position - Math.floor(span / 4);
  return { from, to: from + span };
}
