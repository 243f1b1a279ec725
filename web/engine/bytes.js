/** Bytes from elsewhere, an address or a file, as text: they come, within a while, and are UTF-8. */
import { telling, tellingOf } from "./telling.js";

/** Where nothing has come for so long, nothing will, in milliseconds. */
const PATIENCE = 30_000;

/**
 * The text of these bytes, without the mark before it. Decoded as browsers do it unless they are told otherwise, something else would be
 * played than what is there: the programs refuse it as well.
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function textOf(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw noText(bytes);
  }
}

/** What `core/src/words.rs` says of the same. @param {Uint8Array} bytes */
function noText(bytes) {
  const [first, second] = bytes;
  if (first === 0 && second === 0) return telling("this is no text: it begins with zero bytes");
  // Half of a character of ASCII is 0 there, behind a mark or not.
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || first === 0 || second === 0) return telling("this is UTF-16, and has to be UTF-8");
  const before = bytes.subarray(0, firstWrong(bytes));
  const lines = before.reduce((count, byte) => count + (byte === 0x0a ? 1 : 0), 1);
  const { message, said } = telling("what is here is no UTF-8");
  const place = telling(" at line {}, column {}", lines, before.length - before.lastIndexOf(0x0a));
  return Object.assign(new Error(message + place.message), { said: [...said, ...place.said] });
}

/** Where they stop being UTF-8. @param {Uint8Array} bytes */
function firstWrong(bytes) {
  const isText = (/** @type {number} */ end) => {
    try {
      // What is cut off at the end is no mistake yet.
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, end), { stream: end < bytes.length });
      return true;
    } catch {
      return false;
    }
  };
  let [right, wrong] = [0, bytes.length];
  while (wrong - right > 1) {
    const middle = Math.floor((right + wrong) / 2);
    if (isText(middle)) right = middle;
    else wrong = middle;
  }
  return wrong - 1;
}

/** The text of a file. @param {File} file */
export async function textIn(file) {
  try {
    return textOf(new Uint8Array(await file.arrayBuffer()));
  } catch (error) {
    throw tellingOf(file.name, error);
  }
}

/**
 * What an address answers, unless it falls silent.
 * @param {string | URL} address
 * @param {{signal?: AbortSignal, cache?: RequestCache, check?: (answer: Response) => void}} [options] `signal`: it is not wanted any more; `check` throws where this answer is not what is wanted
 * @returns {Promise<string>}
 */
export async function textAt(address, { signal, cache, check = mustBeThere } = {}) {
  const silence = new AbortController();
  const stop = () => silence.abort(signal?.reason);
  signal?.addEventListener("abort", stop);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(telling("nothing has come for {} seconds", PATIENCE / 1000)), PATIENCE);
  };
  try {
    heard();
    const answer = await fetch(address, { cache, signal: silence.signal });
    check(answer);
    const parts = [];
    const reader = answer.body?.getReader();
    for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
      heard();
      parts.push(part.value);
    }
    return textOf(parts.length === 1 ? parts[0] : new Uint8Array(await new Blob(parts).arrayBuffer()));
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

/** @param {Response} answer */
export function mustBeThere(answer) {
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
}
