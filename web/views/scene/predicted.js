/** What a reader predicts, on the drawing itself: the place that was pointed at, and the level that a vessel will have. */
import { say, set, svg } from "../dom.js";
import { place, show } from "./draw.js";
import { bytesAt, levelY } from "./geometry.js";
import { round } from "./path.js";

/** @typedef {import("../../types.js").Shown} Shown */

/** The question that is looked at, if it is about what is played. @param {Shown["lesson"]} lesson */
const questionOf = (lesson) => lesson?.questions.find(({ id, isHere, phase }) => id === lesson.selected && isHere && phase !== "ahead") ?? null;

/** Shows what can be pointed at, while that is asked for, and what was. @param {Element} scene @param {Element} drawing @param {Shown} shown */
export function markPlaces(scene, drawing, { lesson }) {
  const asked = questionOf(lesson);
  const question = asked?.kind === "point" && asked.phase === "asked" ? asked : null;
  // Most moments ask for nothing of the kind.
  if (question === null && !scene.hasAttribute("data-pointing")) return;
  set(scene, "data-pointing", question !== null);
  for (const place of drawing.querySelectorAll("[data-place]")) {
    const id = place.getAttribute("data-place") ?? "";
    set(place, "data-choice", question !== null && question.choices.includes(id));
    set(place, "data-pointed", question !== null && question.draft === id);
  }
}

/**
 * A line across a vessel, which is dragged, or moved by keys, to where the level will be. It stays once it is answered, beside what really
 * came, until what is shown goes on from there.
 * @param {Pick<import("../../types.js").Commands, "draft">} commands
 */
export function createPredicted(commands) {
  const line = svg("path", { class: "predicted-line" });
  const words = svg("text", { class: "predicted-words" });
  const element = svg("g", { class: "predicted" }, line, words);
  const grip = svg("rect", { class: "predicted-grip", role: "slider", tabindex: 0, "aria-orientation": "vertical", "aria-valuemin": 0 });
  const scale = { from: 0, full: 1 };
  listen(grip, scale, commands);

  /** @param {Shown} shown @param {import("./still.js").Still} still @param {import("./geometry.js").Layout} at */
  function settle({ lesson, frame, presents, text: { lessonPanel: t, scene, bytes } }, still, at) {
    const asked = questionOf(lesson);
    const until = asked?.seen ?? asked?.ask ?? null;
    const question = until === null || frame.position <= until ? asked : null;
    const value = question?.draft ?? question?.choice ?? null;
    const name = /** @type {import("./geometry.js").Vessel} */ (question?.vessel === "peer" ? "got" : question?.vessel);
    const box = question?.kind === "level" ? at.vessels[name] : undefined;
    const open = box !== undefined && !presents && frame.position === question?.ask && question.isOpen;
    set(element, "visibility", box && (open || typeof value === "number") ? null : "hidden");
    show(grip, open);
    if (!box) return;
    const full = still.fulls[name];
    const from = typeof value === "number" ? value : (still.levels[name] ?? 0);
    Object.assign(scale, { from, full });
    const y = levelY(box, from, full);
    set(element, "data-waits", typeof value !== "number");
    set(line, "d", `M${round(box.x - 6)} ${round(y)}h${round(box.w + 12)}`);
    set(words, "x", round(box.x + 4));
    // Before it is moved it lies on the level that there is, among the marks.
    set(words, "y", round(typeof value !== "number" ? box.y + 17 : y - 5 > box.y + 8 ? y - 5 : y + 16));
    say(words, typeof value === "number" ? `? ${value}` : "\u2195 ?");
    if (!open) return;
    place(grip, box);
    set(grip, "aria-label", t.levelOf(scene.vessels[name]));
    set(grip, "aria-valuemax", Math.max(full, from));
    set(grip, "aria-valuenow", from);
    set(grip, "aria-valuetext", typeof value === "number" ? bytes(value) : t.levelUnset);
  }

  return { element, grip, settle };
}

/** @param {SVGElement} grip @param {{from: number, full: number}} scale where it is, and what the whole height is @param {Pick<import("../../types.js").Commands, "draft">} commands */
function listen(grip, scale, commands) {
  const drag = (/** @type {PointerEvent} */ { clientY }) => {
    // What is drawn larger than it is laid out is larger here, too.
    const { y, height: h } = grip.getBoundingClientRect();
    commands.draft(bytesAt({ x: 0, y, w: 0, h }, clientY, scale.full));
  };
  grip.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    grip.setPointerCapture(event.pointerId);
    event.preventDefault();
    grip.focus();
    drag(event);
  });
  grip.addEventListener("pointermove", (event) => grip.hasPointerCapture(event.pointerId) && drag(event));
  grip.addEventListener("keydown", (event) => {
    const { from, full } = scale;
    const page = Math.max(1, Math.round(full / 10));
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -page, PageUp: page, Home: -full, End: full }[event.key];
    if (by === undefined) return;
    commands.draft(Math.min(Math.max(from + by, 0), full));
    event.preventDefault();
    event.stopPropagation();
  });
}
