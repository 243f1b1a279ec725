/** Lessons on paper, a page each: what people ask, its hinges as figures with what was asked of each, and what to remember. */
import { joiner, momentParts } from "../lang/sentences.js";
import { titleOf } from "../state/shown.js";
import { wordsOf } from "./lesson/prediction.js";
import { h, prose, say, set, style } from "./dom.js";
import { createScene } from "./scene/scene.js";

/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").Shown} Shown */
/** @typedef {import("../state/hinges.js").Hinge} Hinge */

/** More hinges than these stand in two columns. */
const ONE_COLUMN = 3;
/** So high is a page of A4 between its margins, in CSS pixels, with a little to spare. */
const PAGE = 1028;

/** @param {Commands} commands @param {HTMLElement} lab the whole view */
export function createSheet(commands, lab) {
  const element = h("article", { class: "sheet", "aria-hidden": "true", inert: true });
  // What is drawn twice has one pattern of hatching, the first, which has to be where something is shown.
  lab.prepend(element);
  /** @type {Shown | null} */
  let shown = null;
  /** @type {import("../state/sheets.js").Sheet[]} */
  let sheets = [];
  const clear = () => {
    element.replaceChildren();
    for (const { free } of sheets.flatMap(({ hinges }) => hinges)) free();
    sheets = [];
  };
  // Paper shows what the screen would show one after the other: it is drawn when it is asked for.
  const draw = () => {
    if (!shown || shown.blank || !element.isConnected) return;
    clear();
    sheets = commands.sheets();
    for (const { lesson, hinges } of sheets.length > 0 ? sheets : [{ lesson: shown.lesson, hinges: [] }]) {
      const page = h("section", { class: "sheet-page" });
      element.append(page);
      fill(page, { ...shown, lesson }, hinges);
    }
  };

  return {
    element,
    /** @param {AbortSignal} signal ends it */
    listen(signal) {
      addEventListener("beforeprint", draw, { signal });
      addEventListener("afterprint", clear, { signal });
    },
    /** @param {Shown} now */
    update: (now) => void (shown = now),
  };
}

/** @param {HTMLElement} sheet @param {Shown} shown @param {Hinge[]} hinges */
function fill(sheet, shown, hinges) {
  const { lesson, about, text } = shown;
  const frame = hinges[0]?.frame ?? shown.frame;
  const t = text.lessonPanel;
  const own = lesson?.text;
  const title = titleOf({ lesson, about, text, frame });
  const head = h("header", { class: "sheet-head" }, h("h2", {}, lesson && lesson.number > 0 ? text.glossary.shownIn(lesson.number, title) : title), h("p", { class: "sheet-by" }, `${text.title} \u00b7 libevent ${frame.connection.dialect}`));
  const figures = h("div", { class: "sheet-figures" });
  set(figures, "data-columns", hinges.length > ONE_COLUMN ? 2 : 1);
  sheet.append(head, h("p", { class: "sheet-asked" }), figures);
  prose(/** @type {Element} */ (sheet.querySelector(".sheet-asked")), own?.asked ?? about.description ?? "");
  const moments = hinges.length > 0 ? hinges : [{ id: "", frame, answer: "" }];
  moments.forEach(({ id, frame, answer }, index) => figures.append(createFigure({ ...shown, frame }, id, answer, moments.length > 1 ? `${index + 1}` : "")));
  if (own?.remember?.length) {
    const lines = own.remember.map((line) => {
      const item = h("li", {});
      prose(item, line);
      return item;
    });
    // In two columns an odd number of figures leaves it a place.
    const place = hinges.length > ONE_COLUMN && hinges.length % 2 === 1 ? figures : sheet;
    place.append(h("section", { class: "sheet-remember" }, h("h3", {}, t.remember), h("ul", {}, ...lines)));
  }
  drawFigures(sheet, shown, moments);
}

/** @param {Shown} shown at its moment @param {string} id of the question @param {string | number} answer @param {string} number */
function createFigure(shown, id, answer, number) {
  const { lesson, frame, lang, text: { lessonPanel: t, step } } = shown;
  const words = lesson?.questions.find((one) => one.id === id)?.text ?? lesson?.text.predictions?.[id] ?? null;
  const [question, told, because] = [h("p", { class: "sheet-question" }), h("p", { class: "sheet-answer" }), h("p", { class: "sheet-because" })];
  prose(question, words ? `${number ? `${number}. ` : ""}${words.question}` : "");
  prose(told, words ? `\u2192 ${typeof answer === "number" ? answer : wordsOf(answer, words, t)}` : "");
  prose(because, words?.because ?? "");
  const moment = h("p", { class: "sheet-moment" });
  say(moment, `${step(frame.position, frame.length)}: ${momentParts(frame, lang).join(joiner(lang))}`);
  return h("figure", {}, h("div", { class: "sheet-drawing" }), h("figcaption", {}, question, told, because, moment));
}

/** Draws each scene in the place that it has by now. @param {HTMLElement} sheet @param {Shown} shown @param {{frame: Shown["frame"]}[]} moments */
function drawFigures(sheet, shown, moments) {
  sheet.querySelectorAll(".sheet-drawing").forEach((place, index) => {
    const scene = createScene({ mark: () => {}, draft: () => {}, connection: () => {} });
    place.append(scene.element);
    scene.update({ ...shown, frame: { ...moments[index].frame, motion: "still" } });
  });
  // Where that is more than a page, all of it becomes smaller.
  const { height } = sheet.getBoundingClientRect();
  if (height > PAGE) style(sheet, "--fit", String(PAGE / height));
}
