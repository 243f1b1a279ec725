/** What the parts of the drawing say of a moment. */
import { callbackArguments, callbackName } from "../../lang/names.js";
import { calledOf } from "../../state/asking.js";
import { heightWords, sharedScale } from "../../state/scale.js";
import { say, set, sized, svg } from "../dom.js";
import { place } from "./draw.js";
import { round } from "./path.js";
import { calledNow } from "./stack.js";

/** @typedef {import("../../types.js").Shown} Shown */
/** @typedef {import("../../types.js").Text} Text */
/** @typedef {import("./still.js").Still} Still */
/** @typedef {import("./geometry.js").Layout} Layout */
/** @typedef {import("./geometry.js").Vessel} Vessel */
/** @typedef {import("./geometry.js").Caller} Caller */
/** @typedef {import("./vessel.js").VesselState} VesselState */

/** @param {SVGElement} zones @param {SVGElement} names @param {Layout} at @param {string[]} words of each zone */
export function drawZones(zones, names, at, words) {
  sized(zones, at.zones.length, () => svg("rect", { rx: at.column ? 6 : 10 })).forEach((rect, index) => {
    set(rect, "class", `zone zone-${at.zones[index].zone}`);
    place(rect, at.zones[index].box);
  });
  sized(names, at.zones.length, () => svg("text", { class: "zone-name" })).forEach((name, index) => {
    const { label: [x, y], end } = at.zones[index];
    set(name, "text-anchor", end ? "end" : "start");
    set(name, "x", round(x));
    set(name, "y", round(y));
    say(name, words[at.zones[index].zone]);
  });
}

/**
 * @param {Shown} shown
 * @param {Still} still
 * @returns {{[vessel in Vessel]: VesselState}}
 */
export function vesselStates({ frame, text: t }, still) {
  const { kernel } = frame.connection;
  const blocked = (still.levels.backlog ?? 0) > 0;
  const sends = kernel.peer_reset ? t.scene.peerReset : blocked ? t.scene.peerBlocked : kernel.peer_shutdown ? t.scene.peerEnded : "";
  const high = still.marks.read.high;
  const shares = sharedScale(still.fulls) !== null;
  const capacity = (/** @type {"rx" | "tx"} */ queue) => still.capacities?.[queue] ?? null;
  const state = (/** @type {Vessel} */ vessel, /** @type {Partial<VesselState>} */ own) => ({
    name: t.scene.vessels[vessel],
    len: still.levels[vessel],
    content: null,
    fresh: still.fresh[vessel] ?? 0,
    edge: null,
    capacity: null,
    note: "",
    unknown: "",
    full: still.fulls[vessel],
    scale: shares ? [] : heightWords(still.fulls[vessel]),
    ask: amountAsk(vessel, still.levels[vessel]),
    ...own,
  });
  return {
    backlog: state("backlog", { note: still.levels.backlog === null ? "" : sends }),
    rx: state("rx", { edge: capacity("rx"), capacity: capacity("rx"), unknown: t.scene.unknown[frame.source] }),
    input: state("input", { content: still.contents.input, edge: high === 0 ? null : high }),
    output: state("output", { content: still.contents.output }),
    tx: state("tx", { edge: capacity("tx"), capacity: capacity("tx") }),
    got: state("got", { content: still.contents.got, note: kernel.peer_sees && still.levels.got !== null ? t.scene.peerSees[kernel.peer_sees] : "" }),
  };
}

/**
 * What an amount is asked: where the newest byte came from; where there is none, and of what the peer has, what the valve does.
 * @param {Vessel} vessel
 * @param {number | null} len
 * @returns {import("../../types.js").Question | null}
 */
function amountAsk(vessel, len) {
  const ofPeer = vessel === "backlog" || vessel === "got";
  if (len === null) return null;
  const inwards = vessel === "backlog" || vessel === "rx" || vessel === "input";
  if (len === 0 || ofPeer) return { kind: "valve", direction: inwards ? "read" : "write" };
  return { kind: "byte", place: vessel, offset: len - 1 };
}

/**
 * @param {Shown} shown
 * @param {Still} still
 * @param {Caller} kind
 * @returns {{name: string, words: string[], set: boolean, runs: boolean, ask: import("../../types.js").Question | null}} `ask`: what it is asked
 */
export function callerWords({ frame, text: t }, still, kind) {
  const { connection, picture } = frame;
  const runs = still.caller === kind;
  const called = runs ? calledNow(frame) : "";
  if (kind === "program") {
    return { name: t.scene.program[frame.source], words: runs ? [...(called ? [t.scene.callsNow(called), called] : []), t.scene.event.running] : t.scene.standsIn[picture.loop.station !== "idle" ? "loop" : picture.loop.pass === 0 ? "before" : "idle"], set: true, runs, ask: { kind: "program" } };
  }
  const name = `${kind}cb`;
  const [isSet, calls] = { read: [connection.on_read, connection.counters.read_callbacks], write: [connection.on_write, connection.counters.write_callbacks], event: [connection.on_event, connection.counters.event_callbacks] }[kind];
  const waits = picture.loop.outer.some((entered) => entered.connection === connection.number && callbackName(entered.callback) === name);
  const { entered } = picture.loop;
  const told = runs && entered ? callbackArguments(entered.callback) : "";
  const short = runs ? [...(told ? [] : [t.scene.runs(Number(calls))]), t.scene.event.running] : [];
  const words = runs ? told || (called ? t.scene.runsCalling(Number(calls), called) : t.scene.runs(Number(calls))) : waits ? t.scene.waits : !isSet && calls === 0 ? t.scene.notSet : t.scene.calls(Number(calls));
  return { name, words: [words, ...short], set: Boolean(isSet), runs, ask: calledOf(connection, kind) };
}
