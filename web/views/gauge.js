/** An evbuffer as a horizontal gauge: the next byte to drain at the left, the watermarks across it. */
import { firstBytes, glyph, preview } from "./bytes.js";
import { h, say, set, sized, style } from "./dom.js";

/** @typedef {import("../types.js").Content} Content */
/** @typedef {import("../types.js").Text} Text */
/** @typedef {import("../state/scale.js").Scale} Scale */

/**
 * @typedef {object} GaugeState
 * @property {Content} content
 * @property {Scale} scale
 * @property {number} low
 * @property {number} high 0 for none
 * @property {boolean} enforced whether the high mark does anything
 * @property {number} added so many bytes at the right are of this step
 * @property {"pressure" | "suspended" | null} tripwire what stopped reading at the high mark
 * @property {boolean} uncertain
 * @property {boolean} editable marks can be dragged
 * @property {Text} text
 */

/**
 * @param {"input" | "output"} name
 * @param {(mark: "low" | "high", bytes: number) => void} onMark
 */
export function createGauge(name, onMark) {
  const length = h("output", { class: "gauge-length" });
  const legend = h("span", { class: "gauge-legend" });
  const cells = h("div", { class: "cells", "aria-hidden": "true" });
  const beyond = h("div", { class: "beyond" });
  const ahead = h("p", { class: "gauge-ahead", "aria-hidden": "true" });
  const track = h("div", { class: "gauge-track" }, cells, beyond);
  const marks = { low: createMark("low"), high: createMark("high") };
  track.append(marks.low.element, marks.high.element);
  const title = h("span", { class: "gauge-name" });
  const element = h(
    "div",
    { class: `gauge ${name}` },
    h("div", { class: "gauge-caption" }, title, length, legend),
    track,
    ahead,
  );

  /** @type {GaugeState} */
  let state;

  /** @param {"low" | "high"} which */
  function createMark(which) {
    const label = h("span", { class: "mark-label" });
    const mark = h("div", { class: `mark ${which}`, hidden: true }, h("span", { class: "mark-flag" }), label);
    /** @type {number | null} */
    let draft = null;

    const offer = (/** @type {number | null} */ bytes) => {
      draft = bytes === null ? null : Math.max(0, Math.min(bytes, 4294967295));
      draw();
    };
    const settle = () => {
      const bytes = draft;
      draft = null;
      if (bytes !== null && bytes !== state[which]) onMark(which, bytes);
      else draw();
    };
    mark.addEventListener("pointerdown", (event) => {
      if (!state.editable || event.button !== 0) return;
      mark.setPointerCapture(event.pointerId);
      offer(state[which]);
      event.preventDefault();
      mark.focus();
    });
    mark.addEventListener("pointermove", (event) => {
      if (!mark.hasPointerCapture(event.pointerId)) return;
      const box = track.getBoundingClientRect();
      offer(Math.round(((event.clientX - box.left) / box.width) * state.scale.capacity));
    });
    mark.addEventListener("pointerup", settle);
    mark.addEventListener("pointercancel", () => offer(null));
    mark.addEventListener("blur", () => draft !== null && settle());
    mark.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[event.key];
      if (by !== undefined) offer((draft ?? state[which]) + by * state.scale.per);
      else if (event.key === "Enter" && draft !== null) settle();
      else if (event.key === "Escape" && draft !== null) offer(null);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });

    function draw() {
      const value = draft ?? state[which];
      const shown = value !== 0 || draft !== null || (state.editable && which === "high" && state.enforced);
      mark.hidden = !shown;
      if (!shown) return say(label, "");
      const place = value === 0 && which === "high" ? 1 : Math.min(value / state.scale.capacity, 1);
      style(mark, "inset-inline-start", `${place * 100}%`);
      mark.classList.toggle("unset", value === 0);
      mark.classList.toggle("ghost", which === "high" && !state.enforced);
      mark.classList.toggle("tripwire", which === "high" && state.tripwire !== null);
      const t = state.text;
      const short = which === "low" ? t.gauge.lo : t.gauge.hi;
      const figure = value === 0 && which === "high" ? t.gauge.none : String(value);
      const remark = which === "low" ? "" : !state.enforced ? t.gauge.notEnforced : state.tripwire ? t.gauge.tripwire[state.tripwire] : "";
      mark.classList.toggle("end", place > (remark ? 0.4 : 0.82));
      say(label, remark ? `${short} ${figure} \u00b7 ${remark}` : `${short} ${figure}`);
      const name = which === "low" ? t.gauge.lowMark : t.gauge.highMark;
      set(mark, "role", state.editable ? "slider" : null);
      set(mark, "tabindex", state.editable ? 0 : null);
      set(mark, "aria-label", state.editable ? name : null);
      set(mark, "aria-valuemin", state.editable ? 0 : null);
      set(mark, "aria-valuemax", state.editable ? Math.max(state.scale.capacity, value) : null);
      set(mark, "aria-valuenow", state.editable ? value : null);
      set(mark, "aria-valuetext", state.editable ? t.gauge.spoken(name, value, draft !== null) : null);
    }

    return { element: mark, draw };
  }

  /** @param {GaugeState} next */
  function update(next) {
    state = next;
    const { content, scale, high, added } = state;
    const t = state.text;
    say(title, name === "input" ? t.gauge.input : t.gauge.output);
    say(length, `${content.len} B`);
    set(element, "data-length", content.len);
    say(legend, scale.per > 1 ? t.gauge.cell(scale.per) : "");
    element.classList.toggle("uncertain", state.uncertain);

    const glyphs = scale.per === 1 && scale.cells <= 32;
    const bytes = firstBytes(content, glyphs ? scale.cells : 0);
    const full = Math.ceil(content.len / scale.per);
    const addedFrom = Math.floor((content.len - added) / scale.per);
    const edge = high === 0 || !state.enforced ? scale.cells : Math.ceil(high / scale.per);
    style(cells, "--cells", String(scale.cells));
    set(cells, "data-glyphs", glyphs);
    sized(cells, scale.cells, () => h("span", { class: "cell" })).forEach((cell, index) => {
      const filled = index < full;
      const byte = bytes[index];
      const unknown = filled && (glyphs ? byte === null : state.uncertain);
      const kind = filled ? (unknown ? "cell full unknown" : "cell full") : index >= edge ? "cell out" : "cell";
      const fresh = filled && added > 0 && index >= addedFrom;
      const edges = fresh ? `${index === addedFrom ? " first" : ""}${index === full - 1 ? " last" : ""}` : "";
      const classes = fresh ? `${kind} fresh${edges}` : kind;
      if (cell.className !== classes) cell.className = classes;
      say(cell, glyphs && filled ? (byte === null || byte === undefined ? "?" : glyph(byte)) : "");
    });
    const hatched = state.enforced && high !== 0 && high < scale.capacity;
    beyond.hidden = !hatched;
    if (hatched) style(beyond, "inset-inline-start", `${(high / scale.capacity) * 100}%`);
    say(ahead, glyphs || content.len === 0 ? "" : preview(content, 40));
    marks.low.draw();
    marks.high.draw();
  }

  return { element, update };
}
