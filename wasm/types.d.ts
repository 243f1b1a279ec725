// Written from the Rust types; to write it anew:
// WRITE_TYPES=1 cargo test --package bufferevent-wasm --features ts types

/**
 * One internal step of the engine, with where in libevent and where in this crate it happened.
 */
export type StepRecord = {
  /**
   * Counts the records of one event base, from 1.
   */
  seq: number;
  /**
   * The engine's time when it happened, in microseconds.
   */
  time_us: Time;
  /**
   * The number of the bufferevent that it concerns; none for the loop itself.
   */
  connection?: number;
  /**
   * The libevent function that this step stands for; empty where libevent has none (the peer, the clock).
   */
  function: string;
  /**
   * The Rust file whose line recorded it, from the workspace's root.
   */
  file: string;
  /**
   * The line in that file.
   */
  line: number;
} & Step;

/**
 * One internal step. Lengths and sizes are in bytes; each is the figure after the step.
 */
export type Step = { "kind": "pass_began", pass: number }
  | { "kind": "polled", active: number }
  | { "kind": "timers_checked", expired: number }
  | { "kind": "pass_ended", reason: PassEnd, callbacks: number }
  | { "kind": "ready", readable: boolean, writable: boolean }
  | { "kind": "event_armed", event: EventName }
  | { "kind": "event_disarmed", event: EventName }
  | { "kind": "event_activated", event: EventName, cause: EventFlags }
  | { "kind": "event_deactivated", event: EventName }
  | { "kind": "event_run", event: EventName, cause: EventFlags }
  | { "kind": "event_returned", event: EventName }
  | { "kind": "timer_set", event: EventName, deadline: Time }
  | { "kind": "timer_restarted", event: EventName, deadline: Time }
  | { "kind": "timer_cancelled", event: EventName }
  | { "kind": "timer_expired", event: EventName }
  | { "kind": "connect_undecided" }
  | { "kind": "read_bounded", limit: number, bound: ReadBound }
  | { "kind": "filter_ran", direction: Direction, mode: FlushMode, result: Filtered }
  | { "kind": "watermark_checked", mark: MarkName, len: number, value: number, reached: boolean }
  | { "kind": "received", payload: Payload, input: number, tanks: Tanks | null }
  | { "kind": "sent", payload: Payload, output: number, tanks: Tanks | null }
  | { "kind": "call_failed", call: Direction, errno: Errno, tanks: Tanks | null }
  | { "kind": "end_of_file", call: Direction }
  | { "kind": "connect_failed", errno: Errno }
  | { "kind": "peer_reset", tanks: Tanks | null }
  | { "kind": "pressure_installed" }
  | { "kind": "pressure_removed" }
  | { "kind": "suspended", bits: SuspendBits }
  | { "kind": "unsuspended", bits: SuspendBits }
  | { "kind": "callback_not_set", callback: Callback }
  | { "kind": "callback_deferred", callback: Callback }
  | { "kind": "filter_called", callback: Callback }
  | { "kind": "callback_due", callback: Callback, input: number, output: number }
  | { "kind": "callback_entered", callback: Callback }
  | { "kind": "callback_left", callback: Callback }
  | { "kind": "buffer_added", buffer: BufferName, payload: Payload, len: number }
  | { "kind": "buffer_drained", buffer: BufferName, bytes: number, len: number }
  | { "kind": "buffer_callback_set", buffer: BufferName, set: boolean }
  | { "kind": "buffer_edited", buffer: BufferName, payload: Payload }
  | { "kind": "buffer_pulled_up", buffer: BufferName, bytes: number }
  | { "kind": "enabled", directions: Directions, enabled: Directions }
  | { "kind": "disabled", directions: Directions, enabled: Directions }
  | { "kind": "watermarks_set", direction: Direction, low: number, high: number }
  | { "kind": "timeouts_set", read_us: number | null, write_us: number | null }
  | { "kind": "callbacks_set", read: boolean, write: boolean, event: boolean }
  | { "kind": "handle_set", handle: Handle | null }
  | { "kind": "connect_started", handle: Handle, outcome: Connect, connecting: boolean }
  | { "kind": "priority_set", priority: number }
  | { "kind": "created", dialect: Dialect, handle: Handle | null, deferred: boolean }
  | { "kind": "filter_made", underlying: number, input: FilterKind, output: FilterKind }
  | { "kind": "paired", partner: number }
  | { "kind": "freed", input_dropped: number, output_dropped: number }
  | { "kind": "finalized" }
  | { "kind": "loop_exit_requested" }
  | { "kind": "loop_break_requested" }
  | { "kind": "peer_sent", payload: Payload, lost: boolean, tanks: Tanks | null }
  | { "kind": "peer_received", payload: Payload, tanks: Tanks | null }
  | { "kind": "connected" }
  | { "kind": "peer_accepted" }
  | { "kind": "peer_refused" }
  | { "kind": "peer_shutdown" }
  | { "kind": "peer_sees", closing: Closing }
  | { "kind": "injected", call: Direction, errno: Errno, times: number }
  | { "kind": "clock_advanced", by_us: number };

/**
 * Bytes that moved: how many, and the first of them as far as the observer wants payload.
 */
export type Payload = {
  /**
   * How many bytes moved.
   */
  len: number;
  /**
   * The first of them; all of them unless the observer set a limit.
   */
  bytes: string;
};

/**
 * Which of a bufferevent's internal events, or one of the application's own.
 */
export type EventName = "read" | "write" | "deferred" | "finalizer" | "loop_exit"
  | { "application": number };

/**
 * Which buffer of a bufferevent.
 */
export type BufferName = "input" | "output";

/**
 * Which watermark decided.
 */
export type MarkName = "read_low" | "read_high" | "write_low";

/**
 * What bounded the size of one read.
 */
export type ReadBound = "high_watermark" | "readable" | "single_read";

/**
 * A user callback.
 */
export type Callback = "read" | "write"
  | { "event": What }
  | { "buffer": [BufferName, Change] }
  | { "application": [number, EventFlags] };

/**
 * How an `Evbuffer`'s length changed since the last
 * `take_change`.
 *
 * It stands for the old and the new length that 1.4 gives an `evbuffer_cb`, and for 2.x's `evbuffer_cb_info`.
 */
export type Change = {
  /**
   * Bytes there were before: 2.x's `orig_size`.
   */
  old_len: number;
  /**
   * Bytes added at either end since: 2.x's `n_added`.
   */
  added: number;
  /**
   * Bytes taken from either end since: 2.x's `n_deleted`. May include bytes that were added since.
   */
  deleted: number;
};

/**
 * Why a pass ended.
 */
export type PassEnd = "done" | "no_events" | "broken" | "exited" | "spinning";

/**
 * One direction, seen from the application.
 */
export type Direction = "read" | "write";

/**
 * A set of directions: the `short` of EV_READ and EV_WRITE bits that `bufferevent_enable` takes.
 */
export type Directions = {
  /**
   * EV_READ.
   */
  read: boolean;
  /**
   * EV_WRITE.
   */
  write: boolean;
};

/**
 * Which libevent an event base behaves as.
 *
 * No bufferevent of 2.1.12 or 2.2.1-alpha asks for EV_CLOSED, so that a peer that has ended its side is seen by a read
 * alone: while reading is disabled or suspended, nobody hears of it.
 */
export type Dialect = "1.4" | "2.1" | "2.2";

/**
 * A point where the libevents part, by name.
 */
export type Rule = "io_events" | "ready_order" | "persistent_timer" | "arms_without_handle" | "preempts" | "loop_exit" | "forgets_wishes" | "high_mark" | "mark_width" | "read_limit" | "write_limit" | "retries_write_in_progress" | "refused_at_once" | "output_watch" | "failure" | "full_input" | "enabling" | "no_timeout" | "timeout_unit" | "new_handle_resumes" | "release" | "event_callback_is_optional" | "freezes_own_ends" | "since2";

/**
 * Why a system call failed, by the names that the manual pages use.
 */
export type Errno = string;

/**
 * What an event waits for, and what woke it: the EV_ flags.
 */
export type EventFlags = number;

/**
 * What happened to a bufferevent: the EVBUFFER_ flags of 1.4, BEV_EVENT_ in 2.x, with the same numbers.
 */
export type What = number;

/**
 * Why 2.x suspends a direction, whatever `enabled` says: the BEV_SUSPEND_ bits.
 */
export type SuspendBits = number;

/**
 * A kernel object that bytes come from and go to: libevent's file descriptor.
 *
 * A small number chosen by the driver, which may use it again once it has called
 * `EventBase::forget_handle`. Any number will do: what is remembered of those below 2^20
 * is found fastest, and takes memory up to the highest of them.
 */
export type Handle = number;

/**
 * How full the kernel's two queues of a connection are, where the driver can know it (a simulation can).
 */
export type Tanks = {
  /**
   * Bytes that the peer sent and the application has not read.
   */
  rx: number;
  /**
   * Bytes that the application wrote and the peer has not taken.
   */
  tx: number;
  /**
   * Bytes that the peer wants to send and that `rx` has no room for.
   */
  backlog: number;
};

/**
 * What the peer of a connection sees when it is closed.
 */
export type Closing = "end" | "reset";

/**
 * What `connect` answered on a socket that does not block.
 */
export type Connect = "pending" | "accepted" | "refused";

/**
 * A function of a filter: `bufferevent_filter_cb`. Input undoes what output did.
 */
export type FilterKind = "rot13" | "double" | "frame" | "hold" | "none";

/**
 * What a filter's function answers: `enum bufferevent_filter_result`.
 */
export type Filtered = "ok" | "need_more" | "error";

/**
 * How much a flush moves: `enum bufferevent_flush_mode`.
 */
export type FlushMode = "normal" | "flush" | "finished";

/**
 * A point in time: whole microseconds since whatever start the driver chose.
 *
 * Stands for the `struct timeval` that libevent keeps in its event base. It only has to be monotonic.
 */
export type Time = number;

/**
 * The loop and all its connections after some record.
 */
export type Picture = {
  /**
   * The record that this picture comes after; 0 before the first.
   */
  seq: number;
  /**
   * When that was, in microseconds.
   */
  time_us: Time;
  /**
   * How many records are known to be missing before this point.
   */
  lost: number;
  /**
   * Kernel and peer are simulated: their side is known from the first step on.
   */
  simulated: boolean;
  /**
   * What bufferevents and events are called; none where nothing has a name.
   */
  names?: Names;
  /**
   * Where the loop is.
   */
  loop: LoopPicture;
  /**
   * The connections in the order of their numbers, those lately freed too.
   */
  connections: Array<ConnectionPicture>;
  /**
   * The step that led here.
   */
  last: StepRecord | null;
};

/**
 * Names, by the numbers that records have. What has none is not in it.
 */
export type Names = {
  /**
   * Of bufferevents: the connections of records.
   */
  bufferevents: { [number: string]: string };
  /**
   * Of the application's own events.
   */
  events: { [number: string]: string };
};

/**
 * The loop.
 */
export type LoopPicture = {
  /**
   * Where it is.
   */
  station: Station;
  /**
   * The pass it is in, or was in last; from 1.
   */
  pass: number;
  /**
   * The internal event that runs.
   */
  running: Running | null;
  /**
   * User callbacks that wait for one which a trigger call runs inside them, outermost first.
   */
  outer: Array<Entered>;
  /**
   * The user callback that runs, with its connection.
   */
  entered: Entered | null;
  /**
   * What the last poll made active.
   */
  polled: number;
  /**
   * What the timers made active in this pass.
   */
  expired: number;
  /**
   * User callbacks so far in this pass.
   */
  callbacks: number;
  /**
   * The application's own events that wait, in the order of their numbers.
   */
  application_events: Array<ApplicationEventPicture>;
};

/**
 * The four stations of a pass, and the rest between two.
 */
export type Station = "idle" | "poll" | "timers" | "active" | "callbacks";

/**
 * An internal event that runs.
 */
export type Running = {
  /**
   * Whose it is; none for the application's own.
   */
  connection: number | null;
  /**
   * Which.
   */
  event: EventName;
};

/**
 * A user callback that runs.
 */
export type Entered = {
  /**
   * Whose it is; none for that of an event of the application.
   */
  connection: number | null;
  /**
   * Which.
   */
  callback: Callback;
};

/**
 * One of the application's own events.
 */
export type ApplicationEventPicture = {
  /**
   * Its number.
   */
  number: number;
  /**
   * What it waits for.
   */
  event: EventPicture;
};

/**
 * An internal event with its timer.
 */
export type EventPicture = {
  /**
   * It waits for its handle.
   */
  armed: boolean;
  /**
   * It is queued to run, with this cause.
   */
  active: EventFlags | null;
  /**
   * Its timer runs until then.
   */
  deadline_us: Time | null;
};

/**
 * One connection.
 */
export type ConnectionPicture = {
  /**
   * What it is called, if it has a name.
   */
  name?: string;
  /**
   * Whether bytes can pass between kernel and buffers.
   */
  valves: Valves;
  /**
   * Counts the connections of an event base, from 1.
   */
  number: number;
  /**
   * Records are missing, or the start was not seen: what is shown may be out of date.
   */
  uncertain: boolean;
  /**
   * Which libevent it behaves as.
   */
  dialect: Dialect;
  /**
   * What it reads from and writes to.
   */
  handle: Handle | null;
  /**
   * Of a filter the number of the bufferevent below.
   */
  underlying: number | null;
  /**
   * 2.x: a connection was begun on it and is undecided.
   */
  connecting: boolean;
  /**
   * Received and not yet taken.
   */
  input: Content;
  /**
   * Written and not yet sent.
   */
  output: Content;
  /**
   * Reading.
   */
  read: DirectionPicture;
  /**
   * Writing.
   */
  write: DirectionPicture;
  /**
   * 1.4: the pressure callback watches input.
   */
  pressure: boolean;
  /**
   * 2.1: why reading is suspended; 1 is the high watermark, 16 a filter over it that does not read.
   */
  suspended: SuspendBits;
  /**
   * 2.1: a queued call of deferred callbacks waits.
   */
  deferred_queued: boolean;
  /**
   * The read callback is set.
   */
  on_read: boolean;
  /**
   * The write callback is set.
   */
  on_write: boolean;
  /**
   * The event callback is set.
   */
  on_event: boolean;
  /**
   * The application's callback watches input (2.x).
   */
  on_input: boolean;
  /**
   * The application's callback watches output (2.x).
   */
  on_output: boolean;
  /**
   * What the last event callback said: reading 1, writing 2, end of file 16, error 32, timeout 64.
   */
  what: What | null;
  /**
   * The kernel and the peer.
   */
  kernel: KernelPicture;
  /**
   * It was freed.
   */
  freed: boolean;
  /**
   * What was in both buffers when it was freed, in bytes.
   */
  dropped: number;
  /**
   * What it has done so far.
   */
  counters: Counters;
};

/**
 * Whether bytes can pass between kernel and buffer in each direction, and why not.
 */
export type Valves = {
  /**
   * From the kernel into input.
   */
  read: Valve;
  /**
   * From output into the kernel.
   */
  write: Valve;
};

/**
 * One direction of a connection.
 */
export type DirectionPicture = {
  /**
   * Enabled by the application.
   */
  enabled: boolean;
  /**
   * Low watermark, in bytes.
   */
  low: number;
  /**
   * High watermark, in bytes; 0 for none.
   */
  high: number;
  /**
   * The timeout, in microseconds.
   */
  timeout_us: number | null;
  /**
   * Its internal event.
   */
  event: EventPicture;
  /**
   * How its stream ended, if it did.
   */
  ended: Ending | null;
};

/**
 * Whether bytes can pass between kernel and buffer, and why not.
 */
export type Valve = "open" | "connecting" | "idle" | "high_mark" | "disabled" | "eof" | "error" | "timeout" | "not_waiting" | "other_side" | "freed";

/**
 * How a direction ended.
 */
export type Ending = "eof" | "error" | "timeout";

/**
 * The content of a buffer or a queue, from its front.
 */
export type Content = {
  /**
   * Bytes in all. Invariant: the sum of the runs.
   */
  len: number;
  /**
   * Invariant: none is empty, and no two neighbours are of one kind.
   */
  runs: Array<Run>;
};

/**
 * A stretch of a buffer.
 */
export type Run = { "bytes": string }
  | { "unknown": number };

/**
 * The kernel's side and the peer's, where they are known.
 */
export type KernelPicture = {
  /**
   * How full the queues are; none in a live view.
   */
  tanks: Tanks | null;
  /**
   * What the peer has sent in all, in bytes.
   */
  peer_sent: number;
  /**
   * What the peer has received in all, in bytes.
   */
  peer_received: number;
  /**
   * What the peer received last.
   */
  peer_got: Content;
  /**
   * The peer ended its sending side.
   */
  peer_shutdown: boolean;
  /**
   * The peer reset the connection.
   */
  peer_reset: boolean;
  /**
   * What the peer saw when the connection was closed on this side.
   */
  peer_sees: Closing | null;
};

/**
 * What a connection has done so far, as far as the records tell.
 */
export type Counters = {
  /**
   * Bytes from the kernel.
   */
  received: number;
  /**
   * Bytes to the kernel.
   */
  sent: number;
  /**
   * Reads that moved bytes.
   */
  reads: number;
  /**
   * Writes that moved bytes.
   */
  writes: number;
  /**
   * Read callbacks.
   */
  read_callbacks: number;
  /**
   * Write callbacks.
   */
  write_callbacks: number;
  /**
   * Event callbacks.
   */
  event_callbacks: number;
  /**
   * Times that reading stopped at the high mark.
   */
  stopped: number;
};

/**
 * How the bytes of a connection's buffers lie in libevent's memory.
 */
export type MemoryInfo = {
  /**
   * The connection's number.
   */
  number: number;
  /**
   * Of input.
   */
  input: BufferMemory;
  /**
   * Of output.
   */
  output: BufferMemory;
};

/**
 * The memory of one buffer.
 */
export type BufferMemory = {
  /**
   * Its chains from the front, the first sixteen; in 1.4 its one block.
   */
  chains: Array<ChainPicture>;
  /**
   * How many there are.
   */
  count: number;
  /**
   * Bytes that libevent has copied into the buffer and within it so far. What the kernel wrote is not counted.
   */
  copied: number;
};

/**
 * One chain.
 */
export type ChainPicture = {
  /**
   * Its own in this run, whichever buffer it is in.
   */
  number: number;
  /**
   * What it can hold, in bytes.
   */
  size: number;
  /**
   * Bytes before the payload.
   */
  misalign: number;
  /**
   * Bytes of payload.
   */
  len: number;
};

/**
 * What happened to one connection in a stretch of a recording.
 */
export type Bucket = {
  /**
   * The position after its first record.
   */
  at: number;
  /**
   * The position after its last record.
   */
  to: number;
  /**
   * When its last record was, in microseconds.
   */
  timeUs: Time;
  /**
   * The shortest that input was, in bytes.
   */
  inMin: number;
  /**
   * The longest that input was.
   */
  inMax: number;
  /**
   * The shortest that output was.
   */
  outMin: number;
  /**
   * The longest that output was.
   */
  outMax: number;
  /**
   * The most that the kernel's receive queue held; nothing where that is not known.
   */
  rxMax: number | null;
  /**
   * The most that the kernel's send queue held; nothing where that is not known.
   */
  txMax: number | null;
  /**
   * The most that the peer wanted to send and the kernel had no room for; nothing where that is not known.
   */
  backlogMax: number | null;
  /**
   * How many bytes the peer has received by its end, from the first on; 0 where that is not known.
   */
  peerReceived: number;
  /**
   * The low watermark of reading at its end; 0 for none.
   */
  low: number;
  /**
   * The high watermark of reading at its end; 0 for none.
   */
  high: number;
  /**
   * The low watermark of writing at its end; 0 for none.
   */
  writeLow: number;
  /**
   * The high watermark of writing at its end; 0 for none.
   */
  writeHigh: number;
  /**
   * How often a length crossed a watermark.
   */
  crossings: number;
  /**
   * Read callbacks entered.
   */
  readCallbacks: number;
  /**
   * Write callbacks entered.
   */
  writeCallbacks: number;
  /**
   * Event callbacks entered.
   */
  eventCallbacks: number;
  /**
   * Reads that moved bytes.
   */
  reads: number;
  /**
   * Writes that moved bytes.
   */
  writes: number;
  /**
   * Calls that failed with more than "later", ends of file, resets by the peer.
   */
  errors: number;
  /**
   * Passes of the loop that began.
   */
  passes: number;
  /**
   * How many records are missing in it or right before it.
   */
  lost: number;
};

/**
 * What can be asked: about a connection, or of the program and the loop.
 */
export type Question = { "kind": "valve";
  /**
   * Which.
   */
  direction: Direction;
}
  | { "kind": "event";
  /**
   * Which.
   */
  direction: Direction;
}
  | { "kind": "called";
  /**
   * Which.
   */
  callback: CallbackKind;
}
  | { "kind": "not_called";
  /**
   * Which.
   */
  callback: CallbackKind;
  /**
   * The position.
   */
  since: number;
}
  | { "kind": "mark";
  /**
   * Which.
   */
  mark: MarkName;
}
  | { "kind": "timer";
  /**
   * Whose.
   */
  event: EventName;
}
  | { "kind": "byte";
  /**
   * Where it is.
   */
  place: BytePlace;
  /**
   * How many bytes leave before it.
   */
  offset: number;
}
  | { "kind": "program" }
  | { "kind": "loop" }
  | { "kind": "station";
  /**
   * Which. Where the loop rests it is the program's turn.
   */
  station: Station;
};

/**
 * Which of a bufferevent's callbacks.
 */
export type CallbackKind = "read" | "write" | "event";

/**
 * Where a byte is.
 */
export type BytePlace = "rx" | "input" | "output" | "tx";

/**
 * What a question goes back to.
 */
export type Answer = {
  /**
   * What holds, then what that goes back to, step by step. Empty where nothing is known.
   */
  reasons: Array<Because>;
  /**
   * Records are missing in between: there may be more to it.
   */
  uncertain: boolean;
};

/**
 * One link of an answer.
 */
export type Because = {
  /**
   * What it says.
   */
  reason: Reason;
  /**
   * The position after the record that shows it; none where it is the lack of a record.
   */
  position: number | null;
  /**
   * This one decided: had it been otherwise, so would what was asked about.
   */
  decided: boolean;
};

/**
 * What a link of an answer says.
 */
export type Reason = "event_armed" | "event_disarmed" | "event_never_added" | "event_active" | "enabled" | "disabled" | "never_enabled" | "stopped_at_high_mark" | "resumed" | "high_mark_reached" | "below_high_mark" | "still_full" | "resuming" | "bytes_received" | "marks_set" | "created" | "freed" | "last_byte_sent" | "nothing_written" | "bytes_added" | "bytes_taken" | "event_ran" | "event_running" | "end_of_file" | "call_failed" | "timer_expired" | "timer_started" | "timeouts_set" | "peer_ended" | "peer_reset" | "injected" | "connect_started" | "connected" | "connect_failed" | "peer_accepted" | "peer_refused" | "called" | "deferred" | "left_full" | "low_mark_reached" | "bytes_sent" | "nothing_to_send" | "handle_ready" | "peer_sent" | "called_from_outside" | "not_set" | "below_low_mark" | "above_low_mark" | "nothing_new" | "nothing_arrived" | "no_pass_since" | "kernel_full" | "part_sent" | "nothing_happened" | "connect_undecided" | "end_behind_bytes" | "taken_from_queue" | "other_side" | "time_not_come" | "clock_passed" | "held_up" | "timer_cancelled" | "activated_by_hand" | "no_timer" | "loop_not_begun" | "in_loop" | "called_by_program" | "pass_over" | "nothing_pending" | "loop_broken" | "loop_exited" | "spinning" | "callback_runs" | "event_runs" | "poll_asks" | "poll_found" | "poll_found_nothing" | "timers_found_none" | "next_timer" | "nothing_active" | "no_callback_in_pass" | "no_callback_yet" | "edited" | "peer_received" | "still_there";

/**
 * An internal callback under way.
 */
export type Walk = {
  /**
   * Which one.
   */
  internal: Internal;
  /**
   * The libevent function that it is.
   */
  function: string;
  /**
   * The number of the bufferevent.
   */
  connection: number;
  /**
   * The position after the record that it began with.
   */
  began: number;
  /**
   * In the order in which it comes to them.
   */
  choices: Array<Choice>;
};

/**
 * A decision of an internal callback.
 */
export type Choice = {
  /**
   * What is decided.
   */
  turn: Turn;
  /**
   * The ways that it can go in this dialect.
   */
  branches: Array<Branch>;
  /**
   * The way that it went.
   */
  taken: Branch | null;
  /**
   * The position after the record that shows it; none where nothing else was recorded.
   */
  position: number | null;
  /**
   * The libevent function in which it was decided, as that record has it.
   */
  function: string | null;
  /**
   * It will not come to this any more.
   */
  passed: boolean;
};

/**
 * What an internal callback is of.
 */
export type Internal = "read" | "write" | "read_timeout" | "write_timeout" | "deferred" | "watch";

/**
 * What is decided.
 */
export type Turn = "read_cause" | "room" | "room_as_int" | "suspension" | "read_size" | "read_result" | "filled_by" | "low_mark" | "full_now" | "read_callback" | "call_again" | "write_cause" | "connecting" | "connected_callback" | "write_enabled" | "output" | "write_result" | "left_over" | "write_low_mark" | "write_callback" | "event_callback" | "owes_connected" | "owes_read" | "owes_write" | "owes_event" | "mark_now" | "stops_now" | "was_stopped" | "waits_again";

/**
 * A way that a decision can go.
 */
export type Branch = "handle_ready" | "time_out" | "no_room" | "some_room" | "no_high_mark" | "negative_room" | "room_fits" | "not_suspended" | "is_suspended" | "up_to_high_mark" | "what_is_readable" | "one_reads_worth" | "bytes_came" | "read_later" | "stream_ended" | "read_refused" | "read_failed" | "filled" | "not_filled" | "not_watched" | "low_reached" | "low_not_reached" | "no_low_mark" | "full_stops" | "not_full" | "read_called" | "read_put_off" | "read_not_set" | "read_filter" | "called_again" | "no_more_calls" | "connection_made" | "connection_undecided" | "connection_failed" | "no_connection" | "connected_called" | "connected_put_off" | "connected_not_set" | "connected_filter" | "write_disabled" | "still_enabled" | "something_to_write" | "nothing_to_write" | "bytes_went" | "write_later" | "nothing_went" | "write_failed" | "something_left" | "nothing_left" | "write_low_reached" | "write_low_not_reached" | "write_low_not_asked" | "write_called" | "write_put_off" | "write_not_set" | "write_filter" | "event_called" | "event_put_off" | "event_not_set" | "event_filter" | "owed_connected" | "connected_not_owed" | "owed_read" | "read_not_owed" | "owed_write" | "write_not_owed" | "owed_event" | "event_not_owed" | "still_at_mark" | "below_mark" | "stop_ends" | "was_not_stopped" | "stop_begins" | "stop_stays" | "read_armed" | "nothing_to_arm";

/**
 * How much of the payload leaves a server.
 */
export type PayloadPolicy = "full" | "head" | "none";

/**
 * What a server says of itself.
 */
export type Hello = {
  /**
   * The version of the schema: `SCHEMA`.
   */
  schema: number;
  /**
   * The version of the engine.
   */
  engine: string;
  /**
   * The digest of the engine's sources: the lines that records name are those of this build when it equals
   * `SOURCE_DIGEST`.
   */
  source: string;
  /**
   * Which libevent the server behaves as.
   */
  dialect: Dialect;
  /**
   * How much of the payload records carry.
   */
  payload: PayloadPolicy;
};

/**
 * How a live source stands.
 */
export type LiveState = "connecting" | "connected" | "refused" | "lost" | "other_schema" | "malformed" | "closed";

/**
 * A prediction about a run, with its answer.
 */
export type Asked = {
  /**
   * Which.
   */
  id: string;
  /**
   * The position at which it is asked.
   */
  ask: number;
  /**
   * The last position at which the answer is looked for.
   */
  until: number;
  /**
   * The position at which the answer is seen.
   */
  at: number;
  /**
   * What is right.
   */
  answer: RightAnswer;
  /**
   * The numbers of its misconceptions.
   */
  wrong: Array<Misconception>;
};

/**
 * What is right in a run.
 */
export type RightAnswer = string | number;

/**
 * A number that one would say who believes something else.
 */
export type Misconception = {
  /**
   * What its explanation is kept under.
   */
  id: string;
  /**
   * The number.
   */
  value: number;
};

/**
 * How much of a task is done.
 */
export type Reached = {
  /**
   * Which task.
   */
  id: string;
  /**
   * How many of its conditions were met, one after the other.
   */
  reached: number;
  /**
   * How many it has.
   */
  of: number;
};

/**
 * What became of a repair.
 */
export type Repaired = {
  /**
   * Every goal is met with every input.
   */
  holds: boolean;
  /**
   * The goals that were missed.
   */
  failed: Array<Failure>;
  /**
   * The program with the changes as JSON, once with each input; its own script is the first.
   */
  scenarios: Array<string>;
};

/**
 * A goal that was missed.
 */
export type Failure = {
  /**
   * The input: 0 is the scenario's own script.
   */
  input: number;
  /**
   * The goal.
   */
  goal: string;
};

/**
 * One libevent that the engine can be.
 */
export type DialectInfo = {
  /**
   * What scenarios and `setDialect` call it.
   */
  name: Dialect;
  /**
   * The version that it was measured with, such as 1.4.15.
   */
  libevent: string;
};

/**
 * One way that a simulation went.
 */
export type BranchInfo = {
  /**
   * Its number, from 0.
   */
  id: number;
  /**
   * What made it, as JSON: a script step, `{"dialect":"2.1"}`, `{"kernel":{..}}` or `{"scenario":true}` where it was
   * edited; empty for the first.
   */
  label: string;
  /**
   * The marks that had been set before, in the words of `label`; empty where none were replaced.
   */
  was: string;
  /**
   * The branch it left; none for the first.
   */
  parent: number | null;
  /**
   * The last position that it shares with the parent.
   */
  at: number;
  /**
   * Its last position.
   */
  length: number;
  /**
   * Where whoever looks at it was last, as far as `remember` was told.
   */
  position: number;
  /**
   * It is the one that is looked at.
   */
  current: boolean;
};

/**
 * Where something that is done at a position takes effect.
 */
export type EffectInfo = {
  /**
   * After this position.
   */
  position: number;
  /**
   * The pass of the loop that ends there, where it is one.
   */
  pass: number | null;
  /**
   * It is the end of the branch: nothing forks.
   */
  atEnd: boolean;
};

/**
 * What is wrong with a scenario, and where.
 */
export type ScenarioProblem = {
  /**
   * The line, from 1.
   */
  line: number;
  /**
   * What is wrong; it names the key.
   */
  message: string;
  /**
   * The same, so that it can be said in another language.
   */
  said: Said;
};

/**
 * What is said of something wrong. Displays in English.
 *
 * It is parts, one after the other; each is words with gaps, `{}`, and what stands in these, in their order. The words are the
 * same for the same kind of thing, so that whoever speaks another language looks them up. What stands in a gap is what somebody
 * wrote or a number, or words that can be looked up as well. As JSON it is a list of lists: `[["must be at least {}", ["1"]]]`.
 */
export type Said = [words: string, gaps: string[]][];

/**
 * A C program, or what is shown in its place, and which lines of it stand for what.
 */
export type AsC = {
  /**
   * The program, with a line feed at its end.
   */
  text: string;
  /**
   * In the order of their first lines; what is within another comes after it.
   */
  lines: Array<Span>;
};

/**
 * The lines that stand for a place of the scenario.
 */
export type Span = {
  /**
   * The path from the top of the scenario, as errors give it: `app.on_read[0][1]`, `script[3]`.
   */
  place: string;
  /**
   * The first line, from 1.
   */
  first: number;
  /**
   * The last line.
   */
  last: number;
};
