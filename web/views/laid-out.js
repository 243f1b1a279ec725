/**
 * What has to know where things stand asks once the browser has laid them out, and before it draws them: asked right after a
 * change, it would lay out everything there and then, and once more for what changes after that.
 */

/** What waits for it, by what it is about: the last that somebody wanted of that. @type {Map<unknown, () => (() => void) | void>} */
let waiting = new Map();
/** Told of an element that is looked at anew as soon as all is laid out. @type {ResizeObserver | undefined} */
let observer;

function laidOut() {
  observer?.disconnect();
  const all = [...waiting.values()];
  waiting = new Map();
  const acts = all.map((ask) => ask());
  for (const act of acts) act?.();
}

/**
 * Once all is laid out, asks where things stand, and then does what follows from that, in the same frame. Where nobody sees the page,
 * it waits until somebody does.
 * @param {unknown} about of the same, what was wanted last counts
 * @param {() => (() => void) | void} ask may scroll, which moves nothing else; what changes more it gives, to be done once all have asked
 */
export function onceLaidOut(about, ask) {
  waiting.set(about, ask);
  observer ??= new ResizeObserver(laidOut);
  observer.observe(document.documentElement);
}
