/** Where a page keeps what a reader has done, on this device. */

/** A page that may not keep anything throws already when it is asked. @returns {Storage | null} */
export function storageOf() {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}

/**
 * Has it read before it is needed. A browser waits for its disk and for its other processes the first time that a page asks, and
 * not again: done while the page waits for its files anyway, nobody waits for that.
 */
export const readAhead = () => void storageOf()?.length;
