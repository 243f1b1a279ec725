/**
 * Does what nobody is there to be told of: what is wrong with it is reported as what nobody caught is.
 * @template T
 * @param {(() => T) | void} call
 * @returns {T | undefined}
 */
export function attempt(call) {
  try {
    return call?.();
  } catch (error) {
    reportError(error);
    return undefined;
  }
}
