/** A connection before it is made, so that a scene is never empty. */

/** @typedef {import("../types.js").ConnectionPicture} ConnectionPicture */

const event = () => ({ armed: false, active: null, deadline_us: null });
const direction = () =>
  /** @type {const} */ ({ enabled: false, low: 0, high: 0, timeout_us: null, event: event(), ended: null });
const content = () => ({ len: 0, runs: [] });

/** What a bufferevent that nobody knows yet is drawn as. @type {import("../types.js").Dialect} */
export const BLANK_DIALECT = "1.4";

/**
 * @param {number} number
 * @param {import("../types.js").Dialect} [dialect]
 * @param {boolean} [simulated] its kernel is known, and empty
 * @returns {ConnectionPicture}
 */
export const blankConnection = (number, dialect = BLANK_DIALECT, simulated = false) => ({
  number,
  uncertain: false,
  dialect,
  handle: null,
  connecting: false,
  underlying: null,
  input: content(),
  output: content(),
  read: direction(),
  write: direction(),
  valves: { read: "disabled", write: "disabled" },
  pressure: false,
  suspended: 0,
  deferred_queued: false,
  on_read: false,
  on_write: false,
  on_event: false,
  on_input: false,
  on_output: false,
  what: null,
  kernel: { tanks: simulated ? { rx: 0, tx: 0, backlog: 0 } : null, peer_sent: 0, peer_received: 0, peer_got: content(), peer_shutdown: false, peer_reset: false, peer_sees: null },
  freed: false,
  dropped: 0,
  counters: {
    received: 0,
    sent: 0,
    reads: 0,
    writes: 0,
    read_callbacks: 0,
    write_callbacks: 0,
    event_callbacks: 0,
    stopped: 0,
  },
});
