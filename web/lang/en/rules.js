/** What the libevents do otherwise, rule by rule, in English. */

/** @type {{[rule in import("../../types.js").Rule]: string}} */
export const rules = {
  io_events: "1.4's events run once and are added again by hand; those of 2.x stay added until there is nothing left to do.",
  ready_order: "Ready in the same pass, 1.4 runs the event that reads first; 2.x runs the one that was added last.",
  persistent_timer: "In 2.x the timer of an event that stays starts again whenever the event runs; in 1.4 it runs on.",
  arms_without_handle: "2.x adds an event without a handle; 1.4 refuses.",
  preempts: "In 2.x the loop turns to what is more urgent at once; in 1.4 a queue runs to its end.",
  loop_exit: "event_base_loopexit queues an event at once in 2.x; in 1.4 it sets a timer, which comes behind what is active.",
  forgets_wishes: "A loop of 2.x begins anew; in 1.4 a break or an exit that no loop has seen yet ends the next.",
  high_mark: "2.x compares input with the high mark whenever it changes, and suspends reading there; 1.4 looks once a read, and then takes ev_read away and installs the pressure callback.",
  mark_width: "1.4 counts the room below the mark in an int, 2.x in a size_t.",
  read_limit: "How much one read takes: 1.4 by what the buffer has allocated, 2.1 at most 4096 bytes, 2.2 as much as max_single_read says.",
  write_limit: "One write offers all of output in 1.4, and at most max_single_write in 2.x.",
  retries_write_in_progress: "1.4 simply makes a write again that fails with EINPROGRESS.",
  refused_at_once: "A connection that connect refuses at once is an error in 2.1; 2.2 goes on as if it were made.",
  output_watch: "1.4 hears of bytes in output only by bufferevent_write; 2.x watches the buffer, whoever adds to it.",
  failure: "After end of file, an error or a timeout 2.x disables the direction; 1.4 leaves it enabled.",
  full_input: "When the read callback leaves input at its high mark, 2.x calls it again; 1.4 goes quiet.",
  enabling: "bufferevent_enable adds the events first in 1.4, and sets the flags first in 2.x.",
  no_timeout: "Setting no timeout takes a running timer away in 2.x, and not in 1.4.",
  timeout_unit: "Timeouts are whole seconds in 1.4, and a struct timeval in 2.x.",
  new_handle_resumes: "bufferevent_setfd goes on with what is enabled in 2.x; 1.4 waits to be enabled again.",
  release: "1.4 frees a bufferevent at once; in 2.x the loop does it, once none of its callbacks is under way.",
  event_callback_is_optional: "2.x does without an event callback; 1.4 needs one.",
  freezes_own_ends: "2.x keeps the end of input and the start of output to itself; 1.4 lets you touch them.",
  since2: "2.x has functions that 1.4 has not.",
};
