/** What the parts of the drawing share. */
import { set, style } from "../dom.js";
import { round } from "./path.js";

/** @typedef {import("./geometry.js").Box} Box */

/**
 * Puts a rectangle where it belongs.
 * @param {Element} element
 * @param {Box} box
 */
export function place(element, { x, y, w, h }) {
  set(element, "x", round(x));
  set(element, "y", round(y));
  set(element, "width", round(Math.max(w, 0)));
  set(element, "height", round(Math.max(h, 0)));
}

/**
 * Moves a group.
 * @param {Element} element
 * @param {number} x
 * @param {number} y
 * @param {string} [more] further transforms
 */
export const move = (element, x, y, more = "") => set(element, "transform", `translate(${round(x)} ${round(y)})${more}`);

/**
 * Shows it or not, and takes no room from anything either way.
 * @param {SVGElement} element
 * @param {boolean} seen
 */
export const show = (element, seen) => style(element, "visibility", seen ? "" : "hidden");
