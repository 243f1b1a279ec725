/** The style sheets, fetched once for all elements of a page and adopted: a strict content policy allows it. */
import { fetchAsset } from "../engine/assets.js";

const NAMES = ["tokens", "frame", "scene", "chains", "loop", "timeline", "panels", "lesson", "glossary", "code", "act", "compare", "touch", "present", "forced", "print"];

/** @type {Promise<CSSStyleSheet[]> | undefined} */
let sheets;

export function loadStyles() {
  sheets ??= Promise.all(NAMES.map(load)).catch((error) => {
    sheets = undefined;
    throw error;
  });
  return sheets;
}

/** @param {string} name */
async function load(name) {
  const sheet = new CSSStyleSheet();
  return sheet.replace(await fetchAsset(`styles/${name}.css`));
}
