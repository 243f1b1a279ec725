/** Every step as a list. Only the rows that can be seen exist, so that a million steps are as quick as ten. */
import { ROLES } from "../roles.js";
import { dependsOnConnection, sentence } from "../sentences/index.js";
import { h, say, set, style } from "./dom.js";

/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {import("../types.js").Text} Text */

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
 * @param {import("../types.js").Record} record
 * @param {number} position
 */
function wordsOf(frame, record, position) {
  const asked = record.connection !== null && record.connection !== undefined && dependsOnConnection(record.kind);
  return sentence(record, (asked && frame.track.connection(position, Number(record.connection))) || null, frame.lang);
}

/**
 * @param {() => Text} text
 * @param {(position: number) => void} seek
 */
export function createLog(text, seek) {
  const list = h("ol", { class: "log-rows" });
  const scroller = h("div", { class: "log", tabindex: "0", role: "region", onscroll: () => last && scrolled(last) }, list);
  /** @type {Frame | null} */
  let last = null;
  let centred = -1;
  /** The first row of the window, counted from the first that there is. */
  let base = 0;

  /** @param {Frame} frame */
  function update(frame) {
    last = frame;
    set(scroller, "aria-label", text().log.label);
    const rows = frame.length - frame.start;
    const row = frame.position - frame.start - 1;
    const moves = centred !== frame.position && scroller.clientHeight > 0;
    moveWindow(moves && (row < base || row >= base + WINDOW) ? row - WINDOW / 2 : base, rows);
    style(list, "block-size", `${Math.min(rows, WINDOW) * ROW}px`);
    if (moves) {
      centred = frame.position;
      const top = (row - base) * ROW;
      const seen = scroller.clientHeight;
      if (top < scroller.scrollTop || top + ROW > scroller.scrollTop + seen) scroller.scrollTop = top - seen / 2 + ROW / 2;
    }
    draw(frame);
  }

  /** @param {number} to @param {number} rows */
  function moveWindow(to, rows) {
    base = Math.max(0, Math.min(Math.round(to), rows - WINDOW));
  }

  /** Where the window ends before the rows do, it moves on under the reader. @param {Frame} frame */
  function scrolled(frame) {
    const before = base;
    const rows = frame.length - frame.start;
    const room = scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
    if (scroller.scrollTop === 0) moveWindow(base - WINDOW / 2, rows);
    else if (room < 1) moveWindow(base + WINDOW / 2, rows);
    if (base !== before) scroller.scrollTop += (before - base) * ROW;
    draw(frame);
  }

  /** @param {Frame} frame */
  function draw(frame) {
    const first = Math.max(0, Math.floor(scroller.scrollTop / ROW) - 2);
    const count = Math.ceil((scroller.clientHeight || ROW * 12) / ROW) + 4;
    const from = frame.start + base + first;
    const records = frame.track.records(from, Math.min(from + count, frame.length));
    while (list.childElementCount > records.length) list.lastElementChild?.remove();
    records.forEach((record, index) => {
      const position = from + index + 1;
      const row = /** @type {HTMLLIElement} */ (list.children[index] ?? list.appendChild(createRow()));
      style(row, "inset-block-start", `${(first + index) * ROW}px`);
      set(row, "aria-posinset", position);
      set(row, "aria-setsize", frame.length);
      const button = /** @type {HTMLButtonElement} */ (row.firstElementChild);
      set(button, "aria-current", position === frame.position ? "step" : null);
      set(button, "data-position", position);
      set(button, "data-role", COLOURS[ROLES[record.kind]]);
      const [number, words] = button.children;
      say(number, String(position));
      say(words, wordsOf(frame, record, position));
      button.classList.toggle("other", record.connection !== null && record.connection !== undefined && record.connection !== frame.connection.number);
      button.classList.toggle("pass", record.kind === "pass_began");
    });
  }

  function createRow() {
    const button = h("button", { type: "button", onclick: () => seek(Number(button.dataset.position)) }, h("span", { class: "row-number" }), h("span", { class: "row-words" }));
    return h("li", {}, button);
  }

  /** The track is another one. */
  function forget() {
    last = null;
    centred = -1;
    base = 0;
  }

  return { element: scroller, update, forget };
}
