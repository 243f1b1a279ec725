/** The drawing itself: vessels, pipes, valves, marks and callbacks, each where the layout has it. */
import { ROLES } from "../../engine/roles.js";
import { heightWords, sharedScale } from "../../state/scale.js";
import { changes, say, set, sized, svg } from "../dom.js";
import { Asks } from "./asks.js";
import { firstCell } from "./bands.js";
import { createCaller } from "./caller.js";
import { createDiffering } from "./differing.js";
import { levelY, tapTo } from "./geometry.js";
import { createMark, REMARK_HEIGHT, TAG_HEIGHT, tagsOf } from "./mark.js";
import { liftOf } from "./motion.js";
import { round } from "./path.js";
import { createPipe } from "./pipe.js";
import { createPredicted } from "./predicted.js";
import { createValve } from "./valve.js";
import { createVessel } from "./vessel.js";
import { callerWords, drawZones, vesselStates } from "./words.js";

/** @typedef {import("../../types.js").Shown} Shown */
/** @typedef {import("./still.js").Still} Still */
/** @typedef {import("./motion.js").Interim} Interim */
/** @typedef {import("./geometry.js").Layout} Layout */
/** @typedef {import("./geometry.js").Vessel} Vessel */
/** @typedef {import("./vessel.js").VesselState} VesselState */

const VESSELS = /** @type {const} */ (["backlog", "rx", "input", "output", "tx", "got"]);
const CALLERS = /** @type {const} */ (["program", "read", "event", "write"]);
const PIPES = /** @type {const} */ (["arrive", "read", "put", "receive", "take", "write"]);
const DIRECTIONS = /** @type {const} */ (["read", "write"]);
const MARKS = /** @type {const} */ (["read_high", "read_low", "write_high", "write_low"]);
/** What stands in a pipe that has no valve, while there is more to come. */
const AT_THE_FLOOR = 14;
/** The names of zones are spaced: so much wider are they. */
const LETTER_SPACING = 1.1;
/** Before a zone's name and behind what stands on its line. */
const ZONE_MARGINS = 20;

/** Where it is said what goes out next: at least so far from both walls, beside the pipe that leaves the floor, with an arrow to that byte. */
const HINTS = /** @type {const} */ ([
  { name: "input", before: 2, behind: 34 },
  { name: "output", before: 24, behind: 6 },
]);
/** So far from where the words begin is the middle of their arrow. */
const ARROW = 5;

/** @template {string} Name @template Part @param {readonly Name[]} names @param {(name: Name) => Part} make */
const each = (names, make) => /** @type {{[name in Name]: Part}} */ (Object.fromEntries(names.map((name) => [name, make(name)])));
/** @param {{[name: string]: {element: SVGElement}}} parts */
const elements = (parts) => Object.values(parts).map(({ element }) => element);

/** The lines of what is not there, or not known. */
function hatch() {
  const size = 7;
  const pattern = svg("pattern", { id: "scene-hatch", width: size, height: size, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, svg("path", { class: "hatch-line", d: `M0 0V${size}` }));
  return svg("defs", {}, pattern);
}

/** Whether what follows from a movement is shown already. @param {Interim | null} interim */
const follows = (interim) => interim === null || interim.turned >= 0.5;

export class Plumbing {
  #measure;
  #zones = svg("g", { class: "zones" });
  #names = svg("g", { class: "zone-names" });
  #scale = svg("text", { class: "scene-scale" });
  #trip = svg("path", { class: "tripwire" });
  #tripWords = svg("text", { class: "tripwire-words", "data-ask": JSON.stringify({ kind: "valve", direction: "read" }) });
  #hints = svg("g", { class: "hints" });
  #predicted;
  #differing = createDiffering();
  #asks = new Asks();
  #isAnother = changes();
  #movesTrip = changes();
  #vessels;
  #pipes;
  #valves;
  #callers;
  #marks;
  /** Where things are. @type {Layout} */
  #at = /** @type {any} */ (null);
  /** What is shown once nothing moves. @type {Shown} */
  #shown = /** @type {any} */ (null);
  /** @type {{[vessel in Vessel]: VesselState} | null} */
  #states = null;
  /** The same, where the running movement began. @type {{[vessel in Vessel]: VesselState} | null} */
  #before = null;

  /**
   * @param {Pick<import("../../types.js").Commands, "mark" | "draft">} commands
   * @param {import("./fit.js").Measure} measure
   */
  constructor(commands, measure) {
    this.#measure = measure;
    this.#predicted = createPredicted(commands);
    this.#vessels = each(VESSELS, (name) => createVessel(name, measure));
    this.#pipes = each(PIPES, (way) => createPipe(way, measure));
    this.#valves = each(DIRECTIONS, (direction) => createValve(direction, measure));
    this.#callers = each(CALLERS, (kind) => createCaller(kind, measure));
    this.#marks = each(MARKS, (name) => {
      const [direction, which] = /** @type {["read" | "write", "low" | "high"]} */ (name.split("_"));
      // While it is dragged, there is no room beyond where it would be.
      const follows = name === "read_high" ? (/** @type {import("./mark.js").MarkState} */ { full, vessel }, /** @type {number} */ bytes) => this.#vessels.input.end(bytes, full, vessel) : () => {};
      return createMark({ direction, which, onSet: (bytes) => commands.mark(direction, which, bytes), onDraw: follows, measure });
    });
    const drawing = [this.#zones, this.#names, ...elements(this.#pipes), ...elements(this.#vessels), this.#trip, this.#tripWords, this.#hints, this.#scale, this.#predicted.element, ...elements(this.#valves), ...elements(this.#callers), ...PIPES.map((way) => this.#pipes[way].token), this.#differing.element];
    this.element = svg("svg", { class: "plumbing" }, hatch(), svg("g", { "aria-hidden": "true" }, ...drawing), this.#asks.element, this.#predicted.grip, ...elements(this.#marks));
    /** What stands over the drawing. */
    this.over = [...Object.values(this.#marks).map(({ field }) => field), this.#asks.lens];
  }

  /** Where bytes can come from, or go. @param {"input" | "output" | import("./geometry.js").Caller} part */
  find(part) {
    return part === "input" || part === "output" ? this.#vessels[part].element : this.#callers[part].element;
  }

  /** What is there now is what a movement begins with. */
  begin() {
    this.#before = this.#states;
  }

  /** Draws what is the same however much of a movement is over. @param {Shown} shown @param {Still} still @param {Layout} at */
  settle(shown, still, at) {
    [this.#shown, this.#at, this.#states] = [shown, at, vesselStates(shown, still)];
    const { exists, connection } = shown.frame;
    // Who frees need not close: 1.4 leaves the handle open, and the kernel goes on.
    const closed = connection.kernel.peer_sees !== null;
    const zones = this.#zoneWords();
    if (this.#isAnother(at, shown.text, exists, connection.freed, connection.uncertain, closed, still.fulls, ...zones)) {
      set(this.element, "viewBox", `0 0 ${at.width} ${round(at.height)}`);
      set(this.element, "width", at.width);
      set(this.element, "height", round(at.height));
      for (const [name, on] of /** @type {const} */ ([["column", at.column], ["absent", !exists], ["freed", connection.freed], ["closed", closed], ["uncertain", connection.uncertain]])) this.element.classList.toggle(name, on);
      drawZones(this.#zones, this.#names, at, zones);
      this.#settleWords(still, zones);
    }
    for (const name of VESSELS) this.#vessels[name].settle(this.#states[name], at.vessels[name], at.captions[name], at.column);
    for (const direction of DIRECTIONS) this.#valves[direction].settle(still.valves[direction]);
    for (const kind of CALLERS) this.#callers[kind].settle(callerWords(shown, still, kind), at.callers[kind]);
    this.#settlePipes(still);
    this.#settleHints(still);
    for (const direction of DIRECTIONS) this.#settleMarks(still, direction);
    this.#predicted.settle(shown, still, at);
    this.#differing.settle(shown.frame, at);
    this.#asks.settle(shown, still, at);
  }

  /** What the zones are called: that of the bufferevent has its name too, where there is room. */
  #zoneWords() {
    const { text: { scene: { zones } }, frame: { connection: { name } } } = this.#shown;
    const named = `${zones[2]} \u00b7 ${name}`;
    const room = this.#at.column ? 0 : this.#at.zones[2].box.w - ZONE_MARGINS;
    return name !== undefined && this.#measure(named, 12, "bold") * LETTER_SPACING < room ? zones.with(2, named) : zones;
  }

  /** @param {Still} still */
  #settlePipes({ caller }) {
    const [at, pipes] = [this.#at, this.#pipes];
    for (const way of /** @type {const} */ (["arrive", "read", "put", "receive"])) pipes[way].settle(at.pipes[way]);
    const { record } = this.#shown.frame;
    const role = record && ROLES[record.kind];
    pipes.take.settle(tapTo(at, "take", (role === "buffer_to_application" && caller) || "read"));
    pipes.write.settle(tapTo(at, "write", (role === "application_to_buffer" && caller) || "write"));
  }

  /** How far from its source a pipe is full, though nothing passes. @param {(typeof PIPES)[number]} way @param {(vessel: Vessel) => number} level @param {boolean} blocked */
  #standsTo(way, level, blocked) {
    switch (way) {
      case "arrive":
        return blocked ? Infinity : 0;
      case "read":
        return level("rx") > 0 ? this.#upToValve("read") : 0;
      case "put":
        return level("output") > 0 ? this.#upToValve("write") : 0;
      case "receive":
        return level("tx") > 0 ? AT_THE_FLOOR : 0;
      default:
        return 0;
    }
  }

  /** How far along its pipe a valve is. @param {"read" | "write"} direction */
  #upToValve(direction) {
    const [[x, y], [, floor]] = this.#at.pipes[direction === "read" ? "read" : "put"];
    const { box } = this.#at.valves[direction];
    return this.#at.column ? box.y + box.h / 2 - y : floor - y + Math.abs(box.x + box.w / 2 - x);
  }

  /** @param {Still} still @param {"read" | "write"} direction */
  #settleMarks({ marks, fulls }, direction) {
    const { frame, text } = this.#shown;
    const { low, high } = marks[direction];
    const side = direction === "read" ? "input" : "output";
    const [vessel, full] = [this.#at.vessels[side], fulls[side]];
    const bottom = vessel.y + vessel.h;
    // Without a high mark nothing ends below the rim: there its tag waits. At the bottom it would read as a mark of 0.
    const lines = { low: levelY(vessel, low, full), high: high === 0 ? vessel.y : levelY(vessel, high, full) };
    const tags = direction === "read" ? tagsOf(lines.low, lines.high, bottom) : high === 0 ? lines : tagsOf(lines.low, lines.high, bottom, TAG_HEIGHT + REMARK_HEIGHT);
    for (const which of /** @type {const} */ (["low", "high"])) {
      const enforced = direction === "read" || which === "low";
      // The other libevent's marks are those of this one, though nobody acts there.
      const seen = enforced && frame.source === "simulation" && frame.exists && !frame.connection.freed;
      const editable = seen && frame.acts;
      this.#marks[`${direction}_${which}`].update({ value: marks[direction][which], enforced, editable, seen, full, vessel, tag: tags[which], room: this.#at.width - vessel.x - vessel.w, text });
    }
  }

  /** @param {Still} still @param {string[]} zoneWords */
  #settleWords({ fulls }, zoneWords) {
    const { column, vessels: { backlog }, zones } = this.#at;
    const t = this.#shown.text.scene;
    const { x, w } = zones[2].box;
    // Beside the zone's own name, if there is room; in a column beside the first vessel.
    const room = column ? 0 : w - this.#measure(zoneWords[2], 12, "bold") * LETTER_SPACING - ZONE_MARGINS - 8;
    const scale = sharedScale(fulls);
    // In a column there is room for that of the first vessel, or for what they all have.
    const [whole, short] = scale !== null ? [t.fullHeight(scale), heightWords(scale)[0]] : column ? ["", ""] : t.ownHeights;
    say(this.#scale, this.#measure(whole, 11) < room ? whole : short);
    set(this.#scale, "text-anchor", column ? "start" : "end");
    set(this.#scale, "x", round(column ? backlog.x + backlog.w + 8 : x + w - 10));
    // Below the name where that needs the line.
    set(this.#scale, "y", round(column ? backlog.y + 9 : this.#measure(short, 11) < room ? 19 : 35));
  }

  /** Under the first byte, which goes first, how the others follow: they are read from the floor up. In a column there is no room for it. @param {Still} still */
  #settleHints({ levels, fresh, fulls }) {
    const { column, vessels } = this.#at;
    const t = this.#shown.text.scene;
    sized(this.#hints, column ? 0 : HINTS.length, () => svg("text", { class: "hint" })).forEach((hint, index) => {
      const { name, before, behind } = HINTS[index];
      const [len, box] = [levels[name], vessels[name]];
      const { middle, alone } = firstCell(len, fresh[name] ?? 0, box, fulls[name]);
      const x = Math.max(before, middle - ARROW);
      const words = len === 0 ? [] : t.nextOut[alone ? "row" : "rows"];
      const said = words.map((it) => `${x - middle > ARROW ? "\u2196" : "\u2191"} ${it}`).find((it) => this.#measure(it, 11) <= box.w - x - behind);
      set(hint, "x", round(box.x + x));
      set(hint, "y", round(box.y + box.h + 16));
      say(hint, said ?? "");
    });
  }

  /**
   * @param {Still} before
   * @param {Still} after
   * @param {Interim | null} interim `null` once nothing moves
   */
  draw(before, after, interim) {
    const seen = follows(interim) ? after : before;
    const level = (/** @type {Vessel} */ name) => (interim ? (interim.levels[name] ?? before.levels[name]) : after.levels[name]) ?? 0;
    for (const name of VESSELS) this.#drawVessel(name, level(name), interim);
    for (const way of PIPES) this.#pipes[way].draw(interim?.ways[way] ?? null, this.#standsTo(way, level, (seen.levels.backlog ?? 0) > 0));
    for (const direction of DIRECTIONS) this.#drawValve(direction, before, after, interim);
    for (const kind of CALLERS) this.#callers[kind].draw(this.#at.callers[kind], liftOf(before, after, kind, interim));
    for (const name of /** @type {const} */ (["read_low", "read_high", "write_low"])) this.#marks[name].glow(interim?.flashing.includes(name) ? interim.flash : 0);
    this.#drawTrip(seen.tripwire, after);
  }

  /** @param {"read" | "write"} direction @param {Still} before @param {Still} after @param {Interim | null} interim */
  #drawValve(direction, before, after, interim) {
    const valve = (/** @type {Still} */ { valves, suspended }) => ({ valve: valves[direction], suspended });
    const passes = /** @type {const} */ ({ valve: "running", suspended: 0 });
    const [from, to, part] =
      !interim?.passed.includes(direction) ? [valve(before), valve(after), interim?.turned ?? 1]
      : interim.turned === 0 ? [valve(before), passes, interim.opened]
      : [passes, valve(after), interim.turned];
    this.#valves[direction].draw(from, to, part, this.#at.valves[direction], this.#at.column, this.#shown.text);
  }

  /** @param {Vessel} name @param {number} level @param {Interim | null} interim */
  #drawVessel(name, level, interim) {
    const [vessel, box, states] = [this.#vessels[name], this.#at.vessels[name], /** @type {{[vessel in Vessel]: VesselState}} */ (this.#states)];
    const before = interim && this.#before ? this.#before[name] : states[name];
    // Bytes sink while others leave below them; then what is there stands where it will stay.
    const sunk = interim?.sinking[name];
    if (sunk !== undefined) vessel.draw(before, box, level, sunk, false);
    else vessel.draw(states[name], box, level, 0, true);
    vessel.note(follows(interim) ? states[name] : before, box);
  }

  /** @param {boolean} installed @param {Still} still */
  #drawTrip(installed, still) {
    const { input } = this.#at.vessels;
    const words = this.#shown.text.scene.tripwire;
    const { low, high } = still.marks.read;
    const full = still.fulls.input;
    if (!this.#movesTrip(installed, input, words, low, high, full)) return;
    const y = levelY(input, high || full, full) - 7;
    const lowest = levelY(input, low, full);
    set(this.#trip, "visibility", installed ? null : "hidden");
    say(this.#tripWords, installed && this.#measure(words, 11) < input.w - 16 ? words : "");
    set(this.#trip, "d", `M${round(input.x)} ${round(y)}h${round(input.w)}`);
    set(this.#tripWords, "x", round(input.x + 8));
    set(this.#tripWords, "y", round(tripWordsY(y, lowest, input)));
  }
}

/**
 * Where the words of the tripwire stand: beside it, where neither a mark's line nor the rim cuts them.
 * @param {number} trip where it is, a little above the line of the high mark
 * @param {number} low where the line of the low mark is
 * @param {import("./geometry.js").Box} vessel
 */
export function tripWordsY(trip, low, vessel) {
  const fits = (/** @type {number} */ y) => y > vessel.y + 8 && y < vessel.y + vessel.h - 2 && [trip, trip + 7, low].every((line) => line < y - 11 || line > y + 3);
  return [trip - 5, trip + 22, low - 5, low + 15].find(fits) ?? trip + 22;
}
