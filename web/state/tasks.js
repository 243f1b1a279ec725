/** The tasks of a lesson: what the reader is to do, each done once its effect was passed. */

/** @typedef {import("../types.js").Simulation} Simulation */
/** @typedef {{id: string, reached: number}[]} Found */

export class Tasks {
  /** How many of its conditions each has met. */
  list;
  #find;
  /** How far the reader has come on the way that is shown. */
  #furthest = { revision: -1, position: 0 };
  /** From where on the reader goes alone, after a link: what came before was nobody's doing. */
  #led = { revision: -1, position: 0 };
  /** The ways that came with it, as what they run. @type {Set<string>} */
  #brought = new Set();
  /** What the lesson's own run does by itself. @type {Found} */
  #own = [];

  /**
   * @param {{id: string, when: string[]}[]} rules
   * @param {string[]} done before
   * @param {(track: Simulation, furthest: number) => Found} find how far each has come by a position
   */
  constructor(rules, done, find) {
    this.list = rules.map(({ id, when: { length } }) => ({ id, reached: done.includes(id) ? length : 0, of: length }));
    this.#find = find;
  }

  get done() {
    return this.list.filter(isDone).map(({ id }) => id);
  }

  /**
   * A link or a file leads here: what it begins with is no doing.
   * @param {import("../types.js").Frame} frame
   * @param {() => Simulation} own the lesson's own run
   */
  lead({ track, position, revision }, own) {
    this.#led = { revision, position };
    this.#furthest = { revision, position };
    const run = own();
    try {
      const shape = scenarioOf(run);
      const ways = waysOf(/** @type {Simulation} */ (track)).branches.map(({ scenario }) => JSON.stringify(scenario));
      this.#brought = new Set(ways.filter((way) => way !== shape));
      this.#own = this.#brought.size > 0 ? this.#find(run, run.length) : [];
    } finally {
      run.free();
    }
  }

  /** Takes what is shown into account. @param {import("../types.js").Frame} frame @returns {boolean} whether another is done */
  see({ track: shown, position, revision }) {
    const led = this.#led;
    if (led.revision === revision && position < led.position) {
      led.position = position;
      this.#furthest = { revision, position };
    }
    const furthest = this.#furthest;
    if (furthest.revision === revision && position <= furthest.position) return false;
    this.#furthest = { revision, position };
    const open = this.list.filter((task) => !isDone(task));
    if (open.length === 0) return false;
    const track = /** @type {Simulation} */ (shown);
    const found = this.#find(track, position);
    const passed = led.revision === revision ? this.#find(track, led.position) : [];
    const inherited = this.#inherited(track);
    for (const task of open) {
      const isBrought = reachedOf(inherited, task.id) === task.of && reachedOf(this.#own, task.id) < task.of;
      if (!isBrought && reachedOf(passed, task.id) < task.of) task.reached = Math.max(task.reached, reachedOf(found, task.id));
    }
    return open.some(isDone);
  }

  /** What was met as far as the way that is shown came with a link. @param {Simulation} track @returns {Found} */
  #inherited(track) {
    if (this.#brought.size === 0) return [];
    const { current, branches } = waysOf(track);
    let shared = track.length;
    for (let id = /** @type {number | undefined} */ (current); id !== undefined; id = branches[id].parent) {
      if (this.#brought.has(JSON.stringify(branches[id].scenario))) return this.#find(track, shared);
      shared = Math.min(shared, branches[id].at);
    }
    return [];
  }
}

/** @param {{reached: number, of: number}} task */
const isDone = ({ reached, of }) => reached === of;

/** @param {Found} found @param {string} id */
const reachedOf = (found, id) => found.find((one) => one.id === id)?.reached ?? 0;

/** @param {Simulation} track @returns {{current: number, branches: {parent?: number, at: number, scenario: object}[]}} */
const waysOf = (track) => JSON.parse(track.save());

/** @param {Simulation} run alone */
const scenarioOf = (run) => JSON.stringify(waysOf(run).branches[0].scenario);
