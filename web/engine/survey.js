/** A track from afar. However long it is, what one screen of it shows is found by looking at few records. */

/** @typedef {import("../types.js").Bucket} Bucket */
/** @typedef {import("../types.js").Track} Track */

/** The records of a long track are summed up once, so many at a time. */
const LEAF = 32;

export class Survey {
  /** Each of `LEAF` records, but for the last. @type {Bucket[]} */
  #leaves = [];
  #key = "";
  /** All of a track that is not long. */
  #whole = { key: "", buckets: /** @type {Bucket[]} */ ([]) };
  /** What was asked for last of a stretch that is not long, from one bucket to another, each of `each` records. */
  #near = { key: "", first: 0, end: 0, buckets: /** @type {Bucket[]} */ ([]) };

  /**
   * A connection between two positions, in at most so many buckets and two more. They begin at multiples of their length, so that
   * nothing flickers while the stretch is moved, and only what comes into it has to be looked at.
   * @param {Track} track
   * @param {{connection: number, revision: number | string}} of `revision` is another one when the track went another way
   * @param {{from: number, to: number}} stretch
   * @param {number} count
   */
  buckets(track, { connection, revision }, { from, to }, count) {
    const span = to - from;
    const key = `${connection} ${revision} ${track.start}`;
    // Nothing comes into what shows all of a track.
    if (span < LEAF * count && from === track.start && to === track.length) {
      const whole = `${key} ${to} ${count}`;
      if (this.#whole.key !== whole) this.#whole = { key: whole, buckets: track.series(connection, Math.min(count, span), from, to) };
      return this.#whole.buckets;
    }
    if (span < LEAF * count) return this.#nearby(track, connection, key, { from, to, each: Math.max(Math.ceil(span / count), 1) });
    this.#extend(track, connection, key);
    const each = Math.ceil(span / count / LEAF);
    const buckets = [];
    // The first leaf that ends beyond `from`, at the start of its group.
    const first = Math.floor(Math.floor((from - track.start) / LEAF) / each) * each;
    for (let at = first; at < this.#leaves.length && this.#leaves[at].at <= to; at += each) {
      buckets.push(this.#leaves.slice(at, at + each).reduce(joined));
    }
    return buckets;
  }

  /** @param {Track} track @param {number} connection @param {string} key @param {{from: number, to: number, each: number}} stretch in buckets of so many records */
  #nearby(track, connection, key, { from, to, each }) {
    const { start, length } = track;
    const [first, last] = [Math.floor(Math.max(from - start, 0) / each), Math.ceil(Math.max(to - start, 0) / each)];
    const at = (/** @type {number} */ index) => Math.min(start + index * each, length);
    const read = (/** @type {number} */ one, /** @type {number} */ other) => (one < other ? track.series(connection, other - one, at(one), at(other)) : []);
    // The one at the end of the track may become another: it is read each time.
    const end = Math.max(Math.min(last, Math.ceil((length - start) / each) - 1), first);
    const known = this.#near;
    const goesOn = known.key === `${key} ${each}` && first < known.end && known.first < end;
    const buckets = goesOn ? [...read(first, known.first), ...known.buckets.slice(Math.max(first - known.first, 0), end - known.first), ...read(known.end, end)] : read(first, end);
    this.#near = { key: `${key} ${each}`, first, end, buckets };
    return at(end) < at(last) ? [...buckets, ...track.series(connection, 1, at(end), at(last))] : buckets;
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
