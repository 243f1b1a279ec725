/** Recordings as files, of whatever connections a test needs. */

const HEADER = { recording: "bufferevent", schema: 1, engine: "0.1.0" };
const LOOP = { station: "idle", pass: 815, running: null, entered: null, polled: 0, expired: 0, callbacks: 0, application_events: [] };

/** What a stretch starts from. @param {any[]} [connections] @param {number} [seq] @param {number} [lost] */
export const snapshot = (connections = [], seq = 0, lost = 0) => ({ snapshot: { seq, time_us: 5_000_000, lost, loop: LOOP, connections, last: null } });

/**
 * The text of a recording.
 * @param {(any | [connection: number | null, kind: string, fields?: object])[]} lines snapshots, and steps in order
 */
export function recording(lines) {
  let seq = 0;
  const line = (/** @type {any} */ it) => {
    if (!Array.isArray(it)) return (seq = it.snapshot.seq), it;
    const [connection, kind, fields] = it;
    return { seq: ++seq, time_us: 5_000_000 + seq * 1000, ...(connection === null ? {} : { connection }), kind, ...fields, function: "", file: "core/src/lib.rs", line: 1 };
  };
  return [HEADER, ...lines.map(line)].map((it) => `${JSON.stringify(it)}\n`).join("");
}

/** A connection is made. @param {number} number @param {"1.4" | "2.1" | "2.2"} [dialect] */
export const made = (number, dialect = "2.1") => [number, "created", { dialect, handle: number, deferred: false }];
/** Bytes come. @param {number} number @param {number} input */
export const received = (number, input) => [number, "received", { payload: { len: 5, bytes: "hello" }, input, tanks: null }];
/** A connection is freed. @param {number} number */
export const freed = (number) => [number, "freed", { input_dropped: 0, output_dropped: 0 }];
