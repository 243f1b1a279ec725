/**
 * What stands beside the page's scripts, and how it is found. Nothing else in the page knows; a package that carries these
 * files in another way brings another module in this one's place (`npm/assets.js`).
 */

import { textAt } from "./bytes.js";
import { tellingOf } from "./telling.js";

/** The lab's own page, for a link to what is shown elsewhere; empty where there is none. */
export const PAGE = new URL("../index.html", import.meta.url).href;
/** The engine's wasm; empty where the engine brings its own. */
export const WASM = new URL("../pkg/bufferevent_wasm_bg.wasm", import.meta.url).href;
/** The script that defines the element. */
export const SCRIPT = new URL("../lab.js", import.meta.url).href;

/** What a server may call a file of this kind. What it has no opinion on is taken. @type {{[end: string]: RegExp}} */
const TYPES = { css: /^text\/css\b/, json: /json\b|^text\/plain\b|^application\/octet-stream\b/, rs: /^(?!text\/html\b)/ };

/**
 * The text of a file, by its path from the folder of the element's script.
 * @param {string} path
 * @returns {Promise<string>}
 */
export async function fetchAsset(path) {
  const { href } = new URL(`../${path}`, import.meta.url);
  /** @param {Response} answer */
  const check = ({ ok, status, statusText, headers }) => {
    if (!ok) throw new Error(`${status} ${statusText}`);
    // Who answers for every address says 200 to it, with a page or a script: that is not the file.
    const type = headers.get("content-type");
    if (type && !TYPES[path.replace(/.*\./, "")]?.test(type)) throw new Error(`this is ${type}`);
  };
  return textAt(href, { check }).catch((error) => {
    throw tellingOf(href, error);
  });
}
