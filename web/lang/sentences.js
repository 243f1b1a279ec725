/** What each step says. The same sentences serve the lesson, the log, the screen reader and the tests. */
import { languages } from "./index.js";
import { named } from "./names.js";

/** @typedef {import("../types.js").ConnectionPicture} ConnectionPicture */
/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {import("../types.js").Picture} Picture */
/** @typedef {import("../types.js").Record} Record */
/** @typedef {import("../types.js").Sentence} Sentence */
/** @typedef {import("../types.js").Lang} Lang */
/** @typedef {import("./names.js").Names} Names */

/**
 * The sentence of a record, as cause and effect.
 * @param {Record} record
 * @param {ConnectionPicture | null} connection its connection right after it; none for the loop, and where nobody knows
 * @param {Lang} lang
 * @param {Names} [names]
 * @returns {Sentence}
 */
export function parts(record, connection, lang, names) {
  // Its kind chooses a sentence that takes it, which types do not see of all kinds together.
  const say = /** @type {(step: Record, connection: ConnectionPicture | null) => Sentence} */ (languages[lang].sentences.steps[record.kind]);
  return say(named(record, names), connection);
}

/**
 * Whether the sentence of such a step depends on what its connection is like right after it.
 * @param {Record["kind"]} kind
 */
export const dependsOnConnection = (kind) => languages.en.sentences.steps[kind].length > 1;

/**
 * What the moment says: its step, or that none was before it; or what is not done any more after it.
 * @param {Pick<Frame, "record" | "picture" | "source"> & {leftOut?: number}} frame
 * @param {Lang} lang
 * @returns {Sentence}
 */
export function momentParts({ record, picture, source, leftOut }, lang) {
  const { before, later } = languages[lang].sentences;
  if (!record) return before[source](picture);
  // Where records are missing, the picture after the last before them is the first that is known again.
  if (picture.seq !== record.seq) return [parts(record, null, lang, picture.names).join(joiner(lang)), later];
  const [cause, effect] = parts(record, picture.connections.find(({ number }) => number === record.connection) ?? null, lang, picture.names);
  return leftOut ? endOf(leftOut, lang) : [cause, effect];
}

/** The pass that is over is one of many, of which no more are made. @param {number} leftOut @param {Lang} lang @returns {Sentence} */
const endOf = (leftOut, lang) => languages[lang].sentences.leftOut(leftOut);

/**
 * Whose step it is, where there are several bufferevents: as the scene calls it, and what stands before the sentence. Empty where
 * nobody else can be meant.
 * @param {Record | null} record
 * @param {Picture} picture
 * @param {Lang} lang
 */
export function whose(record, { connections, names }, lang) {
  const number = record?.connection ?? null;
  const named = names?.bufferevents ?? {};
  if (number === null || (connections.length < 2 && Object.keys(named).length < 2)) return "";
  const name = named[number] ?? connections.find((one) => one.number === number)?.name;
  return languages[lang].sentences.whose(languages[lang].text.scene.other({ number, name }));
}

/**
 * The same as one text.
 * @param {Pick<Frame, "record" | "picture" | "source"> & {leftOut?: number}} frame
 * @param {Lang} lang
 */
export const momentSentence = (frame, lang) => whose(frame.record, frame.picture, lang) + momentParts(frame, lang).join(joiner(lang));

/**
 * The sentence of a step of a track as one text.
 * @param {Record} record
 * @param {ConnectionPicture | null} connection
 * @param {Lang} lang
 * @param {Picture} picture that tells who is there
 * @param {number} [leftOut] so many passes are not made after it
 */
export const sentence = (record, connection, lang, picture, leftOut = 0) =>
  whose(record, picture, lang) + (leftOut > 0 ? endOf(leftOut, lang) : parts(record, connection, lang, picture.names)).join(joiner(lang));

/**
 * What stands between a cause and its effect.
 * @param {Lang} lang
 */
export const joiner = (lang) => languages[lang].sentences.joiner;

/**
 * What is said after playing.
 * @param {Lang} lang @param {number} records @param {number} callbacks @param {number} crossings
 */
export const digest = (lang, records, callbacks, crossings) => languages[lang].sentences.digest(records, callbacks, crossings);
