/** When a track's time began: a server that was started anew counts from its own start. */

/** @typedef {import("../types.js").Track} Track */

export class Since {
  /** From which position on which engine's clock counts, and where it stood there; the first has no position before it. @type {{from: number, us: number}[]} */
  #starts = [];
  /** Where the clock stood last, and up to which position that is known. */
  #last = { us: 0, position: 0 };
  /** @type {Track | null} */
  #track = null;

  /** @param {Track} track */
  begin(track) {
    this.#track = track;
    this.#starts = [];
    this.#meet(track);
    // To ask for the end of a long recording would fold all of it.
    this.#last = { us: track.record(track.length)?.time_us ?? this.#starts[0]?.us ?? 0, position: track.length };
  }

  /** A live track begins with a picture, of the last step before it, and may be without a record for long. @param {Track} track */
  #meet(track) {
    const first = track.record(track.start + 1)?.time_us;
    if (first !== undefined) this.#starts.push({ from: track.start, us: first });
  }

  /** A live track grew. @param {Track} track */
  grew(track) {
    if (this.#starts.length === 0) this.#meet(track);
    const { us, position } = this.#last;
    const now = track.picture(track.length).time_us;
    if (now < us) this.#starts.push(restart(track, position, us, now));
    this.#last = { us: now, position: track.length };
  }

  /** Where the clock stood when what is shown here began, in microseconds. @param {number} position @param {number} us where it stands here */
  at(position, us) {
    const start = this.#starts.findLast(({ from }) => from <= position) ?? this.#starts[0];
    if (!start || !this.#track || us >= start.us || start.from >= position) return start?.us ?? us;
    // A file in which that happened: nobody was there when it did.
    const found = between(this.#track, start.from + 1, position, us);
    this.#starts.push(found);
    this.#starts.sort((one, other) => one.from - other.from);
    return found.us;
  }
}

/**
 * Where the clock went back between a record that is later than this and one that is not. A file may have a million: few are looked at.
 * @param {Track} track @param {number} before @param {number} after @param {number} us
 */
function between(track, before, after, us) {
  const timeAt = (/** @type {number} */ position) => track.record(position)?.time_us ?? us;
  let [later, from] = [before, after];
  while (from - later > 1) {
    const middle = Math.floor((later + from) / 2);
    if (timeAt(middle) > us) later = middle;
    else from = middle;
  }
  return { from, us: timeAt(from) };
}

/** Where the clock went back: at the first record that is before what there was, or without one where the track ends. @param {Track} track @param {number} after @param {number} us @param {number} now */
function restart(track, after, us, now) {
  for (let from = after + 1; from <= track.length; from++) {
    const time = track.record(from)?.time_us ?? us;
    if (time < us) return { from, us: time };
  }
  return { from: track.length, us: now };
}
