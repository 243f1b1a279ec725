/** The wasm engine, loaded once for all elements of a page. */
import { WASM } from "./assets.js";

/** @typedef {typeof import("../pkg/bufferevent_wasm.js")} Engine */

/** @type {Promise<Engine> | undefined} */
let engine;

/** Why the engine could not be loaded. */
export class EngineError extends Error {
  /** @param {"policy" | "engine"} reason @param {string} message */
  constructor(reason, message) {
    super(message);
    this.reason = reason;
  }
}

/** Who wants to know how much of it is there, from 0 to 1. @type {Set<(part: number) => void>} */
const waiting = new Set();

/**
 * Loads the engine, the first time it is asked for, and again where that failed.
 * @param {(part: number) => void} [told] how much of it is there, from 0 to 1, as far as the server says how long it is
 * @returns {Promise<Engine>}
 */
export function loadEngine(told) {
  engine ??= load();
  const asked = engine;
  if (told) {
    waiting.add(told);
    // Whoever waits is kept by what would tell it, and no longer.
    const over = () => waiting.delete(told);
    asked.then(over, over);
  }
  // Who asks after a failure asks anew.
  asked.catch(() => engine === asked && (engine = undefined));
  return asked;
}

/**
 * Loads the rest of the engine: a page shows its first step without it. Whatever needs it before it is there waits for it, and
 * the page with it. A package that brings its own engine has all of it in one file.
 */
export async function loadRest() {
  const { loadRest } = await loadEngine();
  await loadRest?.();
}

async function load() {
  // It is on its way while the scripts still come.
  const fetched = WASM === "" ? null : fetch(WASM).then((answer) => (void count(answer), answer));
  // What becomes of it is asked below.
  fetched?.catch(() => {});
  try {
    const module = await import("../pkg/bufferevent_wasm.js");
    await (fetched ? module.default({ module_or_path: fetched }) : module.default());
    return module;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const refused = /unsafe-eval|content security policy|csp|disallowed by embedder/i.test(message);
    throw new EngineError(refused ? "policy" : "engine", message);
  }
}

/** Tells how much of an answer is there. One that is packed says how long it is on its way, and not how long it will be. @param {Response} answer */
async function count(answer) {
  const { headers, ok } = answer;
  const whole = headers.get("content-encoding") ? 0 : Number(headers.get("content-length"));
  const reader = ok && whole > 0 ? answer.clone().body?.getReader() : undefined;
  if (!reader) return;
  // A server that stops sending is told of by who uses the answer.
  const next = () => reader.read().catch(() => ({ done: true, value: undefined }));
  let there = 0;
  for (let { done, value } = await next(); !done; { done, value } = await next()) {
    there += value?.length ?? 0;
    for (const told of waiting) told(Math.min(there / whole, 1));
  }
}
