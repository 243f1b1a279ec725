/** Transport: to and fro, play, unit, speed, and where to stop. */
import { SPEEDS } from "../player/clock.js";
import { button, h, say, set, svg } from "./dom.js";

/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {import("../types.js").Text} Text */
/** @typedef {import("../player/player.js").Player} Player */

const ICONS = {
  start: "M4 3V13M13 3L6 8L13 13Z",
  back: "M11 3L4 8L11 13Z",
  play: "M4 2L13 8L4 14Z",
  pause: "M4 3H7V13H4ZM9 3H12V13H9Z",
  forward: "M5 3L12 8L5 13Z",
  end: "M12 3V13M3 3L10 8L3 13Z",
};

/** @param {keyof typeof ICONS} name */
const icon = (name) => svg("svg", { viewBox: "0 0 16 16", class: "icon", "aria-hidden": "true" }, svg("path", { d: ICONS[name] }));

/**
 * @param {Player} player
 * @param {() => Text} text
 * @param {(end: "start" | "end") => void} jump
 */
export function createControls(player, text, jump) {
  const buttons = {
    start: button("", () => jump("start"), { class: "step start" }),
    back: button("", () => player.step(-1), { class: "step back" }),
    play: button("", () => player.toggle(), { class: "primary play" }),
    forward: button("", () => player.step(1), { class: "step forward" }),
    end: button("", () => jump("end"), { class: "step end" }),
  };
  for (const name of /** @type {const} */ (["start", "back", "forward", "end"])) buttons[name].append(icon(name));
  const playWord = h("span", {});
  const playIcon = h("span", { class: "play-icon" }, icon("play"));
  buttons.play.append(playIcon, playWord);

  const unit = choice(/** @type {const} */ (["step", "callback", "pass"]), (value) => {
    player.unit = value;
    player.dispatchEvent(new CustomEvent("change"));
  });
  const speed = h("select", { class: "speed", onchange: () => setSpeed(Number(speed.value)) }, ...SPEEDS.map((value) => h("option", { value })));
  const stop = h(
    "select",
    { class: "stop", onchange: chooseStop },
    ...["none", "callback", "crossing", "own"].map((value) => h("option", { value })),
  );
  const expression = h("input", { class: "expression option", value: "in>=high", spellcheck: "false", autocapitalize: "off", hidden: true, onchange: chooseStop });
  const labels = [h("span", { class: "label" }), h("span", { class: "label" }), h("span", { class: "label" })];
  const more = button("\u22ef", () => element.toggleAttribute("data-open"), { class: "more" });
  const roles = /** @type {const} */ (["input", "output", "firing", "ink", "error"]);
  const legend = roles.map((role) => h("li", {}, h("span", { class: `key ${role}`, "aria-hidden": "true" }), h("span", {})));
  const live = button("", () => player.follow(), { class: "to-live", hidden: true });
  const element = h(
    "div",
    { class: "controls", role: "group" },
    h("div", { class: "transport" }, buttons.start, buttons.back, buttons.play, buttons.forward, buttons.end, more),
    h("div", { class: "field option unit-field" }, labels[0], unit.element),
    h("label", { class: "field option" }, labels[1], speed),
    h("label", { class: "field option stop-field" }, labels[2], stop),
    expression,
    live,
    h("ul", { class: "legend" }, ...legend),
  );

  /** @param {number} value */
  function setSpeed(value) {
    player.speed = value;
    player.dispatchEvent(new CustomEvent("change"));
  }

  function chooseStop() {
    expression.hidden = stop.value !== "own";
    const condition = stop.value === "none" ? "" : stop.value === "own" ? expression.value.trim() : stop.value;
    set(expression, "aria-invalid", !player.setStop(condition) || null);
  }

  /** @param {Frame} frame */
  function update(frame) {
    const t = text();
    const playing = frame.mode === "playing";
    set(element, "aria-label", t.controls.label);
    for (const name of /** @type {const} */ (["start", "back", "forward", "end"])) {
      set(buttons[name], "aria-label", t.controls[name]);
      set(buttons[name], "title", t.controls[name]);
    }
    set(playIcon, "data-icon", playing ? "pause" : "play");
    playIcon.querySelector("path")?.setAttribute("d", playing ? ICONS.pause : ICONS.play);
    say(playWord, playing ? t.controls.pause : t.controls.play);
    buttons.back.disabled = buttons.start.disabled = frame.position === frame.start;
    unit.update(player.unit, t.controls.unit, t.controls.units);
    [t.controls.unit, t.controls.speed, t.controls.stop].forEach((word, index) => say(labels[index], word));
    [...speed.options].forEach((option, index) => say(option, SPEEDS[index] === 0 ? t.controls.realGaps : `${SPEEDS[index]}\u00d7`));
    speed.value = String(player.speed);
    [...stop.options].forEach((option) => say(option, t.controls.stops[/** @type {"own"} */ (option.value)]));
    if (player.stop && !["callback", "crossing"].includes(player.stop)) {
      stop.value = "own";
      expression.hidden = false;
      if (element.getRootNode() instanceof ShadowRoot && /** @type {ShadowRoot} */ (element.getRootNode()).activeElement !== expression) expression.value = player.stop;
    } else if (player.stop) stop.value = player.stop;
    set(expression, "aria-label", t.controls.expression);
    set(more, "aria-label", t.more);
    roles.forEach((role, index) => say(/** @type {Element} */ (legend[index].lastElementChild), t.controls.legend[role]));
    const behind = frame.source === "live" && frame.mode !== "following";
    live.hidden = frame.source !== "live";
    live.disabled = !behind;
    if (frame.source === "live") {
      const last = frame.track.record(frame.length)?.time_us ?? frame.picture.time_us;
      say(live, behind ? `${t.controls.behind(t.time(last - frame.picture.time_us))} \u2013 ${t.controls.live}` : t.live.connected);
    }
  }

  return { element, update };
}

/**
 * A row of buttons of which one is pressed.
 * @template {string} V
 * @param {readonly V[]} values
 * @param {(value: V) => void} choose
 */
export function choice(values, choose) {
  const buttons = values.map((value) => button("", () => choose(value), { "data-value": value }));
  const element = h("div", { class: "segments", role: "group" }, ...buttons);
  return {
    element,
    buttons,
    /** @param {V | null} current none holds @param {string} label @param {{[value: string]: string}} names */
    update(current, label, names) {
      set(element, "aria-label", label);
      values.forEach((value, index) => {
        say(buttons[index], names[value]);
        set(buttons[index], "aria-pressed", String(value === current));
      });
    },
  };
}
