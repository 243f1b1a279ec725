/** The engine's own source, as it is served with the page, and which of its lines act. */
import { fetchAsset } from "../../engine/assets.js";

/** @typedef {import("../../types.js").Record} Record */
/** @typedef {import("./lines.js").Lines} Lines */
/** @typedef {{acting: {[line: string]: Lines}, folded: Lines[]}} FileMap which lines act, by the one that records; which only record */

/** The files that were asked for; null for one that is not there. @type {Map<string, Promise<string[] | null>>} */
const files = new Map();

/** @param {string} path */
export function fetchLines(path) {
  let lines = files.get(path);
  if (!lines) {
    lines = /^[\w./-]+\.rs$/.test(path) && !path.includes("..") ? load(path) : Promise.resolve(null);
    files.set(path, lines);
  }
  return lines;
}

/** @param {string} path */
function load(path) {
  return fetchAsset(`source/${path}`).then((text) => text.split("\n"), () => null);
}

/** Made from the sources with the page. @type {Promise<{[path: string]: FileMap}> | undefined} */
let map;

/** @param {string} path @returns {Promise<FileMap>} */
export async function fetchMap(path) {
  map ??= fetchAsset("source/acting.json").then(JSON.parse).catch(() => ({}));
  return (await map)[path] ?? { acting: {}, folded: [] };
}

/** The lines of the statement that acted; the line that recorded it where that is all that is known. @param {Record} record @param {FileMap} map @returns {Lines} */
export const actingLines = ({ line }, { acting }) => acting[line] ?? [line, line];
