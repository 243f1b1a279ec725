/** The style sheets, fetched once for all elements of a page and adopted: a strict content policy allows it. */

const NAMES = ["tokens", "frame", "scene", "loop", "timeline", "panels", "lesson", "code", "act", "compare", "touch", "forced"];

/** @type {Promise<CSSStyleSheet[]> | undefined} */
let sheets;

export function loadStyles() {
  sheets ??= Promise.all(NAMES.map(load));
  return sheets;
}

/** @param {string} name */
async function load(name) {
  const answer = await fetch(new URL(`../styles/${name}.css`, import.meta.url));
  const sheet = new CSSStyleSheet();
  await sheet.replace(answer.ok ? await answer.text() : "");
  return sheet;
}
