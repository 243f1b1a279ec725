/** Why: questions, and what their answers go back to, in English. */

/** @typedef {import("../../types.js").Reason} Reason */

export const why = {
  note: "Ask about this moment. On the scene, click a valve, an event, a callback, a byte or a part of the loop, or press w on it.",
  nothing: "There is nothing to ask about yet.",
  /** @param {number} position */
  asked: (position) => `Asked at step ${position}.`,
  other: "Ask something else",
  decided: "This decided.",
  unknown: "The records do not say.",
  uncertain: "Records are missing in between: there may be more to it.",
  veiled: "What became of it is not to be seen before you have answered.",
  /** @param {number} position */
  step: (position) => `Step ${position}`,
  valve: {
    read: { open: "Why is reading open?", closed: "Why is nothing read?" },
    write: { open: "Why is writing open?", closed: "Why is nothing written?" },
  },
  /** @param {"read" | "write"} direction @param {boolean} waits */
  event: (direction, waits) => `Why is ev_${direction} ${waits ? "" : "not "}pending?`,
  called: { read: "Why was readcb called?", write: "Why was writecb called?", event: "Why was eventcb called?" },
  notCalled: {
    /** @param {number | null} since */
    read: (since) => `Why was readcb not called${sinceStep(since)}?`,
    /** @param {number | null} since */
    write: (since) => `Why was writecb not called${sinceStep(since)}?`,
    /** @param {number | null} since */
    event: (since) => `Why was eventcb not called${sinceStep(since)}?`,
  },
  deferred: "Why is a callback waiting in deferred_cb?",
  mark: { read_low: "Why is the low mark of reading here?", read_high: "Why is the high mark of reading here?", write_low: "Why is the low mark of writing here?" },
  /** @param {string} name @param {boolean} runs */
  timer: (name, runs) => (runs ? `When does the timer of ${name} fire, and who set it?` : `What became of the timer of ${name}?`),
  /** @param {string} place @param {number} offset */
  byte: (place, offset) => `Where did byte ${offset + 1} of ${place} come from, where did it go?`,
  /** @param {string} name @param {boolean} turn */
  program: (name, turn) => (turn ? `Why is it the turn of ${name}?` : `Why does ${name} wait?`),
  loop: { notBegun: "Why has event_base_loop not run?", runs: "Why does event_base_loop go on?", returned: "Why has event_base_loop returned?" },
  station: { poll: "What did the kernel answer when it was asked?", timers: "Which timer has come, and which comes next?", active: "What is queued to run, and why?", callbacks: "Why was a callback called in this pass, or none?" },
  /** @type {{[reason in Reason]: string}} */
  reasons: {
    event_armed: "Its event waits for the handle since then.",
    event_disarmed: "Its event stopped waiting for the handle.",
    event_never_added: "Its event was never added.",
    event_active: "Its event is queued and about to run.",
    enabled: "It was enabled.",
    disabled: "You disabled it.",
    never_enabled: "Nobody has enabled it: a new bufferevent has writing enabled, and nothing else.",
    stopped_at_high_mark: "Reading stopped: input is as full as the high mark allows.",
    resumed: "Reading may go on: input fell below the high mark.",
    high_mark_reached: "Input was compared with the high mark, and reached it.",
    below_high_mark: "Input was compared with the high mark, and is below it.",
    still_full: "What you took since then left input at or above the mark.",
    resuming: "What you took since then left input below the mark: before that call returns, it lets reading go on.",
    bytes_received: "Bytes came into input.",
    marks_set: "The marks were set to this.",
    created: "The bufferevent was made.",
    freed: "The bufferevent was freed.",
    last_byte_sent: "The last byte of output left: there is nothing to write.",
    nothing_written: "Nothing was written yet.",
    bytes_added: "You wrote bytes to output.",
    bytes_taken: "You took bytes out of input.",
    event_ran: "The internal callback ran, and did it.",
    event_running: "Its internal callback is running: it moves bytes right now.",
    end_of_file: "A read found the end of the stream.",
    call_failed: "The call failed.",
    timer_expired: "Its time ran out.",
    timer_started: "The timer began to run then.",
    timeouts_set: "The timeouts were set to this.",
    peer_ended: "The peer ended its sending side.",
    peer_reset: "The peer reset the connection.",
    injected: "The script made the call fail.",
    called: "Your callback was called.",
    deferred: "The call was put off to a queue: from then on it is owed, whatever happens in between.",
    left_full: "Your read callback returned with input still at the high mark: that brings another call.",
    low_mark_reached: "The length was compared with the low mark, and reached it.",
    bytes_sent: "Bytes went to the kernel.",
    nothing_to_send: "The write event ran with nothing to send, as it does once after writing was enabled.",
    handle_ready: "The kernel said that the handle is ready.",
    peer_sent: "The peer sent.",
    called_from_outside: "No event of its own brought it: the other side of a pair did, or a call by hand.",
    not_set: "No such callback is set.",
    below_low_mark: "Input was compared with the low mark, and is below it.",
    above_low_mark: "Output is still above its low mark.",
    nothing_new: "Your callback has seen these bytes: it comes once a read, not once a byte. Nothing new was read since.",
    nothing_arrived: "Nothing arrived.",
    no_pass_since: "The loop has not run since then: nothing moves outside a pass.",
    kernel_full: "The kernel takes no more: the peer does not receive.",
    nothing_happened: "Nothing ended, failed or ran out of time.",
    time_not_come: "Its time has not come. It fires when the clock is there and the loop looks at its timers.",
    clock_passed: "The clock came to be past its time. The loop sees that when it looks at its timers next.",
    held_up: "A callback was running when its time came: the loop looks at its timers once a pass, before it runs callbacks.",
    timer_cancelled: "The timer was taken away.",
    activated_by_hand: "It was made active by hand, whatever its time.",
    no_timer: "No timer was set.",
    edited: "You changed the buffer as a whole.",
    peer_received: "The peer took it.",
    loop_not_begun: "The loop has not run yet: nobody has called it.",
    in_loop: "The program called event_base_loop here, and goes on when it returns.",
    called_by_program: "The program did this itself, outside of the loop.",
    pass_over: "The pass ended: nothing was left to run.",
    nothing_pending: "The loop returned: no event is pending, so there is nothing to wait for.",
    loop_broken: "The loop returned: a callback called event_base_loopbreak.",
    loop_exited: "The loop returned: event_base_loopexit had asked for it.",
    spinning: "The pass would go on for ever without calling you: it is cut short here.",
    callback_runs: "Your callback runs: until it returns, the loop does nothing else.",
    event_runs: "The internal callback of this event runs.",
    poll_asks: "The pass began: the kernel is being asked what is ready.",
    poll_found: "The kernel was asked, and something was ready.",
    poll_found_nothing: "The kernel was asked, and nothing was ready.",
    timers_found_none: "The timers were looked at: the time of none had come.",
    next_timer: "This timer comes next.",
    nothing_active: "No event is queued.",
    no_callback_in_pass: "None of your callbacks was called in this pass.",
  },
};

/** @param {number | null} since */
function sinceStep(since) {
  if (since === null) return " again";
  return since === 0 ? "" : ` again since step ${since}`;
}
