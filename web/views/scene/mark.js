/** A watermark: a line across its vessel, with a tag that can be dragged, moved by keys, or typed into. */
import { changes, h, say, set, style, svg } from "../dom.js";
import { move, place, show } from "./draw.js";
import { bytesAt, levelY } from "./geometry.js";
import { round } from "./path.js";

/** @typedef {import("./geometry.js").Box} Box */
/** @typedef {import("../../types.js").Text} Text */

/** A watermark is a 32-bit number here: no dragging or typing makes it larger. */
const MOST = 4294967295;
/** Tags stand so far apart; one with a remark has a line more. */
export const TAG_HEIGHT = 24;
export const REMARK_HEIGHT = 14;
/** A tag stands so far from its vessel, and its words so far within it. */
const [TAG_X, REMARK_X] = [6, 14];

/**
 * @typedef {object} MarkState
 * @property {number} value 0 for none, or for "at once"
 * @property {boolean} enforced it does something
 * @property {boolean} editable
 * @property {boolean} seen also where it is 0
 * @property {number} full
 * @property {Box} vessel
 * @property {number} tag where its tag stands
 * @property {number} room to the right of the vessel
 * @property {Text} text
 */

/** @param {Pick<Own, "direction" | "which" | "onSet" | "onDraw" | "measure">} own */
export function createMark({ direction, which, onSet, onDraw, measure }) {
  const parts = {
    glow: svg("path", { class: "mark-glow" }),
    halo: svg("path", { class: "mark-halo" }),
    line: svg("path", { class: "mark-line" }),
    leader: svg("path", { class: "mark-leader" }),
    flag: svg("path", { class: "mark-flag", d: "M0 0L10-6V6z" }),
    words: svg("text", { class: "mark-words", y: 4.5, x: 14 }),
    remark: svg("text", { class: "mark-words", y: 18, x: REMARK_X }),
    hit: svg("rect", { class: "mark-hit", rx: 4 }),
  };
  const tag = svg("g", { class: "mark-tag" }, parts.flag, parts.words, parts.remark, parts.hit);
  // The high mark of writing decides nothing.
  const asked = direction === "write" && which === "high" ? null : JSON.stringify({ kind: "mark", mark: `${direction}_${which}` });
  const element = svg("g", { class: `mark ${direction} ${which}`, "data-ask": asked }, parts.glow, parts.halo, parts.line, parts.leader, tag);
  const field = h("input", { class: "mark-field", type: "number", min: 0, max: MOST, hidden: true });
  const mark = new Mark({ element, tag, field, parts, direction, which, onSet, onDraw, measure });
  listen(element, field, mark);
  return mark;
}

/**
 * @typedef {{element: SVGElement, tag: SVGElement, field: HTMLInputElement, parts: {[part: string]: SVGElement},
 *   direction: "read" | "write", which: "low" | "high",
 *   onSet: (bytes: number) => void, onDraw: (state: MarkState, bytes: number) => void, measure: import("./fit.js").Measure}} Own
 */

class Mark {
  #own;
  #isAnother = changes();
  #glows = changes();
  /** @type {MarkState} */
  state = /** @type {any} */ (null);
  /** What it would be set to. @type {number | null} */
  draft = null;

  /** @param {Own} own */
  constructor(own) {
    this.#own = own;
    this.element = own.element;
    this.field = own.field;
  }

  /** @param {number | null} bytes */
  offer(bytes) {
    this.draft = bytes === null ? null : Math.max(0, Math.min(Math.round(bytes), MOST));
    this.#draw();
  }

  settle() {
    const bytes = this.draft;
    this.draft = null;
    // What it is set to takes effect later: until then it is drawn where it is.
    this.#draw();
    if (bytes !== null && bytes !== this.state.value) this.#own.onSet(bytes);
  }

  /** @param {MarkState} next */
  update(next) {
    this.state = next;
    if (!next.editable) [this.draft, this.field.hidden] = [null, true];
    const { value, enforced, editable, seen, full, vessel, tag, room, text } = next;
    if (this.#isAnother(value, enforced, editable, seen, full, vessel, tag, room, text, this.draft) || this.draft !== null) this.#draw();
  }

  /** @param {number} strength from 0 to 1 */
  glow(strength) {
    if (!this.#glows(strength)) return;
    style(this.#own.parts.glow, "opacity", strength > 0 ? String(Math.round(strength * 100) / 100) : "0");
  }

  #draw() {
    const { state, draft, element } = this;
    const value = draft ?? state.value;
    const seen = value !== 0 || state.seen;
    const none = value === 0 && this.#own.which === "high";
    show(element, seen);
    set(element, "aria-hidden", !seen && "true");
    element.classList.toggle("none", none);
    element.classList.toggle("ghost", !state.enforced);
    element.classList.toggle("draft", draft !== null);
    this.#drawLine(value, seen, none);
    this.#drawTag(value, none);
    this.#speak(value);
    this.#own.onDraw(state, value);
  }

  /** @param {number} value @param {boolean} seen @param {boolean} none */
  #drawLine(value, seen, none) {
    const { vessel, full, tag } = this.state;
    const { parts } = this.#own;
    const y = levelY(vessel, value, full);
    // A tag that follows the pointer stands where the pointer is.
    const tagY = this.draft === null ? tag : y;
    const right = vessel.x + vessel.w;
    for (const path of [parts.line, parts.halo, parts.glow]) set(path, "d", `M${round(vessel.x - 5)} ${round(y)}H${round(right + 5)}`);
    for (const path of [parts.line, parts.halo]) show(path, seen && value > 0);
    set(parts.leader, "d", `M${round(right + 4)} ${round(y)}L${round(right + 7)} ${round(tagY)}`);
    show(parts.leader, seen && !none && Math.abs(tagY - y) > 2);
    move(this.#own.tag, right + TAG_X, tagY);
  }

  /** @param {number} value @param {boolean} none */
  #drawTag(value, none) {
    const { full, enforced, room, text: t } = this.state;
    const { parts, which, measure } = this.#own;
    const words = `${which === "low" ? t.mark.lo : t.mark.hi} ${none ? t.mark.none : value > full ? `\u2191${value}` : value}`;
    say(parts.words, words);
    const remarks = t.mark.notEnforced.filter((words) => measure(words, 12) <= room - TAG_X - REMARK_X);
    say(parts.remark, enforced ? "" : (remarks[0] ?? ""));
    place(parts.hit, { x: -2, y: -TAG_HEIGHT / 2, w: Math.max(measure(words, 12, "bold") + 20, 34), h: TAG_HEIGHT });
  }

  /** @param {number} value */
  #speak(value) {
    const { element, field, draft } = this;
    const { editable, full, text: t } = this.state;
    const { direction, which, parts } = this.#own;
    const vessel = t.scene.vessels[direction === "read" ? "input" : "output"];
    const name = which === "low" ? t.mark.low : t.mark.high;
    const asks = !editable && value > 0 && element.hasAttribute("data-ask");
    set(element, "role", editable ? "slider" : asks ? "button" : null);
    set(element, "tabindex", editable || asks ? 0 : null);
    set(element, "aria-orientation", editable ? "vertical" : null);
    set(element, "aria-label", editable ? `${vessel}: ${name}` : asks ? `${parts.words.textContent}: ${t.why.mark[/** @type {keyof typeof t.why.mark} */ (`${direction}_${which}`)]}` : null);
    set(element, "aria-valuemin", editable ? 0 : null);
    set(element, "aria-valuemax", editable ? Math.max(full, value) : null);
    set(element, "aria-valuenow", editable ? value : null);
    set(element, "aria-valuetext", editable ? t.mark.spoken(name, value, draft !== null) : null);
    set(field, "aria-label", `${vessel}: ${name}`);
  }

  openField() {
    const { field, state } = this;
    field.value = String(state.value);
    style(field, "left", `${state.vessel.x + state.vessel.w + 4}px`);
    style(field, "top", `${state.tag - 15}px`);
    field.hidden = false;
    field.focus();
    field.select();
  }

  /** @param {boolean} taken */
  closeField(taken) {
    const { field } = this;
    if (field.hidden) return;
    field.hidden = true;
    const typed = Number(field.value);
    if (taken && field.value !== "" && Number.isFinite(typed)) this.offer(typed);
    this.settle();
  }
}

/**
 * @param {SVGElement} element
 * @param {HTMLInputElement} field
 * @param {Mark} mark
 */
function listen(element, field, mark) {
  const captured = (/** @type {PointerEvent} */ event) => element.hasPointerCapture(event.pointerId);
  // Who drags it asks nothing.
  let dragged = false;
  element.addEventListener("pointerdown", (event) => {
    if (!mark.state.editable || event.button !== 0) return;
    dragged = false;
    element.setPointerCapture(event.pointerId);
    event.preventDefault();
    element.focus();
  });
  element.addEventListener("pointermove", (event) => {
    if (!captured(event)) return;
    dragged ||= event.movementX !== 0 || event.movementY !== 0;
    const top = /** @type {SVGElement} */ (element.ownerSVGElement).getBoundingClientRect().top;
    mark.offer(bytesAt(mark.state.vessel, event.clientY - top, mark.state.full));
  });
  element.addEventListener("pointerup", (event) => captured(event) && mark.settle());
  element.addEventListener("pointercancel", () => mark.offer(null));
  element.addEventListener("click", (event) => dragged && event.stopPropagation());
  element.addEventListener("dblclick", () => mark.state.editable && mark.openField());
  // It says that Enter sets it: who goes elsewhere has not.
  element.addEventListener("blur", () => mark.draft !== null && mark.offer(null));
  element.addEventListener("keydown", (event) => {
    if (!mark.state.editable) return;
    const step = Math.max(1, Math.round(mark.state.full / 200));
    const by = { ArrowLeft: -step, ArrowDown: -step, ArrowRight: step, ArrowUp: step, PageDown: -10 * step, PageUp: 10 * step }[event.key];
    if (by !== undefined) mark.offer((mark.draft ?? mark.state.value) + by);
    else if (event.key === "Home" || event.key === "End") mark.offer(event.key === "Home" ? 0 : mark.state.full);
    else if (event.key === "Enter" && mark.draft !== null) mark.settle();
    else if (event.key === "Enter") mark.openField();
    else if (event.key === "Escape" && mark.draft !== null) mark.offer(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    mark.closeField(event.key === "Enter");
    element.focus();
  });
  field.addEventListener("blur", () => mark.closeField(true));
}

/**
 * Where the tags of two marks stand, so that neither covers the other: in the order of their lines, each as near to its own as
 * the other lets it.
 * @param {number} low where its line is
 * @param {number} high
 * @param {number} bottom no tag is lower
 * @param {number} [apart]
 * @returns {{low: number, high: number}}
 */
export function tagsOf(low, high, bottom, apart = TAG_HEIGHT) {
  if (Math.abs(low - high) >= apart) return { low, high };
  const under = Math.min((low + high + apart) / 2, bottom);
  return low < high ? { low: under - apart, high: under } : { low: under, high: under - apart };
}
