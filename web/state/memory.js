/** How the bytes of every buffer lie in memory at a moment of a simulation, and what of it came with the step. */

/** @typedef {import("../types.js").ChainPicture} ChainPicture */
/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {import("../types.js").Simulation} Simulation */
/** @typedef {{number: number, buffer: "input" | "output"}} Place a buffer of a connection */
/** @typedef {Place & {chains: ChainPicture[], count: number, copied: number}} Laid */
/** @typedef {ChainPicture & {offset: number, from: Place | null}} ChainShown where in the buffer its bytes begin, and who handed it over in this step */
/** @typedef {Place & {chains: ChainShown[], more: number, copied: number}} MemoryShown the bytes copied in this step, and so many chains are not told */

const BUFFERS = /** @type {const} */ (["input", "output"]);
/** A whole move is two records: the bytes leave the one buffer, then they are in the other. */
const MOVE = 2;

/**
 * The buffers that have chains, or had some a step before. None where memory is not followed.
 * @param {Frame} frame
 * @returns {MemoryShown[]}
 */
export function memoryOf({ track, source, position, start, picture }) {
  if (source !== "simulation") return [];
  const simulation = /** @type {Simulation} */ (track);
  const [now, before, longAgo] = [0, 1, MOVE].map((steps) => (position - steps < start ? [] : laidAt(simulation, position - steps)));
  return now.filter(({ number }) => picture.connections.some((it) => it.number === number && !it.freed)).flatMap((laid) => {
    const was = before.find((it) => isSame(it, laid));
    const copied = laid.copied - (was?.copied ?? 0);
    if (laid.count === 0 && copied === 0 && !was?.count) return [];
    let offset = 0;
    const chains = laid.chains.map((chain) => {
      const from = holder(before, chain) ?? holder(longAgo, chain);
      const shown = { ...chain, offset, from: from && !isSame(from, laid) ? { number: from.number, buffer: from.buffer } : null };
      offset += chain.len;
      return shown;
    });
    return [{ number: laid.number, buffer: laid.buffer, chains, more: laid.count - chains.length, copied }];
  });
}

/** @param {Simulation} simulation @param {number} position @returns {Laid[]} */
const laidAt = (simulation, position) => simulation.memory(position).flatMap(({ number, ...buffers }) => BUFFERS.map((buffer) => ({ number, buffer, ...buffers[buffer] })));

/** @param {Place} one @param {Place} other */
const isSame = (one, other) => one.number === other.number && one.buffer === other.buffer;

/** Who had this chain. @param {Laid[]} all @param {ChainPicture} chain */
const holder = (all, { number }) => all.find(({ chains }) => chains.some((chain) => chain.number === number));
