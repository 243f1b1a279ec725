/** Which connections are the busiest. */

/** @typedef {import("../types.js").ConnectionPicture} ConnectionPicture */

/** They change places this often at most. */
const SORT_EVERY_MS = 1000;

export class Ranking {
  /** What each connection had moved when it was looked at last, and how lively it is. @type {Map<number, {moved: number, heat: number}>} */
  #activity = new Map();
  /** Where each connection stands. @type {Map<number, number>} */
  #order = new Map();
  #sortedAt = 0;

  /** @param {ConnectionPicture[]} connections */
  see(connections) {
    for (const { number, counters } of connections) {
      const moved = counters.received + counters.sent;
      const before = this.#activity.get(number) ?? { moved, heat: 0 };
      this.#activity.set(number, { moved, heat: before.heat * 0.9 + (moved - before.moved) });
    }
  }

  /** Gives them new places, unless it just did. @param {ConnectionPicture[]} connections */
  sort(connections) {
    if (performance.now() - this.#sortedAt <= SORT_EVERY_MS) return;
    this.#sortedAt = performance.now();
    const heat = (/** @type {number} */ number) => this.#activity.get(number)?.heat ?? 0;
    const busiest = [...connections].sort((a, b) => heat(b.number) - heat(a.number) || b.counters.received - a.counters.received || a.number - b.number);
    this.#order = new Map(busiest.map(({ number }, place) => [number, place]));
  }

  /** @param {ConnectionPicture[]} connections */
  ranked(connections) {
    const place = (/** @type {number} */ number) => this.#order.get(number) ?? this.#order.size + number;
    return [...connections].sort((a, b) => place(a.number) - place(b.number));
  }
}
