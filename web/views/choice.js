/** A row of buttons of which one is pressed. */
import { button, changes, h, say, set } from "./dom.js";

/**
 * @template {string} V
 * @param {readonly V[]} values
 * @param {(value: V) => void} choose
 */
export function choice(values, choose) {
  const buttons = values.map((value) => button("", () => choose(value), { "data-value": value }));
  const element = h("div", { class: "segments", role: "group" }, ...buttons);
  const isAnother = changes();
  return {
    element,
    buttons,
    /** @param {V | null} current none holds @param {string} label @param {{[value: string]: string}} names */
    update(current, label, names) {
      if (!isAnother(current, label, ...values.map((value) => names[value]))) return;
      set(element, "aria-label", label);
      values.forEach((value, index) => {
        say(buttons[index], names[value]);
        set(buttons[index], "aria-pressed", String(value === current));
      });
    },
  };
}
