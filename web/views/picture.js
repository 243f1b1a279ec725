/** The scene as a picture: a file of its own, in which every part carries the style that it has on the page. */

/** What of a style draws something. */
const DRAWN = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity", "visibility", "display", "paint-order", "font-family", "font-size", "font-weight", "font-style", "letter-spacing", "text-anchor", "white-space"];
const CAPTION = 40;

/**
 * @param {Element} scene
 * @param {string} caption
 * @returns {import("../state/sharing.js").Copy}
 */
export function pictureOf(scene, caption) {
  const drawing = /** @type {SVGSVGElement} */ (scene.querySelector("svg.plumbing"));
  const copy = /** @type {SVGSVGElement} */ (drawing.cloneNode(true));
  const [from, to] = [[drawing, ...drawing.querySelectorAll("*")], [copy, ...copy.querySelectorAll("*")]];
  from.forEach((element, index) => {
    const style = getComputedStyle(element);
    for (const name of DRAWN) to[index].setAttribute(name, style.getPropertyValue(name));
    for (const name of ["class", "data-ask", "data-place", "style"]) to[index].removeAttribute(name);
  });
  const [width, height] = [drawing.clientWidth || Number(drawing.getAttribute("width")), drawing.clientHeight || Number(drawing.getAttribute("height"))];
  const { color, backgroundColor, fontFamily } = getComputedStyle(scene.closest(".lab") ?? scene);
  const paper = backgroundColor === "rgba(0, 0, 0, 0)" ? getComputedStyle(/** @type {ShadowRoot} */ (scene.getRootNode()).host).backgroundColor : backgroundColor;
  const ground = made("rect", { width: "100%", height: "100%", fill: paper });
  const words = made("text", { x: 8, y: height + 26, fill: color, "font-family": fontFamily, "font-size": 15 });
  words.textContent = caption;
  copy.prepend(ground);
  copy.append(words);
  for (const [name, value] of Object.entries({ xmlns: "http://www.w3.org/2000/svg", width, height: height + CAPTION, viewBox: `0 0 ${width} ${height + CAPTION}`, display: "block" })) copy.setAttribute(name, String(value));
  return { text: new XMLSerializer().serializeToString(copy), name: "bufferevent.svg", type: "image/svg+xml" };
}

/** @param {string} tag @param {Record<string, string | number>} attributes */
function made(tag, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}
