/** One moment of a track, with everything that the views need to draw it. */
import { blankConnection } from "./blank.js";

/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {import("../types.js").Track} Track */

/**
 * @param {Track} track
 * @param {number} position
 * @param {number} connection the number of the one that is looked at
 * @param {Pick<Frame, "mode" | "source" | "lang" | "motion" | "scales" | "acts" | "clockStart">} rest
 * @returns {Frame}
 */
export function frameOf(track, position, connection, rest) {
  const picture = track.picture(position);
  const found = picture.connections.find(({ number }) => number === connection);
  const simulation = rest.source === "simulation" ? /** @type {import("../types.js").Simulation} */ (track) : null;
  return {
    ...rest,
    track,
    position,
    start: track.start,
    length: track.length,
    picture,
    connection: found ?? blankConnection(connection),
    exists: found !== undefined,
    record: /** @type {import("../types.js").Record | undefined} */ (track.record(position)) ?? null,
    capacities: simulation && { rx: simulation.rxCapacity, tx: simulation.txCapacity },
    other: null,
    otherProblem: "",
  };
}
