/** When a track's time began: a live server that was started anew counts from its own start. */

/** @typedef {import("../types.js").Track} Track */

export class Since {
  /** From which position on which engine's clock counts, and where it stood there; the first has no position before it. @type {{from: number, us: number}[]} */
  #starts = [];
  /** Where the clock stood last, and up to which position that is known. */
  #last = { us: 0, position: 0 };

  /** @param {Track} track */
  begin(track) {
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
    return (this.#starts.findLast(({ from }) => from <= position) ?? this.#starts[0])?.us ?? us;
  }
}

/** Where the clock went back: at the first record that is before what there was, or without one where the track ends. @param {Track} track @param {number} after @param {number} us @param {number} now */
function restart(track, after, us, now) {
  for (let from = after + 1; from <= track.length; from++) {
    const time = track.record(from)?.time_us ?? us;
    if (time < us) return { from, us: time };
  }
  return { from: track.length, us: now };
}
