/**
 * Lessons as rules: where the question is asked, what the records answer, and when a task is done. Their texts are in
 * `lang/`, their scenarios come with the engine; all are kept under the same name.
 */

/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {import("../types.js").Track} Track */
/** @typedef {import("../types.js").Record} Record */

/**
 * @typedef {object} LessonRules
 * @property {(track: Track, hinge: number) => number} ask where the question is asked
 * @property {(track: Track, ask: number) => string} answer the choice that the records make
 * @property {{[task: string]: (frame: Frame) => boolean}} tasks
 */

/**
 * Whether something like this happened up to the frame's position.
 * @param {Frame} frame
 * @param {string} condition
 */
const happened = (frame, condition) => frame.track.previous(frame.position + 1, condition) !== undefined;

/**
 * The first of the records after a position that gives an answer.
 * @param {Track} track
 * @param {number} from
 * @param {(record: Record) => string | undefined} read
 */
function first(track, from, read) {
  for (const record of track.records(from, Math.min(track.length, from + 200))) {
    const answer = read(record);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

/** @type {{[id: string]: LessonRules}} */
export const rules = {
  anatomy: {
    ask: (track, hinge) => track.previous(hinge, "kind:received") ?? hinge - 1,
    answer: (track, ask) =>
      first(track, ask, ({ kind }) => (kind === "callback_entered" ? "callback" : kind === "pass_began" ? "loop" : kind === "sent" ? "echo" : undefined)) ?? "loop",
    tasks: {
      arrive: (frame) => happened(frame, "kind:received"),
      called: (frame) => happened(frame, "callback:read"),
      leave: (frame) => happened(frame, "kind:sent"),
      own: (frame) => frame.connection.kernel.peer_sent > 1,
    },
  },
  "low-watermark": {
    ask: (_, hinge) => hinge - 1,
    answer: (track, ask) =>
      first(track, ask, (record) => {
        if (record.kind !== "callback_due") return undefined;
        return record.input > 16 ? "all" : "exactly";
      }) ?? "never",
    tasks: {
      held: (frame) => happened(frame, "kind:received") && frame.connection.counters.read_callbacks === 0 && frame.record?.kind === "watermark_checked" && frame.record.mark === "read_low" && !frame.record.reached,
      called: (frame) => happened(frame, "callback:read"),
      left: (frame) => frame.connection.counters.read_callbacks > 0 && frame.connection.input.len > 0 && frame.connection.input.len < frame.connection.read.low,
      lower: (frame) => frame.connection.read.low > 0 && frame.connection.read.low < 16,
    },
  },
  "high-watermark": {
    ask: (_, hinge) => hinge - 1,
    answer: (track, ask) =>
      first(track, ask, (record) => {
        if (record.kind === "pressure_installed" || record.kind === "suspended") return "stops";
        if (record.kind === "received" && record.input > 64) return "on";
        return record.kind === "peer_reset" ? "dropped" : undefined;
      }) ?? "on",
    tasks: {
      stopped: (frame) => frame.connection.valves.read === "high_mark",
      blocked: (frame) => frame.connection.valves.read === "high_mark" && (frame.connection.kernel.tanks?.backlog ?? 0) > 0,
      resumed: (frame) => happened(frame, "kind:pressure_removed") || happened(frame, "kind:unsuspended"),
      marks: (frame) => frame.exists && frame.connection.read.high !== 64 && happened(frame, "kind:received"),
      modern: (frame) => frame.connection.dialect === "2.1" && frame.connection.suspended !== 0,
    },
  },
};
