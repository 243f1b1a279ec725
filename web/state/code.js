/** The code beside a moment: the program that a simulation runs, and the ways that libevent's own callbacks take. */
import { branchOf } from "./branches.js";

/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {import("../types.js").Simulation} Simulation */
/** @typedef {import("../types.js").Span} Span */

/** What of the code one looks at, where there is no room for all. */
export const PARTS = /** @type {const} */ (["program", "path", "engine"]);
/** @typedef {(typeof PARTS)[number]} Part */

/**
 * A program as lines.
 * @typedef {object} Program
 * @property {string[]} lines
 * @property {Span[]} spans which of them stand for what of the scenario
 * @property {boolean} isC
 * @property {unknown} refused why no real kernel can play them; none where one can
 */

/**
 * @typedef {object} CodeShown
 * @property {Program | null} program none where nobody knows it
 * @property {Span | null} running its lines that run
 * @property {import("../types.js").Walk[]} walks libevent's callbacks under way, the outer first
 */

/** So many programs of one simulation are kept: its branches, as libevents have them. */
const KEPT = 32;
/** Writing one runs the scenario twice. @type {WeakMap<Simulation, Map<string, Program>>} */
const written = new WeakMap();

/** @param {Frame} frame @returns {CodeShown} */
export function codeOf(frame) {
  const { track, position, source } = frame;
  const walks = track.path(position);
  if (source !== "simulation") return { program: null, running: null, walks };
  const simulation = /** @type {Simulation} */ (track);
  const program = programOf(simulation);
  return { program, running: spanOf(program.spans, placeAt(simulation, frame)), walks };
}

/**
 * The program of a simulation as it is now.
 * @param {Simulation} simulation
 * @returns {Program}
 */
function programOf(simulation) {
  let programs = written.get(simulation);
  if (!programs) written.set(simulation, (programs = new Map()));
  const branch = branchOf(simulation)?.id;
  const key = `${branch} ${simulation.dialect} ${simulation.scriptLength}`;
  let program = programs.get(key);
  if (!program) {
    program = write(simulation);
    if (programs.size >= KEPT) programs.delete(/** @type {string} */ (programs.keys().next().value));
    programs.set(key, program);
  }
  return program;
}

/** @param {Simulation} simulation @returns {Program} */
function write(simulation) {
  const listed = (/** @type {import("../types.js").AsC} */ { text, lines }, /** @type {boolean} */ isC, /** @type {unknown} */ refused) => ({ lines: text.trimEnd().split("\n"), spans: lines, isC, refused });
  try {
    return listed(simulation.asC(), true, null);
  } catch (error) {
    try {
      return listed(simulation.asCToRead(), true, error);
    } catch {
      return listed(simulation.asLines(), false, error);
    }
  }
}

/** The place of the scenario that made the record; before the script, the one that it is set up by. @param {Simulation} simulation @param {Frame} frame */
function placeAt(simulation, { position, record, picture }) {
  const running = simulation.running(position);
  if (running !== undefined || !record) return running;
  if ("event" in record && typeof record.event === "object") return `timers.${picture.names?.events[record.event.application]}`;
  const { connection } = record;
  const name = picture.connections.find(({ number }) => number === connection)?.name;
  return name === undefined ? "bufferevent" : `bufferevents.${name}`;
}

/**
 * The lines that stand for a place, or for the nearest around it that has some: `on_read[2].then[0]`, `on_read[2].then`,
 * `on_read[2]` and so on.
 * @param {Span[]} spans
 * @param {string | undefined} place
 * @returns {Span | null}
 */
export function spanOf(spans, place) {
  for (let at = place; at; at = at.slice(0, Math.max(at.lastIndexOf("."), at.lastIndexOf("["), 0))) {
    const found = spans.find((span) => span.place === at);
    if (found) return found;
  }
  return null;
}
