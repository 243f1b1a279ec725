/** The loop: its four stations, the events with their timers, and the stack of what runs. */
import { STATIONS } from "../../engine/vocabulary.js";
import { eventName } from "../../lang/names.js";
import { h, say, set, sized, style } from "../dom.js";
import { questionText } from "../why.js";
import { differing } from "./differing.js";
import { stackOf } from "./stack.js";

/** @typedef {import("../../types.js").Shown} Shown */
/** @typedef {import("../../types.js").EventPicture} EventPicture */
/** @typedef {import("../../state/asking.js").Asking} Asking */
/** @typedef {import("../../types.js").Text} Text */

/** So many of the application's own events have room. */
const OWN_EVENTS = 3;

export function createLoop() {
  const title = h("span", { class: "zone-name", "data-ask": JSON.stringify({ kind: "loop" }) });
  const pass = h("span", { class: "loop-pass", "data-ask": JSON.stringify({ kind: "loop" }) });
  const names = STATIONS.map((station) => h("span", { class: "station-name", "data-ask": JSON.stringify({ kind: "station", station }) }));
  const stations = names.map((name) => h("li", { class: "station" }, name));
  const chips = h("ul", { class: "chips" });
  const stackTitle = h("span", { class: "stack-name" });
  const stack = h("ol", { class: "stack-frames" });
  const element = h(
    "div",
    { class: "loop" },
    h("div", { class: "loop-head" }, title, pass),
    h("ol", { class: "stations" }, ...stations),
    chips,
    h("div", { class: "stack" }, stackTitle, stack),
  );
  walkAmong([title, ...names], element);

  /** @param {Shown} shown */
  function update(shown) {
    const { frame, text: t } = shown;
    const { loop } = frame.picture;
    const differs = differing(frame);
    say(title, t.scene.loop);
    labelAsk(title, { kind: "loop" }, shown);
    say(pass, t.scene.pass(loop.pass));
    STATIONS.forEach((station, index) => {
      const here = loop.station === station;
      stations[index].classList.toggle("here", here);
      set(stations[index], "aria-current", here ? "step" : null);
      set(stations[index], "data-differs", here && differs.has("station"));
      say(names[index], t.scene.stations[station]);
      labelAsk(names[index], { kind: "station", station }, shown);
    });
    const events = eventsOf(frame);
    sized(chips, events.length, createChip).forEach((chip, index) => {
      drawChip(chip, events[index], t, shown);
      set(chip, "data-differs", differs.has(`event:${events[index].name}`));
    });
    drawStack(stack, stackTitle, frame, t);
    set(stack, "data-differs", differs.has("stack"));
  }

  return { element, update };
}

/**
 * @typedef {{name: string, ask: Asking | null, timer: Asking | null, state: "none" | "pending" | "active" | "running", left: number | null, whole: number | null}} ShownEvent
 * `timer` is what its timer can be asked; times in microseconds; `whole` is what its timer began with, where that is known
 */

/** @param {Shown["frame"]} frame @returns {ShownEvent[]} */
function eventsOf({ picture, connection, clockStart, exists }) {
  const { names, loop: { running, application_events } } = picture;
  const now = Math.max(picture.time_us, clockStart);
  const shown = (/** @type {string} */ name, /** @type {[event: Asking | null, timer: Asking | null]} */ [ask, timer], /** @type {EventPicture} */ event, /** @type {boolean} */ runs, /** @type {number | null} */ whole) => ({
    name,
    ask,
    timer,
    state: /** @type {ShownEvent["state"]} */ (runs ? "running" : event.active !== null ? "active" : event.armed ? "pending" : "none"),
    left: event.deadline_us === null ? null : event.deadline_us - now,
    whole,
  });
  const own = application_events.slice(0, OWN_EVENTS).map(({ number, event }) => {
    const name = eventName({ application: number }, names);
    return shown(name, [timed({ application: number }), null], event, running !== null && eventName(running.event, names) === name, null);
  });
  const both = /** @type {const} */ (["read", "write"]).map((direction) => {
    const { event, timeout_us } = connection[direction];
    const asks = /** @type {[Asking | null, Asking | null]} */ (exists ? [{ kind: "event", direction }, timed(direction)] : [null, null]);
    return shown(eventName(direction), asks, event, running?.connection === connection.number && running.event === direction, timeout_us);
  });
  // The queued call of deferred callbacks is seen while there is one.
  const queued = running?.connection === connection.number && running.event === "deferred";
  const deferred = connection.deferred_queued || queued ? [{ name: eventName("deferred"), ask: /** @type {Asking} */ ({ kind: "deferred" }), timer: null, state: /** @type {ShownEvent["state"]} */ (queued ? "running" : "active"), left: null, whole: null }] : [];
  return [...both, ...deferred, ...own];
}

/** @param {import("../../types.js").EventName} event @returns {Asking} */
const timed = (event) => ({ kind: "timer", event });

function createChip() {
  return h("li", { class: "chip" }, h("span", { class: "chip-dot", "aria-hidden": "true" }), h("code", {}), h("span", { class: "chip-state" }), h("span", { class: "chip-timer", "aria-hidden": "true" }, h("span", { class: "chip-left" })));
}

/** @param {HTMLElement} chip @param {ShownEvent} event @param {Text} t @param {Shown} shown */
function drawChip(chip, { name, ask, timer, state, left, whole }, t, shown) {
  const [, code, words, bar] = /** @type {HTMLElement[]} */ ([...chip.children]);
  set(chip, "data-state", state);
  set(chip, "data-ask", ask && JSON.stringify(ask));
  askable(code, ask, shown);
  // Beside the event its timer can be asked, while it runs.
  const other = left === null ? null : timer;
  set(words, "data-ask", other && JSON.stringify(other));
  set(bar, "data-ask", other && JSON.stringify(other));
  askable(words, other, shown);
  say(code, name);
  const waits = t.scene.event[state === "none" ? "waits" : state];
  say(words, left === null ? t.scene.event[state] : left < 0 ? t.scene.overdue(waits, t.time(-left)) : t.scene.timed(waits, t.time(left)));
  set(chip, "data-timed", left !== null);
  // Of a timer that nobody said the length of, only what is left is known.
  const part = left === null || left <= 0 ? 0 : whole ? Math.min(Math.max(left / whole, 0), 1) : 1;
  style(/** @type {HTMLElement} */ (bar.firstElementChild), "inline-size", `${Math.round(part * 100)}%`);
}

/** Its name is part of what it is called by: who speaks to the page says what stands there. @param {Element} part @param {Asking} ask @param {Shown} shown */
const labelAsk = (part, ask, shown) => set(part, "aria-label", `${part.textContent}: ${questionText(ask, shown)}`);

/** The loop's own parts are one stop of the Tab key; arrows up and down go from one to the next. @param {HTMLElement[]} parts @param {HTMLElement} around */
function walkAmong(parts, around) {
  parts.forEach((part, index) => {
    set(part, "role", "button");
    set(part, "tabindex", index === 0 ? 0 : -1);
  });
  around.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const here = parts.indexOf(/** @type {HTMLElement} */ (event.target));
    if (by === undefined || here === -1) return;
    const next = parts[(here + by + parts.length) % parts.length];
    for (const part of parts) set(part, "tabindex", part === next ? 0 : -1);
    next.focus();
    event.preventDefault();
    event.stopPropagation();
  });
}

/** @param {Element} part @param {Asking | null} ask @param {Shown} shown */
function askable(part, ask, shown) {
  set(part, "role", ask && "button");
  set(part, "tabindex", ask && 0);
  set(part, "aria-label", ask && questionText(ask, shown));
}

/** @param {HTMLElement} list @param {HTMLElement} title @param {Shown["frame"]} frame @param {Text} t */
function drawStack(list, title, frame, t) {
  const frames = stackOf(frame);
  say(title, t.scene.stack);
  sized(list, Math.max(frames.length, 1), () => h("li", {}, h("span", { class: "frame-name" }))).forEach((item, index) => {
    const it = frames[index];
    say(/** @type {Element} */ (item.firstElementChild), it?.name ?? t.scene.stackEmpty);
    set(item, "title", it?.name ?? null);
    // Where none of it runs, that is asked of the program.
    set(item, "data-ask", it && !it.ask ? null : JSON.stringify(it?.ask ?? { kind: "program" }));
    item.className = !it ? "frame nobody" : it.user ? "frame user" : "frame";
  });
}
