/** Where playing stops: a choice, or a condition of one's own with what is wrong with it and how one is written. */
import { wrongIn } from "../lang/problem.js";
import { button, h, say, set } from "./dom.js";

/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").Shown} Shown */

/** @param {Commands} commands */
export function createStop(commands) {
  const label = h("span", { class: "label" });
  const stop = h("select", { class: "stop", onchange: choose }, ...["none", "callback", "crossing", "own"].map((value) => h("option", { value })));
  const own = createOwn(choose);

  function choose() {
    own.element.hidden = stop.value !== "own";
    const condition = stop.value === "none" ? "" : stop.value === "own" ? own.field.value.trim() : stop.value;
    own.refuse(commands.stopAt(condition));
  }

  /** @param {Shown} shown */
  function update(shown) {
    const { player, text: { controls } } = shown;
    say(label, controls.stop);
    [...stop.options].forEach((option) => say(option, controls.stops[/** @type {"own"} */ (option.value)]));
    own.update(shown);
    if (!player.stop) return;
    // Who writes one that could be chosen goes on writing.
    const isOwn = !own.element.hidden || !["callback", "crossing"].includes(player.stop);
    stop.value = isOwn ? "own" : player.stop;
    if (!isOwn) return;
    own.element.hidden = false;
    if (!own.field.matches(":focus")) own.field.value = player.stop;
  }

  return { element: h("label", { class: "field option stop-field" }, label, stop), own: own.element, update };
}

/** The field of a condition. What is wrong with it is said above it, over the scene, which stays where it is. @param {() => void} onChange */
function createOwn(onChange) {
  const field = h("input", { class: "expression", value: "in>=high", spellcheck: "false", autocapitalize: "off", onchange: onChange });
  const problem = h("p", { class: "stop-problem", role: "alert" });
  const grammar = createGrammar();
  const element = h("span", { class: "field option stop-own", hidden: true }, field, grammar.open, problem, grammar.element);

  /** @type {unknown} */
  let wrong = null;
  /** @type {Shown["text"] | null} */
  let text = null;

  /** @param {unknown} refused none where nothing is wrong */
  function refuse(refused) {
    wrong = refused;
    set(field, "aria-invalid", wrong !== null || null);
    say(problem, wrong !== null && text ? wrongIn(wrong, text) : "");
  }

  /** @param {Shown} shown */
  function update(shown) {
    // In another language, perhaps.
    if (text !== shown.text) {
      text = shown.text;
      refuse(wrong);
    }
    set(field, "aria-label", shown.text.controls.expression);
    grammar.update(shown);
  }

  // Who writes on has read it.
  field.addEventListener("input", () => refuse(null));
  return { element, field, refuse, update };
}

/** How conditions are written, each kind by an example. */
function createGrammar() {
  const list = h("dl", { class: "keys" });
  const element = h("div", { class: "grammar", popover: "auto", role: "dialog" }, list);
  const open = button("?", () => element.togglePopover(), { class: "grammar-open" });
  let drawn = "";

  /** @param {Shown} shown */
  function update({ lang, text: { controls } }) {
    if (drawn === lang) return;
    drawn = lang;
    set(open, "aria-label", controls.grammar);
    set(element, "aria-label", controls.grammar);
    list.replaceChildren(...controls.conditions.flatMap(([written, means]) => [h("dt", {}, written), h("dd", {}, means)]));
  }

  return { element, open, update };
}
