/** Attributes of an element as its properties. */
import { attributeOf } from "../state/given.js";
import { set } from "./dom.js";

/**
 * Each is a property of the same name.
 * @param {HTMLElement} prototype
 * @param {string[]} names
 * @param {string[]} flags those of them that are there or not
 */
export function reflect(prototype, names, flags) {
  for (const name of names) {
    Object.defineProperty(prototype, name, {
      configurable: true,
      get() {
        return flags.includes(name) ? this.hasAttribute(name) : this.getAttribute(name);
      },
      set(value) {
        set(this, name, flags.includes(name) ? Boolean(value) : attributeOf(name, value));
      },
    });
  }
}

/** What was set before the element was defined hides the property that would have taken it. @param {HTMLElement} element @param {string[]} names */
export function upgrade(element, names) {
  for (const name of names.filter((it) => Object.hasOwn(element, it))) {
    const value = Reflect.get(element, name);
    Reflect.deleteProperty(element, name);
    try {
      Reflect.set(element, name, value);
    } catch (error) {
      // Whoever set it is not there any more to be told; the others count.
      reportError(error);
    }
  }
}
