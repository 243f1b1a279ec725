/** One moment of a track, with everything that the views need to draw it. */
import { blankConnection } from "../engine/blank.js";
import { leftOutAt } from "./left-out.js";

/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {import("../types.js").Picture} Picture */
/** @typedef {import("../types.js").Track} Track */
/** @typedef {import("../types.js").ConnectionPicture} ConnectionPicture */

const NOTHING = { len: 0, runs: [] };

/** What is there to be seen of a connection: what its buffers held when it was freed was dropped with them. @param {ConnectionPicture} connection @returns {ConnectionPicture} */
export const seenOf = (connection) => (connection.freed ? { ...connection, input: NOTHING, output: NOTHING } : connection);

/** What is there to be seen at a position. @param {Track} track @param {number} position @returns {Picture} */
export function pictureOf(track, position) {
  const picture = track.picture(position);
  return { ...picture, connections: picture.connections.map(seenOf) };
}

/**
 * @param {Track} track
 * @param {number} position
 * @param {{picture: Picture, number: number, dialect: import("../types.js").Dialect}} shown what is there, which connection is looked
 *   at, and which libevent it is while it is not there
 * @param {Pick<Frame, "source" | "motion" | "fulls" | "fullsOf" | "acts" | "clockStart" | "revision">} rest
 * @returns {Frame}
 */
export function frameOf(track, position, { picture, number, dialect }, rest) {
  const found = picture.connections.find((connection) => connection.number === number);
  const simulation = rest.source === "simulation" ? /** @type {import("../types.js").Simulation} */ (track) : null;
  const record = track.record(position) ?? null;
  return {
    ...rest,
    track,
    position,
    start: track.start,
    length: track.length,
    picture,
    connection: found ? seenOf(found) : blankConnection(number, dialect, picture.simulated),
    exists: found !== undefined,
    record,
    leftOut: simulation ? leftOutAt(simulation, position, record) : 0,
    effect: simulation && rest.acts ? simulation.effect(position) : null,
    capacities: simulation && { rx: simulation.rxCapacity, tx: simulation.txCapacity },
    other: null,
    against: null,
    aligned: null,
    otherProblem: null,
    parted: [],
  };
}
