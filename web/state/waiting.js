/** Waiting for what may take long: then it is said for what, since whoever waits can want something else instead. */

/** One waits so long without a word, in milliseconds. */
const WORDLESS_MS = 1000;

export class Waiting {
  /** How often something was waited for: of several things the last is told of. */
  #times = 0;
  #isTold = false;
  #tell;

  /** @param {(name: string | null) => void} tell none where nothing is waited for any more */
  constructor(tell) {
    this.#tell = tell;
  }

  /**
   * @template Result
   * @param {string} name of what is waited for; empty for the engine
   * @param {Promise<Result>} coming
   * @returns {Promise<Result>}
   */
  async until(name, coming) {
    const time = ++this.#times;
    const isLast = () => time === this.#times;
    const timer = setTimeout(() => isLast() && this.#say(name), WORDLESS_MS);
    try {
      return await coming;
    } finally {
      clearTimeout(timer);
      if (isLast() && this.#isTold) this.#say(null);
    }
  }

  /** @param {string | null} name */
  #say(name) {
    this.#isTold = name !== null;
    this.#tell(name);
  }
}

/**
 * What comes, unless it is not wanted any more before: not all that is on its way can be broken off.
 * @template T
 * @param {Promise<T>} coming @param {AbortSignal} signal
 * @returns {Promise<T>}
 */
export const unlessStopped = (coming, signal) => Promise.race([coming, new Promise((_, stop) => signal.addEventListener("abort", () => stop(signal.reason)))]);
