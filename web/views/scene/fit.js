/** Words in a given width. Pure: how wide they are is asked. */

/** @typedef {(words: string, size: number, kind?: "plain" | "bold" | "mono") => number} Measure gives pixels */

/**
 * The words, or as many letters of them as fit with an ellipsis.
 * @param {string} words
 * @param {number} width
 * @param {(words: string) => number} measure
 */
export function fit(words, width, measure) {
  if (measure(words) <= width) return words;
  let letters = [...words];
  while (letters.length > 0 && measure(`${letters.join("")}\u2026`) > width) letters = letters.slice(0, -1);
  return letters.length === 0 ? "" : `${letters.join("")}\u2026`;
}

/**
 * The words in lines no wider than this; a word that is too wide for itself is broken. Chinese breaks anywhere.
 * @param {string} words
 * @param {number} width
 * @param {(words: string) => number} measure
 */
export function wrap(words, width, measure) {
  /** @type {string[]} */
  const lines = [];
  let line = "";
  for (const piece of words.match(/[\u2e80-\uffef]|[^\s\u2e80-\uffef]+\s*|\s+/g) ?? []) {
    if (line === "" || measure((line + piece).trimEnd()) <= width) line += piece;
    else {
      lines.push(line.trimEnd());
      line = piece;
    }
  }
  return line.trim() === "" ? lines : [...lines, line.trimEnd()];
}

/** The fonts of an element. Asking makes the browser lay out what changed. @param {Element} element */
export function fontsOf(element) {
  const style = getComputedStyle(element);
  return { plain: style.fontFamily, mono: style.getPropertyValue("--mono") };
}

/** Of each font, so many widths are kept. */
const MOST_KNOWN = 2000;
/** How wide words are in a font, whoever measured them: a browser takes its time for each. @type {Map<string, Map<string, number>>} */
const widths = new Map();
/** @type {CanvasRenderingContext2D | null} */
let context = null;

/** @param {string} font @param {string} words */
function widthIn(font, words) {
  const known = widths.get(font) ?? new Map();
  widths.set(font, known);
  const before = known.get(words);
  if (before !== undefined) return before;
  context ??= /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  context.font = font;
  if (known.size > MOST_KNOWN) known.clear();
  const { width } = context.measureText(words);
  known.set(words, width);
  return width;
}

/** Measures with these fonts. @param {() => ReturnType<typeof fontsOf>} fonts @returns {Measure} */
export const measureIn = (fonts) => (words, size, kind = "plain") => {
  const { plain, mono } = fonts();
  return widthIn(`${kind === "plain" ? "" : "650 "}${size}px ${kind === "mono" ? mono : plain}`, words);
};
