/** What runs inside what, outermost first. */
import { ROLES } from "../../engine/roles.js";
import { callbackArguments, callbackName, eventName } from "../../lang/names.js";
import { calledOf } from "../../state/asking.js";

/** @typedef {{name: string, user: boolean, ask?: import("../../state/asking.js").Asking}} Call */

/** The parts of a step's role in which libevent did something for somebody, rather than the peer, the kernel or time. */
const OUTSIDE = new Set(["outside", "peer_to_kernel", "kernel_to_peer"]);

/** The callbacks that are asked, by their names. @type {{[name: string]: "read" | "write" | "event" | undefined}} */
const KINDS = { readcb: "read", writecb: "write", eventcb: "event" };

/** The parts of a step's role in which the application itself called something. @type {ReadonlySet<string>} */
const CALLS = new Set(["application", "application_to_buffer", "buffer_to_application"]);
/** In 1.4 what these do is recorded before they are. @type {ReadonlySet<string>} */
const LATE = new Set(["enabled", "disabled"]);
/** Within a call so many records are looked through. */
const MOST_LOOKS = 24;
/** Stands for calls that nobody knows. */
const UNKNOWN = "\u2026";

/** Several views ask of one moment, and who called is looked for among many records: by its connection, which is another value each moment. @type {WeakMap<import("../../types.js").Frame["connection"], Call[]>} */
const stacks = new WeakMap();

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
 * What the application called for libevent to come to this record, outermost first: the function itself, or the one within which it
 * is. A simulation knows which records one line of the program made; of others that is not known.
 * @param {import("../../types.js").Frame} frame
 * @returns {string[]}
 */
function callOf({ track, source, position, record }) {
  if (!record) return [];
  if (CALLS.has(ROLES[record.kind]) || ("event" in record && typeof record.event === "object")) return [record.function];
  const simulation = source === "simulation" ? /** @type {import("../../types.js").Simulation} */ (track) : null;
  const place = simulation?.running(position);
  /** @param {1 | -1} by @param {(kind: import("../../types.js").Record["kind"]) => boolean} passes */
  const look = (by, passes) => {
    for (let [at, looks] = [position + by, 0]; looks < MOST_LOOKS; [at, looks] = [at + by, looks + 1]) {
      const near = simulation?.record(at);
      if (!near || simulation?.running(at) !== place) return undefined;
      if (by === 1 ? LATE.has(near.kind) && near.connection === record.connection : CALLS.has(ROLES[near.kind])) return near.function;
      if (!passes(near.kind)) return undefined;
    }
    return undefined;
  };
  const called = look(1, (kind) => ROLES[kind] === "event") ?? look(-1, (kind) => ROLES[kind] !== "callback" && !OUTSIDE.has(ROLES[kind]));
  return [called ?? UNKNOWN, record.function];
}

/**
 * Between two passes the program itself runs: what it calls is called from `main()`, or from where it keeps its loop.
 * @param {import("../../types.js").Frame} frame
 * @returns {Call[]} `user`: it is the application's code; `ask`: what it is asked; none at all where the application stands still
 */
export function stackOf(frame) {
  const known = stacks.get(frame.connection) ?? stackAt(frame);
  stacks.set(frame.connection, known);
  return known;
}

/** @param {import("../../types.js").Frame} frame @returns {Call[]} */
function stackAt(frame) {
  const { picture, record, connection } = frame;
  const { loop } = picture;
  const inner = record?.function ?? "";
  if (loop.station === "idle") {
    const calls = record && inner && inner !== "event_base_loop" && !OUTSIDE.has(ROLES[record.kind]);
    return calls ? ["main()", ...callOf(frame)].map((name, index) => ({ name, user: index === 0, ask: { kind: "program" } })) : [];
  }
  /** @type {Call[]} */
  const frames = [{ name: "event_base_loop", user: false, ask: { kind: "loop" } }];
  // The callback inside of it says whose it is, too.
  if (loop.running) frames.push({ name: `${loop.entered ? "" : ownerOf(loop.running.connection, picture)}${eventName(loop.running.event, picture.names)}`, user: false, ask: runningAsk(loop.running, connection.number) });
  for (const { callback, connection: whose } of loop.entered ? [...loop.outer, loop.entered] : []) {
    const kind = KINDS[callbackName(callback)];
    const ask = kind && whose === connection.number ? calledOf(connection, kind) : undefined;
    frames.push({ name: `${ownerOf(whose, picture)}${callbackName(callback, picture.names)}${callbackArguments(callback)}`, user: true, ask });
  }
  // What libevent does within is asked as what it does that for.
  const { ask } = frames[frames.length - 1];
  const within = inner === "" || inner === "event_base_loop" ? [] : loop.entered ? callOf(frame) : [inner];
  return [...frames, ...within.map((name) => ({ name, user: false, ask }))];
}

/** What the application's code that runs has called; empty where it has not, or nobody knows. @param {import("../../types.js").Frame} frame */
export function calledNow(frame) {
  const frames = stackOf(frame);
  const inner = [...frames].reverse().findIndex(({ user }) => user);
  const called = inner > 0 ? frames[frames.length - inner].name : "";
  return called === UNKNOWN ? "" : called;
}
