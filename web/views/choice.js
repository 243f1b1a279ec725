/** A row of buttons of which one is pressed. */
import { button, h, say, set } from "./dom.js";

/**
 * @template {string} V
 * @param {readonly V[]} values
 * @param {(value: V) => void} choose
 */
export function choice(values, choose) {
  const buttons = values.map((value) => button("", () => choose(value), { "data-value": value }));
  const element = h("div", { class: "segments", role: "group" }, ...buttons);
  return {
    element,
    buttons,
    /** @param {V | null} current none holds @param {string} label @param {{[value: string]: string}} names */
    update(current, label, names) {
      set(element, "aria-label", label);
      values.forEach((value, index) => {
        say(buttons[index], names[value]);
        set(buttons[index], "aria-pressed", String(value === current));
      });
    },
  };
}
