/** Where a track comes from: a scenario, a file or a live server. */

import { textAt } from "./bytes.js";
import { telling, tellingOf } from "./telling.js";

/** @typedef {import("./engine.js").Engine} Engine */
/** @typedef {import("../types.js").Live} Live */

/** Waits between two attempts to connect, in milliseconds. */
export const BACK_OFF = [500, 1000, 2000, 5000, 10000, 30000];

/** Why something could not be opened; `kind` says what it was. */
export class SourceError extends Error {
  /** The same in parts, where it is the engine's to say. @type {import("../types.js").Said | undefined} */
  said;

  /** @param {"scenario" | "recording" | "lesson" | "live" | "progressFile"} kind @param {unknown} cause */
  constructor(kind, cause) {
    super(cause instanceof Error ? cause.message : String(cause));
    this.kind = kind;
    if (cause instanceof Error) this.said = /** @type {this} */ (cause).said;
  }
}

/** Whether a text is a saved experiment, which has the scenario of each branch in it. @param {string} text */
export const isSaved = (text) => /^\s*\{\s*"experiment"\s*:/.test(text);

/** Whether a text is what was done of the lessons. @param {string} text */
export const isProgress = (text) => /^\s*\{\s*"progress"\s*:/.test(text);

/** What a text holds. A recording is many JSON objects, of which the first says so. @param {string} text @returns {"scenario" | "recording"} */
export const holds = (text) => (/^\ufeff?\s*\{(?!\s*"recording"\s*:)/.test(text) ? "scenario" : "recording");

/**
 * A simulation of a scenario, or of a saved experiment.
 * @param {Engine} engine
 * @param {string} scenario JSON
 */
export function openScenario(engine, scenario) {
  try {
    return isSaved(scenario) ? engine.Simulation.restore(scenario) : new engine.Simulation(scenario);
  } catch (error) {
    throw new SourceError("scenario", error);
  }
}

/**
 * A recording from the text of a file.
 * @param {Engine} engine
 * @param {string} text
 */
export function openRecording(engine, text) {
  try {
    return new engine.Recording(text);
  } catch (error) {
    throw new SourceError("recording", error);
  }
}

/**
 * The text at an address, or the text itself where it is JSON.
 * @param {string} given
 * @param {"scenario" | "recording" | "lesson"} kind
 * @param {AbortSignal} [signal] it is not wanted any more
 */
export async function fetchText(given, kind, signal) {
  if (/^\s*[{[]/.test(given)) return given;
  try {
    return await textAt(new URL(given, document.baseURI), { signal });
  } catch (error) {
    throw new SourceError(kind, tellingOf(given, error));
  }
}

/** What is wrong with an address that a browser does not connect to, which says so in its own language; none where it is another thing. @param {string} url */
function noServerAt(url) {
  const { protocol } = URL.canParse(url, document.baseURI) ? new URL(url, document.baseURI) : { protocol: "" };
  if (protocol === "ws:" && location.protocol === "https:") return telling("a page that came over https connects to wss:// alone, not to {}", url);
  return protocol === "wss:" || protocol === "ws:" ? null : telling("{} is no address of a server, as ws://127.0.0.1:8080/ws is", url);
}

/** A live server, connected again and again with longer and longer pauses. */
export class LiveSource {
  #attempts = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;
  #closed = false;

  /**
   * @param {Engine} engine
   * @param {string} url
   * @param {() => void} changed
   */
  constructor(engine, url, changed) {
    this.url = url;
    this.#changed = changed;
    // The engine keeps what it calls, and nothing can tell that the engine's side is not wanted any more as long as that leads to it.
    const own = new WeakRef(this);
    try {
      this.live = new engine.Live(url, () => {
        const source = own.deref();
        if (source) source.#onChange();
      });
    } catch (error) {
      throw new SourceError("live", noServerAt(url) ?? error);
    }
  }

  #changed;

  #onChange() {
    if (this.#closed) return;
    const { state } = this.live;
    if (state === "connected") this.#attempts = 0;
    if ((state === "lost" || state === "refused") && this.#retry === undefined) {
      const wait = BACK_OFF[Math.min(this.#attempts++, BACK_OFF.length - 1)];
      this.#retry = setTimeout(() => {
        this.#retry = undefined;
        if (!this.#closed) this.live.reconnect();
      }, wait);
    }
    this.#changed();
  }

  /** Nobody looks: the connection ends, and what came of it stays. */
  pause() {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.live.close();
  }

  /** Connects again after a `pause`. */
  resume() {
    if (this.live.state === "closed") this.live.reconnect();
  }

  /** Ends it. The track itself is the player's, which lets it go. */
  close() {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.live.close();
  }
}
