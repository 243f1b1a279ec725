/** Every step as a list. Only the rows that can be seen exist, so that a million steps are as quick as ten. */
import { ROLES } from "../engine/roles.js";
import { dependsOnConnection, sentence } from "../lang/sentences.js";
import { leftOutAt } from "../state/left-out.js";
import { h, say, set, sized, style } from "./dom.js";
import { onceLaidOut, whenSized } from "./laid-out.js";

/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {import("../types.js").Lang} Lang */
/** @typedef {import("../types.js").Record} Record */
/** @typedef {import("../types.js").Shown} Shown */

/** The height of a row, in CSS pixels. */
const ROW = 44;
/** Browsers draw nothing taller than some millions of pixels: the list is a window of so many rows, which moves along. */
const WINDOW = 160_000;

/** Which colour a step carries, by its role. @type {{[role in import("../types.js").Role]: string | null}} */
const COLOURS = {
  loop: null,
  event: null,
  decision: null,
  crossing: "ink",
  due: null,
  callback: "firing",
  application: null,
  application_to_buffer: null,
  buffer_to_application: null,
  kernel_to_input: "input",
  output_to_kernel: "output",
  peer_to_kernel: "kernel",
  kernel_to_peer: "kernel",
  failure: "error",
  outside: null,
};

/**
 * What a step says; the state of its connection is looked up only where that makes a difference.
 * @param {Frame} frame
 * @param {Record} record
 * @param {number} position
 * @param {Lang} lang
 */
function wordsOf(frame, record, position, lang) {
  const asked = record.connection !== null && record.connection !== undefined && dependsOnConnection(record.kind);
  const leftOut = frame.source === "simulation" ? leftOutAt(/** @type {import("../types.js").Simulation} */ (frame.track), position, record) : 0;
  return sentence(record, (asked && frame.track.connection(position, Number(record.connection))) || null, lang, frame.picture, leftOut);
}

/** @param {Commands} commands */
export function createLog(commands) {
  const list = h("ol", { class: "log-rows" });
  const scroller = h("div", { class: "log", tabindex: "0", role: "region", onscroll: scrolled }, list);
  /** @type {Shown | null} */
  let last = null;
  let centred = -1;
  /** The first row of the window, counted from the first that there is. */
  let base = 0;
  const sight = sightOf(scroller, () => last && draw(last, (scroll) => scroll()));

  /** @param {Shown} shown */
  const update = (shown) => draw(shown, (scroll) => onceLaidOut(scroller, scroll));

  /** @param {Shown} shown @param {(scroll: () => void) => void} once does that once it is laid out */
  function draw(shown, once) {
    const { frame, text } = shown;
    // Of another track, nothing is where it was.
    if (last && last.frame.revision !== frame.revision) [centred, base] = [-1, 0];
    last = shown;
    set(scroller, "aria-label", text.log.label);
    const rows = lengthOf(shown) - frame.start;
    const row = frame.position - frame.start - 1;
    const moves = centred !== frame.position && sight.height > 0;
    moveWindow(moves && (row < base || row >= base + WINDOW) ? row - WINDOW / 2 : base, rows);
    const high = Math.min(rows, WINDOW) * ROW;
    style(list, "block-size", `${high}px`);
    if (moves) {
      centred = frame.position;
      lead(scroller, sight, topFor((row - base) * ROW, sight), once);
    }
    sight.top = Math.max(0, Math.min(sight.top, high - sight.height));
    drawRows(list, sight, base, shown, commands);
  }

  /** @param {number} to @param {number} rows */
  function moveWindow(to, rows) {
    base = Math.max(0, Math.min(Math.round(to), rows - WINDOW));
  }

  /** Where the window ends before the rows do, it moves on under the reader. */
  function scrolled() {
    // Out of sight, it is not told when another track takes the place of this one.
    if (sight.leads || !last || scroller.clientHeight === 0) return;
    sight.top = scroller.scrollTop;
    const before = base;
    const rows = lengthOf(last) - last.frame.start;
    const room = scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
    if (scroller.scrollTop === 0) moveWindow(base - WINDOW / 2, rows);
    else if (room < 1) moveWindow(base + WINDOW / 2, rows);
    if (base !== before) sight.top = scroller.scrollTop += (before - base) * ROW;
    drawRows(list, sight, base, last, commands);
  }

  return { element: scroller, update };
}

/**
 * How much is seen, and where that begins: asking at each change would make the browser lay out everything each time.
 * @param {Element} scroller
 * @param {() => void} changed there is other room, or some at last
 */
function sightOf(scroller, changed) {
  const sight = { height: 0, top: 0, leads: false };
  whenSized(scroller, () => {
    [sight.height, sight.top] = [scroller.clientHeight, scroller.scrollTop];
    return sight.height > 0 ? changed : undefined;
  });
  return sight;
}

/**
 * Scrolls there once that is laid out: where it is until then is nobody's wish.
 * @param {Element} scroller
 * @param {{top: number, leads: boolean}} sight
 * @param {number} to
 * @param {(scroll: () => void) => void} once
 */
function lead(scroller, sight, to, once) {
  if (to !== sight.top) {
    sight.leads = true;
    once(() => {
      sight.leads = false;
      scroller.scrollTop = to;
    });
  }
  sight.top = to;
}

/** Where what is seen begins so that a row is in the middle of it, unless it can be seen. @param {number} top of the row @param {{height: number, top: number}} sight */
const topFor = (top, sight) => (top < sight.top || top + ROW > sight.top + sight.height ? top - sight.height / 2 + ROW / 2 : sight.top);

/** What comes next is not told before it is predicted. @param {Shown} shown */
const lengthOf = ({ frame, lesson }) => (lesson?.veiled ? frame.position : frame.length);

/**
 * Draws the rows that can be seen.
 * @param {Element} list
 * @param {{height: number, top: number}} sight what can be seen
 * @param {number} base the first row of the window
 * @param {Shown} shown
 * @param {Commands} commands
 */
function drawRows(list, { height, top }, base, shown, commands) {
  const { frame, lang } = shown;
  const first = Math.max(0, Math.floor(top / ROW) - 2);
  const count = Math.ceil((height || ROW * 12) / ROW) + 4;
  const from = frame.start + base + first;
  const records = frame.track.records(from, Math.min(from + count, lengthOf(shown)));
  sized(list, records.length, () => createRow(commands)).forEach((row, index) => {
    style(row, "inset-block-start", `${(first + index) * ROW}px`);
    drawRow(row, frame, records[index], from + index + 1, lang);
  });
}

/** @param {Element} row @param {Frame} frame @param {Record} record @param {number} position @param {Lang} lang */
function drawRow(row, frame, record, position, lang) {
  set(row, "aria-posinset", position);
  set(row, "aria-setsize", frame.length);
  const button = /** @type {HTMLButtonElement} */ (row.firstElementChild);
  set(button, "aria-current", position === frame.position ? "step" : null);
  set(button, "data-position", position);
  set(button, "data-role", COLOURS[ROLES[record.kind]]);
  const [number, words] = button.children;
  say(number, String(position));
  say(words, wordsOf(frame, record, position, lang));
  button.classList.toggle("other", record.connection !== null && record.connection !== undefined && record.connection !== frame.connection.number);
  button.classList.toggle("pass", record.kind === "pass_began");
}

/** @param {Commands} commands */
function createRow(commands) {
  const button = h("button", { type: "button", onclick: () => commands.seek(Number(button.dataset.position)) }, h("span", { class: "row-number" }), h("span", { class: "row-words" }));
  return h("li", {}, button);
}
