/** Asking why: a question about the moment that is shown, and the records that it goes back to. */

/** @typedef {import("../types.js").Question} Question */
/** @typedef {import("../types.js").CallbackKind} CallbackKind */

/**
 * @typedef {object} Asked
 * @property {Question} question
 * @property {number} connection about which it was asked
 * @property {number} position where it was asked
 * @property {import("../types.js").Answer} answer
 * @property {Link[]} links of the answer
 */

/**
 * @typedef {object} Link
 * @property {import("../types.js").Because} because
 * @property {import("../types.js").Record | null} record that shows it
 * @property {import("../types.js").ConnectionPicture | null} connection as it was right after that
 */

/**
 * Asks the track that a frame shows.
 * @param {import("../types.js").Frame} frame
 * @param {Question} question
 * @returns {Asked}
 */
export function ask({ track, position, connection: { number } }, question) {
  const answer = track.why(position, number, question);
  const links = answer.reasons.map((because) => ({
    because,
    record: because.position === null ? null : (track.record(because.position) ?? null),
    connection: because.position === null ? null : (track.connection(because.position, number) ?? null),
  }));
  return { question, connection: number, position, answer, links };
}

/**
 * What can be asked at a moment without pointing at anything.
 * @param {import("../types.js").Frame} frame
 * @returns {Question[]}
 */
export function questionsAt({ track, position, connection: { number } }) {
  /** @param {CallbackKind} callback @returns {Question[]} */
  const about = (callback) => {
    const called = track.previous(position + 1, `callback:${callback} and conn:${number}`);
    /** @type {Question} */
    const not = { kind: "not_called", callback, since: called ?? 0 };
    return called === undefined ? [not] : [{ kind: "called", callback }, not];
  };
  return [
    { kind: "valve", direction: "read" },
    { kind: "valve", direction: "write" },
    ...about("read"),
    ...about("write"),
    ...about("event"),
    { kind: "event", direction: "read" },
    { kind: "event", direction: "write" },
  ];
}
