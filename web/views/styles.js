/** The element's style sheet, fetched once for all elements of a page and adopted: a strict content policy allows it. */
import { fetchAsset } from "../engine/assets.js";

/** @type {Promise<CSSStyleSheet> | undefined} */
let sheet;

export function loadStyles() {
  sheet ??= load().catch((error) => {
    sheet = undefined;
    throw error;
  });
  return sheet;
}

async function load() {
  return new CSSStyleSheet().replace(await fetchAsset("styles/lab.css"));
}
