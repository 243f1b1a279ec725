/** Time as the scene's movements need it. Tests bring their own. */

/** @typedef {{now: () => number, ask: (frame: () => void) => number, cancel: (asked: number) => void}} Clock */

/** @type {Clock} */
export const browserClock = {
  now: () => performance.now(),
  ask: (frame) => requestAnimationFrame(frame),
  cancel: (asked) => cancelAnimationFrame(asked),
};

/** A clock that goes on when it is told to: of what is drawn where nobody looks. */
export function createClock() {
  let now = 0;
  /** @type {(() => void) | null} */
  let asked = null;
  return {
    now: () => now,
    /** @param {() => void} frame */
    ask: (frame) => ((asked = frame), 1),
    cancel: () => void (asked = null),
    /** @param {number} ms */
    go(ms) {
      now += ms;
      const frame = asked;
      asked = null;
      frame?.();
    },
    get waited() {
      return asked !== null;
    },
  };
}

/** One movement at a time; the next ends the one before it. */
export class Movement {
  #clock;
  #asked = 0;
  /** Draws the running movement's end. @type {(() => void) | null} */
  #finish = null;

  /** @param {Clock} clock */
  constructor(clock) {
    this.#clock = clock;
  }

  /**
   * @param {(ms: number) => boolean} draw draws what is seen so long after now, and says whether that was the end
   */
  run(draw) {
    this.finish();
    const began = this.#clock.now();
    const frame = () => {
      if (draw(this.#clock.now() - began)) this.#finish = null;
      else this.#asked = this.#clock.ask(frame);
    };
    this.#finish = () => draw(Infinity);
    frame();
  }

  /** Ends what moves, at its end. */
  finish() {
    this.#clock.cancel(this.#asked);
    this.#finish?.();
    this.#finish = null;
  }

  get running() {
    return this.#finish !== null;
  }
}
