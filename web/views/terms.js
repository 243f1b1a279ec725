/** What is read, with the words marked in it that the glossary tells of. */
import { marked } from "../state/glossary.js";
import { h } from "./dom.js";

/** What was written into an element, and what could be marked then. @type {WeakMap<Element, {words: string, tips: import("../state/glossary.js").Tips}>} */
const written = new WeakMap();

/**
 * Sets words of a lesson: what stands in backticks is code, and what the glossary tells of gives a tool tip. That is for
 * pointers; by keys one gets there through the glossary.
 * @param {Element} element
 * @param {string} words
 * @param {import("../types.js").Shown} shown
 */
export function termed(element, words, { tips }) {
  const before = written.get(element);
  if (before?.words === words && before.tips === tips) return;
  written.set(element, { words, tips });
  // What is marked once is marked in the code too, or beside it, and not in both.
  const seen = new Set();
  element.replaceChildren(...words.split("`").flatMap((part, index) => (index % 2 === 1 ? [h("code", {}, ...pieces(part, tips, seen))] : pieces(part, tips, seen))));
}

/** @param {string} words @param {import("../state/glossary.js").Tips} tips @param {Set<string>} seen */
const pieces = (words, tips, seen) =>
  marked(words, tips).map(({ text, id }) => {
    if (!id || seen.has(id)) return text;
    seen.add(id);
    return h("span", { class: "term", "data-term": id }, text);
  });
