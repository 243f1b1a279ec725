/** Presenting: scene and sentence alone, as large as the place is, and a question in words where one is asked. */
import { button, h, say, set, sized, style } from "./dom.js";
import { whenSized } from "./laid-out.js";
import { termed } from "./terms.js";
import { isAskedAt, wordsOf } from "./lesson/prediction.js";

/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").Shown} Shown */

/** What is presented is laid out in this much and then made as large as the place, whichever of the two becomes larger: a screen, or a phone held upright. */
const LAID_OUT = [{ width: 1040, height: 640 }, { width: 360, height: 920 }];

/** How many times as large everything is in a place of this size. @param {number} width @param {number} height */
export const scaleIn = (width, height) => Math.max(...LAID_OUT.map((laid) => Math.min(width / laid.width, height / laid.height)));

/** @param {Commands} commands @param {HTMLElement} lab the whole view */
export function createPresent(commands, lab) {
  const asks = h("p", { class: "present-asks" });
  const words = h("p", { class: "present-words" });
  const choices = h("ul", { class: "present-choices" });
  const question = h("div", { class: "present-question", role: "status" }, asks, words, choices);
  const leave = button("\u2715", () => commands.present(false), { class: "present-leave" });
  const element = h("div", { class: "present" }, question, leave);
  lab.querySelector(".main")?.prepend(element);
  let presents = false;

  /** As large as the place, as long as it is presented. @param {Element} host */
  function fit({ clientWidth, clientHeight }) {
    if (!presents || clientHeight === 0) return undefined;
    return () => style(lab, "--present-scale", String(scaleIn(clientWidth, clientHeight)));
  }

  /** @param {Shown} shown */
  function update(shown) {
    const { text: t } = shown;
    set(lab, "data-presents", shown.presents ? (shown.blackout ? "black" : "on") : null);
    element.hidden = !shown.presents;
    if (shown.presents !== presents) {
      presents = shown.presents;
      const host = /** @type {ShadowRoot | null} */ (lab.parentNode)?.host;
      if (host && presents) whenSized(host, () => fit(host));
    }
    if (!presents) return;
    set(leave, "aria-label", t.present.leave);
    set(leave, "title", t.present.leave);
    const open = questionOf(shown);
    question.hidden = !open;
    set(lab, "data-asks", open !== undefined);
    if (!open) return;
    say(asks, t.present.question);
    termed(words, open.text?.question ?? "", shown);
    sized(choices, open.choices.length, () => h("li", {})).forEach((item, index) => termed(item, wordsOf(open.choices[index], open.text, t.lessonPanel), shown));
  }

  return { element, update };
}

/** The question that is asked at this moment. @param {Shown} shown */
const questionOf = ({ lesson, frame }) => lesson?.questions.find((one) => isAskedAt(one, frame));
