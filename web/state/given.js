/** What a page gives the methods of an element: looked at before anything is done, since a page may be written without types. */

/** @typedef {import("../types.js").Unit} Unit */

/** What stepping goes by. */
export const UNITS = /** @type {const} */ (["moment", "step", "callback", "pass"]);

/** @param {unknown} position @returns {number} what is beyond an end is that end */
export function positionOf(position) {
  const number = typeof position === "string" && position.trim() !== "" ? Number(position) : position;
  if (typeof number !== "number" || Number.isNaN(number)) throw new TypeError(`${said(position)} is no position: it is a number of steps`);
  return number;
}

/** @param {unknown} direction @param {unknown} unit @returns {{direction: 1 | -1, unit: Unit | undefined}} */
export function stepOf(direction, unit) {
  if (direction !== 1 && direction !== -1) throw new TypeError(`${said(direction)} is no direction: it is 1 or -1`);
  const found = UNITS.find((one) => one === unit);
  if (unit !== undefined && !found) throw new TypeError(`${said(unit)} is no unit: there are ${UNITS.join(", ")}`);
  return { direction, unit: found };
}

/** @param {unknown} step @returns {{[key: string]: unknown}} what it does the engine looks at */
export function actOf(step) {
  if (typeof step !== "object" || step === null || isList(step)) throw new TypeError(`${said(step)} is no step of a script: it is an object, such as {peer_send: "hello"}`);
  if (attempted(() => Object.keys(step).length) === 0) throw new TypeError('an object without a key is no step of a script: it says what is done, such as {peer_send: "hello"}');
  try {
    return JSON.parse(JSON.stringify(step));
  } catch (error) {
    throw new TypeError(`this is no step of a script, which is JSON: ${reasonOf(error)}`);
  }
}

/** What properties take that stand for an attribute, and how that is called. */
const KINDS = /** @type {const} */ ({
  lesson: [["string", "number", "object"], "a name, a number, an address or a lesson as an object"],
  scenario: [["string", "object", "address"], "an address, JSON or a scenario as an object"],
  run: [["string", "object"], "JSON or a scenario as an object"],
  src: [["string", "object", "address", "lines"], "an address, the text of a recording or a list of its lines as objects"],
  live: [["string", "address"], "an address"],
  lessons: [["string", "number", "names"], "a list of names or numbers"],
  step: [["string", "number"], "a number of steps"],
  position: [["string", "number"], "a number of steps"],
  controls: [["string"], "a text"],
  theme: [["string"], "a text"],
});

/** @param {unknown} value */
function kindsOf(value) {
  if (!isList(value)) return [isAddress(value) ? "address" : typeof value];
  return [value.length > 0 && value.every((one) => typeof one === "object" && one !== null && !Array.isArray(one)) && "lines", value.every((one) => ["string", "number"].includes(typeof one)) && "names"];
}

/**
 * The attribute that stands for what a property is set to: an object as JSON, the lines of a recording as its text. With nothing, there is none.
 * @param {string} name
 * @param {unknown} value
 * @returns {string | null}
 * @throws where the property takes nothing of that kind
 */
export function attributeOf(name, value) {
  if (value === null || value === undefined || value === false) return null;
  const [kinds, called] = KINDS[/** @type {keyof typeof KINDS} */ (name)];
  if (!(attempted(() => kindsOf(value)) ?? []).some((kind) => kinds.some((one) => one === kind))) throw new TypeError(`${said(value)} is no ${name}: it is ${called}`);
  if (typeof value !== "object" || isAddress(value) || name === "lessons") return String(value);
  try {
    const text = isList(value) ? value.map((line) => JSON.stringify(line)).join("\n") : JSON.stringify(value);
    if (text !== undefined) return text;
  } catch (error) {
    throw new TypeError(`this is no ${name}: it cannot be written as JSON: ${reasonOf(error)}`);
  }
  throw new TypeError(`this is no ${name}: it has no JSON`);
}

/** Browsers draw what they say over several lines; what else is thrown need not be a text. @param {unknown} error */
const reasonOf = (error) => attempted(() => (error instanceof Error ? error.message : String(error)).split("\n")[0]) ?? "what it throws is no text";

/**
 * What is found of a value. A proxy may answer any question by throwing.
 * @template T
 * @param {() => T} look
 * @returns {T | undefined} none where that throws
 */
function attempted(look) {
  try {
    return look();
  } catch {
    return undefined;
  }
}

/** @param {unknown} value @returns {value is unknown[]} */
const isList = (value) => attempted(() => Array.isArray(value)) ?? false;
/** @param {unknown} value @returns {value is URL} */
const isAddress = (value) => attempted(() => value instanceof URL) ?? false;

/** A text is told as far as this. */
const SAID = 60;

/** @param {unknown} value */
function said(value) {
  if (typeof value === "string") return `\u201c${value.length > SAID ? `${value.slice(0, SAID)}\u2026` : value}\u201d`;
  if (typeof value === "function") return "a function";
  return isList(value) ? "a list" : typeof value === "object" && value !== null ? "an object" : String(value);
}
