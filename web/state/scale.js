/** How many bytes the whole height of every vessel of a connection is. Chosen once for a track: nothing jumps while it plays. */

/** A mark so many times higher than anything that comes stands above the vessels, and does not flatten the rest. */
const FAR = 16;
/** A mark up to here is never far. */
const NEAR = 1024;

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
  const near = limits.filter((limit) => limit <= Math.max(most * FAR, NEAR));
  return fullHeight(Math.max(most, 1.1 * Math.max(0, ...near)));
}

/** So many buckets tell how high a level gets. */
const SURVEY = 128;

/** The scale of one connection. */
export class Scale {
  full = scaleFor(0, []);

  /**
   * Chooses the scale for whole tracks that are looked at together.
   * @param {import("../types.js").Track[]} tracks
   * @param {number} connection
   */
  survey(tracks, connection) {
    const series = tracks.flatMap((track) => track.series(connection, SURVEY));
    const most = (/** @type {(bucket: import("../types.js").Bucket) => number | null} */ of) => series.reduce((sum, bucket) => Math.max(sum, of(bucket) ?? 0), 0);
    const level = Math.max(most((b) => b.inMax), most((b) => b.outMax), most((b) => b.rxMax), most((b) => b.txMax));
    const capacities = tracks.flatMap((track) => ("rxCapacity" in track ? [track.rxCapacity, track.txCapacity] : []));
    this.full = scaleFor(level, [most((b) => b.low), most((b) => b.high), ...capacities]);
  }

  /**
   * Whether what a track grew by needs another.
   * @param {import("../types.js").Bucket} passed
   */
  outgrownBy({ inMax, outMax, high }) {
    return Math.max(inMax, outMax, high <= NEAR ? high : 0) > this.full;
  }
}
