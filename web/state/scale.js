/**
 * How many bytes the whole height of each vessel of a connection is. Chosen once for a track: nothing jumps while it plays.
 *
 * Vessels share a scale as long as each can be read in it: so what leaves one is as high as what enters the next. One whose bytes or
 * marks would be too low to be seen beside a large one has a scale of its own.
 */

/** @typedef {import("../views/scene/geometry.js").Vessel} Vessel */
/** @typedef {import("../types.js").Track} Track */
/** @typedef {import("../types.js").Bucket} Bucket */
/** @typedef {{[vessel in Vessel]: number}} Fulls how many bytes the whole height of each is */
/** @typedef {{[vessel in Vessel]: {most: number, limits: number[]}}} Needs the highest level of each, and its marks and capacity; 0 for none */

/** A mark so many times higher than anything that comes stands above its vessel. */
const FAR = 16;
/** What bytes pass one after the other: what leaves one of a way is as high as what enters the next. */
const WAYS = /** @type {const} */ ([["backlog", "rx", "input"], ["output", "tx", "got"]]);
/** What is so many times lower than its vessel is read in it no more. */
const LOW = 8;
/** A kernel's queue that holds so many times more than ever comes is not drawn to its end. */
const ROOM = 4;
/** Where nothing comes, a mark up to here is not far. */
const NEAR = 1024;

/** @template Value @param {{[vessel in Vessel]: Value}} of @returns {[Vessel, Value][]} */
const entriesOf = (of) => /** @type {[Vessel, Value][]} */ (Object.entries(of));

/**
 * The next number of the series 10, 20, 50, 100, ... that is not less.
 * @param {number} bytes
 */
export function fullHeight(bytes) {
  for (let unit = 10; ; unit *= 10) {
    for (const step of [1, 2, 5]) if (step * unit >= bytes) return step * unit;
  }
}

/** That as words of any language: the first that has room is said. @param {number} full */
export const heightWords = (full) => [`\u2195 ${full} B`, `\u2195 ${full}`, ...(full >= 1e6 ? [`\u2195 ${full / 1e6}M`] : full >= 1e3 ? [`\u2195 ${full / 1e3}k`] : [])];

/** Those of the limits that can be reached. @param {number} most @param {number[]} limits */
const near = (most, limits) => limits.filter((limit) => limit > 0 && limit <= (most > 0 ? most * FAR : NEAR));

/**
 * The scale on which levels up to `most` and what can be reached of these limits fit, with some room above.
 * @param {number} most
 * @param {number[]} limits marks and capacities; 0 for none
 */
export const scaleFor = (most, limits) => fullHeight(Math.max(most, 1.1 * Math.max(0, ...near(most, limits))));

/**
 * The scale of each vessel: one for all, if all that is to be seen is seen in it; else one for those that bytes pass one after the
 * other; else that of a larger one of these, where all that is to be seen of it is seen there too.
 * @param {Needs} needs
 * @returns {Fulls}
 */
export function scalesFor(needs) {
  const all = scalesIn(needs, Object.keys(needs));
  const one = new Set(all.map(([, full]) => full)).size === 1;
  return /** @type {Fulls} */ (Object.fromEntries(one ? all : WAYS.flatMap((way) => scalesIn(needs, way))));
}

/** @param {Needs} needs @param {readonly string[]} vessels those that share what they can @returns {[string, number][]} */
function scalesIn(needs, vessels) {
  const own = vessels.map((vessel) => {
    const { most, limits } = needs[/** @type {Vessel} */ (vessel)];
    const full = scaleFor(most, limits);
    // What its own scale does not show either is no reason for one.
    const seen = [most, ...near(most, limits)].filter((figure) => figure * LOW >= full);
    return { vessel, full, least: Math.min(...seen) };
  });
  let shared = 0;
  return own.sort((one, other) => other.full - one.full).map(({ vessel, full, least }) => {
    if (shared === 0 || least * LOW < shared) shared = full;
    return [vessel, shared];
  });
}

/** Of nothing, so much would have room. @param {number} most @returns {Fulls} */
export const scalesOf = (most) => {
  const full = scaleFor(most, []);
  return { backlog: full, rx: full, input: full, output: full, tx: full, got: full };
};

/** The one scale of all vessels, where they have one. @param {Fulls} fulls */
export function sharedScale(fulls) {
  const [first, ...others] = Object.values(fulls);
  return others.every((full) => full === first) ? first : null;
}

/** So many buckets tell how high a level gets. */
const SURVEY = 128;

/** The scales of a track's connections. */
export class Scale {
  /** Those of the one that is looked at. As long as they are the same, this is the same value. */
  fulls = scalesOf(0);
  /** The scales of another one that stands beside it. @type {(number: number) => Fulls} */
  of = () => this.fulls;
  /** @type {Needs} */
  #needs = needsOf([], []);

  /**
   * Chooses the scales for whole tracks that are looked at together.
   * @param {Track[]} tracks
   * @param {number} connection
   */
  survey(tracks, connection) {
    this.#choose(needsIn(tracks, connection));
    /** @type {Map<number, Fulls>} */
    const known = new Map();
    this.of = (number) => {
      // A recording may be long, and those that come and go in it many: there one scale serves all.
      if (number === connection || !("rxCapacity" in tracks[0])) return this.fulls;
      const fulls = known.get(number) ?? scalesFor(needsIn(tracks, number));
      known.set(number, fulls);
      return fulls;
    };
  }

  /** What a track grew by has its place, too. @param {Bucket} passed */
  grow(passed) {
    for (const [vessel, { most, limits }] of entriesOf(needsOf([passed], []))) {
      const need = this.#needs[vessel];
      this.#needs[vessel] = { most: Math.max(need.most, most), limits: need.limits.map((limit, index) => Math.max(limit, limits[index] ?? 0)) };
    }
    this.#choose(this.#needs);
  }

  /** @param {Needs} needs */
  #choose(needs) {
    this.#needs = needs;
    const fulls = scalesFor(needs);
    if (entriesOf(fulls).some(([vessel, full]) => full !== this.fulls[vessel])) this.fulls = fulls;
  }
}

/** @param {Track[]} tracks @param {number} connection */
function needsIn(tracks, connection) {
  const series = tracks.flatMap((track) => track.series(connection, SURVEY));
  return needsOf(series, tracks.flatMap((track) => ("rxCapacity" in track ? [{ rx: track.rxCapacity, tx: track.txCapacity }] : [])));
}

/** @param {Bucket[]} series @param {{rx: number, tx: number}[]} capacities @returns {Needs} */
function needsOf(series, capacities) {
  const most = (/** @type {(bucket: Bucket) => number | null} */ of) => series.reduce((sum, bucket) => Math.max(sum, of(bucket) ?? 0), 0);
  const queue = (/** @type {"rx" | "tx"} */ name, /** @type {number} */ held) => ({ most: held, limits: capacities.map((capacity) => capacity[name]).filter((capacity) => held === 0 || capacity <= held * ROOM) });
  return {
    backlog: { most: most((b) => b.backlogMax), limits: [] },
    rx: queue("rx", most((b) => b.rxMax)),
    input: { most: most((b) => b.inMax), limits: [most((b) => b.low), most((b) => b.high)] },
    output: { most: most((b) => b.outMax), limits: [most((b) => b.writeLow), most((b) => b.writeHigh)] },
    tx: queue("tx", most((b) => b.txMax)),
    got: { most: most((b) => b.peerReceived), limits: [] },
  };
}
