/** What can be taken away as a file; of a simulation the scenario first, with everything that was done. */
import { button, h, say, set } from "./dom.js";

/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").Shown} Shown */

const KINDS = /** @type {const} */ (["experiment", "recording"]);

/** @param {Commands} commands */
export function createSave(commands) {
  const open = button("", toggle, { class: "save", "aria-haspopup": "menu" });
  const items = KINDS.map((kind) => button("", () => (show(false), commands.save(kind)), { role: "menuitem", "data-kind": kind }));
  const menu = h("div", { class: "save-menu", role: "menu", hidden: true, onkeydown: walk }, ...items);
  const element = h("div", { class: "save-place", onfocusout: leave }, open, menu);
  let chooses = false;

  /** @param {boolean} on */
  function show(on) {
    menu.hidden = !on;
    set(open, "aria-expanded", String(on));
    (on ? items[0] : open).focus();
  }
  function toggle() {
    if (chooses) show(menu.hidden === true);
    else commands.save("recording");
  }
  /** @param {KeyboardEvent} event */
  function walk(event) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") show(false);
    else if (by === undefined) return;
    else items[(items.findIndex((item) => item.matches(":focus")) + by + items.length) % items.length].focus();
    event.preventDefault();
    event.stopPropagation();
  }
  /** @param {FocusEvent} event */
  function leave(event) {
    if (event.relatedTarget instanceof Node && element.contains(event.relatedTarget)) return;
    menu.hidden = true;
    set(open, "aria-expanded", "false");
  }

  /** @param {Shown} shown */
  function update({ blank, frame, text }) {
    chooses = frame.source === "simulation";
    say(open, text.save);
    open.disabled = blank;
    set(open, "aria-expanded", String(!menu.hidden));
    items.forEach((item, index) => say(item, text.saves[KINDS[index]]));
  }

  return { element, update };
}
