/** One sentence for each kind of step, in English: the cause, then the effect. */
import { inFilter, inPair, isBelowHigh, isLater, isTooLong, isWhole, oneOf, readiness, underWay, waiting } from "../moment.js";
import { callbackArguments, callbackName, cause, eventName, what } from "../names.js";
import { bytes } from "./units.js";

/** @typedef {import("../../types.js").ConnectionPicture} ConnectionPicture */
/** @typedef {import("../../types.js").Sentence} Sentence */

/** @param {number} n @param {string} one @param {string} [many] */
const count = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;
/** @param {number} us */
const ms = (us) => (us % 1_000_000 === 0 && us > 0 ? `${us / 1_000_000} s` : `${us / 1000} ms`);
/** @param {{read: boolean, write: boolean}} d */
const both = (d) => [d.read && "reading", d.write && "writing"].filter(Boolean).join(" and ") || "nothing";
/** @param {number | null} us */
const limit = (us) => (us ? `after ${ms(us)}` : "never");
/** @param {number} high */
const high = (high) => (high === 0 ? "no high mark" : `high mark ${high}`);
const CALLS = { read: "read()", write: "write()" };
const SIDES = { read: "reading", write: "writing" };
const READY = { both: "the handle is readable and writable.", read: "the handle is readable.", write: "the handle is writable.", none: "the handle is not ready." };
const READ = { bytes: "There is something to read", end: "Only the end of file waits" };

/** @type {import("../../types.js").StepSentences} */
export const steps = {
  pass_began: (s) => [`Pass ${s.pass} of the loop begins:`, "if any event is pending, the kernel is asked which handles are ready."],
  polled: (s) =>
    s.active === 0
      ? ["The kernel has answered:", "no event became active by it."]
      : ["The kernel has answered:", `${count(s.active, "event")} became active by it.`],
  timers_checked: (s) =>
    s.expired === 0
      ? ["The timers were looked at; none has run out,", "so they add no event."]
      : ["The timers were looked at:", `${count(s.expired, "event")} became active by them.`],
  pass_ended: (s) =>
    oneOf(s.reason, {
      done: () => ["No event is left active,", `so the pass ends after ${count(s.callbacks, "user callback")}.`],
      no_events: () => ["No event is pending, there is nothing to wait for,", "so the loop ends."],
      spinning: () => ["Events run on and on without a user callback:", "libevent would never come back, here the pass ends."],
      exited: () => ["The event of event_base_loopexit has run,", "so the loop stops before it asks the kernel again."],
      broken: () =>
        isTooLong(s)
          ? [`${count(s.callbacks, "user callback")} ran in this pass, and a simulation breaks off there:`, "the pass ends at once, where libevent might never come back."]
          : ["A callback asked for a break,", `so the pass ends at once, after ${count(s.callbacks, "user callback")}.`],
    }),
  loop_exit_requested: () => ["event_base_loopexit was called:", "the loop stops once the event for that has run."],
  loop_break_requested: () => ["event_base_loopbreak was called:", "the loop will stop after this callback."],

  ready: (s, connection) => {
    const is = readiness(s);
    const found = waiting(connection);
    if (found === "unknown" || is === "none") return ["The kernel has been asked:", READY[is]];
    if (connection?.connecting) return ["What becomes of the connection is decided:", READY[is]];
    if (found === "reset") return ["The connection is reset, an error waits:", READY[is]];
    if (is === "write" || found === "nothing") return ["tx has room:", READY[is]];
    return [is === "both" ? `${READ[found]}, and tx has room:` : `${READ[found]}:`, READY[is]];
  },
  event_armed: (s) => [`${eventName(s.event)} was added to the event base:`, "it is pending and waits for its handle."],
  event_disarmed: (s) => [`${eventName(s.event)} was removed from the event base:`, "it no longer waits for its handle."],
  event_activated: (s) =>
    ["deferred", "finalizer", "loop_exit"].includes(/** @type {string} */ (s.event))
      ? [`${eventName(s.event)} is wanted:`, "it is active and queued to run."]
      : [`${eventName(s.event)} was waiting for this (${cause(s.cause)}):`, "it is active and queued to run."],
  event_deactivated: (s) => [`${eventName(s.event)} was taken off the queue:`, "it does not run."],
  event_run: (s) => [`${eventName(s.event)} is next in the queue${s.cause ? ` (${cause(s.cause)})` : ""}:`, "its internal callback runs."],
  event_returned: (s) => [`The internal callback of ${eventName(s.event)} has returned:`, "control is back in the loop."],
  timer_set: (s) => [`${eventName(s.event)} was added with a timeout:`, "its timer runs."],
  timer_restarted: (s) => [`${eventName(s.event)} was woken or added again:`, "its timer starts anew."],
  timer_cancelled: (s) => [`${eventName(s.event)} no longer needs its timer:`, "it is taken away."],
  timer_expired: (s) => [`The time of ${eventName(s.event)} has come:`, "its timer has run out."],

  read_bounded: (s) =>
    oneOf(s.bound, {
      high_watermark: () => [`There is room for ${bytes(s.limit)} below the high mark,`, `so the next read may take no more.`],
      readable: () => ["There is no high mark:", `the next read may take ${bytes(s.limit)} at most.`],
      single_read: () => ["One read has a limit of its own,", `so the next takes ${bytes(s.limit)} at most.`],
    }),
  received: (s) => [inFilter(s) ? `The filter gave ${bytes(s.payload.len)} upwards:` : inPair(s) ? `${bytes(s.payload.len)} came from the other side of the pair:` : `${s.function} took ${bytes(s.payload.len)} from the kernel:`, `input grows from ${s.input - s.payload.len} to ${s.input}.`],
  sent: (s) => [inFilter(s) ? `The filter took ${bytes(s.payload.len)} to hand down:` : inPair(s) ? `${bytes(s.payload.len)} went to the other side of the pair:` : `${s.function} gave ${bytes(s.payload.len)} to the kernel:`, `output shrinks from ${s.output + s.payload.len} to ${s.output}.`],
  call_failed: (s, connection) =>
    isLater(s, connection)
      ? [`${CALLS[s.call]} gave ${s.errno},`, "which only means: later."]
      : [`${CALLS[s.call]} failed with ${s.errno}:`, "this direction ends."],
  end_of_file: (s) =>
    s.call === "read"
      ? ["read() gave 0 bytes, the peer sends no more:", "this is the end of file."]
      : ["write() moved nothing:", "writing ends."],
  filter_ran: (s) => [
    s.direction === "read" ? "The filter's input function ran:" : "The filter's output function ran:",
    oneOf(s.result, { ok: () => "it moves bytes (BEV_OK).", need_more: () => "it moves nothing yet (BEV_NEED_MORE).", error: () => "the bytes mean nothing to it (BEV_ERROR)." }),
  ],
  connect_undecided: () => ["The handle is writable, but connect() is still in progress:", "nothing is done."],
  connect_failed: (s) => [`The connection was not made (${s.errno}):`, "both internal events are deleted."],

  watermark_checked: (s) =>
    oneOf(s.mark, {
      read_high: () =>
        s.reached
          ? [`Input holds ${s.len}, the high mark is ${s.value}:`, "the mark is reached, reading has to stop."]
          : [`Input holds ${s.len}, the high mark is ${s.value}:`, "the mark is not reached."],
      read_low: () =>
        s.reached
          ? [`Input holds ${s.len}, the low mark is ${s.value}:`, "that is enough for readcb."]
          : [`Input holds ${s.len}, the low mark is ${s.value}:`, "that is not enough yet for readcb."],
      write_low: () =>
        s.reached
          ? [`Output holds ${s.len}, the low mark is ${s.value}:`, "that is low enough for writecb."]
          : [`Output holds ${s.len}, the low mark is ${s.value}:`, "that is still too much for writecb."],
    }),
  pressure_installed: (_, connection) => [isBelowHigh(connection) ? "The room below a high mark so large is none to 1.4, which counts it in an int:" : "Input has reached its high mark:", "reading stops, and the pressure callback watches input."],
  pressure_removed: (_, connection) => [noLongerFull(connection), "the pressure callback is removed, reading may resume."],
  suspended: (s) => s.bits === 16 ? ["The filter above reads nothing:", "reading is suspended (BEV_SUSPEND_FILT_READ is set)."] : ["Input has reached its high mark:", "reading is suspended (BEV_SUSPEND_WM is set)."],
  unsuspended: (s, connection) => s.bits === 16 ? ["The filter above reads, or has let go:", "its suspension ends (BEV_SUSPEND_FILT_READ is cleared)."] : [noLongerFull(connection), "reading is no longer suspended (BEV_SUSPEND_WM is cleared)."],

  filter_called: (s) => [`${callbackName(s.callback)}${callbackArguments(s.callback)} is due, and there is a filter above:`, `${s.function} runs.`],
  callback_not_set: (s) => [`${callbackName(s.callback)} would run,`, "but none is set: nothing happens."],
  callback_deferred: (s) => [`${callbackName(s.callback)} is wanted, but not now:`, "it is put off to a queued call."],
  callback_due: (s) =>
    typeof s.callback === "object" && "application" in s.callback
      ? [`${callbackName(s.callback)} is the application's own:`, `its callback${callbackArguments(s.callback)} is due.`]
      : [`All conditions hold (input ${s.input}, output ${s.output}):`, `${callbackName(s.callback)}${callbackArguments(s.callback)} is due.`],
  callback_entered: (s) => [`${callbackName(s.callback)}${callbackArguments(s.callback)} is called:`, "your code runs, the loop waits for it."],
  callback_left: (s) => [`${callbackName(s.callback)} has returned:`, "control is back in libevent."],

  buffer_added: (s) => [inFilter(s) ? `The filter above wrote ${bytes(s.payload.len)}:` : `The application wrote ${bytes(s.payload.len)}:`, `${s.buffer} grows from ${s.len - s.payload.len} to ${s.len}.`],
  buffer_drained: (s) => [inFilter(s) ? `The filter above took ${bytes(s.bytes)}:` : `The application took ${bytes(s.bytes)}:`, `${s.buffer} shrinks from ${s.len + s.bytes} to ${s.len}.`],
  buffer_edited: (s) => [`The application changed ${s.buffer}:`, `it now holds ${bytes(s.payload.len)}.`],
  enabled: (s) => [`bufferevent_enable for ${both(s.directions)}:`, `enabled is now ${both(s.enabled)}.`],
  disabled: (s) => [`bufferevent_disable for ${both(s.directions)}:`, `enabled is now ${both(s.enabled)}.`],
  watermarks_set: (s) => [`The application set the marks for ${SIDES[s.direction]}:`, `low mark ${s.low}, ${high(s.high)}.`],
  timeouts_set: (s) => ["The application set the timeouts:", `reading ends ${limit(s.read_us)}, writing ${limit(s.write_us)}.`],
  callbacks_set: (s) => {
    const set = [s.read && "readcb", s.write && "writecb", s.event && "eventcb"].filter(Boolean).join(", ");
    return ["The application said whom to call:", set ? `${set}.` : "nobody."];
  },
  handle_set: (s) => ["The application changed the handle:", s.handle === null ? "there is none now." : `it is number ${s.handle} now.`],
  connect_started: (s) => [
    `connect() was called on handle ${s.handle}:`,
    oneOf(s.outcome, {
      pending: () => "the handle becomes writable once it is decided.",
      accepted: () => "the connection is there at once, the loop will say so.",
      refused: () => (s.connecting ? "it was refused at once, which this libevent looks at later." : "it was refused at once."),
    }),
  ],
  priority_set: (s) => ["The application set the priority:", `both events now have priority ${s.priority}.`],
  created: (s) => [`${s.function} made a bufferevent (libevent ${s.dialect}):`, "both buffers are empty, only writing is enabled."],
  filter_made: (s) => [`The bufferevent is a filter over number ${s.underlying}:`, `what comes up goes through ${s.input}, what goes down through ${s.output}.`],
  buffer_pulled_up: (s) => ["evbuffer_pullup was called:", `the first ${bytes(s.bytes)} of ${s.buffer} lie in one chain.`],
  buffer_callback_set: (s) => s.set ? ["evbuffer_add_cb was called:", `a callback watches ${s.buffer}.`] : ["evbuffer_remove_cb was called:", `no callback watches ${s.buffer} any more.`],
  paired: (s) => [`The bufferevent was joined to number ${s.partner}:`, "what one writes, the other reads."],
  freed: (s) =>
    s.input_dropped + s.output_dropped === 0
      ? ["The application freed the bufferevent:", "both buffers were empty, nothing is lost."]
      : ["The application freed the bufferevent:", `${bytes(s.input_dropped)} of input and ${bytes(s.output_dropped)} of output are dropped.`],
  finalized: () => ["The loop ran the finalizer:", "what the freed bufferevent held is released."],

  peer_sent: (s) => {
    if (s.lost) return [`The peer sent ${bytes(s.payload.len)} on an ended connection:`, "they are lost."];
    const into = s.tanks ? `rx now holds ${s.tanks.rx}` : "they reach the kernel";
    return [`The peer sent ${bytes(s.payload.len)}:`, s.tanks?.backlog ? `${into}, ${s.tanks.backlog} wait outside.` : `${into}.`];
  },
  peer_received: (s) => [`The peer took ${bytes(s.payload.len)}:`, s.tanks ? `tx now holds ${s.tanks.tx}.` : "they have left the kernel."],
  connected: () => ["The handle is writable, and SO_ERROR tells of no error:", "the connection is made."],
  peer_accepted: () => ["The peer accepted:", "the handle of the connection becomes writable."],
  peer_refused: () => ["The peer refused:", "the handle becomes readable and writable, and SO_ERROR tells of it once."],
  peer_shutdown: (_, connection) => {
    if (connection?.kernel.peer_reset) return ["The peer ended its sending side:", "the connection is reset already, nothing changes."];
    const left = underWay(connection);
    const first = left === null ? "after what it sent comes the end of file." : left === 0 ? "nothing is left in rx, the end of file comes next." : `${bytes(left)} are still to be read, then comes the end of file.`;
    return ["The peer ended its sending side:", first];
  },
  peer_reset: () => ["The peer reset the connection:", "what was on its way is dropped."],
  peer_sees: (s) => s.closing === "reset" ? ["The peer sees a reset:", "the connection was closed with bytes in rx that nobody had read."] : ["The peer sees the end of the stream:", "the connection was closed with rx empty."],
  injected: (s) => [`The kernel was told to fail:`, `${count(s.times, "call")} of ${CALLS[s.call]} will give ${s.errno} when their turn comes.`],
  clock_advanced: (s) => ["Time passed:", `the clock moved on by ${ms(s.by_us)}.`],
};

/** Why input is no longer held at its high mark: it shrank, or the mark went. @param {ConnectionPicture | null} connection */
function noLongerFull(connection) {
  if (!connection) return "No high mark holds input any more:";
  return connection.read.high === 0 ? "Input has no high mark any more:" : "Input is below its high mark again:";
}

/** Before the first record of each source. @type {{[source in import("../../types.js").Source]: (picture?: import("../../types.js").Picture | null) => Sentence}} */
export const before = {
  simulation: () => ["Nothing has happened yet:", "the bufferevent is about to be made."],
  recording: (picture) => ["The recording begins here:", isWhole(picture) ? "nothing came before." : "what came before is not in it."],
  live: () => ["The capture begins here:", "the steps that the server takes from now on are in it."],
};

/** @param {number} records @param {number} callbacks @param {number} crossings */
export const digest = (records, callbacks, crossings) =>
  `Played ${count(records, "step")}: ${count(callbacks, "callback")}, ${count(crossings, "watermark crossing")}.`;

/** The picture does not follow from the step. */
export const later = "Then records are missing, and the picture is of a later moment.";

/** @param {number} passes of a turn that were not made @returns {[string, string]} */
export const leftOut = (passes) => ["The pass ends, and nothing ran in the last 16:", `${passes} more of this turn would do the same, and ${passes === 1 ? "is" : "are"} not made.`];

export const joiner = " ";
/** @param {string} name */
export const whose = (name) => `${name}: `;
export { what };
