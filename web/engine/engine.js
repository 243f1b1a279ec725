/** The wasm engine, loaded once for all elements of a page. */

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

/**
 * Loads the engine, the first time it is asked for.
 * @returns {Promise<Engine>}
 */
export function loadEngine() {
  engine ??= load();
  return engine;
}

async function load() {
  try {
    const module = await import("../pkg/bufferevent_wasm.js");
    await module.default();
    return module;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const refused = /unsafe-eval|content security policy|csp|disallowed by embedder/i.test(message);
    throw new EngineError(refused ? "policy" : "engine", message);
  }
}
