/** Transport: to and fro, play, unit, speed, and where to stop. */
import { SPEEDS } from "../state/clock.js";
import { UNITS } from "../state/given.js";
import { choice } from "./choice.js";
import { button, choose, h, say, set, steady, svg } from "./dom.js";
import { isAskedAt } from "./lesson/prediction.js";
import { createStop } from "./stop.js";

/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").Shown} Shown */
/** @typedef {import("../types.js").Text} Text */

const ICONS = {
  start: "M4 3V13M13 3L6 8L13 13Z",
  back: "M11 3L4 8L11 13Z",
  play: "M4 2L13 8L4 14Z",
  pause: "M4 3H7V13H4ZM9 3H12V13H9Z",
  forward: "M5 3L12 8L5 13Z",
  end: "M12 3V13M3 3L10 8L3 13Z",
};
const STEPS = /** @type {const} */ (["start", "back", "forward", "end"]);

/** @param {keyof typeof ICONS} name */
const icon = (name) => svg("svg", { viewBox: "0 0 16 16", class: "icon", "aria-hidden": "true" }, svg("path", { d: ICONS[name] }));

/** @param {Commands} commands @param {() => boolean} onAct shows or hides what one can do; gives whether it is shown */
export function createControls(commands, onAct) {
  const transport = createTransport(commands, () => element.toggleAttribute("data-open"), onAct);
  const unit = createUnit(commands);
  const speed = createSpeed(commands);
  const stop = createStop(commands);
  const live = createToLive(commands);
  const waits = createWaits(commands);
  const element = h(
    "div",
    { class: "controls", role: "group" },
    waits.element,
    transport.element,
    unit.element,
    speed.element,
    stop.element,
    stop.own,
    live.element,
  );
  /** @param {Shown} shown */
  function update(shown) {
    set(element, "aria-label", shown.text.controls.label);
    for (const part of [waits, transport, unit, speed, stop, live]) part.update(shown);
  }
  return { element, play: transport.play, update };
}

/** Says that a question waits, or what was seen is explained, where that is out of sight, and leads there. @param {Commands} commands */
function createWaits(commands) {
  const element = button("", commands.toQuestion, { class: "waits primary", hidden: true });
  /** @param {Shown} shown */
  function update({ lesson, frame, player, text }) {
    const waits = lesson?.questions.some((one) => isAskedAt(one, frame)) ?? false;
    const told = player.mode !== "playing" && (lesson?.questions.some(({ id, isHere, seen }) => id === lesson.selected && isHere && seen === frame.position) ?? false);
    element.hidden = !waits && !told;
    say(element, `${waits ? text.controls.waits : text.controls.told} \u2193`);
  }
  return { element, update };
}

/** @param {Commands} commands @param {() => void} onMore @param {() => boolean} onAct */
function createTransport(commands, onMore, onAct) {
  const buttons = {
    start: button("", () => commands.jump("start"), { class: "step start" }),
    back: button("", () => commands.step(-1), { class: "step back" }),
    play: button("", commands.toggle, { class: "primary play" }),
    forward: button("", () => commands.step(1), { class: "step forward" }),
    end: button("", () => commands.jump("end"), { class: "step end" }),
  };
  for (const name of STEPS) buttons[name].append(icon(name));
  const word = h("span", {});
  const drawing = h("span", { class: "play-icon" }, icon("play"));
  buttons.play.append(drawing, word);
  const act = button("", () => set(act, "aria-expanded", String(onAct())), { class: "act-open", "aria-expanded": "false" });
  const more = button("\u22ef", onMore, { class: "more" });
  const update = steady(({ frame, player, text }) => [player.mode, player.unit, frame.position === frame.start, frame.source, text], (/** @type {Shown} */ { frame, player, text }) => {
    const playing = player.mode === "playing";
    const { back, forward } = text.controls.by;
    const names = { ...text.controls, ...(player.unit === "callback" || player.unit === "pass" ? { back: back[player.unit], forward: forward[player.unit] } : {}) };
    for (const name of STEPS) {
      set(buttons[name], "aria-label", names[name]);
      set(buttons[name], "title", names[name]);
    }
    set(drawing, "data-icon", playing ? "pause" : "play");
    drawing.querySelector("path")?.setAttribute("d", playing ? ICONS.pause : ICONS.play);
    say(word, playing ? text.controls.pause : text.controls.play);
    buttons.back.disabled = buttons.start.disabled = frame.position === frame.start;
    set(more, "aria-label", text.more);
    say(act, text.act.title);
    act.hidden = frame.source !== "simulation";
  });
  return { element: h("div", { class: "transport" }, ...Object.values(buttons), act, more), play: buttons.play, update };
}

/** @param {Commands} commands */
function createUnit(commands) {
  const label = h("span", { class: "label" });
  const unit = choice(UNITS, commands.unit);
  return {
    element: h("div", { class: "field option unit-field" }, label, unit.element),
    update: steady(({ player, text }) => [player.unit, text], (/** @type {Shown} */ { player, text: { controls } }) => {
      say(label, controls.unit);
      unit.update(player.unit, controls.unit, controls.units);
      unit.buttons.forEach((one, index) => {
        set(one, "data-note", controls.unitNotes[UNITS[index]]);
        set(one, "aria-description", controls.unitNotes[UNITS[index]]);
      });
    }),
  };
}

/** @param {Commands} commands */
function createSpeed(commands) {
  const label = h("span", { class: "label" });
  const speed = h("select", { class: "speed", onchange: () => commands.speed(Number(speed.value)) }, ...SPEEDS.map((value) => h("option", { value })));
  return {
    element: h("label", { class: "field option" }, label, speed),
    update: steady(({ player, text }) => [player.speed, text], (/** @type {Shown} */ { player, text: { controls } }) => {
      say(label, controls.speed);
      SPEEDS.forEach((value, index) => say(speed.options[index], value === 0 ? controls.realGaps : `${value}\u00d7`));
      choose(speed, String(player.speed));
    }),
  };
}

/** @param {Commands} commands */
function createToLive(commands) {
  const element = button("", commands.follow, { class: "to-live", hidden: true });
  /** @param {Shown} shown */
  function update({ frame, player, live, text }) {
    const behind = player.mode !== "following";
    const connected = live?.state === "connected" || live?.state === "behind";
    // Who follows a server that is gone is at the end of what there is: how it stands is said where its address is.
    element.hidden = frame.source !== "live" || (!behind && !connected);
    element.disabled = element.hidden || !behind;
    if (element.hidden) return;
    // Counted in steps: a server that was started anew counts its time from there.
    say(element, behind ? `${text.controls.behind(frame.length - frame.position)} \u2013 ${connected ? text.controls.live : text.controls.end}` : text.controls.newest);
  }
  return { element, update };
}
