// Written from the Rust types; to write it anew:
// WRITE_TYPES=1 cargo test --package bufferevent-wasm --features ts types

/** A simulation before its first record. */
export const BLANK_PICTURE = /** @type {import("../types.js").Picture} */ ({"seq":0, "time_us":0, "lost":0, "simulated":true, "loop":{"station":"idle", "pass":0, "running":null, "outer":[], "entered":null, "polled":0, "expired":0, "callbacks":0, "application_events":[]}, "connections":[], "last":null});

/** A connection so far unknown. */
export const BLANK_CONNECTION = /** @type {import("../types.js").ConnectionPicture} */ ({"connecting":false, "counters":{"event_callbacks":0, "read_callbacks":0, "reads":0, "received":0, "sent":0, "stopped":0, "write_callbacks":0, "writes":0}, "deferred_queued":false, "dialect":"1.4", "dropped":0, "freed":false, "handle":null, "input":{"len":0, "runs":[]}, "kernel":{"peer_got":{"len":0, "runs":[]}, "peer_received":0, "peer_reset":false, "peer_sees":null, "peer_sent":0, "peer_shutdown":false, "tanks":null}, "number":1, "on_event":false, "on_input":false, "on_output":false, "on_read":false, "on_write":false, "output":{"len":0, "runs":[]}, "pressure":false, "read":{"enabled":false, "ended":null, "event":{"active":null, "armed":false, "deadline_us":null}, "high":0, "low":0, "timeout_us":null}, "suspended":0, "uncertain":false, "underlying":null, "valves":{"read":"disabled", "write":"disabled"}, "what":null, "write":{"enabled":false, "ended":null, "event":{"active":null, "armed":false, "deadline_us":null}, "high":0, "low":0, "timeout_us":null}});

/** The stations of a pass, in their order. */
export const STATIONS = /** @type {const} */ (["poll", "timers", "active", "callbacks"]);

/** The errors that have a name. */
export const ERRORS = /** @type {const} */ (["EAGAIN", "EINTR", "EINPROGRESS", "ECONNRESET", "ECONNREFUSED", "EPIPE", "ETIMEDOUT"]);

/** The flags of an event callback, by their numbers. */
export const WHAT = /** @type {const} */ ([[1, "reading"], [2, "writing"], [16, "eof"], [32, "error"], [64, "timeout"], [128, "connected"]]);

/** What wakes an event, by the numbers. */
export const CAUSES = /** @type {const} */ ([[1, "timeout"], [2, "read"], [4, "write"]]);
