/** The other bufferevents: small vessels beside the one that is looked at. A click looks at another one. */
import { seenOf } from "../../state/frame.js";
import { MOST_OTHERS } from "../../state/shown.js";
import { h, say, set, sized, style, svg } from "../dom.js";
import { place, show } from "./draw.js";
import { levelY } from "./geometry.js";
import { round } from "./path.js";
import { isOpen, valveOf } from "./still.js";

/** @typedef {import("../../types.js").Shown} Shown */
/** @typedef {import("../../types.js").ConnectionPicture} ConnectionPicture */
/** @typedef {import("../../types.js").Text} Text */
/** @typedef {import("../../types.js").Frame} Frame */

const SIZE = { w: 84, h: 58 };
const SIDES = /** @type {const} */ (["input", "output"]);
const DIRECTIONS = /** @type {const} */ ({ input: "read", output: "write" });
const SMALL = { input: { x: 10, y: 4, w: 26, h: 48 }, output: { x: 52, y: 4, w: 26, h: 48 } };
/** So many have room for more than how much they hold. */
const FEW = 2;

/** @param {(number: number) => void} onChoose */
export function createOthers(onChoose) {
  // Where the vessels stand in a column, the zone that has its name elsewhere has no room for it.
  const here = h("p", { class: "others-here", "aria-hidden": "true" });
  const list = h("ul", { class: "others-list" });
  const more = h("p", { class: "others-more" });
  const element = h("div", { class: "others", hidden: true }, here, list, more);
  /** @type {ReturnType<typeof createSmall>[]} */
  let made = [];

  /** @param {Shown} shown @param {boolean} moves whether levels begin where they were */
  function update({ frame, text: t }, moves) {
    const others = frame.picture.connections.filter(({ number }) => number !== frame.connection.number);
    // Those that are there first; of many, the same ones stay as long as they are there.
    const seen = [...others.filter(({ freed }) => !freed), ...others.filter(({ freed }) => freed)].slice(0, MOST_OTHERS);
    element.hidden = seen.length === 0;
    set(element, "data-few", seen.length <= FEW);
    say(here, `${t.scene.zones[2]} \u00b7 ${t.scene.other(frame.connection)}`);
    made = made.slice(0, seen.length);
    sized(list, seen.length, () => {
      made.push(createSmall(onChoose));
      return made[made.length - 1].element;
    });
    seen.map(seenOf).forEach((connection, index) => made[index].update({ ...frame, connection, exists: true }, t, moves));
    say(more, others.length > seen.length ? t.scene.moreOthers(others.length - seen.length) : "");
  }

  /** @param {number} part how much of the way from level to level is over */
  const draw = (part) => made.forEach((small) => small.draw(part));
  /** The vessel of one, where it is shown. @param {number} number @param {"input" | "output"} side */
  const find = (number, side) => made.find((small) => small.number === number)?.vessel(side) ?? null;
  return { element, update, draw, find };
}

/** @param {(number: number) => void} onChoose */
function createSmall(onChoose) {
  const vessels = { input: createSmallVessel("input"), output: createSmallVessel("output") };
  const drawing = svg("svg", { viewBox: `0 0 ${SIZE.w} ${SIZE.h}`, class: "small-drawing", "aria-hidden": "true" }, vessels.input.element, vessels.output.element);
  const name = h("span", { class: "small-name" });
  const words = { input: createWords("input"), output: createWords("output") };
  const small = {
    element: h("li", {}),
    number: 0,
    update,
    /** @param {number} part */
    draw: (part) => SIDES.forEach((side) => vessels[side].draw(part)),
    /** @param {"input" | "output"} side */
    vessel: (side) => vessels[side].room,
  };
  const button = h("button", { type: "button", class: "small", onclick: () => onChoose(small.number) }, name, drawing, words.input.element, words.output.element);
  small.element.append(button);

  /** @param {Frame} frame as if this one were looked at @param {Text} t @param {boolean} moves */
  function update(frame, t, moves) {
    const { connection, record } = frame;
    const fulls = frame.fullsOf(connection.number);
    const goesOn = moves && small.number === connection.number;
    small.number = connection.number;
    set(button, "data-connection", connection.number);
    set(button, "data-acts", record?.connection === connection.number);
    button.classList.toggle("freed", connection.freed);
    say(name, t.scene.other(connection));
    set(button, "aria-label", t.scene.otherSpoken(connection));
    for (const side of SIDES) {
      const valve = valveOf(frame, DIRECTIONS[side]);
      vessels[side].update(connection, fulls[side], isOpen(valve), goesOn);
      words[side].update(connection, valve, t);
    }
    style(drawing, "opacity", connection.freed ? "0.5" : "");
  }

  return small;
}

/** What a small vessel holds, which marks it has, and what its valve does. @param {"input" | "output"} side */
function createWords(side) {
  const [called, amount, marks, reason] = ["called", "amount", "marks", "reason"].map((name) => h("span", { class: `small-${name}` }));
  const element = h("span", { class: "small-words", "aria-hidden": "true" }, called, amount, marks, reason);

  /** @param {ConnectionPicture} connection @param {import("./still.js").ValveState} valve @param {Text} t */
  function update(connection, valve, t) {
    const direction = DIRECTIONS[side];
    const { low, high } = connection[direction];
    say(called, t.scene.vessels[side]);
    say(amount, `${connection[side].len} B`);
    say(marks, [[t.mark.lo, low], [t.mark.hi, side === "input" ? high : 0]].filter(([, value]) => value !== 0).map((mark) => mark.join(" ")).join(" \u00b7 "));
    say(reason, t.valve[direction][valve]);
  }

  return { element, update };
}

/** A mark, to be seen over water too. @param {"low" | "high"} which */
const createLine = (which) => svg("g", { class: `mark ${which}` }, svg("path", { class: "mark-halo" }), svg("path", { class: "mark-line" }));

/** @param {"input" | "output"} side */
function createSmallVessel(side) {
  const box = SMALL[side];
  const { x, y, w, h: high } = box;
  const room = svg("rect", { class: "vessel-room" });
  const water = svg("rect", { class: "vessel-water" });
  const lines = { low: createLine("low"), high: createLine("high") };
  const valve = svg("path", { class: "small-valve" });
  const wall = svg("path", { class: "vessel-wall", d: `M${x} ${y}v${high}h${w}v${-high}` });
  place(room, box);
  const element = svg("g", { class: `vessel ${side}` }, room, water, wall, lines.low, lines.high, valve);
  let [was, is, full] = [0, 0, 1];

  /** @param {ConnectionPicture} connection @param {number} scale @param {boolean} open its valve @param {boolean} goesOn */
  function update(connection, scale, open, goesOn) {
    const { len } = connection[side];
    [was, is, full] = [goesOn ? is : len, len, scale];
    set(element, "data-length", len);
    const { low, high: mark } = connection[DIRECTIONS[side]];
    for (const [line, value] of /** @type {const} */ ([[lines.low, low], [lines.high, side === "input" ? mark : 0]])) {
      show(line, value > 0);
      for (const path of line.children) set(path, "d", `M${x - 4} ${round(levelY(box, value, full))}h${w + 8}`);
    }
    set(valve, "data-open", open);
    set(valve, "d", open ? `M${x - 10} ${y + high}h9` : `M${x - 5} ${y + high - 5}v9`);
  }

  /** @param {number} part */
  function draw(part) {
    const top = levelY(box, was + (is - was) * part, full);
    place(water, { ...box, y: top, h: y + high - top });
  }

  return { element, room, update, draw };
}
