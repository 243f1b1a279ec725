/** What is waited for where that takes long, and the ways out of it. */
import { button, h, say } from "./dom.js";

/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").Shown} Shown */

/** @param {Commands} commands */
export function createWaiting(commands) {
  const words = h("p", {});
  const useDefault = button("", commands.useDefault);
  const stop = button("", commands.stay);
  const element = h("div", { class: "waiting", role: "status", hidden: true }, words, h("div", { class: "row" }, useDefault, stop));

  /** @param {Shown} shown */
  function update({ awaits, blank, text }) {
    element.hidden = awaits === null;
    if (awaits === null) return;
    say(words, awaits === "" ? text.loading : text.awaits(awaits));
    // Without the engine nothing else could be shown.
    useDefault.hidden = awaits === "" || !blank;
    stop.hidden = awaits === "" || blank;
    say(useDefault, text.problem.useDefault);
    say(stop, text.stopWaiting);
  }

  return { element, update };
}
