/** The player's keys. They work only while the player has the focus, and never while somebody types. */

/** @typedef {import("../types.js").Unit} Unit */

/**
 * What the keys do.
 * @typedef {object} Commands
 * @property {() => unknown} toggle
 * @property {(direction: 1 | -1, unit?: Unit) => void} step
 * @property {(end: "start" | "end") => void} jump
 * @property {(direction: 1 | -1) => unknown} crossing
 * @property {() => unknown} stopHere
 * @property {() => unknown} nextStop
 * @property {() => void} fork
 * @property {() => void} compare
 * @property {() => void} follow
 * @property {(direction: 1 | -1) => void} speed
 * @property {(index: number) => unknown} panel
 * @property {() => void} help
 */

/**
 * What the keys do to a player; the rest is given.
 * @param {import("./player.js").Player} player
 * @param {Pick<Commands, "fork" | "compare" | "panel" | "help">} rest
 * @returns {Commands}
 */
export const keysOf = (player, rest) => ({
  toggle: () => player.track && player.toggle(),
  step: (direction, unit) => player.step(direction, unit),
  jump: (end) => player.seek(end === "start" ? player.start : player.length),
  crossing: (direction) => player.find(direction, "crossing"),
  stopHere: () => player.setStop(`kind:${player.track?.record(player.position)?.kind ?? "created"}`),
  nextStop: () => player.find(1, player.stop || "callback"),
  follow: () => player.follow(),
  speed: (direction) => player.changeSpeed(direction),
  ...rest,
});

/** Where these are, keys are text. */
const TYPING = "input:not([type=range], [type=radio], [type=checkbox]), textarea, select";
/** These act on a press of the space bar or Enter by themselves. */
const PRESSED = "button, a, summary, [role=tab], input[type=radio], input[type=checkbox]";

/**
 * @param {KeyboardEvent} event
 * @param {Commands} commands
 */
export function handleKey(event, commands) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const target = /** @type {Element | null} */ (event.composedPath()[0] ?? null);
  if (target instanceof Element && target.matches(TYPING)) return;
  if (event.key === " " && target instanceof Element && target.matches(PRESSED)) return;
  if (event.key.startsWith("Arrow") && target instanceof Element && target.matches("[role=tab], input[type=radio]")) return;
  const command = find(event, commands);
  if (!command) return;
  command();
  event.preventDefault();
  event.stopPropagation();
}

/**
 * @param {KeyboardEvent} event
 * @param {Commands} c
 * @returns {(() => void) | undefined}
 */
function find(event, c) {
  const unit = event.shiftKey ? "callback" : undefined;
  /** @type {Record<string, () => void>} */
  const table = {
    " ": () => c.toggle(),
    k: () => c.toggle(),
    ArrowLeft: () => c.step(-1, unit),
    ArrowRight: () => c.step(1, unit),
    PageUp: () => c.step(-1, "pass"),
    PageDown: () => c.step(1, "pass"),
    Home: () => c.jump("start"),
    End: () => c.jump("end"),
    "[": () => c.crossing(-1),
    "]": () => c.crossing(1),
    b: () => c.stopHere(),
    n: () => c.nextStop(),
    f: () => c.fork(),
    c: () => c.compare(),
    l: () => c.follow(),
    "+": () => c.speed(1),
    "=": () => c.speed(1),
    "-": () => c.speed(-1),
    "?": () => c.help(),
  };
  if (/^[1-4]$/.test(event.key)) return () => c.panel(Number(event.key) - 1);
  return table[event.key];
}
