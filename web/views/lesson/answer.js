/** What a reader answers a question with: one of several choices, a place of the scene, a number, or a level. */
import { button, h, prose, say, set, sized } from "../dom.js";
import { wordsOf } from "./prediction.js";

/** @typedef {import("../../types.js").Commands} Commands */
/** @typedef {import("../../types.js").Text} Text */
/** @typedef {import("../../state/shown.js").QuestionShown} QuestionShown */

let questions = 0;

/** @param {Commands} commands */
export function createAnswer(commands) {
  const hint = h("p", { class: "note" });
  const choices = createChoices(commands);
  const number = createNumber(commands);
  // On a small screen the drawing is further up; who was led there is led back.
  const toScene = button("", commands.toScene, { class: "to-scene" });
  const element = h("div", {}, hint, toScene, choices.element, number.element);

  /** @param {QuestionShown} question @param {Text} text */
  function update(question, text) {
    const counts = question.kind === "number" || question.kind === "level";
    choices.element.hidden = counts;
    number.element.hidden = !counts;
    const open = question.phase === "asked" || (question.kind === "level" && question.phase === "again");
    toScene.hidden = hint.hidden = !open || (question.kind !== "point" && question.kind !== "level");
    say(hint, question.kind === "level" ? text.lessonPanel.drag : text.lessonPanel.point);
    say(toScene, text.lessonPanel.toScene);
    if (counts) number.update(question, text);
    else choices.update(question, text);
  }

  return { element, update };
}

/** @param {Commands} commands */
function createChoices(commands) {
  const name = `prediction-${++questions}`;
  const element = h("div", { class: "choices" });
  const create = () => {
    const input = h("input", { type: "radio", name, class: "prediction-choice", onchange: () => commands.draft(input.value) });
    return h("label", {}, input, h("span", {}));
  };

  /** @param {QuestionShown} question @param {Text} text */
  function update({ choices, choice, draft, answer, isAnswered: answered, text: own }, text) {
    sized(element, choices.length, create).forEach((label, index) => {
      const input = /** @type {HTMLInputElement} */ (label.firstElementChild);
      const id = choices[index];
      set(input, "value", id);
      input.disabled = answered;
      input.checked = id === (answered ? choice : draft);
      prose(label.children[1], wordsOf(id, own, text.lessonPanel));
      set(label, "data-answer", answered && id === answer ? "right" : answered && id === choice ? "wrong" : null);
    });
  }

  return { element, update };
}

/** A number to type. @param {Commands} commands */
function createNumber(commands) {
  const draft = (/** @type {HTMLInputElement} */ { value }) => commands.draft(/^\d+$/.test(value.trim()) ? Number(value) : null);
  const field = h("input", {
    type: "text",
    inputmode: "numeric",
    autocomplete: "off",
    class: "small prediction-number",
    oninput: () => draft(field),
    onkeydown: (/** @type {KeyboardEvent} */ event) => event.key === "Enter" && commands.predict(),
  });
  const label = h("span", { class: "label" });
  const element = h("div", { class: "number" }, h("label", { class: "field" }, label, field));
  /** Of which question something is typed. */
  let typed = "";

  /** @param {QuestionShown} question @param {Text} text */
  function update({ id, isAnswered: answered, draft, choice }, { lessonPanel: t }) {
    const value = answered ? choice : draft;
    // What somebody types stays as it is typed.
    if (typed !== id || answered || field.value.trim() === "" || Number(field.value) !== value) field.value = value === null ? (typed === id && !answered ? field.value : "") : String(value);
    typed = id;
    field.disabled = answered;
    say(label, t.yourAnswer);
  }

  return { element, update };
}
