/** One sentence for each kind of step, in English: the cause, then the effect. */
import { callbackArguments, callbackName, cause, eventName, what } from "./names.js";

/** @typedef {import("../types.js").Record} Record */
/** @typedef {[cause: string, effect: string]} Sentence */

/** @param {number} n */
export const bytes = (n) => `${n} ${n === 1 ? "byte" : "bytes"}`;
/** @param {number} n @param {string} one @param {string} [many] */
const count = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;
/** @param {number} us */
const ms = (us) => (us % 1_000_000 === 0 && us > 0 ? `${us / 1_000_000} s` : `${us / 1000} ms`);
/** @param {{read: boolean, write: boolean}} d */
const both = (d) => [d.read && "reading", d.write && "writing"].filter(Boolean).join(" and ") || "nothing";
/** @param {number} us */
const limit = (us) => (us ? `after ${ms(us)}` : "never");
/** @param {number} high */
const high = (high) => (high === 0 ? "no high mark" : `high mark ${high}`);
const CALLS = { read: "read()", write: "write()" };
const SIDES = { read: "reading", write: "writing" };

/** @type {{[kind: string]: (step: any) => Sentence}} */
export const steps = {
  pass_began: (s) => [`Pass ${s.pass} of the loop begins:`, "the kernel is asked which handles are ready."],
  polled: (s) =>
    s.active === 0
      ? ["The kernel has nothing ready that anybody waits for,", "so no event becomes active."]
      : ["The kernel has answered:", `${count(s.active, "event")} became active by it.`],
  timers_checked: (s) =>
    s.expired === 0
      ? ["The timers were looked at; none has run out,", "so they add no event."]
      : ["The timers were looked at:", `${count(s.expired, "event")} became active by them.`],
  pass_ended: (s) =>
    /** @type {{[name: string]: () => Sentence}} */ ({
      done: () => ["No event is left active,", `so the pass ends after ${count(s.callbacks, "user callback")}.`],
      no_events: () => ["No event is pending, there is nothing to wait for,", "so the loop ends."],
      broken: () => ["A callback asked for a break,", `so the pass ends at once, after ${count(s.callbacks, "user callback")}.`],
    })[s.reason](),
  loop_exit_requested: () => ["event_base_loopexit was called:", "the loop will stop after this pass."],
  loop_break_requested: () => ["event_base_loopbreak was called:", "the loop will stop after this callback."],

  ready: (s) => {
    if (s.readable && s.writable) return ["There is something to read, and tx has room:", "the handle is readable and writable."];
    if (s.readable) return ["There is something to read:", "the handle is readable."];
    if (s.writable) return ["tx has room:", "the handle is writable."];
    return ["There is nothing to read, and tx has no room:", "the handle is not ready."];
  },
  event_armed: (s) => [`${eventName(s.event)} was added to the event base:`, "it is pending and waits for its handle."],
  event_disarmed: (s) => [`${eventName(s.event)} was removed from the event base:`, "it no longer waits for its handle."],
  event_activated: (s) => [`${eventName(s.event)} was waiting for this (${cause(s.cause)}):`, "it is active and queued to run."],
  event_deactivated: (s) => [`${eventName(s.event)} was taken off the queue:`, "it does not run."],
  event_run: (s) => [`${eventName(s.event)} is next in the queue (${cause(s.cause)}):`, "its internal callback runs."],
  event_returned: (s) => [`The internal callback of ${eventName(s.event)} has returned:`, "the loop looks for the next active event."],
  timer_set: (s) => [`${eventName(s.event)} was added with a timeout:`, "its timer runs."],
  timer_restarted: (s) => [`${eventName(s.event)} was woken or added again:`, "its timer starts anew."],
  timer_cancelled: (s) => [`${eventName(s.event)} has nothing to wait for:`, "its timer is taken away."],
  timer_expired: (s) => [`The time of ${eventName(s.event)} has come:`, "its timer has run out."],

  read_bounded: (s) =>
    /** @type {{[name: string]: () => Sentence}} */ ({
      high_watermark: () => [`There is room for ${bytes(s.limit)} below the high mark,`, `so the next read may take ${s.limit} at most.`],
      readable: () => ["There is no high mark, so the read takes what is there,", `${bytes(s.limit)} at most.`],
      single_read: () => ["One read has a limit of its own,", `so the next takes ${bytes(s.limit)} at most.`],
    })[s.bound](),
  received: (s) => [`${s.function} took ${bytes(s.payload.len)} from the kernel:`, `input grows from ${s.input - s.payload.len} to ${s.input}.`],
  sent: (s) => [`${s.function} gave ${bytes(s.payload.len)} to the kernel:`, `output shrinks from ${s.output + s.payload.len} to ${s.output}.`],
  call_failed: (s) =>
    s.errno === "EAGAIN" || s.errno === "EINTR"
      ? [`${CALLS[/** @type {"read"} */ (s.call)]} gave ${s.errno},`, "which only means: later."]
      : [`${CALLS[/** @type {"read"} */ (s.call)]} failed with ${s.errno}:`, "this direction ends."],
  end_of_file: (s) =>
    s.call === "read"
      ? ["read() gave 0 bytes, the peer sends no more:", "this is the end of file."]
      : ["write() moved nothing:", "writing ends."],

  watermark_checked: (s) =>
    /** @type {{[name: string]: () => Sentence}} */ ({
      read_high: () =>
        s.reached
          ? [`Input holds ${s.len}, the high mark is ${s.value}:`, "the mark is reached, reading has to stop."]
          : [`Input holds ${s.len}, the high mark is ${s.value}:`, "there is room, reading may go on."],
      read_low: () =>
        s.reached
          ? [`Input holds ${s.len}, the low mark is ${s.value}:`, "that is enough, readcb is due."]
          : [`Input holds ${s.len}, the low mark is ${s.value}:`, "that is not enough yet, readcb is held back."],
      write_low: () =>
        s.reached
          ? [`Output holds ${s.len}, the low mark is ${s.value}:`, "it is low enough, writecb is due."]
          : [`Output holds ${s.len}, the low mark is ${s.value}:`, "too much is left, writecb is held back."],
    })[s.mark](),
  pressure_installed: () => ["Input has reached its high mark:", "reading stops, and the pressure callback watches input."],
  pressure_removed: () => ["Input is below its high mark again:", "the pressure callback is removed, reading may resume."],
  suspended: () => ["Input has reached its high mark:", "reading is suspended (BEV_SUSPEND_WM is set)."],
  unsuspended: () => ["Input is below its high mark again:", "reading is no longer suspended (BEV_SUSPEND_WM is cleared)."],

  callback_not_set: (s) => [`${callbackName(s.callback)} would run,`, "but none is set: nothing happens."],
  callback_deferred: (s) => [`${callbackName(s.callback)} is wanted, but not now:`, "it is put off to a queued call."],
  callback_due: (s) => [`All conditions hold (input ${s.input}, output ${s.output}):`, `${callbackName(s.callback)}${callbackArguments(s.callback)} is due.`],
  callback_entered: (s) => [`${callbackName(s.callback)}${callbackArguments(s.callback)} is called:`, "your code runs, the loop waits for it."],
  callback_left: (s) => [`${callbackName(s.callback)} has returned:`, "control is back in libevent."],

  buffer_added: (s) => [`The application wrote ${bytes(s.payload.len)}:`, `${s.buffer} grows from ${s.len - s.payload.len} to ${s.len}.`],
  buffer_drained: (s) => [`The application took ${bytes(s.bytes)}:`, `${s.buffer} shrinks from ${s.len + s.bytes} to ${s.len}.`],
  buffer_edited: (s) => [`The application changed ${s.buffer}:`, `it now holds ${bytes(s.payload.len)}.`],
  enabled: (s) => [`bufferevent_enable for ${both(s.directions)}:`, `enabled is now ${both(s.enabled)}.`],
  disabled: (s) => [`bufferevent_disable for ${both(s.directions)}:`, `enabled is now ${both(s.enabled)}.`],
  watermarks_set: (s) => [`The application set the marks for ${SIDES[/** @type {"read"} */ (s.direction)]}:`, `low mark ${s.low}, ${high(s.high)}.`],
  timeouts_set: (s) => ["The application set the timeouts:", `reading ends ${limit(s.read_us)}, writing ${limit(s.write_us)}.`],
  callbacks_set: (s) => {
    const set = [s.read && "readcb", s.write && "writecb", s.event && "eventcb"].filter(Boolean).join(", ");
    return ["The application said whom to call:", set ? `${set}.` : "nobody."];
  },
  handle_set: (s) => ["The application changed the handle:", s.handle === null ? "there is none now." : `it is number ${s.handle} now.`],
  priority_set: (s) => ["The application set the priority:", `both events now have priority ${s.priority}.`],
  created: (s) => [`bufferevent_new made a bufferevent (libevent ${s.dialect}):`, "both buffers are empty, only writing is enabled."],
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
  peer_received: (s) => [`The peer took ${bytes(s.payload.len)}:`, s.tanks ? `tx now holds ${s.tanks.tx}.` : "tx has more room."],
  peer_shutdown: () => ["The peer ended its sending side:", "after what is in rx comes the end of file."],
  peer_reset: () => ["The peer reset the connection:", "what was on its way is dropped."],
  peer_sees: (s) => s.closing === "reset" ? ["The peer sees a reset:", "the connection was closed with bytes in rx that nobody had read."] : ["The peer sees the end of the stream:", "the connection was closed with rx empty."],
  injected: (s) => [`The kernel was told to fail:`, `the next ${s.times === 1 ? "" : `${s.times} `}${CALLS[/** @type {"read"} */ (s.call)]} will give ${s.errno}.`],
  clock_advanced: (s) => ["Time passed:", `the clock moved on by ${ms(s.by_us)}.`],
};

/** Before the first record of each source. @type {{[source in import("../types.js").Source]: Sentence}} */
export const before = {
  simulation: ["Nothing has happened yet:", "the bufferevent is about to be made."],
  recording: ["The recording begins here:", "what came before is not in it."],
  live: ["The capture begins here:", "every step that the server takes from now on is in it."],
};

/** @param {number} records @param {number} callbacks @param {number} crossings */
export const digest = (records, callbacks, crossings) =>
  `Played ${count(records, "step")}: ${count(callbacks, "callback")}, ${count(crossings, "watermark crossing")}.`;

export const joiner = " ";
export { what };
