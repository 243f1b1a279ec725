/** The other bufferevents: small vessels beside the one that is looked at. A click looks at another one. */
import { h, say, set, sized, style, svg } from "../dom.js";
import { place, show } from "./draw.js";
import { levelY } from "./geometry.js";
import { round } from "./path.js";

/** @typedef {import("../../types.js").Shown} Shown */
/** @typedef {import("../../types.js").ConnectionPicture} ConnectionPicture */

/** More than so many are only counted: the list of all is elsewhere. */
const MOST = 6;
const SIZE = { w: 84, h: 58 };
const SMALL = { input: { x: 14, y: 4, w: 22, h: 48 }, output: { x: 48, y: 4, w: 22, h: 48 } };

/** @param {(number: number) => void} onChoose */
export function createOthers(onChoose) {
  const list = h("ul", { class: "others-list" });
  const more = h("p", { class: "others-more" });
  const element = h("div", { class: "others", hidden: true }, list, more);
  /** @type {ReturnType<typeof createSmall>[]} */
  let made = [];

  /** @param {Shown} shown @param {number} full */
  function update({ frame, text: t }, full) {
    const others = frame.picture.connections.filter(({ number }) => number !== frame.connection.number);
    // Those that are there first; of many, the same ones stay as long as they are there.
    const seen = [...others.filter(({ freed }) => !freed), ...others.filter(({ freed }) => freed)].slice(0, MOST);
    element.hidden = seen.length === 0;
    made = made.slice(0, seen.length);
    sized(list, seen.length, () => {
      made.push(createSmall(onChoose));
      return made[made.length - 1].element;
    });
    seen.forEach((connection, index) => made[index].update(connection, full, t));
    say(more, others.length > seen.length ? t.scene.moreOthers(others.length - seen.length) : "");
  }

  /** The small vessel of a connection, if it is there. @param {number} number */
  const find = (number) => made.find((small) => small.number === number)?.element ?? null;
  return { element, update, find };
}

/** @param {(number: number) => void} onChoose */
function createSmall(onChoose) {
  const sides = /** @type {const} */ (["input", "output"]).map((side) => {
    const { x, y, w, h: high } = SMALL[side];
    const water = svg("rect", { class: "vessel-water" });
    const lines = { low: svg("path", { class: "mark-line low" }), high: svg("path", { class: "mark-line high" }) };
    const valve = svg("path", { class: "small-valve" });
    const wall = svg("path", { class: "vessel-wall", d: `M${x} ${y}v${high}h${w}v${-high}` });
    return { side, water, lines, valve, element: svg("g", { class: `vessel ${side}` }, water, wall, lines.low, lines.high, valve) };
  });
  const drawing = svg("svg", { viewBox: `0 0 ${SIZE.w} ${SIZE.h}`, class: "small-drawing", "aria-hidden": "true" }, ...sides.map((it) => it.element));
  const name = h("span", { class: "small-name" });
  const small = { element: h("li", {}), number: 0, update };
  const button = h("button", { type: "button", class: "small", onclick: () => onChoose(small.number) }, name, drawing);
  small.element.append(button);

  /** @param {ConnectionPicture} connection @param {number} full @param {import("../../types.js").Text} t */
  function update(connection, full, t) {
    small.number = connection.number;
    set(button, "data-connection", connection.number);
    button.classList.toggle("freed", connection.freed);
    say(name, t.scene.other(connection.number));
    set(button, "aria-label", t.scene.otherSpoken(connection));
    for (const { side, water, lines, valve } of sides) {
      const box = SMALL[side];
      const top = levelY(box, connection[side].len, full);
      place(water, { ...box, y: top, h: box.y + box.h - top });
      const { low, high } = side === "input" ? connection.read : connection.write;
      for (const [line, value] of /** @type {const} */ ([[lines.low, low], [lines.high, side === "input" ? high : 0]])) {
        show(line, value > 0);
        const y = round(levelY(box, value, full));
        set(line, "d", `M${box.x - 4} ${y}h${box.w + 8}`);
      }
      const open = connection.valves[side === "input" ? "read" : "write"] === "open";
      set(valve, "data-open", open);
      set(valve, "d", open ? `M${box.x - 9} 52h8` : `M${box.x - 5} 48v8`);
    }
    style(drawing, "opacity", connection.freed ? "0.5" : "");
  }

  return small;
}
