/**
 * A link holds what is shown: `#lesson=anatomy&step=12`. What would be long in it, a scenario, is compressed. Nothing in it is
 * trusted: each field is looked at; one that cannot be used is named, and the rest is shown.
 */
import { languages } from "../lang/index.js";
import { wrongIn } from "../lang/problem.js";
import { PANELS } from "./shown.js";

/**
 * What a link holds.
 * @typedef {object} Place
 * @property {string} [lesson] its name, number or address
 * @property {string} [part] of the lesson: `break`, `repair`, or the name of a question that has its own experiment
 * @property {string} [src] the address of a recording
 * @property {string} [scenario] JSON, or an address
 * @property {string} [run] JSON: what the reader made of the lesson or the scenario
 * @property {string} [dialect]
 * @property {number} [step]
 * @property {number} [connection]
 * @property {string} [panel]
 * @property {string} [stop] the condition where playing stops
 * @property {number} [present] 1 where it is presented
 * @property {string} [term] the word that is looked up in the glossary
 */

/** @typedef {import("../types.js").Text} Text */
/** @typedef {Text["problem"]["field"]} Reasons */
/** @typedef {keyof Text["problem"]["fields"]} Field */

const ENGLISH = languages.en.text;

/** Why a field cannot be used, as the page says it in its languages. */
export class Reason extends Error {
  /** @type {keyof Reasons} */
  #kind;
  /** What it is said of. @type {string[]} */
  #of;

  /** @param {keyof Reasons} kind @param {...string} of */
  constructor(kind, ...of) {
    super();
    this.#kind = kind;
    this.#of = of;
    this.message = this.in(ENGLISH);
  }

  /** @param {Text} text */
  in(text) {
    return /** @type {(...of: string[]) => string} */ (text.problem.field[this.#kind])(...this.#of);
  }
}

/** What is wrong with a link; the message names the field. */
export class LinkError extends Error {
  /** @param {string} field @param {unknown} cause */
  constructor(field, cause) {
    super();
    this.field = field;
    this.cause = cause;
    this.message = this.in(ENGLISH);
  }

  /** @param {Text} text */
  in(text) {
    return text.problem.named(this.field, wrongIn(this.cause, text));
  }
}

/** How far a link was followed that cannot be followed to its end. */
export class Outcome {
  /**
   * @param {Field[]} followed
   * @param {LinkError[]} wrong
   * @param {Field[]} [skipped] what goes by a field that is wrong
   */
  constructor(followed, wrong, skipped = []) {
    this.followed = followed;
    this.wrong = wrong;
    this.skipped = skipped;
  }

  /** @param {Text} text */
  in(text) {
    const { part, fields, list, both } = text.problem;
    const named = (/** @type {Field[]} */ some) => some.map((field) => fields[field]).join(list);
    const wrong = this.wrong.map((one) => wrongIn(one, text)).join(both);
    if (this.followed.length === 0) return wrong;
    return part(named(this.followed), wrong, named(this.skipped));
  }
}

/** The fields, in their order, and those that hold JSON. */
const FIELDS = /** @type {const} */ (["lesson", "part", "src", "scenario", "run", "dialect", "step", "connection", "panel", "stop", "present", "term"]);
const PACKED = new Set(["scenario", "run"]);
/** A scenario is no longer than this; a few bytes can unpack to very many. */
const LONGEST = 1 << 20;

/** Whether it says what is shown; a name alone is a place in the page around. @param {string} fragment */
export const isLink = (fragment) => fragment.includes("=");

/** @param {Place} place @returns {Promise<string>} what stands behind the `#` */
export async function toFragment(place) {
  const parts = [];
  for (const field of FIELDS) {
    const value = place[field];
    if (value === undefined || value === "") continue;
    const text = String(value);
    parts.push(`${field}=${PACKED.has(field) && isJson(text) ? await pack(text) : encoded(text)}`);
  }
  return parts.join("&");
}

/**
 * @param {string} fragment what stands behind the `#`
 * @returns {Promise<{place: Place, problems: LinkError[]}>} what can be used of it, and what is wrong with each field that cannot
 */
export async function fromFragment(fragment) {
  /** @type {{[field: string]: string | number}} */
  const place = {};
  /** @type {LinkError[]} */
  const problems = [];
  /** @type {Set<string>} */
  const met = new Set();
  for (const pair of fragment.split("&").filter(Boolean)) {
    const [name, ...rest] = pair.split("=");
    const field = FIELDS.find((one) => one === name);
    try {
      if (!field) throw new LinkError(name, new Reason("unknown", FIELDS.join(", ")));
      // Of two that say different things none is right: that is no reason to take the one that nobody sees.
      if (met.has(field)) throw new LinkError(field, new Reason("twice"));
      met.add(field);
      place[field] = await read(field, rest.join("="));
    } catch (error) {
      problems.push(/** @type {LinkError} */ (error));
    }
  }
  return { place, problems };
}

/** @param {typeof FIELDS[number]} field @param {string} text */
async function read(field, text) {
  try {
    const value = decoded(text);
    if (value === "") throw new Reason("empty");
    if (field === "step" || field === "connection") {
      if (!/^\d{1,9}$/.test(value)) throw new Reason("noNumber", value, field);
      return Number(value);
    }
    if (field === "present") {
      if (value !== "1") throw new Reason("noPresent", value);
      return 1;
    }
    if (field === "panel" && !PANELS.some((panel) => panel === value)) throw new Reason("noPanel", value, PANELS.join(", "));
    return field === "run" || (field === "scenario" && !isAddress(value)) ? await unpack(value) : value;
  } catch (error) {
    throw new LinkError(field, error);
  }
}

/** What is readable stays so. @param {string} text */
const encoded = (text) => encodeURIComponent(text).replaceAll("%3A", ":").replaceAll("%2F", "/").replaceAll("%3D", "=");
/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Reason("percent");
  }
}

/** Whether it is to be JSON, rightly or not. @param {string} text */
const isJson = (text) => /^\s*[{[]/.test(text);
/** @param {string} text */
const isAddress = (text) => /[/.:]/.test(text) && !isJson(text);

/** JSON without what says nothing, as a link holds it; anything else as it is. @param {string} text */
export function leastOf(text) {
  try {
    return isJson(text) ? JSON.stringify(JSON.parse(text)) : text;
  } catch {
    return text;
  }
}

/**
 * JSON in few letters; as it is where the browser cannot compress.
 * @param {string} json
 */
async function pack(json) {
  const least = leastOf(json);
  if (typeof CompressionStream === "undefined") return encodeURIComponent(least);
  const bytes = new Uint8Array(await new Response(new Blob([least]).stream().pipeThrough(new CompressionStream("deflate-raw"))).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** @param {string} packed */
async function unpack(packed) {
  if (isJson(packed)) return packed;
  if (!/^[\w-]+$/.test(packed)) throw new Reason("letters");
  if (typeof DecompressionStream === "undefined") throw new Reason("cannotUnpack");
  // One letter beyond a group of four holds no byte.
  if (packed.length % 4 === 1) throw new Reason("damaged");
  const bytes = Uint8Array.from(atob(packed.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const [decoder, parts] = [new TextDecoder("utf-8", { fatal: true }), /** @type {string[]} */ ([])];
  let length = 0;
  for (let chunk = await next(reader); chunk; chunk = await next(reader)) {
    length += chunk.length;
    if (length > LONGEST) throw new Reason("tooLong");
    parts.push(text(decoder, chunk));
  }
  return parts.join("") + text(decoder);
}

/** @param {TextDecoder} decoder @param {Uint8Array} [chunk] none at the end */
function text(decoder, chunk) {
  try {
    return decoder.decode(chunk, { stream: chunk !== undefined });
  } catch {
    throw new Reason("damaged");
  }
}

/** @param {ReadableStreamDefaultReader<Uint8Array>} reader */
async function next(reader) {
  try {
    return (await reader.read()).value;
  } catch {
    throw new Reason("damaged");
  }
}
