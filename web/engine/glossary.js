/** The glossary as a file of the site, beside its lessons: `lessons/README.md` says what stands in it. */
import { fetchAsset } from "./assets.js";

/** @typedef {import("../types.js").GlossaryEntry} GlossaryEntry */

/** @type {Promise<GlossaryEntry[]> | undefined} */
let entries;

/**
 * Every entry, in the order of the file. Where there is none, the rest of the page is as it is.
 * @returns {Promise<GlossaryEntry[]>}
 */
export function loadGlossary() {
  entries ??= fetchAsset("lessons/glossary.json")
    .then((text) => JSON.parse(text).entries)
    .catch(() => {
      entries = undefined;
      return [];
    });
  return entries;
}
