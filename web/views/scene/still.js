/** What the scene shows of a moment once nothing moves. Pure, but for what it remembers of a track's records. */
import { ROLES } from "../../engine/roles.js";
import { callbackName } from "../../lang/names.js";
import { stackOf } from "./stack.js";

/** @typedef {import("../../types.js").Shown} Shown */
/** @typedef {import("../../types.js").Frame} Frame */
/** @typedef {import("../../types.js").Record} Record */
/** @typedef {import("../../types.js").Content} Content */
/** @typedef {import("./geometry.js").Vessel} Vessel */
/** @typedef {import("./geometry.js").Caller} Caller */
/** @typedef {import("../../types.js").Valve | "running" | "absent" | "nobody"} ValveState */

/**
 * @typedef {object} Still
 * @property {number} number of the connection
 * @property {import("../../state/scale.js").Fulls} fulls how many bytes the whole height of each vessel is
 * @property {{backlog: number | null, rx: number | null, input: number, output: number, tx: number | null, got: number | null}} levels `null` where
 *   nobody knows
 * @property {{input: Content, output: Content, got: Content}} contents
 * @property {{rx: number, tx: number} | null} capacities
 * @property {{[vessel in Vessel]?: number}} fresh so many of the newest bytes are of this step
 * @property {{received: number, sent: number, peerReceived: number}} counted
 * @property {{read: {low: number, high: number}, write: {low: number, high: number}}} marks
 * @property {boolean} tripwire 1.4's pressure callback watches input
 * @property {number} suspended 2.x: why reading is
 * @property {{read: ValveState, write: ValveState}} valves
 * @property {Caller | null} caller whose code runs, where it is this connection's or the program's own
 */

/** In these states bytes can pass. @type {ReadonlySet<ValveState>} */
const OPEN = new Set(/** @type {const} */ (["open", "running"]));
/** @param {ValveState} valve */
export const isOpen = (valve) => OPEN.has(valve);

/** So often the peer has received at most, where each time is looked up. */
const MOST_LOOKS = 32;
/** So many of these are remembered. */
const MOST_KNOWN = 4096;

/**
 * @param {Shown} shown
 * @returns {Still}
 */
export function stillOf({ frame }) {
  const { connection, record, fulls, capacities } = frame;
  const { kernel, counters } = connection;
  const tanks = kernel.tanks;
  return {
    number: connection.number,
    fulls,
    levels: {
      backlog: tanks?.backlog ?? null,
      rx: tanks?.rx ?? null,
      input: connection.input.len,
      output: connection.output.len,
      tx: tanks?.tx ?? null,
      got: tanks ? kernel.peer_received : null,
    },
    contents: { input: connection.input, output: connection.output, got: received(frame) },
    capacities,
    fresh: freshOf(record && record.connection === connection.number ? record : null, tanks?.backlog ?? 0),
    counted: { received: counters.received, sent: counters.sent, peerReceived: kernel.peer_received },
    marks: { read: connection.read, write: connection.write },
    tripwire: connection.pressure,
    suspended: connection.suspended,
    valves: { read: valveOf(frame, "read"), write: valveOf(frame, "write") },
    caller: callerOf(frame),
  };
}

/** What the peer has in all: of what it received before the last time, the records have the bytes. @param {Frame} frame @returns {Content} */
function received(frame) {
  const { position, connection: { kernel: { peer_received, peer_got } } } = frame;
  if (peer_received <= peer_got.len) return peer_got;
  /** @type {Content["runs"]} */
  let runs = [];
  let [before, at] = [peer_received, position + 1];
  for (let looks = 0; before > 0 && looks < MOST_LOOKS; looks++) {
    const reception = receptionBefore(frame, at);
    if (!reception) break;
    runs = [...reception.runs, ...runs];
    [before, at] = [before - reception.len, reception.at];
  }
  return { len: peer_received, runs: before > 0 ? [{ unknown: before }, ...runs] : runs };
}

/** A time that the peer received something, and what. @typedef {Content & {at: number}} Reception */

/** Those that were found, by the position before which they were looked for: the one before each is asked for once. @type {WeakMap<import("../../types.js").Track, {of: string, found: Map<number, Reception | null>}>} */
const receptions = new WeakMap();

/** The last one before a position. @param {Frame} frame @param {number} before @returns {Reception | null} */
function receptionBefore({ track, revision, connection: { number } }, before) {
  // What was found holds until the track goes another way.
  const of = `${number} ${revision}`;
  let known = receptions.get(track);
  if (known?.of !== of || known.found.size >= MOST_KNOWN) receptions.set(track, (known = { of, found: new Map() }));
  let reception = known.found.get(before);
  if (reception === undefined) known.found.set(before, (reception = lookBefore(track, number, before)));
  return reception;
}

/** @param {import("../../types.js").Track} track @param {number} number @param {number} before @returns {Reception | null} */
function lookBefore(track, number, before) {
  const at = track.previous(before, `kind:peer_received and conn:${number}`);
  const record = at === undefined ? undefined : track.record(at);
  if (at === undefined || record?.kind !== "peer_received") return null;
  const { len, bytes } = record.payload;
  return { at, len, runs: [...(bytes.length > 0 ? [{ bytes }] : []), ...(len > bytes.length ? [{ unknown: len - bytes.length }] : [])] };
}

/**
 * How many bytes this step brought where.
 * @param {Record | null} record
 * @param {number} backlog after it
 * @returns {Still["fresh"]}
 */
export function freshOf(record, backlog) {
  if (!record) return {};
  const bytes = "payload" in record ? record.payload.len : 0;
  switch (ROLES[record.kind]) {
    case "peer_to_kernel":
      // What did not fit into rx is what the backlog grew by.
      return "lost" in record && record.lost ? {} : { backlog: Math.min(bytes, backlog), rx: Math.max(bytes - backlog, 0) };
    case "kernel_to_input":
      return { input: bytes };
    case "application_to_buffer":
      return "buffer" in record ? { [record.buffer]: bytes } : {};
    case "output_to_kernel":
      return { tx: bytes };
    case "kernel_to_peer":
      return { got: bytes };
    default:
      return {};
  }
}

/**
 * What to say of a valve: an event that has fired and runs waits for nothing, and yet bytes pass.
 * @param {Pick<Frame, "picture" | "connection" | "exists" | "source">} frame
 * @param {"read" | "write"} direction
 * @returns {ValveState}
 */
export function valveOf({ picture, connection, exists, source }, direction) {
  if (!exists) return source === "simulation" ? "absent" : "nobody";
  const valve = connection.valves[direction];
  const { running } = picture.loop;
  const runs = running?.event === direction && running.connection === connection.number;
  return runs && (valve === "not_waiting" || valve === "idle") ? "running" : valve;
}

/** @param {Frame} frame @returns {Caller | null} */
function callerOf(frame) {
  const { entered } = frame.picture.loop;
  if (entered && entered.connection === frame.connection.number) {
    const name = callbackName(entered.callback);
    return name === "readcb" ? "read" : name === "writecb" ? "write" : "event";
  }
  return entered === null && stackOf(frame)[0]?.name === "main()" ? "program" : null;
}
