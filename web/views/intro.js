/** What a bufferevent is, and what it saves its user: for somebody who never saw one. */
import { button, h, say, set } from "./dom.js";

/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").Shown} Shown */

/** @param {Commands} commands */
export function createIntro(commands) {
  const what = h("strong", {});
  const saves = h("span", {});
  const close = button("\u2715", commands.closeIntro, { class: "intro-close" });
  const element = h("aside", { class: "intro" }, h("p", {}, what, " ", saves), close);
  /** @param {Shown} shown */
  function update({ intro, from, text }) {
    // Who looks for a live server has one line to read.
    element.hidden = !intro || from === "live";
    say(what, text.intro.what);
    say(saves, text.intro.saves);
    set(close, "aria-label", text.problem.dismiss);
  }
  return { element, update };
}
