/**
 * What has to know where things stand asks once the browser has laid them out, and before it draws them: asked right after a
 * change, it would lay out everything there and then, and once more for what changes after that. All ask before any of them changes something.
 */
import { attempt } from "../state/attempt.js";

/** @typedef {() => (() => void) | void} Ask may scroll, and draw on a sheet, which moves nothing else; what changes more it gives, to be done once all have asked */

/** What waits for it, by what it is about: the last that somebody wanted of that. @type {Map<unknown, Ask>} */
let waiting = new Map();
/** What asks as often as an element has another size. @type {WeakMap<Element, Ask>} */
const sized = new WeakMap();
/** A server has none. */
const observer = globalThis.ResizeObserver && new ResizeObserver(laidOut);

/** @param {ResizeObserverEntry[]} entries */
function laidOut(entries) {
  observer.unobserve(document.documentElement);
  const all = [...entries.map(({ target }) => sized.get(target)), ...waiting.values()];
  waiting = new Map();
  // One that fails keeps nobody from what is theirs.
  for (const act of all.map(attempt)) attempt(act);
}

/**
 * Once all is laid out, in the same frame. Where nobody sees the page, it waits until somebody does.
 * @param {unknown} about of the same, what was wanted last counts
 * @param {Ask} ask
 */
export function onceLaidOut(about, ask) {
  waiting.set(about, ask);
  // What is observed anew is told of as soon as all is laid out.
  observer.observe(document.documentElement);
}

/** Whenever an element has another size, and when it has one at first. @param {Element} element @param {Ask} ask */
export function whenSized(element, ask) {
  sized.set(element, ask);
  observer.observe(element);
}
