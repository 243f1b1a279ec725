/** What a sentence asks of its step, and of the connection as it is after it: a step alone does not tell why. */

/** @typedef {import("../types.js").ConnectionPicture} ConnectionPicture */

/**
 * What is said of this name, of one for each name that there is.
 * @template {string} Name
 * @template T
 * @param {Name} name
 * @param {{[name in NoInfer<Name>]: () => T}} sentences
 * @returns {T}
 */
export const oneOf = (name, sentences) => sentences[name]();

/**
 * What a read of the kernel would find. A live server does not know its kernel, and an event of the application's own
 * has no connection: then it is `unknown`, and nothing is claimed.
 * @param {ConnectionPicture | null} connection
 * @returns {"unknown" | "reset" | "bytes" | "end" | "nothing"}
 */
export function waiting(connection) {
  const tanks = connection?.kernel.tanks;
  if (!connection || !tanks) return "unknown";
  if (connection.kernel.peer_reset) return "reset";
  if (tanks.rx > 0) return "bytes";
  return connection.kernel.peer_shutdown ? "end" : "nothing";
}

/**
 * What a direction is ready for.
 * @param {{readable: boolean, writable: boolean}} ready
 * @returns {"both" | "read" | "write" | "none"}
 */
export const readiness = ({ readable, writable }) => (readable ? (writable ? "both" : "read") : writable ? "write" : "none");

/**
 * What the peer still has under way to the application, in bytes; `null` where that is not known.
 * @param {ConnectionPicture | null} connection
 */
export function underWay(connection) {
  const tanks = connection?.kernel.tanks;
  return tanks ? tanks.rx + tanks.backlog : null;
}

/** Whether input is below its high mark, though reading stops: 1.4 with a mark beyond INT_MAX. @param {ConnectionPicture | null} connection */
export const isBelowHigh = (connection) => connection !== null && connection.input.len < connection.read.high;

/**
 * Whether a call that failed so is only to be made again later.
 * @param {{call: string, errno: string}} step
 * @param {ConnectionPicture | null} connection
 */
export const isLater = ({ call, errno }, connection) =>
  errno === "EAGAIN" || errno === "EINTR" || (errno === "EINPROGRESS" && call === "write" && connection?.dialect === "1.4");

/** After so many user callbacks a simulation breaks off a pass: `SPIN_LIMIT` of the engine. */
const MOST_CALLBACKS = 50;

/** Whether a pass that was broken off was so for its length: by a simulation, and not by the program. @param {{callbacks: number}} step */
export const isTooLong = ({ callbacks }) => callbacks >= MOST_CALLBACKS;

/** Whether bytes moved between the two of a pair, with no kernel in between. @param {{function: string}} step */
export const inPair = (step) => step.function === "be_pair_transfer";

/** Whether a filter moved the bytes. @param {{function: string}} step */
export const inFilter = (step) => step.function.startsWith("be_filter_process_");

/**
 * Whether nothing came before the start of a recording.
 * @param {import("../types.js").Picture | null | undefined} picture
 */
export const isWhole = (picture) => picture?.seq === 0 && picture.loop.pass === 0 && picture.connections.length === 0;
