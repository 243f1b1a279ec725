/** What can be asked of a track, or done to it, without a player. */

import { ROLES } from "./roles.js";

/** @typedef {import("../types.js").Track} Track */
/** @typedef {import("../types.js").Simulation} Simulation */

/**
 * Whether one more pass finds something to do.
 * @param {Simulation} simulation
 */
export function goesOn(simulation) {
  const { length } = simulation;
  if (length === 0) return false;
  const began = simulation.previous(length + 1, "kind:pass_began") ?? 0;
  if (began === 0) return true;
  return !isIdle(simulation, began) && !isNextIdle(simulation);
}

/** Whether a pass found nothing to do: it has the loop's own steps alone. @param {Simulation} simulation @param {number} began */
const isIdle = (simulation, began) => simulation.records(began, simulation.length).every(({ kind }) => ROLES[kind] === "loop");

/** Whether one more pass would be so: it is tried on another one, since what was run is what is saved. @param {Simulation} simulation */
function isNextIdle(simulation) {
  const other = /** @type {Simulation} */ (new /** @type {any} */ (simulation).constructor(simulation.scenario()));
  try {
    return isIdle(other, other.advance());
  } catch {
    // Who runs it in earnest says what is wrong.
    return false;
  } finally {
    other.free();
  }
}

/** What passes from this step to the next on the engine's clock, in microseconds. @param {Track} track @param {number} position */
export function gapAfter(track, position) {
  const [now, then] = [track.record(position), track.record(position + 1)];
  return now && then ? then.time_us - now.time_us : 0;
}

/**
 * Runs a simulation as another libevent.
 * @param {Simulation} simulation
 * @param {import("../types.js").Dialect} dialect
 * @param {number | null} position none for the start
 * @returns {number} the same place of the script, as far as there is one: the other library takes other steps
 */
export function inDialect(simulation, dialect, position) {
  const change = () => simulation.setDialect(dialect);
  return position === null ? change() : atSameStep(simulation, position, change);
}

/**
 * Lets a simulation run something else.
 * @param {Simulation} simulation
 * @param {number} position
 * @param {() => number} change gives the start
 * @returns {number} the same place of the script, as far as there is one
 */
export function atSameStep(simulation, position, change) {
  const step = simulation.placeOf(position);
  const start = change();
  return simulation.endOf(Math.max(step - 1, 0)) ?? start;
}

/** What is worth a look by itself: bytes move, a mark is crossed, something fails or comes from outside. @type {ReadonlySet<string>} */
const MOMENTS = new Set(["kernel_to_input", "output_to_kernel", "peer_to_kernel", "kernel_to_peer", "application_to_buffer", "buffer_to_application", "crossing", "callback", "failure", "outside"]);
/** So many records are looked at together: few at first, since the next moment is near as a rule. */
const [FIRST, CHUNK] = [8, 64];

/** After these reading is allowed; the valve opens once its event waits, which comes right after. @type {ReadonlySet<string>} */
const LETS_READ = new Set(["enabled", "unsuspended", "pressure_removed"]);

/**
 * @param {Track} track
 * @param {number} position after the record
 * @param {import("../types.js").Record} record
 * @param {import("../types.js").Record | undefined} before it
 */
function isMoment(track, position, { kind, connection }, before) {
  // What the set-up enables is not done before one's eyes.
  if (kind === "enabled" || kind === "disabled") return position > setUpOf(track);
  if (kind === "event_armed") return before !== undefined && LETS_READ.has(before.kind) && before.connection === connection && position > setUpOf(track);
  return kind === "freed" || kind === "buffer_edited" || (MOMENTS.has(ROLES[kind]) && kind !== "callback_left");
}

/** The moments after one position, up to another. @param {Track} track @param {number} from @param {number} to */
function momentsIn(track, from, to) {
  let before = track.record(from);
  return track.records(from, to).flatMap((record, index) => {
    const is = isMoment(track, from + index + 1, record, before);
    before = record;
    return is ? [from + index + 1] : [];
  });
}

/**
 * The next moment after a position; set-up and bookkeeping are none. The end where there is none.
 * @param {Track} track
 * @param {number} position
 */
function nextMoment(track, position) {
  const { length } = track;
  for (let from = position, chunk = FIRST; from < length; from += chunk, chunk = CHUNK) {
    const found = momentsIn(track, from, Math.min(from + chunk, length))[0];
    if (found !== undefined) return found;
  }
  return length;
}

/** The moment before a position; the start where there is none. @param {Track} track @param {number} position */
function previousMoment(track, position) {
  for (let to = position - 1; to > track.start; to -= CHUNK) {
    const from = Math.max(to - CHUNK, track.start);
    const found = momentsIn(track, from, to).at(-1);
    if (found !== undefined) return found;
  }
  return track.start;
}

/** Where the set-up ends; a recording has none. @param {Track} track */
const setUpOf = (track) => ("endOf" in track ? (track.endOf(0) ?? track.start) : track.start);

/** Where somebody who never saw one begins to look: the first bytes arrive. @param {Simulation} simulation */
export const firstBytes = (simulation) => simulation.next(0, "kind:peer_sent") ?? setUpOf(simulation);

/**
 * Where a step by hand leads while moments are played: every step is seen, but for the set-up, which is one.
 * @param {Track} track
 * @param {number} position
 * @param {1 | -1} direction
 */
export function handTarget(track, position, direction) {
  const end = setUpOf(track);
  if (direction === 1 && position < end) return end;
  return direction === -1 && position <= end ? track.start : position + direction;
}

/**
 * Where somebody is led who goes from moment to moment by hand. The set-up is none.
 * @param {Track} track
 * @param {number} position
 * @param {1 | -1} direction
 */
export const momentTarget = (track, position, direction) => (direction === 1 ? nextMoment(track, position) : previousMoment(track, position));

/** A unit, as the condition that its steps end at. */
const UNITS = { callback: "callback", pass: "kind:pass_began" };

/**
 * Where a step of this unit leads to, where only one connection is followed; passes are everybody's.
 * @param {Track} track
 * @param {number} position
 * @param {1 | -1} direction
 * @param {Exclude<import("../types.js").Unit, "pass">} unit
 * @param {number} connection
 */
function targetOfOne(track, position, direction, unit, connection) {
  const condition = unit === "callback" ? `callback and conn:${connection}` : `conn:${connection}`;
  if (direction === -1) return track.previous(position, condition) ?? track.start;
  let at = track.next(position, condition);
  while (unit === "moment" && at !== undefined && momentsIn(track, at - 1, at).length === 0) at = track.next(at, condition);
  return at ?? track.length;
}

/**
 * Where a step of this unit leads to.
 * @param {Track} track
 * @param {number} position
 * @param {1 | -1} direction moments are only looked for forwards
 * @param {import("../types.js").Unit} unit
 * @param {number | null} followed the only connection to look at; none for all
 */
export function targetOf(track, position, direction, unit, followed) {
  if (followed !== null && unit !== "pass") return targetOfOne(track, position, direction, unit, followed);
  if (unit === "step") return position + direction;
  if (unit === "moment") return nextMoment(track, position);
  return direction === 1 ? track.next(position, UNITS[unit]) ?? track.length : track.previous(position, UNITS[unit]) ?? track.start;
}

/** What there is to tell of a step to the page around, as names of events. @param {Track} track @param {number} position */
export function toldOf(track, position) {
  const record = track.record(position);
  const crosses = record !== undefined && track.next(position - 1, "crossing", position) !== undefined;
  return ["step", ...(record?.kind === "callback_entered" ? ["callback"] : []), ...(crosses ? ["crossing"] : [])];
}

/**
 * What happened to a connection between two positions.
 * @param {Track} track
 * @param {number} connection
 * @param {number} from
 * @param {number} to
 */
export function sumOf(track, connection, from, to) {
  const [bucket] = track.series(connection, 1, from, to);
  if (!bucket) return { callbacks: 0, crossings: 0 };
  return { callbacks: bucket.readCallbacks + bucket.writeCallbacks + bucket.eventCallbacks, crossings: bucket.crossings };
}

/** What a simulation calls itself; empty where it says nothing. @param {Simulation} simulation @returns {{title: string, description: string}} */
export function aboutOf(simulation) {
  const { title, name, description } = JSON.parse(simulation.scenario());
  return { title: title || name, description };
}
