/** Which connection is looked at. Of a server's many, only some are there at any moment. */
import { BLANK_DIALECT } from "../engine/blank.js";

/** @typedef {import("../types.js").Picture} Picture */
/** @typedef {import("../types.js").Track} Track */

/**
 * The first of these that is there; where none is, another one that is; where there is nobody, the last of these.
 * @param {Picture} picture
 * @param {number[]} wanted
 */
export function lookedAt({ connections }, wanted) {
  const found = wanted.find((number) => connections.some((connection) => connection.number === number));
  const other = connections.find(({ freed }) => !freed) ?? connections[0];
  return found ?? other?.number ?? wanted[wanted.length - 1];
}

/**
 * The first connection that a track tells of: what is about to be there before anything is. Number 0 is nobody.
 * @param {Track} track
 * @returns {{number: number, dialect: import("../types.js").Dialect}}
 */
export function firstOf(track) {
  const there = track.picture(track.start).connections[0];
  if (there) return there;
  const made = track.next(track.start, "kind:created");
  const record = made === undefined ? undefined : track.record(made);
  return record?.kind === "created" ? { number: Number(record.connection), dialect: record.dialect } : { number: 0, dialect: BLANK_DIALECT };
}
