import { attempt } from "./attempt.js";

/**
 * What a page asks of an element before there is something to ask: kept, and done in its order once what was asked for is
 * shown. Where it never is, nothing is done.
 */
export class Calls {
  /** What is being opened: at first, what the element begins with. @type {object | null} */
  #opening = {};
  /** @type {(() => void)[]} */
  #kept = [];

  /** Something is being opened. @returns {object} what `end` is told */
  begin() {
    return (this.#opening = {});
  }

  /** It is shown, or will not be. What was asked for in its place has an end of its own. @param {object} opening @param {boolean} shown */
  end(opening, shown) {
    if (opening !== this.#opening) return;
    this.#opening = null;
    // Whoever asked is not there any more to be told what was wrong.
    for (const call of this.#kept.splice(0)) if (shown) attempt(call);
  }

  /** Does it now, or as soon as there is something to do it to. @param {() => void} call */
  do(call) {
    if (this.#opening) this.#kept.push(call);
    else call();
  }
}
