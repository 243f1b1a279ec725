/**
 * What the package carries, in the place of `web/engine/assets.js`, which fetches it: a bundler moves files to where no
 * address leads. Each kind is a module of its own, loaded when it is first asked for; `build.mjs` makes them.
 */
import { SCRIPT } from "bufferevent:script";

/** The package has no page of its own. */
export const PAGE = "";
/** The engine's package brings its own wasm. */
export const WASM = "";
export { SCRIPT };

/** @type {{[folder: string]: () => Promise<{FILES: {[path: string]: string}}>}} */
const CARRIED = {
  styles: () => import("bufferevent:styles"),
  lessons: () => import("bufferevent:lessons"),
  source: () => import("bufferevent:source"),
};

/** @param {string} path @returns {Promise<string>} */
export async function fetchAsset(path) {
  const text = (await CARRIED[path.split("/")[0]]?.())?.FILES[path];
  if (text === undefined) throw new Error(`${path}: the package has no such file`);
  return text;
}
