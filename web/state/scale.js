/** How many bytes a gauge shows. It is chosen once for a whole track, so that nothing jumps while it plays. */

/**
 * @typedef {object} Scale
 * @property {number} cells how many cells there are
 * @property {number} per how many bytes a cell is: 1, or a power of two
 * @property {number} capacity bytes in all
 */

/** Capacities with one cell a byte. */
const SMALL = [12, 16, 20, 24, 32, 48, 64, 96, 128];
/** How many cells there are when a cell is more than a byte. */
const CELLS = 64;

/**
 * The scale on which `most` bytes and a mark at `mark` fit, with some room beyond the mark.
 * @param {number} most
 * @param {number} mark 0 for none
 * @returns {Scale}
 */
export function scaleFor(most, mark) {
  // A mark that nothing will ever come near stands at the edge and does not flatten the rest.
  const near = mark !== 0 && mark <= Math.max(most * 16, 1024);
  const wanted = Math.max(most, near ? Math.ceil(mark * 1.2) : 0, 12);
  const small = SMALL.find((capacity) => capacity >= wanted);
  if (small !== undefined) return { cells: small, per: 1, capacity: small };
  let per = 2;
  while (per * CELLS < wanted) per *= 2;
  return { cells: CELLS, per, capacity: CELLS * per };
}

/** So many buckets tell how far the gauges must reach. */
const SURVEY = 128;
/** The output's gauge is not coarser than this without need, nor finer than the input's. */
const OUTPUT_LEAST = 32;

/** The scales of both gauges of one connection. */
export class Scales {
  input = scaleFor(0, 0);
  output = scaleFor(0, 0);

  get both() {
    return { input: this.input, output: this.output };
  }

  /**
   * Chooses the scales for whole tracks that are looked at together.
   * @param {import("../types.js").Track[]} tracks
   * @param {number} connection
   */
  survey(tracks, connection) {
    const series = tracks.flatMap((track) => track.series(connection, SURVEY));
    const most = (/** @type {(bucket: import("../types.js").Bucket) => number} */ of) => series.reduce((sum, bucket) => Math.max(sum, of(bucket)), 0);
    this.input = scaleFor(most((b) => b.inMax), most((b) => b.high));
    this.output = scaleFor(Math.max(most((b) => b.outMax), Math.min(this.input.capacity, OUTPUT_LEAST)), 0);
  }

  /**
   * Whether a track that grows needs others.
   * @param {import("../types.js").ConnectionPicture} connection
   */
  outgrown({ input, output, read }) {
    const near = read.high <= 1024 && read.high > this.input.capacity;
    return input.len > this.input.capacity || output.len > this.output.capacity || near;
  }
}
