/** A kernel queue as a thin grey tank. What is not known is hatched with a question mark, never zero. */
import { h, say, set, style } from "./dom.js";

/**
 * @param {string} name `rx` or `tx`
 */
export function createTank(name) {
  const fill = h("div", { class: "tank-fill" });
  const length = h("output", { class: "tank-length" });
  const element = h(
    "div",
    { class: "tank" },
    h("div", { class: "tank-caption" }, h("span", { class: "tank-name" }, name), length),
    h("div", { class: "tank-box", "aria-hidden": "true" }, fill),
  );

  /**
   * @param {number | null} bytes unknown when null
   * @param {number | null} capacity unknown when null
   * @param {number} most what the fill is drawn against when the capacity is not known
   */
  function update(bytes, capacity, most) {
    element.classList.toggle("unknown", bytes === null);
    element.classList.toggle("brimming", bytes !== null && capacity !== null && bytes >= capacity);
    say(length, bytes === null ? "?" : capacity === null ? `${bytes} B` : `${bytes}/${capacity}`);
    set(element, "data-length", bytes ?? "unknown");
    const part = bytes === null ? 0 : bytes / Math.max(capacity ?? most, 1);
    style(fill, "inline-size", bytes ? `max(3px, ${Math.min(part, 1) * 100}%)` : "0");
  }

  return { element, update };
}
