/** What can be asked of a track, or done to it, without a player. */

import { ROLES } from "../roles.js";

/** @typedef {import("../types.js").Track} Track */
/** @typedef {import("../types.js").Simulation} Simulation */

/**
 * Whether one more pass would find something to do, as far as the last one tells.
 * @param {Simulation} simulation
 */
export function goesOn(simulation) {
  const { length } = simulation;
  if (length === 0) return false;
  const began = simulation.previous(length + 1, "kind:pass_began") ?? 0;
  // A pass with nothing but the loop's own steps found nothing to do.
  return began === 0 || !simulation.records(began, length).every(({ kind }) => ROLES[kind] === "loop");
}
