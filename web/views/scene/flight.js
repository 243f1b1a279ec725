/** Bytes that go from one bufferevent to another, or between the application and one beside the one that is looked at. Pure. */
import { ROLES } from "../../engine/roles.js";
import { inPair } from "../../lang/moment.js";

/** @typedef {import("../../types.js").Frame} Frame */
/** @typedef {{connection: number, side: "input" | "output"} | {caller: import("./geometry.js").Caller}} Place */
/** @typedef {{bytes: number, from: Place, to: Place}} Flight */

/**
 * What this step brought from where to where, if that is seen beside the vessels of the one that is looked at.
 * @param {Frame} frame
 * @param {import("./geometry.js").Caller | null} caller whose code runs
 * @returns {Flight | null}
 */
export function flightOf({ record, picture, connection }, caller) {
  if (!record || record.connection === undefined) return null;
  const bytes = "payload" in record ? record.payload.len : "bytes" in record ? record.bytes : 0;
  const number = Number(record.connection);
  if (record.kind === "received" && inPair(record)) {
    // A pair is two: what one has received, the other has sent.
    const partner = picture.connections.filter((it) => it.number !== number && !it.freed);
    return partner.length === 1 ? { bytes, from: { connection: partner[0].number, side: "output" }, to: { connection: number, side: "input" } } : null;
  }
  if (number === connection.number || !("buffer" in record)) return null;
  const there = { connection: number, side: record.buffer };
  const here = { caller: caller ?? "program" };
  const role = ROLES[record.kind];
  if (role === "buffer_to_application") return { bytes, from: there, to: here };
  return role === "application_to_buffer" ? { bytes, from: here, to: there } : null;
}
