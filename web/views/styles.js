/** The element's style sheet, fetched once for all elements of a page and adopted: a strict content policy allows it. */
import { fetchAsset } from "../engine/assets.js";

/** @type {WeakMap<Document, Promise<CSSStyleSheet>>} */
const sheets = new WeakMap();

/** @param {Document} document that the element is in: a sheet is adopted in the one where it was made, and in no other */
export function loadStyles(document) {
  const sheet = sheets.get(document) ?? load(document);
  sheets.set(document, sheet);
  sheet.catch(() => sheets.delete(document));
  return sheet;
}

/** @param {Document} document */
async function load({ defaultView }) {
  const text = await fetchAsset("styles/lab.css");
  return new (defaultView ?? globalThis).CSSStyleSheet().replace(text);
}
