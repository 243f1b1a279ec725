/** The scene as a picture: a file of its own, in which every part carries the style that it has on the page, or another look. */
import { svg } from "../dom.js";

/** What of a style draws something. */
const DRAWN = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity", "visibility", "display", "paint-order", "font-family", "font-size", "font-weight", "font-style", "letter-spacing", "text-anchor", "white-space"];
/** What means nothing outside of the page. */
const LEFT_OUT = ["class", "data-ask", "data-place", "style", "tabindex", "role"];
const [MARGIN, SIZE, LINE] = [12, 15, 22];

/** How a picture can look: as on the page, or as asked for. On paper a colour is a shade of grey, and nothing is tinted. */
/** @typedef {import("./pictures.js").Look} Look */

/** @type {Record<Look, Record<string, string>>} */
const SET = {
  page: {},
  light: { "color-scheme": "light" },
  dark: { "color-scheme": "dark" },
  print: { "color-scheme": "light", "--paper": "#fff", "--wash": "#fff", "--ink": "#000", "--ink-soft": "#333", "--line": "#bbb", "--line-strong": "#777", "--input": "#444", "--output": "#888", "--kernel": "#aaa", "--firing": "#000", "--error": "#000", "--on-role": "#fff" },
};

/** @typedef {{svg: string, width: number, height: number}} Drawing what an SVG file holds, and its size in pixels */

/**
 * @param {Element} scene
 * @param {string} caption
 * @param {Look} look
 * @param {number} [least] lines that there is room for below it
 * @returns {Drawing}
 */
export function drawingOf(scene, caption, look, least = 1) {
  const drawing = /** @type {SVGSVGElement} */ (scene.querySelector("svg.plumbing"));
  const copy = /** @type {SVGSVGElement} */ (drawing.cloneNode(true));
  const [inner, above] = [drawing.clientWidth, drawing.clientHeight];
  const width = inner + 2 * MARGIN;
  const { ink, paper, font } = looking(drawing, look, () => {
    const [from, to] = [[drawing, ...drawing.querySelectorAll("*")], [copy, ...copy.querySelectorAll("*")]];
    from.forEach((element, index) => takeOver(element, to[index]));
    return { ink: colourOf(drawing, "--ink"), paper: colourOf(drawing, "--paper"), font: getComputedStyle(drawing).fontFamily };
  });
  const lines = captionLines(caption, inner, font);
  // Whoever sets it on a page of their own has it with air around it, and what is said apart from what is shown.
  const below = MARGIN + above + MARGIN;
  const height = below + Math.max(lines.length, least) * LINE + MARGIN;
  const words = lines.map((line, index) => svg("text", { x: MARGIN, y: below + SIZE + index * LINE, fill: ink, "font-family": font, "font-size": SIZE }));
  words.forEach((text, index) => (text.textContent = lines[index]));
  const shown = svg("g", { transform: `translate(${MARGIN} ${MARGIN})` });
  shown.append(...copy.childNodes);
  copy.append(svg("rect", { width: "100%", height: "100%", fill: paper }), shown, ...words);
  for (const [name, value] of Object.entries({ xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}`, display: "block" })) copy.setAttribute(name, String(value));
  return { svg: new XMLSerializer().serializeToString(copy), width, height };
}

/** Asks what a drawing looks like in another look; nobody sees it. @template T @param {SVGElement} drawing @param {Look} look @param {() => T} ask @returns {T} */
function looking(drawing, look, ask) {
  const names = Object.keys(SET[look]);
  for (const name of names) drawing.style.setProperty(name, SET[look][name]);
  try {
    return ask();
  } finally {
    for (const name of names) drawing.style.removeProperty(name);
  }
}

/** @param {Element} element @param {Element} copy */
function takeOver(element, copy) {
  const style = getComputedStyle(element);
  for (const name of DRAWN) copy.setAttribute(name, plain(style.getPropertyValue(name)));
  for (const name of LEFT_OUT) copy.removeAttribute(name);
}

/** Which colour one of the page's names is here. @param {SVGElement} drawing @param {string} name */
function colourOf(drawing, name) {
  const probe = drawing.appendChild(svg("g"));
  probe.style.color = `var(${name})`;
  const { color } = getComputedStyle(probe);
  probe.remove();
  return plain(color);
}

/** A mixed colour as programs know it that read SVG files, and no browser. @param {string} value */
function plain(value) {
  const [, parts, opacity] = /^color\(srgb ([^/)]+?)(?: \/ ([^)]+))?\)$/.exec(value) ?? [];
  if (parts === undefined) return value;
  const bytes = parts.split(" ").map((part) => Math.round(Number(part) * 255));
  return opacity === undefined ? `rgb(${bytes.join(", ")})` : `rgba(${bytes.join(", ")}, ${opacity})`;
}

/** A caption in lines that fit. @param {string} caption @param {number} width @param {string} font */
export function captionLines(caption, width, font) {
  const context = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  context.font = `${SIZE}px ${font}`;
  /** @type {string[]} */
  const lines = [];
  // Chinese has no spaces to break at.
  for (const word of caption.match(/[^\s\u2e80-\uffef]+\s*|[\u2e80-\uffef]\s*/g) ?? []) {
    const line = (lines.at(-1) ?? "") + word;
    if (lines.length > 0 && context.measureText(line.trimEnd()).width <= width) lines[lines.length - 1] = line;
    else lines.push(word);
  }
  return lines.map((line) => line.trimEnd());
}
