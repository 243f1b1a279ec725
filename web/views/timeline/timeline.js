/** The track from afar: lengths, marks, callbacks and losses of a stretch of it, with a slider to scrub. */
import { branchName } from "../../lang/did.js";
import { PRESS } from "../../state/stretch.js";
import { button, h, say, set, sized, steady, style } from "../dom.js";
import { listen } from "./gestures.js";
import { createLanes } from "./lanes.js";
import { createMinimap } from "./minimap.js";
import { SHAPES_FROM } from "./paint.js";

/** @typedef {import("../../types.js").Commands} Commands */
/** @typedef {import("../../types.js").Shown} Shown */

const ROLES = /** @type {const} */ (["input", "output", "firing", "ink", "pass", "error"]);

/** @param {Commands} commands */
export function createTimeline(commands) {
  const places = createPlaces();
  const slider = h("input", { class: "scrubber", type: "range", min: "0", step: "1", oninput: () => commands.seek(Number(slider.value)) });
  const note = h("p", { class: "timeline-note" });
  // Seen as a key of the legend: a reader who hears the position is told it as well.
  const pale = h("span", { id: "lanes-told", class: "spoken" });
  const area = h("div", { class: "timeline-area" }, places.element, slider, pale);
  const minimap = createMinimap(commands);
  const zoom = createZoom(commands);
  const legend = createLegend();
  const lanes = createLanes(area, minimap, () => last && tell(last));
  const element = h("div", { class: "timeline" }, area, h("div", { class: "timeline-foot" }, minimap.element, note, zoom.element, legend.element), ...lanes.swatches);
  /** @type {Shown | null} */
  let last = null;
  listen(area, commands, () => last);

  /** @param {Shown} shown */
  function update(shown) {
    const { frame, text } = shown;
    last = shown;
    lanes.update(shown);
    set(area, "data-compared", frame.other !== null);
    set(slider, "min", frame.start);
    set(slider, "max", frame.length);
    slider.value = String(frame.position);
    set(slider, "aria-label", text.controls.position);
    set(slider, "aria-valuetext", text.step(frame.position, frame.length));
    tell(shown);
    for (const part of [places, minimap, zoom, legend]) part.update(shown);
  }

  /** What of it is seen, and whether steps have room for their shapes. @param {Shown} shown */
  function tell({ stretch, text }) {
    const { controls } = text;
    const wide = lanes.width() / Math.max(stretch.to - stretch.from, 1);
    say(note, controls.stretch(Math.round(stretch.from), Math.round(stretch.to), wide < SHAPES_FROM));
    const coarse = lanes.isCoarse();
    legend.tell(coarse);
    say(pale, coarse ? controls.paleTold : "");
    set(slider, "aria-describedby", coarse ? pale.id : null);
    set(area, "title", coarse ? controls.paleTold : null);
  }

  return { element, update, listen: lanes.listen };
}

/** What stands above the lanes: where one is, where what is done takes effect, where branches left, where two runs part. */
function createPlaces() {
  const cursor = h("div", { class: "cursor" });
  const lands = h("div", { class: "lands" });
  const first = h("div", { class: "first-difference" }, h("span", {}));
  const origins = h("div", { class: "origins" });
  const names = [h("span", { class: "timeline-name" }), h("span", { class: "timeline-name other" })];
  const element = h("div", { class: "timeline-places", "aria-hidden": "true" }, origins, first, lands, cursor, ...names);

  /** @param {Shown} shown */
  function update({ frame, stretch, player: { branches }, text }) {
    /** @param {HTMLElement} place @param {number | null | undefined} position */
    const put = (place, position) => {
      const part = ((position ?? -1) - stretch.from) / Math.max(stretch.to - stretch.from, 1);
      place.hidden = position === null || position === undefined || part < 0 || part > 1;
      if (!place.hidden) style(place, "inset-inline-start", `${100 * part}%`);
    };
    put(cursor, frame.position);
    put(lands, frame.effect && frame.effect.position !== frame.position ? frame.effect.position : null);
    put(first, frame.aligned?.first);
    say(/** @type {HTMLElement} */ (first.firstElementChild), text.compare.first);
    const current = branches.find((branch) => branch.current);
    const left = branches.filter((branch) => branch.at > 0 && (branch.current || branch.parent === current?.id));
    sized(origins, left.length, () => h("div", { class: "origin" })).forEach((origin, index) => {
      put(origin, left[index].at);
      set(origin, "data-own", left[index].current);
      set(origin, "title", branchName(left[index], text));
    });
    const dialects = frame.other ? [/** @type {import("../../types.js").Simulation} */ (frame.track).dialect, frame.against ?? ""] : ["", ""];
    names.forEach((name, index) => say(name, dialects[index]));
  }

  return { element, update };
}

/** @param {Commands} commands */
function createZoom(commands) {
  const nearer = button("+", () => commands.zoom(PRESS), { class: "nearer" });
  const farther = button("\u2212", () => commands.zoom(1 / PRESS), { class: "farther" });
  return {
    element: h("div", { class: "zoom", role: "group" }, farther, nearer),
    update: steady(
      ({ frame, stretch, text }) => [frame.start, frame.length, stretch.from, stretch.to, text],
      (/** @type {Shown} */ { frame, stretch, text: { controls } }) => {
        farther.disabled = stretch.from === frame.start && stretch.to === frame.length;
        for (const [one, words] of /** @type {const} */ ([[nearer, controls.nearer], [farther, controls.farther]])) {
          set(one, "aria-label", words);
          set(one, "title", words);
        }
      },
    ),
  };
}

/** What the colours and shapes mean. */
function createLegend() {
  const keys = ROLES.map((role) => ({ role, words: h("span", {}) }));
  const pale = h("span", {});
  const item = (/** @type {string} */ key, /** @type {Element} */ words) => h("li", {}, h("span", { class: `key ${key}`, "aria-hidden": "true" }), words);
  const coarse = item("pale", pale);
  const element = h("ul", { class: "legend" }, ...keys.map(({ role, words }) => item(role, words)), coarse);
  const update = steady(({ text }) => [text], (/** @type {Shown} */ { text: { controls } }) => {
    keys.forEach(({ role, words }) => say(words, controls.legend[role]));
    say(pale, controls.pale);
  });
  /** @param {boolean} isCoarse */
  const tell = (isCoarse) => (coarse.hidden = !isCoarse);
  return { element, update, tell };
}
