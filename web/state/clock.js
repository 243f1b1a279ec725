/** Playing: when the next step is due. */

/** A step takes so long at speed 1. */
export const STEP_MS = 600;
/** Above so many steps a second only levels are seen moving. */
const TWEEN_LIMIT = 4;
/** With real gaps, no pause is longer. */
const LONGEST_GAP_MS = 4000;

/** What was shown last is drawn by then. */
const DRAWN_MS = 32;

/** The speeds there are; 0 stands for the gaps that there really were. */
export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 0];

/**
 * Whether steps at this speed are slow enough for bytes to be seen on their way.
 * @param {number} speed
 */
export const tweens = (speed) => speed !== 0 && (speed * 1000) / STEP_MS <= TWEEN_LIMIT;

/** The next speed in this direction, if there is one. @param {number} speed @param {1 | -1} direction */
export const faster = (speed, direction) => SPEEDS[Math.min(Math.max(SPEEDS.indexOf(speed) + direction, 0), SPEEDS.length - 1)];

/** Calls `tick` again and again until it is stopped. */
export class Clock {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #tick;
  #gap;

  /**
   * @param {() => void} tick
   * @param {() => number} gap the engine's time up to the next step, in microseconds
   */
  constructor(tick, gap) {
    this.#tick = tick;
    this.#gap = gap;
  }

  /** @param {number} speed */
  start(speed) {
    this.#wait(speed === 0 ? Math.min(this.#gap() / 1000, LONGEST_GAP_MS) + 16 : STEP_MS / speed, this.#tick);
  }

  /** Ticks no more, and does this once what was shown last is drawn. @param {() => void} act */
  end(act) {
    this.#wait(DRAWN_MS, act);
  }

  /** @param {number} ms @param {() => void} act */
  #wait(ms, act) {
    this.stop();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      act();
    }, ms);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
