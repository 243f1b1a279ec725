/** Names that are the same in every language: libevent's own. */
import { CAUSES, WHAT } from "../engine/vocabulary.js";

/** @typedef {import("../types.js").EventName} EventName */
/** @typedef {import("../types.js").Callback} Callback */
/** @typedef {import("../types.js").Picture["names"]} Names */

/**
 * The flags of an event callback as libevent writes them, joined by `|`.
 * @param {number} bits
 */
export const what = (bits) => flags(bits, WHAT);

/**
 * What woke an internal event.
 * @param {number} bits
 */
export const cause = (bits) => flags(bits, CAUSES);

/**
 * @param {number} bits
 * @param {readonly (readonly [number, string])[]} table
 */
function flags(bits, table) {
  return table.filter(([bit]) => (bits & bit) !== 0).map(([, name]) => name).join("|") || "0";
}

/**
 * A step in which the program's own events are called as the program calls them: for words, a name stands where the number was.
 * @template {object} Step
 * @param {Step} step
 * @param {Names} [names]
 * @returns {Step}
 */
export function named(step, names) {
  const [event, callback] = ["event", "callback"].map((field) => /** @type {{[field: string]: any}} */ (step)[field]?.application);
  const known = (/** @type {number | undefined} */ number) => (number === undefined ? undefined : names?.events[number]);
  if (known(event) !== undefined) return { ...step, event: { application: known(event) } };
  return known(callback?.[0]) === undefined ? step : { ...step, callback: { application: [known(callback[0]), callback[1]] } };
}

/**
 * An internal event's name; that of the program's own, where they have names, if it is of a step that is `named`.
 * @param {EventName} event
 * @param {Names} [names]
 * @returns {string}
 */
export function eventName(event, names) {
  // What is named already has its name here.
  if (typeof event === "object") return names?.events[event.application] ?? (typeof event.application === "string" ? event.application : `event ${event.application}`);
  return { read: "ev_read", write: "ev_write", deferred: "deferred_cb", finalizer: "finalizer", loop_exit: "loopexit" }[event];
}

/**
 * A user callback's name, without its arguments.
 * @param {Callback} callback
 * @param {Names} [names]
 * @returns {string}
 */
export function callbackName(callback, names) {
  if (callback === "read") return "readcb";
  if (callback === "write") return "writecb";
  if ("event" in callback) return "eventcb";
  if ("buffer" in callback) return `evbuffer_cb of ${callback.buffer[0]}`;
  return eventName({ application: callback.application[0] }, names);
}

/**
 * What a user callback is told, in brackets; empty where it is told nothing.
 * @param {Callback} callback
 */
export function callbackArguments(callback) {
  if (typeof callback === "string") return "";
  if ("event" in callback) return `(${what(callback.event)})`;
  if ("buffer" in callback) return `(n_added ${callback.buffer[1].added}, n_deleted ${callback.buffer[1].deleted})`;
  return `(${cause(callback.application[1])})`;
}

/**
 * Why 2.x suspends a direction, as libevent writes it after its `BEV_`: the engine knows one reason.
 * @param {number} bits
 */
export const suspends = (bits) => (bits & 1 ? ["SUSPEND_WM"] : []);
