/** The panels on the side, one shown at a time. */
import { PANELS } from "../state/shown.js";
import { button, h, isNowhere, say, set } from "./dom.js";

/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").Panel} Panel */
/** @typedef {import("../types.js").Shown} Shown */

let elements = 0;

/**
 * @param {{[panel in Panel]: {element: Element, update: (shown: Shown) => unknown}}} contents
 * @param {Commands} commands
 */
export function createPanels(contents, commands) {
  const id = `panel-${++elements}`;
  const tabs = PANELS.map((panel) => button("", () => commands.panel(panel), { role: "tab", id: `${id}-${panel}-tab`, "aria-controls": `${id}-${panel}` }));
  const list = h("div", { class: "tabs", role: "tablist", onkeydown: walk }, ...tabs);
  const places = PANELS.map((panel) =>
    h("div", { class: `panel ${panel}-panel`, role: "tabpanel", tabindex: panel === "lesson" || panel === "state" ? 0 : -1, id: `${id}-${panel}`, "aria-labelledby": `${id}-${panel}-tab` }, contents[panel].element),
  );
  const element = h("div", { class: "panels" }, list, h("div", { class: "panel-body" }, ...places));

  /** @param {KeyboardEvent} event */
  function walk(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    const at = tabs.findIndex((tab) => tab.getAttribute("aria-selected") === "true");
    const next = (at + by + tabs.length) % tabs.length;
    commands.panel(PANELS[next]);
    tabs[next].focus();
    event.preventDefault();
    event.stopPropagation();
  }

  let entered = 0;
  /** @param {Shown} shown */
  function update(shown) {
    const { panel: current, text, blank } = shown;
    set(list, "aria-label", text.panelList);
    PANELS.forEach((panel, index) => {
      say(tabs[index], text.panels[panel]);
      set(tabs[index], "aria-selected", String(panel === current));
      set(tabs[index], "tabindex", panel === current ? 0 : -1);
      places[index].hidden = panel !== current;
    });
    if (!blank) void contents[current].update(shown);
    // In it arrows go through what is there; those that play go on.
    if (shown.entered > entered && isNowhere(element)) places[PANELS.indexOf(current)].focus({ preventScroll: true });
    entered = shown.entered;
  }

  return { element, update };
}
