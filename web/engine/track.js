/** What can be asked of a track, or done to it, without a player. */

import { ROLES } from "./roles.js";

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

/**
 * Runs a simulation as another libevent.
 * @param {Simulation} simulation
 * @param {import("../types.js").Dialect} dialect
 * @param {number | null} position none for the start
 * @returns {number} the same place of the script, as far as there is one: the other library takes other steps
 */
export function inDialect(simulation, dialect, position) {
  const step = position === null ? 0 : simulation.placeOf(position);
  const from = simulation.setDialect(dialect);
  return position === null ? from : simulation.endOf(Math.max(step - 1, 0)) ?? from;
}

/**
 * What happened to a connection between two positions.
 * @param {Track} track
 * @param {number} connection
 * @param {number} from
 * @param {number} to
 */
export function sumOf(track, connection, from, to) {
  const [bucket] = track.series(connection, 1, from, to);
  if (!bucket) return { callbacks: 0, crossings: 0 };
  return { callbacks: bucket.readCallbacks + bucket.writeCallbacks + bucket.eventCallbacks, crossings: bucket.crossings };
}
