/** Lines of a program, their numbers beside them. A long one goes on below itself: nothing is cut at the edge. */
import { h, set, style } from "../dom.js";
import { onceLaidOut } from "../laid-out.js";

/** @typedef {[first: number, last: number]} Lines counted from 1 */

const RUST = /(\/\/.*$)|("(?:[^"\\]|\\.)*")|\b(as|break|const|continue|else|enum|fn|for|if|impl|in|let|loop|match|mod|move|mut|pub|ref|return|self|Self|static|struct|super|trait|type|use|where|while|crate)\b/g;
const C = /(\/\*.*?(?:\*\/|$)|^\s*\*.*$)|("(?:[^"\\]|\\.)*")|(#include|\b(?:break|case|char|const|default|do|else|for|if|int|long|return|short|size_t|static|struct|switch|unsigned|void|while|NULL)\b)/g;
const LANGUAGES = { rust: RUST, c: C };
/** @typedef {keyof typeof LANGUAGES} Language */

/** A tab is so many columns wide. */
const TAB = 4;

/** A line with its comments, texts and keywords told apart. @param {string} line @param {RegExp} words */
function tokens(line, words) {
  /** @type {Node[]} */
  const nodes = [];
  let at = 0;
  for (const match of line.matchAll(words)) {
    nodes.push(document.createTextNode(line.slice(at, match.index)));
    nodes.push(h("span", { class: match[1] ? "comment" : match[2] ? "string" : "keyword" }, match[0]));
    at = match.index + match[0].length;
  }
  nodes.push(document.createTextNode(line.slice(at)));
  return nodes;
}

/** @param {string} line @param {number} number @param {Language} language */
export function codeLine(line, number, language) {
  const text = line.replaceAll("\t", " ".repeat(TAB));
  const code = h("code", {}, ...tokens(text, LANGUAGES[language]));
  // What goes on below stands under what it belongs to.
  style(code, "--indent", String(text.length - text.trimStart().length));
  return h("li", { class: "line" }, h("span", { class: "line-number", "aria-hidden": "true" }, String(number)), code);
}

/** @param {HTMLElement} list @param {Lines[]} ranges */
export const linesOf = (list, ranges) => /** @type {HTMLElement[]} */ (ranges.flatMap(([first, last]) => [...list.children].slice(first - 1, last)));

/**
 * Marks these lines, and no others.
 * @param {HTMLElement} list
 * @param {Lines | null} range
 */
export function markLines(list, range) {
  const lines = range ? linesOf(list, [range]) : [];
  for (const line of list.querySelectorAll("[aria-current]")) if (!lines.includes(/** @type {HTMLElement} */ (line))) line.removeAttribute("aria-current");
  lines.forEach((line) => set(line, "aria-current", "true"));
  return lines;
}

/**
 * Brings lines into the middle of what scrolls, unless they can be seen. Only that scrolls, never the page around it.
 * @param {HTMLElement} scroller
 * @param {HTMLElement[]} lines
 */
export function scrollTo(scroller, lines) {
  if (lines.length === 0) return;
  onceLaidOut(scroller, () => {
    if (scroller.clientHeight === 0) return;
    const last = lines[lines.length - 1];
    const [top, bottom] = [lines[0].offsetTop, last.offsetTop + last.offsetHeight];
    if (top >= scroller.scrollTop && bottom <= scroller.scrollTop + scroller.clientHeight) return;
    scroller.scrollTop = Math.max(0, Math.min(top - 24, (top + bottom - scroller.clientHeight) / 2));
  });
}
