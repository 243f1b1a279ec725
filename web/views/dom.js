/** Small helpers to build and change the page. Text only ever becomes text, never HTML. */

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {Record<string, string | number | boolean | null | undefined | ((event: any) => void)>} Attributes */

/**
 * An HTML element. Attributes that start with `on` are listeners; `null` and `false` are left out.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Attributes} [attributes]
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/**
 * An SVG element.
 * @param {string} tag
 * @param {Attributes} [attributes]
 * @param {...Node} children
 */
export function svg(tag, attributes = {}, ...children) {
  return fill(/** @type {SVGElement} */ (document.createElementNS(SVG, tag)), attributes, children);
}

/**
 * @template {Element} E
 * @param {E} element
 * @param {Attributes} attributes
 * @param {(Node | string | null | undefined | false)[]} children
 */
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else set(element, name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/**
 * Sets an attribute if it differs; `null`, `undefined` and `false` remove it.
 * @param {Element} element
 * @param {string} name
 * @param {string | number | boolean | null | undefined} value
 */
export function set(element, name, value) {
  const text = value === null || value === undefined || value === false ? null : value === true ? "" : String(value);
  if (element.getAttribute(name) === text) return;
  if (text === null) element.removeAttribute(name);
  else element.setAttribute(name, text);
}

/**
 * Sets the text if it differs.
 * @param {Node} node
 * @param {string} text
 */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * Remembers what something was drawn from: what is the same is not drawn again.
 * @returns {(...from: unknown[]) => boolean} whether any of these is another than last time
 */
export function changes() {
  /** @type {unknown[] | null} */
  let last = null;
  return (...from) => {
    const before = last;
    last = from;
    return before === null || from.length !== before.length || from.some((it, index) => it !== before[index]);
  };
}

/**
 * An update that is left out as long as what it draws from is the same.
 * @template Shown
 * @param {(shown: Shown) => unknown[]} from
 * @param {(shown: Shown) => void} update
 * @returns {(shown: Shown) => void}
 */
export function steady(from, update) {
  const isAnother = changes();
  return (shown) => void (isAnother(...from(shown)) && update(shown));
}

/**
 * Chooses in a menu, if something else is chosen.
 * @param {HTMLSelectElement} select
 * @param {string} value
 */
export function choose(select, value) {
  if (select.value !== value) select.value = value;
}

/** Whether what had the focus can have it no more: browsers then forget where the reader was. @param {Element} element */
export const isLost = (element) => !element.isConnected || element.matches(":disabled") || element.closest("[hidden]") !== null || (element instanceof SVGElement && !element.hasAttribute("tabindex"));

/** Whether the keys are at nothing in particular: on the page itself, or on the whole that an element is in. @param {Element} element */
export function isNowhere(element) {
  const held = /** @type {ShadowRoot | Document} */ (element.getRootNode()).activeElement ?? null;
  return held ? held.matches("body, .lab") : document.activeElement === document.body;
}

/** What was written into an element. @type {WeakMap<Element, string>} */
const written = new WeakMap();

/**
 * Sets words of a lesson: what stands in backticks is code.
 * @param {Element} element
 * @param {string} words
 */
export function prose(element, words) {
  if (written.get(element) === words) return;
  written.set(element, words);
  element.replaceChildren(...words.split("`").map((part, index) => (index % 2 === 1 ? h("code", {}, part) : part)).filter((part) => part !== ""));
}

/**
 * Sets a CSS property through the object model, which a strict content policy allows.
 * @param {HTMLElement | SVGElement} element
 * @param {string} property
 * @param {string} value
 */
export function style(element, property, value) {
  if (element.style.getPropertyValue(property) !== value) element.style.setProperty(property, value);
}

/**
 * Makes a parent hold exactly so many children; made by `make`, removed from the end.
 * @template {Element} E
 * @param {Element} parent
 * @param {number} count
 * @param {(index: number) => E} make
 * @returns {E[]}
 */
export function sized(parent, count, make) {
  while (parent.childElementCount > count) parent.lastElementChild?.remove();
  while (parent.childElementCount < count) parent.append(make(parent.childElementCount));
  return /** @type {E[]} */ ([...parent.children]);
}

/**
 * The same, for what comes and goes: one that is taken away is kept as it was, and comes back in its old place.
 * @template {Element} E
 * @param {Element} parent has no other children
 * @param {() => E} make
 * @returns {(count: number) => E[]}
 */
export function kept(parent, make) {
  /** @type {E[]} */
  const made = [];
  let there = 0;
  return (count) => {
    while (made.length < count) made.push(make());
    while (there > count) made[--there].remove();
    parent.append(...made.slice(there, count));
    there = count;
    return made.slice(0, count);
  };
}

/**
 * A button.
 * @param {string} label
 * @param {() => void} onclick
 * @param {Attributes} [attributes]
 */
export const button = (label, onclick, attributes = {}) => h("button", { type: "button", onclick, ...attributes }, label);
