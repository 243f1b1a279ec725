/** What the step says, in two voices: the cause, then the effect. */
import { joiner, momentParts, whose } from "../lang/sentences.js";
import { h, say } from "./dom.js";

/** @typedef {import("../types.js").Shown} Shown */

export function createTold() {
  const where = [h("span", {}), h("span", {}), h("span", {}), h("span", {}), h("span", { class: "told-station" })];
  const who = h("span", { class: "told-who" });
  const cause = h("span", { class: "told-cause" });
  const between = document.createTextNode(" ");
  const effect = h("span", { class: "told-effect" });
  const element = h("div", { class: "told" }, h("p", { class: "told-where" }, ...where), h("p", { class: "told-words" }, who, cause, between, effect));

  /** @param {Shown} shown */
  function update({ frame, lang, text: t }) {
    say(where[0], t.step(frame.position, frame.length));
    say(where[1], t.time(Math.max(frame.picture.time_us - frame.clockStart, 0)));
    const several = frame.picture.connections.length > 1;
    say(where[2], several ? "" : t.scene.pass(frame.picture.loop.pass));
    say(where[3], several ? t.connection(t.scene.other(frame.connection), frame.picture.connections.filter(({ freed }) => !freed).length) : "");
    // On a small screen the loop itself is further down.
    const { station } = frame.picture.loop;
    say(where[4], several || station === "idle" ? "" : t.scene.stations[station]);
    const [because, so] = momentParts(frame, lang);
    say(between, joiner(lang));
    say(who, whose(frame.record, frame.picture, lang));
    say(cause, because);
    say(effect, so);
  }

  return { element, update };
}
