/** The keys. They work while the player has the focus, or nothing on a page that is about it, and never while somebody types. */
import { PANELS } from "../state/shown.js";
import { PRESS } from "../state/stretch.js";
import { termAt } from "./tips.js";

/** @typedef {import("../types.js").Commands} Commands */

/** Where these are, keys are text. */
const TYPING = "input:not([type=range], [type=radio], [type=checkbox]), textarea, select";
/** These act on a press of the space bar or Enter by themselves. */
const PRESSED = "button, a, summary, [role=tab], input[type=radio], input[type=checkbox]";

/**
 * @param {KeyboardEvent} event
 * @param {Commands} commands
 * @param {import("../types.js").Shown} shown
 */
export function handleKey(event, commands, shown) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const target = /** @type {Element | null} */ (event.composedPath()[0] ?? null);
  if (target instanceof Element && target.matches(TYPING)) return;
  // Whoever presents goes on, wherever Tab has led.
  const question = !shown.presents && (event.key === " " || event.key === "Enter") ? askedOf(event) : null;
  if (question && target?.matches("[role=button]")) {
    commands.why(question);
    event.preventDefault();
    return event.stopPropagation();
  }
  if (event.key === " " && target instanceof Element && target.matches(PRESSED)) return;
  if (event.key.startsWith("Arrow") && target instanceof Element && target.matches("[role=tab], input[type=radio]")) return;
  const command = shown.presents ? findPresented(event, commands, shown) : find(event, commands);
  if (!command) return;
  command();
  event.preventDefault();
  event.stopPropagation();
}

/**
 * The place of the scene that an event happened to, where a question asks for one.
 * @param {Event} event
 */
export function pointedAt(event) {
  const [target] = event.composedPath();
  return target instanceof Element ? (target.closest("[data-choice]")?.getAttribute("data-place") ?? null) : null;
}

/**
 * What whatever an event happened to can be asked.
 * @param {Event} event
 * @returns {import("../state/asking.js").Asking | null}
 */
export function askedOf(event) {
  const [target] = event.composedPath();
  // The other of two that are compared is not the one that is asked.
  const asked = target instanceof Element && !target.closest(".versus") ? target.closest("[data-ask]")?.getAttribute("data-ask") : null;
  return asked ? JSON.parse(asked) : null;
}

/** While it is presented, the keys are those of a remote. Whatever is pressed first shows it again where nothing is shown. @param {KeyboardEvent} event @param {Commands} c @param {import("../types.js").Shown} shown @returns {(() => unknown) | undefined} */
function findPresented({ key }, c, { blackout }) {
  const [on, back, black] = [() => c.stepMoment(1), () => c.stepMoment(-1), () => c.blackout()];
  /** @type {Record<string, () => unknown>} */
  const table = {
    Escape: () => c.present(false),
    p: () => c.present(false),
    PageDown: on,
    ArrowRight: on,
    ArrowDown: on,
    Enter: on,
    PageUp: back,
    ArrowLeft: back,
    ArrowUp: back,
    " ": () => c.toggle(),
    Home: () => c.jump("start"),
    End: () => c.jump("end"),
    "+": () => c.faster(1),
    "-": () => c.faster(-1),
    ".": black,
    b: black,
  };
  return blackout && table[key] && key !== "Escape" && key !== "p" ? () => c.blackout(false) : table[key];
}

/** A press of the mouse goes on, as that of a remote does. @param {Event} event @param {Commands} commands */
export function clickPresented(event, commands) {
  const [target] = event.composedPath();
  if (target instanceof Element && target.closest("button, a, dialog, [role=slider]")) return;
  commands.stepMoment(1);
}

/**
 * @param {KeyboardEvent} event
 * @param {Commands} c
 * @returns {(() => unknown) | undefined}
 */
function find(event, c) {
  const unit = event.shiftKey ? "callback" : undefined;
  /** @type {Record<string, () => unknown>} */
  const table = {
    " ": () => c.toggle(),
    k: () => c.toggle(),
    ArrowLeft: () => c.step(-1, unit),
    ArrowRight: () => c.step(1, unit),
    PageUp: () => c.step(-1, "pass"),
    PageDown: () => c.step(1, "pass"),
    Home: () => c.jump("start"),
    End: () => c.jump("end"),
    "[": () => c.find(-1, "crossing"),
    "]": () => c.find(1, "crossing"),
    b: () => c.stopHere(),
    n: () => c.nextStop(),
    z: () => c.zoom(PRESS),
    x: () => c.zoom(1 / PRESS),
    f: () => c.fork(),
    c: () => c.compare(),
    l: () => c.follow(),
    w: () => c.why(askedOf(event)),
    p: () => c.present(true),
    g: () => c.glossary(termAt(event.composedPath()[0])),
    "+": () => c.faster(1),
    "=": () => c.faster(1),
    "-": () => c.faster(-1),
    "?": () => c.help(),
  };
  const panel = PANELS[Number(event.key) - 1];
  if (panel) return () => c.panel(panel, true);
  return table[event.key];
}
