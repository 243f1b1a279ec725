/** What a reader predicts, on the drawing itself: the place that was pointed at, and the level that a vessel will have. */
import { say, set, svg } from "../dom.js";
import { levelY } from "./geometry.js";
import { round } from "./path.js";

/** @typedef {import("../../types.js").Shown} Shown */

/** The question that is looked at, if it is about what is played. @param {Shown["lesson"]} lesson */
const questionOf = (lesson) => lesson?.questions.find(({ id, isHere, phase }) => id === lesson.selected && isHere && phase !== "ahead") ?? null;

/** Shows what can be pointed at, while that is asked for, and what was. @param {Element} scene @param {Element} drawing @param {Shown} shown */
export function markPlaces(scene, drawing, { lesson }) {
  const asked = questionOf(lesson);
  const question = asked?.kind === "point" && asked.phase === "asked" ? asked : null;
  set(scene, "data-pointing", question !== null);
  for (const place of drawing.querySelectorAll("[data-place]")) {
    const id = place.getAttribute("data-place") ?? "";
    set(place, "data-choice", question !== null && question.choices.includes(id));
    set(place, "data-pointed", question !== null && question.draft === id);
  }
}

/** A line across a vessel; it stays once it is answered, beside what really came, until what is shown goes on from there. */
export function createPredicted() {
  const line = svg("path", { class: "predicted-line" });
  const words = svg("text", { class: "predicted-words" });
  const element = svg("g", { class: "predicted" }, line, words);

  /** @param {Shown} shown @param {number} full @param {import("./geometry.js").Layout} at */
  function settle({ lesson, frame }, full, at) {
    const asked = questionOf(lesson);
    const until = asked?.seen ?? asked?.ask ?? null;
    const question = until === null || frame.position <= until ? asked : null;
    const value = question?.draft ?? question?.choice ?? null;
    const name = question?.vessel === "peer" ? "got" : question?.vessel;
    const box = question?.kind === "level" && name ? at.vessels[/** @type {import("./geometry.js").Vessel} */ (name)] : undefined;
    set(element, "visibility", box && typeof value === "number" ? null : "hidden");
    if (!box || typeof value !== "number") return;
    const y = levelY(box, Math.min(value, full), full);
    set(line, "d", `M${round(box.x - 6)} ${round(y)}h${round(box.w + 12)}`);
    set(words, "x", round(box.x + 4));
    set(words, "y", round(y - 5 > box.y + 8 ? y - 5 : y + 16));
    say(words, `? ${value}`);
  }

  return { element, settle };
}
