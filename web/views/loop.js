/** The loop: its four stations, the internal events with their timers, and the stack of what runs. */
import { h, say, set, sized } from "./dom.js";
import { stackOf } from "./stack.js";

/** @typedef {import("../types.js").Shown} Shown */
/** @typedef {import("../types.js").EventPicture} EventPicture */

const STATIONS = /** @type {const} */ (["poll", "timers", "active", "callbacks"]);

export function createLoop() {
  const pass = h("span", { class: "loop-pass" });
  const title = h("span", { class: "zone-name" });
  const stations = STATIONS.map(() => h("li", { class: "station" }));
  const chips = {
    ev_read: createChip("ev_read"),
    t_read: createChip("t_read"),
    ev_write: createChip("ev_write"),
    t_write: createChip("t_write"),
  };
  const stackTitle = h("span", { class: "stack-name" });
  const stack = h("ol", { class: "stack-frames" });
  const element = h(
    "div",
    { class: "loop zone" },
    h("div", { class: "loop-head" }, title, pass),
    h("ol", { class: "stations" }, ...stations),
    h("div", { class: "chips" }, ...Object.values(chips).map((chip) => chip.element)),
    h("div", { class: "stack" }, stackTitle, stack),
  );

  /** @param {Shown} shown */
  function update({ frame, text: t }) {
    const { picture, connection, clockStart } = frame;
    const loop = picture.loop;
    say(title, t.scene.loop);
    say(pass, t.scene.pass(loop.pass));
    STATIONS.forEach((station, index) => {
      const here = loop.station === station;
      stations[index].classList.toggle("here", here);
      set(stations[index], "aria-current", here ? "step" : null);
      say(stations[index], t.scene.stations[station]);
    });

    const runs = (/** @type {"read" | "write"} */ direction) =>
      loop.running !== null && loop.running.connection === connection.number && loop.running.event === direction;
    for (const direction of /** @type {const} */ (["read", "write"])) {
      const event = connection[direction].event;
      const state = runs(direction) ? "running" : event.active !== null ? "active" : event.armed ? "pending" : "none";
      chips[`ev_${direction}`].update(state, t.scene.event[state]);
      const left = event.deadline_us === null ? null : event.deadline_us - Math.max(picture.time_us, clockStart);
      chips[`t_${direction}`].update(left === null ? "none" : "timer", left === null ? t.scene.noTimer : t.time(left));
    }

    say(stackTitle, t.scene.stack);
    const frames = stackOf(frame);
    sized(stack, frames.length, () => h("li", {})).forEach((item, index) => {
      say(item, frames[index].name);
      item.className = frames[index].user ? "frame user" : "frame";
    });
  }

  return { element, update };
}

/** @param {string} name */
function createChip(name) {
  const state = h("span", { class: "chip-state" });
  const element = h("div", { class: "chip" }, h("span", { class: "chip-dot", "aria-hidden": "true" }), h("code", {}, name), state);
  return {
    element,
    /** @param {string} kind @param {string} words */
    update(kind, words) {
      set(element, "data-state", kind);
      say(state, words);
    },
  };
}
