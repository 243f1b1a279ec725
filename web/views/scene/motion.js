/**
 * What moves between two moments, in the order of cause and effect: a valve that bytes pass opens, if it was closed; bytes leave,
 * pass and enter; then a mark that was crossed flashes; then the valve turns, or the callback lifts. Pure; times are milliseconds
 * since the movement began.
 */
import { isOpen } from "./still.js";

/** @typedef {import("./geometry.js").Vessel} Vessel */
/** @typedef {import("./still.js").Still} Still */
/** @typedef {"pour" | "arrive" | "read" | "take" | "write" | "put" | "receive"} Way */
/** @typedef {"read" | "write"} Gate */
/** @typedef {"read_low" | "read_high" | "write_low"} Mark */

/** From where to where bytes go; outside of the vessels is nowhere. In the order in which they can follow from one another. */
const WAYS = /** @type {const} */ ({
  pour: [null, "backlog"],
  arrive: ["backlog", "rx"],
  read: ["rx", "input"],
  take: ["input", null],
  write: [null, "output"],
  put: ["output", "tx"],
  receive: ["tx", "got"],
});

/** What bytes pass on these ways. */
const GATES = /** @type {{[way in Way]?: Gate}} */ ({ read: "read", put: "write" });

/** One transfer takes so long; what the peer wants to send is there in a third of that. */
export const TRANSFER = 300;
const POUR = 100;
/** A transfer that follows from another begins so long after it. */
const FOLLOWS = 180;
const FLASH = 220;
const TURN = 180;
/** The last byte leaves after this part of a transfer, and the first enters. */
const LEFT = 0.62;
const ENTERS = 0.38;
/** Without tokens, levels take no longer than this. */
const QUICK = 140;

/**
 * @typedef {object} Plan
 * @property {{way: Way, bytes: number, at: number, until: number}[]} transfers
 * @property {{[vessel in Vessel]?: number}} rest what changes a level though nothing is seen to bring or take it
 * @property {boolean} tokens bytes are seen on their way
 * @property {Gate[]} opened valves that were closed, and bytes pass
 * @property {[at: number, until: number]} opening when these open
 * @property {Mark[]} crossed
 * @property {[at: number, until: number]} flash
 * @property {[at: number, until: number]} turn when valves and callbacks change
 * @property {number} length
 */

/**
 * @typedef {object} Interim what is seen in between
 * @property {boolean} done
 * @property {{[way in Way]?: {bytes: number, tail: number, head: number}}} ways what fills the pipe from its `tail` to its `head`, as parts
 *   of its length: so much has left, and so much has entered
 * @property {{[vessel in Vessel]?: number}} levels of those that change
 * @property {{[vessel in Vessel]?: number}} sinking so many have left at the bottom of those that others still leave
 * @property {Mark[]} flashing
 * @property {number} flash how strongly, from 0 to 1
 * @property {number} turned from 0 to 1
 * @property {Gate[]} passed the valves that bytes pass, though they were closed
 * @property {number} opened how far these are open, from 0 to 1
 */

/**
 * @param {Still} before
 * @param {Still} after
 * @param {boolean} tokens whether bytes are seen on their way, or only levels
 * @param {number} speed 1 is the usual one
 * @param {number} limit it has to be over by then
 * @returns {Plan}
 */
export function planOf(before, after, tokens, speed, limit) {
  const moved = transfersBetween(before, after);
  const opened = opensBetween(before, moved);
  let start = opened.length > 0 ? TURN : 0;
  let end = start;
  const transfers = moved.map(([way, bytes]) => {
    const length = way === "pour" ? POUR : TRANSFER;
    const transfer = { way, bytes, at: start, until: start + length };
    end = transfer.until;
    start += way === "pour" ? POUR * LEFT : FOLLOWS;
    return transfer;
  });
  const rest = restBetween(before, after, moved);
  if (transfers.length === 0 && Object.keys(rest).length > 0) end = TRANSFER;
  const crossed = crossedBetween(before, after);
  const flashEnd = crossed.length > 0 ? end + FLASH : end;
  // The valve turns while the mark still glows: the one is because of the other.
  const turn = crossed.length > 0 ? end + FLASH / 2 : end;
  const changes = turns(before, after) || opened.length > 0;
  const length = Math.max(flashEnd, changes ? turn + TURN : 0);
  const wanted = tokens ? length / speed : Math.min(QUICK, length / speed);
  const by = length === 0 ? 1 : Math.min(wanted, limit) / length;
  return {
    transfers: tokens ? transfers.map((it) => ({ ...it, at: it.at * by, until: it.until * by })) : transfers.map((it) => ({ ...it, at: 0, until: length * by })),
    rest,
    tokens,
    opened: tokens ? opened : [],
    opening: [0, opened.length > 0 ? TURN * by : 0],
    crossed: tokens ? crossed : [],
    flash: [end * by, flashEnd * by],
    turn: tokens ? [turn * by, (turn + TURN) * by] : [0, 0],
    length: length * by,
  };
}

/**
 * How many bytes went which way, as far as lengths and counters tell.
 * @param {Still} before
 * @param {Still} after
 * @returns {[Way, number][]}
 */
export function transfersBetween({ levels: from, counted: was }, { levels: to, counted: is }) {
  const read = is.received - was.received;
  const put = is.sent - was.sent;
  /** @type {{[way in Way]: number}} */
  const moved = { pour: 0, arrive: 0, read, take: from.input + read - to.input, write: to.output - from.output + put, put, receive: is.peerReceived - was.peerReceived };
  if (from.rx !== null && to.rx !== null && from.backlog !== null && to.backlog !== null) {
    moved.arrive = to.rx - from.rx + read;
    moved.pour = to.backlog - from.backlog + Math.max(moved.arrive, 0);
  }
  const ways = /** @type {Way[]} */ (Object.keys(WAYS)).filter((way) => moved[way] > 0);
  // What the peer sends comes first; what only fills the room that a read has made comes after it.
  if (moved.pour <= 0 && moved.read > 0) ways.sort((one, other) => Number(one === "arrive") - Number(other === "arrive"));
  return ways.map((way) => [way, moved[way]]);
}

/** The valves that bytes pass between two moments, though they were closed at the first. @param {Still} before @param {[Way, number][]} moved */
const opensBetween = ({ valves }, moved) =>
  moved.flatMap(([way]) => {
    const gate = GATES[way];
    return gate && !isOpen(valves[gate]) ? [gate] : [];
  });

/** @param {Still} before @param {Still} after @param {[Way, number][]} moved @returns {Plan["rest"]} */
function restBetween(before, after, moved) {
  /** @type {Plan["rest"]} */
  const rest = {};
  for (const vessel of /** @type {Vessel[]} */ (Object.keys(before.levels))) {
    const [from, to] = [before.levels[vessel], after.levels[vessel]];
    if (from === null || to === null) continue;
    let change = to - from;
    for (const [way, bytes] of moved) change -= (WAYS[way][1] === vessel ? bytes : 0) - (WAYS[way][0] === vessel ? bytes : 0);
    if (change !== 0) rest[vessel] = change;
  }
  return rest;
}

/**
 * The marks that a length reached or left, though they stood where they are.
 * @param {Still} before
 * @param {Still} after
 * @returns {Mark[]}
 */
export function crossedBetween(before, after) {
  const crosses = (/** @type {number} */ from, /** @type {number} */ to, /** @type {number} */ was, /** @type {number} */ is) => is !== 0 && was === is && from >= is !== to >= is;
  /** @type {Mark[]} */
  const crossed = [];
  const [from, to] = [before.levels, after.levels];
  if (crosses(from.input, to.input, before.marks.read.low, after.marks.read.low)) crossed.push("read_low");
  if (crosses(from.input, to.input, before.marks.read.high, after.marks.read.high)) crossed.push("read_high");
  // This one is reached from above.
  const [was, is] = [before.marks.write.low, after.marks.write.low];
  if (was === is && from.output > is !== to.output > is) crossed.push("write_low");
  return crossed;
}

/** Whether a valve or a callback is another than before. @param {Still} before @param {Still} after */
const turns = (before, after) =>
  before.valves.read !== after.valves.read || before.valves.write !== after.valves.write || before.caller !== after.caller || before.tripwire !== after.tripwire;

/**
 * How far code is lifted while something moves: what ran is down as soon as the next moves; who takes bytes or writes them is up
 * as long as they go, and a callback once what brought it has come.
 * @param {Still} before
 * @param {Still} after
 * @param {import("./geometry.js").Caller} kind
 * @param {Interim | null} interim none once nothing moves
 */
export function liftOf(before, after, kind, interim) {
  if (after.caller !== kind) return 0;
  const acts = interim === null || interim.ways.take !== undefined || interim.ways.write !== undefined;
  return acts || before.caller === kind ? 1 : interim.turned;
}

/** Slow, fast, slow. @param {number} part */
export const eased = (part) => (part < 0.5 ? 2 * part * part : 1 - 2 * (1 - part) * (1 - part));
/** @param {number} from @param {number} to @param {number} value */
const part = (from, to, value) => (to <= from ? (value >= to ? 1 : 0) : Math.min(Math.max((value - from) / (to - from), 0), 1));

/**
 * What is seen so long after a movement began.
 * @param {Plan} plan
 * @param {Still} before
 * @param {number} ms
 * @returns {Interim}
 */
export function interimAt(plan, before, ms) {
  /** @type {Interim["ways"]} */
  const ways = {};
  /** @type {Interim["levels"]} */
  const levels = {};
  /** @type {Interim["sinking"]} */
  const sinking = {};
  const change = (/** @type {Vessel | null} */ vessel, /** @type {number} */ by) => {
    if (vessel === null) return;
    const level = levels[vessel] ?? before.levels[vessel];
    if (level !== null) levels[vessel] = level + by;
  };
  for (const { way, bytes, at, until } of plan.transfers) {
    const gone = part(at, until, ms);
    // What is seen on its way fills the pipe from where the last of it is to where the first is.
    const inPipe = plan.tokens && way !== "pour";
    const head = eased(inPipe ? part(0, LEFT, gone) : gone);
    const tail = eased(inPipe ? part(ENTERS, 1, gone) : gone);
    const [from, to] = WAYS[way];
    ways[way] = { bytes, tail, head };
    change(from, -bytes * head);
    change(to, bytes * tail);
    if (from !== null && head < 1) sinking[from] = bytes * head;
  }
  const done = eased(part(0, plan.turn[0] || plan.length, ms));
  for (const [vessel, by] of Object.entries(plan.rest)) change(/** @type {Vessel} */ (vessel), by * done);
  const flash = part(plan.flash[0], plan.flash[1], ms);
  return {
    done: ms >= plan.length,
    ways,
    levels,
    sinking,
    flashing: flash > 0 && flash < 1 ? plan.crossed : [],
    flash: Math.sin(flash * Math.PI),
    turned: eased(part(plan.turn[0], plan.turn[1], ms)),
    passed: plan.opened,
    opened: eased(part(plan.opening[0], plan.opening[1], ms)),
  };
}
