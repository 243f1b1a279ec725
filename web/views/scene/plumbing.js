/** The drawing itself: vessels, pipes, valves, marks and callbacks, each where the layout has it. */
import { ROLES } from "../../engine/roles.js";
import { say, set, sized, svg } from "../dom.js";
import { createCaller } from "./caller.js";
import { levelY, tapTo } from "./geometry.js";
import { createMark, tagsOf } from "./mark.js";
import { WAYS } from "./motion.js";
import { lengthOf, round } from "./path.js";
import { createPipe } from "./pipe.js";
import { createValve } from "./valve.js";
import { createVessel } from "./vessel.js";
import { callerWords, drawZones, vesselStates } from "./words.js";

/** @typedef {import("../../types.js").Shown} Shown */
/** @typedef {import("./still.js").Still} Still */
/** @typedef {import("./motion.js").Interim} Interim */
/** @typedef {import("./geometry.js").Layout} Layout */
/** @typedef {import("./geometry.js").Vessel} Vessel */
/** @typedef {import("./geometry.js").Caller} Caller */
/** @typedef {import("./vessel.js").VesselState} VesselState */

const VESSELS = /** @type {const} */ (["backlog", "rx", "input", "output", "tx", "got"]);
const CALLERS = /** @type {const} */ (["program", "read", "event", "write"]);
const PIPES = /** @type {const} */ (["arrive", "read", "put", "receive", "take", "write"]);

/** @template {string} Name @template Part @param {readonly Name[]} names @param {(name: Name) => Part} make */
const each = (names, make) => /** @type {{[name in Name]: Part}} */ (Object.fromEntries(names.map((name) => [name, make(name)])));

/**
 * @param {Pick<import("../../types.js").Commands, "mark">} commands
 * @param {import("./fit.js").Measure} measure
 */
export function createPlumbing(commands, measure) {
  const zones = svg("g", { class: "zones" });
  const names = svg("g", { class: "zone-names" });
  const scale = svg("text", { class: "scene-scale" });
  const trip = svg("path", { class: "tripwire" });
  const tripWords = svg("text", { class: "tripwire-words" });
  const hints = svg("g", { class: "hints" });
  const vessels = each(VESSELS, (name) => createVessel(name, measure));
  const pipes = each(PIPES, (way) => createPipe(way, measure));
  const valves = each(/** @type {const} */ (["read", "write"]), (direction) => createValve(direction, measure));
  const callers = each(CALLERS, (kind) => createCaller(kind, measure));
  const marks = each(/** @type {const} */ (["read_high", "read_low", "write_high", "write_low"]), (name) => {
    const [direction, which] = /** @type {["read" | "write", "low" | "high"]} */ (name.split("_"));
    return createMark(direction, which, (bytes) => commands.mark(direction, which, bytes), measure);
  });
  const parts = (/** @type {object} */ of) => Object.values(of).map(({ element }) => element);
  const drawing = svg(
    "g",
    { "aria-hidden": "true" },
    ...[zones, names, ...parts(pipes), ...parts(vessels), trip, tripWords, hints, scale, ...parts(valves), ...parts(callers)],
    ...PIPES.map((way) => pipes[way].token),
  );
  const element = svg("svg", { class: "plumbing" }, hatch(), drawing, ...parts(marks));
  const own = { element, zones, names, scale, trip, tripWords, hints, vessels, pipes, valves, callers, marks, measure };
  return { element, fields: Object.values(marks).map(({ field }) => field), ...drawingOf(own) };
}

/** The lines of what is not there, or not known. */
function hatch() {
  const size = 7;
  const pattern = svg("pattern", { id: "scene-hatch", width: size, height: size, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, svg("path", { class: "hatch-line", d: `M0 0V${size}` }));
  return svg("defs", {}, pattern);
}

/** @param {any} own the parts, as `createPlumbing` made them */
function drawingOf({ element, zones, names, scale, trip, tripWords, hints, vessels, pipes, valves, callers, marks, measure }) {
  /** @type {Layout} */
  let at;
  /** @type {Shown} */
  let shown;
  /** @type {{[vessel in Vessel]: VesselState}} */
  let states;
  /** @type {{[vessel in Vessel]: VesselState} | null} */
  let statesBefore = null;

  /** What is there now is what a movement begins with. */
  const begin = () => (statesBefore = states ?? null);

  /** What is the same however much of the movement is over. @param {Shown} now @param {Still} still @param {Layout} place */
  function settle(now, still, place) {
    [shown, at] = [now, place];
    states = vesselStates(now, still);
    set(element, "viewBox", `0 0 ${at.width} ${round(at.height)}`);
    set(element, "height", round(at.height));
    set(element, "width", at.width);
    element.classList.toggle("column", at.column);
    element.classList.toggle("absent", !now.frame.exists);
    element.classList.toggle("freed", now.frame.connection.freed);
    element.classList.toggle("uncertain", now.frame.connection.uncertain);
    drawZones(zones, names, at, now.text);
    for (const name of VESSELS) vessels[name].settle(states[name], at.vessels[name], at.captions[name], at.column);
    for (const direction of /** @type {const} */ (["read", "write"])) valves[direction].settle(still.valves[direction]);
    for (const kind of CALLERS) callers[kind].settle(callerWords(now, still, kind), at.callers[kind]);
    settlePipes(still);
    settleMarks(still);
    settleWords(still);
  }

  /** @param {Still} still */
  function settlePipes({ levels, caller }) {
    const blocked = (levels.backlog ?? 0) > 0;
    const standing = { arrive: blocked ? Infinity : 0, read: (levels.rx ?? 0) > 0 ? valveAlong("read") : 0, put: levels.output > 0 ? valveAlong("put") : 0, receive: (levels.tx ?? 0) > 0 ? 14 : 0 };
    for (const way of /** @type {const} */ (["arrive", "read", "put", "receive"])) pipes[way].settle(at.pipes[way], Math.min(standing[way], lengthOf(at.pipes[way])));
    const role = shown.frame.record ? ROLES[shown.frame.record.kind] : "";
    pipes.take.settle(tapTo(at, "take", (role === "buffer_to_application" && caller) || "read"), 0);
    pipes.write.settle(tapTo(at, "write", (role === "application_to_buffer" && caller) || "write"), 0);
  }

  /** How far along its pipe a valve is. @param {"read" | "put"} way */
  function valveAlong(way) {
    const [[x, y], [, floor]] = at.pipes[way];
    const { box } = at.valves[way === "read" ? "read" : "write"];
    const [middleX, middleY] = [box.x + box.w / 2, box.y + box.h / 2];
    return at.column ? middleY - y : floor - y + Math.abs(middleX - x);
  }

  /** @param {Still} still */
  function settleMarks(still) {
    const { acts, exists, connection } = shown.frame;
    const editable = acts && exists && !connection.freed;
    for (const [direction, vessel] of /** @type {const} */ ([["read", at.vessels.input], ["write", at.vessels.output]])) {
      const { low, high } = still.marks[direction];
      const bottom = vessel.y + vessel.h;
      const y = { low: levelY(vessel, low, still.full), high: high === 0 ? bottom : levelY(vessel, high, still.full) };
      const ghost = direction === "write" && high === 0;
      const tags = ghost ? { low: Math.min(y.low, bottom), high: vessel.y } : tagsOf(y.low, y.high, bottom);
      for (const which of /** @type {const} */ (["low", "high"])) {
        const enforced = direction === "read" || which === "low";
        const room = at.column ? at.width - vessel.x - vessel.w - 6 : at.callers.read.x - vessel.x - vessel.w - 24;
        marks[`${direction}_${which}`].update({ value: still.marks[direction][which], enforced, editable: editable && enforced, full: still.full, vessel, tag: tags[which], room, text: shown.text });
      }
    }
  }

  /** @param {Still} still */
  function settleWords(still) {
    const t = shown.text;
    const { input, output } = at.vessels;
    const { x, w } = at.zones[2].box;
    const whole = t.scene.fullHeight(still.full);
    // Beside the zone's own name, if there is room.
    const room = at.column ? 0 : w - measure(t.scene.zones[2], 12, "bold") - 44;
    say(scale, measure(whole, 11) < room ? whole : `\u2195 ${still.full} B`);
    set(scale, "text-anchor", at.column ? "start" : "end");
    set(scale, "x", round(at.column ? input.x + input.w + 8 : x + w - 10));
    set(scale, "y", round(at.column ? input.y + 9 : 19));
    const out = at.column ? [] : [[input.x + input.w - 24, input.y + input.h + 16, "end"], [output.x + 24, output.y + output.h + 16, "start"]];
    sized(hints, out.length, () => svg("text", { class: "hint" })).forEach((hint, index) => {
      const [x, y, anchor] = out[index];
      set(hint, "x", round(Number(x)));
      set(hint, "y", round(Number(y)));
      set(hint, "text-anchor", anchor);
      say(hint, t.scene.nextOut);
    });
  }

  /** @param {boolean} installed @param {Still} still */
  function drawTrip(installed, still) {
    const { input } = at.vessels;
    const y = levelY(input, still.marks.read.high || still.full, still.full) - 7;
    set(trip, "visibility", installed ? null : "hidden");
    const words = shown.text.scene.tripwire;
    say(tripWords, installed && measure(words, 11) < input.w - 16 ? words : "");
    if (!installed) return;
    set(trip, "d", `M${round(input.x)} ${round(y)}h${round(input.w)}`);
    set(tripWords, "x", round(input.x + 8));
    set(tripWords, "y", round(y - 5 > input.y + 8 ? y - 5 : y + 22));
  }

  /**
   * @param {Still} before
   * @param {Still} after
   * @param {Interim | null} interim `null` once nothing moves
   */
  function draw(before, after, interim) {
    const turned = interim?.turned ?? 1;
    for (const name of VESSELS) {
      const level = interim?.levels[name] ?? (after.levels[name] === null ? 0 : interim ? (before.levels[name] ?? 0) : Number(after.levels[name]));
      const out = interim ? Object.entries(interim.ways).filter(([way]) => WAYS[/** @type {import("./motion.js").Way} */ (way)][0] === name) : [];
      const [left, leaving] = out.reduce(([sum, still], [, { left, bytes }]) => [sum + left, still || left < bytes], /** @type {[number, boolean]} */ ([0, false]));
      // Bytes sink as others leave below them; once they have left, what is there stands where it will stay.
      const earlier = leaving && statesBefore !== null;
      const arrives = !earlier && after.fresh[name] !== undefined;
      vessels[name].draw(earlier ? statesBefore?.[name] : states[name], at.vessels[name], level, earlier ? left : 0, arrives);
    }
    for (const way of PIPES) pipes[way].draw(interim?.ways[way] ?? null);
    for (const direction of /** @type {const} */ (["read", "write"])) {
      const of = (/** @type {Still} */ still) => ({ valve: still.valves[direction], suspended: still.suspended });
      valves[direction].draw(of(before), of(after), turned, at.valves[direction], at.column, shown.text);
    }
    for (const kind of CALLERS) {
      const [was, is] = [before.caller === kind, after.caller === kind];
      callers[kind].draw(at.callers[kind], was && is ? 1 : is ? turned : was ? 1 - turned : 0);
    }
    for (const name of /** @type {const} */ (["read_low", "read_high", "write_low"])) marks[name].glow(interim?.flashing.includes(name) ? interim.flash : 0);
    drawTrip((turned < 0.5 ? before : after).tripwire, after);
  }

  return { begin, settle, draw };
}
