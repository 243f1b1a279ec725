/** The ways that a simulation took. What each is called is the simulation's; where the reader was in it is ours. */

/** @typedef {import("../types.js").Simulation} Simulation */

export class Branches {
  /** @type {Map<number, number>} */
  #places = new Map();
  /** The scenario of the simulation as it last was. */
  #kept = "";

  /** Another track is about to be played. */
  forget() {
    this.#places.clear();
  }

  /** Remembers what the simulation runs. @param {Simulation | null} simulation */
  keep(simulation) {
    this.#kept = simulation?.scenario() ?? "";
  }

  /**
   * Lets a simulation go another way, and remembers where the reader left the one before.
   * @param {Simulation} simulation
   * @param {number} position of the reader
   * @param {(simulation: Simulation) => number} how gives the position to look on from
   */
  part(simulation, position, how) {
    const left = current(simulation);
    const to = how(simulation);
    if (left !== current(simulation)) this.#places.set(left, position);
    return to;
  }

  /** Goes to another branch. @param {Simulation} simulation @param {number} id @returns {number} where the reader was in it */
  switchTo(simulation, id) {
    simulation.switchTo(id);
    return this.#places.get(id) ?? simulation.branches()[id]?.at ?? 0;
  }

  /**
   * A panic leaves an object of which nothing can be asked. The same scenario gives the same records.
   * @param {Simulation} simulation
   * @returns {Simulation}
   */
  again(simulation) {
    return new /** @type {any} */ (simulation).constructor(this.#kept);
  }
}

/** @param {Simulation} simulation */
const current = (simulation) => simulation.branches().find(({ current }) => current)?.id ?? 0;
