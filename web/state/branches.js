/** The ways that a simulation took: the simulation knows them, and where the reader was in each. */

/** @typedef {import("../types.js").Simulation} Simulation */

export class Branches {
  /** The scenario of the simulation as it last was. */
  #kept = "";

  /** Remembers what the simulation runs. @param {Simulation | null} simulation */
  keep(simulation) {
    this.#kept = simulation?.scenario() ?? "";
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

/** The branch that is looked at. @param {Simulation} simulation */
export const branchOf = (simulation) => simulation.branches().find(({ current }) => current);

/** Where the reader was in it. @param {Simulation} simulation */
export const placeIn = (simulation) => branchOf(simulation)?.position ?? 0;

/**
 * Does this to a simulation where it takes effect. Where the loop runs next anyway, running it forks nothing.
 * @param {Simulation} simulation
 * @param {number} position of the reader
 * @param {{turn?: number, [key: string]: unknown}} step a step of a scenario's script
 * @returns {{end: number, follows: boolean, vain: boolean}} where its effect is seen, whether the branch goes on as it is, and whether nothing came of it
 */
export function doAt(simulation, position, step) {
  simulation.remember(position);
  const effect = simulation.effect(position);
  const follows = step.turn === 1 && Object.keys(step).length === 1 && !effect.atEnd && simulation.record(effect.position + 1)?.kind === "pass_began";
  const began = follows ? effect.position : simulation.act(position, JSON.stringify(step));
  const end = step.turn === undefined ? Math.min(began + 1, simulation.length) : endOfPasses(simulation, began, step.turn);
  // A fork does nothing, and is not meant to.
  return { end, follows, vain: end === began && step.turn !== 0 };
}

/**
 * The position at which so many passes are over that begin after this one, as far as they ran.
 * @param {Simulation} simulation
 * @param {number} position
 * @param {number} passes
 */
function endOfPasses(simulation, position, passes) {
  let end = position;
  for (let pass = 0; pass < passes && end < simulation.length; pass++) end = simulation.effect(end + 1).position;
  return end;
}
