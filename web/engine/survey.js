/** A track from afar. However long it is, what one screen of it shows is found by looking at few records. */

/** @typedef {import("../types.js").Bucket} Bucket */
/** @typedef {import("../types.js").Track} Track */

/** The records of a long track are summed up once, so many at a time. */
const LEAF = 32;

export class Survey {
  /** Each of `LEAF` records, but for the last. @type {Bucket[]} */
  #leaves = [];
  #key = "";

  /**
   * A connection between two positions, in at most so many buckets and one more. Those of a long stretch begin at
   * multiples of their length, so that nothing flickers while it is moved.
   * @param {Track} track
   * @param {{connection: number, revision: number | string}} of `revision` is another one when the track went another way
   * @param {{from: number, to: number}} stretch
   * @param {number} count
   */
  buckets(track, { connection, revision }, { from, to }, count) {
    const span = to - from;
    if (span < LEAF * count) return track.series(connection, Math.min(count, span), from, to);
    this.#extend(track, connection, `${connection} ${revision} ${track.start}`);
    const each = Math.ceil(span / count / LEAF);
    const buckets = [];
    // The first leaf that ends beyond `from`, at the start of its group.
    const first = Math.floor(Math.floor((from - track.start) / LEAF) / each) * each;
    for (let at = first; at < this.#leaves.length && this.#leaves[at].at <= to; at += each) {
      buckets.push(this.#leaves.slice(at, at + each).reduce(joined));
    }
    return buckets;
  }

  /** Sums up what came since. @param {Track} track @param {number} connection @param {string} key */
  #extend(track, connection, key) {
    if (key !== this.#key) this.#leaves = [];
    this.#key = key;
    const last = this.#leaves.at(-1);
    if (last?.to === track.length) return;
    if (last && last.to - last.at + 1 < LEAF) this.#leaves.pop();
    let from = this.#leaves.at(-1)?.to ?? track.start;
    const whole = Math.floor((track.length - from) / LEAF);
    if (whole > 0) this.#leaves = this.#leaves.concat(track.series(connection, whole, from, from + whole * LEAF));
    from += whole * LEAF;
    if (from < track.length) this.#leaves.push(...track.series(connection, 1, from, track.length));
  }
}

/** Two that follow each other, as one. @param {Bucket} one @param {Bucket} next @returns {Bucket} */
const joined = (one, next) => ({
  ...next,
  at: one.at,
  inMin: Math.min(one.inMin, next.inMin),
  inMax: Math.max(one.inMax, next.inMax),
  outMin: Math.min(one.outMin, next.outMin),
  outMax: Math.max(one.outMax, next.outMax),
  rxMax: most(one.rxMax, next.rxMax),
  txMax: most(one.txMax, next.txMax),
  crossings: one.crossings + next.crossings,
  readCallbacks: one.readCallbacks + next.readCallbacks,
  writeCallbacks: one.writeCallbacks + next.writeCallbacks,
  eventCallbacks: one.eventCallbacks + next.eventCallbacks,
  reads: one.reads + next.reads,
  writes: one.writes + next.writes,
  errors: one.errors + next.errors,
  passes: one.passes + next.passes,
  lost: one.lost + next.lost,
});

/** @param {number | null} one @param {number | null} other */
const most = (one, other) => (one === null ? other : Math.max(one, other ?? 0));
