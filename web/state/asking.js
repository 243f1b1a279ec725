/** Asking why: a question about the moment that is shown, and the records that it goes back to. */
import { STATIONS } from "../engine/vocabulary.js";

/** @typedef {import("../types.js").Question} Question */
/** @typedef {import("../types.js").CallbackKind} CallbackKind */

/**
 * @typedef {object} Asked
 * @property {Question} question
 * @property {number} connection about which it was asked
 * @property {number} position where it was asked
 * @property {import("../types.js").Answer} answer
 * @property {Link[]} links of the answer
 * @property {boolean} veiled what comes after the moment is left out of it: a question of the lesson is open
 */

/**
 * @typedef {object} Link
 * @property {import("../types.js").Because} because
 * @property {import("../types.js").Record | null} record that shows it
 * @property {import("../types.js").ConnectionPicture | null} connection as it was right after that
 */

/**
 * A question, or one that is yet to be finished: not called since the last time that it was; what waits in the queued call.
 * @typedef {Question | {kind: "not_called", callback: CallbackKind, since: null} | {kind: "deferred"}} Asking
 */

/**
 * Asks the track that a frame shows.
 * @param {import("../types.js").Frame} frame
 * @param {Asking} asking
 * @param {boolean} veiled what comes after the moment must not be seen
 * @returns {Asked}
 */
export function ask(frame, asking, veiled) {
  const { track, position, connection: { number } } = frame;
  const question = finished(frame, asking);
  const answer = track.why(position, number, question);
  // What became of a byte follows on where it came from: from the first step on that is still to come, all of it is ahead.
  const isAhead = (/** @type {import("../types.js").Because} */ { reason, position: at }) => reason === "still_there" || (at !== null && at > position);
  const ahead = veiled ? answer.reasons.findIndex(isAhead) : -1;
  const links = (ahead === -1 ? answer.reasons : answer.reasons.slice(0, ahead)).map((because) => linkOf(because, track, number));
  return { question, connection: number, position, answer, links, veiled: ahead !== -1 || (veiled && question.kind === "byte") };
}

/** The loop answers with records of whatever connection. @param {import("../types.js").Because} because @param {import("../types.js").Track} track @param {number} number @returns {Link} */
function linkOf(because, track, number) {
  const record = because.position === null ? undefined : track.record(because.position);
  const connection = because.position === null ? undefined : track.connection(because.position, record?.connection ?? number);
  return { because, record: record ?? null, connection: connection ?? null };
}

/** What was called last, and when, is looked for once it is asked: that may be far back. @param {import("../types.js").Frame} frame @param {Asking} asking @returns {Question} */
function finished(frame, asking) {
  const { track, position, connection: { number } } = frame;
  if (asking.kind === "deferred") return finished(frame, { kind: "not_called", callback: deferredAt(frame), since: null });
  if (asking.kind !== "not_called" || asking.since !== null) return asking;
  return { ...asking, since: track.previous(position + 1, `callback:${asking.callback} and conn:${number}`) ?? 0 };
}

/** Which callback was put off last. @param {import("../types.js").Frame} frame @returns {CallbackKind} */
function deferredAt({ track, position, connection: { number } }) {
  const at = track.previous(position + 1, `kind:callback_deferred and conn:${number}`);
  const record = at === undefined ? undefined : track.record(at);
  const callback = record?.kind === "callback_deferred" ? record.callback : "read";
  return callback === "read" || callback === "write" ? callback : "event";
}

/**
 * What can be asked at a moment without pointing at anything.
 * @param {import("../types.js").Frame} frame
 * @returns {Asking[]}
 */
export function questionsAt(frame) {
  const { connection: { counters }, picture: { names, loop } } = frame;
  /** @param {CallbackKind} callback @param {number} calls @returns {Asking[]} */
  const about = (callback, calls) => (calls === 0 ? [{ kind: "not_called", callback, since: 0 }] : [{ kind: "called", callback }, { kind: "not_called", callback, since: null }]);
  // Of the program's events those that have a name too: one asks why none runs.
  const own = loop.application_events.map(({ number }) => number).filter((number) => deadlineOf(frame, { application: number }) !== null);
  /** @type {import("../types.js").EventName[]} */
  const timers = [
    .../** @type {const} */ (["read", "write"]).filter((direction) => deadlineOf(frame, direction) !== null),
    ...Array.from(new Set([...own, ...Object.keys(names?.events ?? {}).map(Number)]), (application) => ({ application })),
  ];
  return [
    { kind: "valve", direction: "read" },
    { kind: "valve", direction: "write" },
    ...about("read", counters.read_callbacks),
    ...about("write", counters.write_callbacks),
    ...about("event", counters.event_callbacks),
    { kind: "event", direction: "read" },
    { kind: "event", direction: "write" },
    ...timers.map((event) => /** @type {Asking} */ ({ kind: "timer", event })),
    { kind: "program" },
    { kind: "loop" },
    ...STATIONS.map((station) => /** @type {Asking} */ ({ kind: "station", station })),
  ];
}

/**
 * What is asked of a callback itself: why it was called, or why it never was.
 * @param {import("../types.js").ConnectionPicture} connection
 * @param {"read" | "write" | "event"} callback
 * @returns {Question}
 */
export function calledOf({ counters }, callback) {
  const calls = { read: counters.read_callbacks, write: counters.write_callbacks, event: counters.event_callbacks }[callback];
  return calls === 0 ? { kind: "not_called", callback, since: 0 } : { kind: "called", callback };
}

/** When the time of an event's timer comes; none where none runs. @param {import("../types.js").Frame} frame @param {import("../types.js").EventName} event */
export function deadlineOf({ connection, picture: { loop } }, event) {
  if (event === "read" || event === "write") return connection[event].event.deadline_us;
  const own = typeof event === "object" ? loop.application_events.find(({ number }) => number === event.application) : undefined;
  return own?.event.deadline_us ?? null;
}
