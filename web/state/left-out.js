/** What of a script was not run, since it would do the same: `MAX_IDLE_PASSES` of the engine, which leaves no record of it. */

/** @typedef {import("../types.js").Record} Record */
/** @typedef {import("../types.js").Simulation} Simulation */

/** So many in a row find nothing to do before the rest is left out. */
const IDLE = 16;

/**
 * How many passes of a turn were not made once as many found nothing to do.
 * @param {Simulation} simulation
 * @param {number} position
 * @param {Record | null} record the one that leads there
 */
export function leftOutAt(simulation, position, record) {
  if (record?.kind !== "pass_ended") return 0;
  const step = simulation.placeOf(position);
  if (step === 0 || simulation.endOf(step) !== position) return 0;
  const first = simulation.record((simulation.endOf(step - 1) ?? 0) + 1);
  const last = simulation.record(simulation.previous(position, "kind:pass_began") ?? 0);
  if (first?.kind !== "pass_began" || last?.kind !== "pass_began") return 0;
  const made = last.pass - first.pass + 1;
  // A script may be long: it is read only where something can be left out.
  return made < IDLE ? 0 : JSON.parse(simulation.scenario()).script[step - 1].turn - made;
}
