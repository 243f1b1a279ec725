/** What can be asked of a track, or done to it, without a player. */

/** @typedef {import("../types.js").Track} Track */
/** @typedef {import("../types.js").Simulation} Simulation */

/** A pass with nothing but these found nothing to do. */
const EMPTY_PASS = ["polled", "timers_checked", "pass_ended"];

/**
 * Whether one more pass would find something to do, as far as the last one tells.
 * @param {Simulation} simulation
 */
export function goesOn(simulation) {
  const { length } = simulation;
  if (length === 0) return false;
  const began = simulation.previous(length + 1, "kind:pass_began") ?? 0;
  return began === 0 || !simulation.records(began, length).every(({ kind }) => EMPTY_PASS.includes(kind));
}
