/** What runs inside what, outermost first. */
import { ROLES } from "../../engine/roles.js";
import { callbackArguments, callbackName, eventName } from "../../lang/names.js";
import { calledOf } from "../../state/asking.js";

/** The parts of a step's role in which libevent did something for somebody, rather than the peer, the kernel or time. */
const OUTSIDE = new Set(["outside", "peer_to_kernel", "kernel_to_peer"]);

/** The callbacks that are asked, by their names. @type {{[name: string]: "read" | "write" | "event" | undefined}} */
const KINDS = { readcb: "read", writecb: "write", eventcb: "event" };

/** Before what runs, whose it is: where that could be another's. @param {number | null | undefined} connection @param {import("../../types.js").Picture} picture */
function ownerOf(connection, { connections }) {
  const owner = connections.length > 1 ? connections.find(({ number }) => number === connection) : undefined;
  return owner ? `${owner.name ?? `#${owner.number}`}: ` : "";
}

/** What an event that runs is asked, where it is of the one that is looked at. @param {NonNullable<import("../../types.js").Picture["loop"]["running"]>} running @param {number} number @returns {import("../../state/asking.js").Asking | undefined} */
function runningAsk({ event, connection }, number) {
  if (typeof event === "object") return { kind: "timer", event };
  if (connection !== number) return undefined;
  return event === "read" || event === "write" ? { kind: "event", direction: event } : undefined;
}

/**
 * Between two passes the program itself runs: what it calls is called from `main()`, or from where it keeps its loop.
 * @param {import("../../types.js").Frame} frame
 * @returns {{name: string, user: boolean, ask?: import("../../state/asking.js").Asking}[]} user: it is the application's code; `ask`: what it is asked; none at
 *   all where the application stands still
 */
export function stackOf({ picture, record, connection }) {
  const { loop } = picture;
  const inner = record?.function ?? "";
  if (loop.station === "idle") {
    const calls = record && inner && inner !== "event_base_loop" && !OUTSIDE.has(ROLES[record.kind]);
    return calls ? [{ name: "main()", user: true, ask: { kind: "program" } }, { name: inner, user: false, ask: { kind: "program" } }] : [];
  }
  /** @type {ReturnType<typeof stackOf>} */
  const frames = [{ name: "event_base_loop", user: false, ask: { kind: "loop" } }];
  // The callback inside of it says whose it is, too.
  if (loop.running) frames.push({ name: `${loop.entered ? "" : ownerOf(loop.running.connection, picture)}${eventName(loop.running.event, picture.names)}`, user: false, ask: runningAsk(loop.running, connection.number) });
  for (const { callback, connection: whose } of loop.entered ? [...loop.outer, loop.entered] : []) {
    const kind = KINDS[callbackName(callback)];
    const ask = kind && whose === connection.number ? calledOf(connection, kind) : undefined;
    frames.push({ name: `${ownerOf(whose, picture)}${callbackName(callback, picture.names)}${callbackArguments(callback)}`, user: true, ask });
  }
  // What libevent does within is asked as what it does that for.
  if (inner && inner !== "event_base_loop") frames.push({ name: inner, user: false, ask: frames[frames.length - 1].ask });
  return frames;
}
