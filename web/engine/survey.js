/** A track from afar. However long it is, what one screen of it shows is found by looking at few records. */

/** @typedef {import("../types.js").Bucket} Bucket */
/** @typedef {import("../types.js").Track} Track */

/** The records of a long track are summed up once, so many at a time. */
const LEAF = 32;

export class Survey {
  /** Each of `LEAF` records, but for the last. @type {Bucket[]} */
  #leaves = [];
  #key = "";
  /** Stretches of so many leaves, by their number: looked at again, or moved, only what comes into it is summed up. */
  #joined = { each: 0, buckets: /** @type {Map<number, Bucket>} */ (new Map()) };
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
    if (each !== this.#joined.each) this.#joined = { each, buckets: new Map() };
    const buckets = [];
    // The first leaf that ends beyond `from`, at the start of its group.
    const first = Math.floor(Math.floor((from - track.start) / LEAF) / each);
    for (let group = first; group * each < this.#leaves.length && this.#leaves[group * each].at <= to; group++) {
      buckets.push(this.#group(group, each));
    }
    return buckets;
  }

  /** @param {number} group @param {number} each */
  #group(group, each) {
    const known = this.#joined.buckets.get(group);
    if (known) return known;
    const bucket = joined(this.#leaves, group * each, Math.min((group + 1) * each, this.#leaves.length));
    this.#joined.buckets.set(group, bucket);
    return bucket;
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
    // The last of them may have been cut short.
    this.#joined.each = 0;
    if (last && last.to - last.at + 1 < LEAF) this.#leaves.pop();
    let from = this.#leaves.at(-1)?.to ?? track.start;
    const whole = Math.floor((track.length - from) / LEAF);
    if (whole > 0) this.#leaves = this.#leaves.concat(track.series(connection, whole, from, from + whole * LEAF));
    from += whole * LEAF;
    if (from < track.length) this.#leaves.push(...track.series(connection, 1, from, track.length));
  }
}

/**
 * Those that follow each other, as one. A frame joins tens of thousands: one value is written to, and none made for each.
 * @param {Bucket[]} buckets @param {number} from @param {number} to
 * @returns {Bucket}
 */
function joined(buckets, from, to) {
  // Marks, time and what the peer has are those at the end.
  const sum = { ...buckets[to - 1], at: buckets[from].at };
  for (let index = from; index < to - 1; index++) {
    const one = buckets[index];
    sum.inMin = Math.min(sum.inMin, one.inMin);
    sum.inMax = Math.max(sum.inMax, one.inMax);
    sum.outMin = Math.min(sum.outMin, one.outMin);
    sum.outMax = Math.max(sum.outMax, one.outMax);
    sum.rxMax = most(sum.rxMax, one.rxMax);
    sum.txMax = most(sum.txMax, one.txMax);
    sum.backlogMax = most(sum.backlogMax, one.backlogMax);
    sum.crossings += one.crossings;
    sum.readCallbacks += one.readCallbacks;
    sum.writeCallbacks += one.writeCallbacks;
    sum.eventCallbacks += one.eventCallbacks;
    sum.reads += one.reads;
    sum.writes += one.writes;
    sum.errors += one.errors;
    sum.passes += one.passes;
    sum.lost += one.lost;
  }
  return sum;
}

/** @param {number | null} one @param {number | null} other */
const most = (one, other) => (one === null ? other : Math.max(one, other ?? 0));
