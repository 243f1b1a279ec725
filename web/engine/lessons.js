/**
 * Lessons as files: an index beside the page's scripts, and each lesson fetched when it is opened. One that stands anywhere
 * else is a folder: its `lesson.json`, and the files that this names.
 */
import { fetchAsset } from "./assets.js";
import { nearest } from "./nearest.js";
import { SourceError, fetchText } from "./source.js";
import { telling } from "./telling.js";

/** @typedef {import("../types.js").LessonData} LessonData */
/** @typedef {import("../types.js").LessonEntry} LessonEntry */

/** @type {Promise<LessonEntry[]> | undefined} */
let index;

/**
 * Every lesson of this site, in the order of the course. One that is not there leaves the rest of the page as it is.
 * @returns {Promise<LessonEntry[]>}
 */
export function loadIndex() {
  index ??= ofSite("index").catch(() => {
    index = undefined;
    return [];
  });
  return index;
}

/**
 * The lesson of the site with this name or number.
 * @param {LessonEntry[]} lessons
 * @param {string} name
 */
export function findLesson(lessons, name) {
  const found = lessons.find(isCalled(name));
  if (found) return found;
  throw new SourceError("lesson", notThere(lessons, name));
}

/** The names of all would fill the page: the one that was meant, or what they are numbered. @param {LessonEntry[]} lessons @param {string} name */
function notThere(lessons, name) {
  const meant = nearest(name, lessons.map(({ id }) => id));
  if (meant) return telling("there is no lesson \u201c{}\u201d; did you mean {}?", name, meant);
  const numbers = lessons.map(({ number }) => number).filter((number) => number > 0);
  if (numbers.length === 0) return telling("there is no lesson \u201c{}\u201d beside this page", name);
  return telling("there is no lesson \u201c{}\u201d; the lessons here are {} to {}", name, Math.min(...numbers), Math.max(...numbers));
}

/** Whether this names a lesson that is not one of the site's: an address, or the lesson itself. @param {string} name */
export const isElsewhere = (name) => /^\s*\{|\/|\.json$/.test(name);

/** What is on its way before it is asked for, by its path. @type {Map<string, Promise<string>>} */
const ahead = new Map();

/**
 * Fetches a lesson of the site that is about to be asked for: what is wrong with it is said then.
 * @param {string} name or number
 * @param {boolean} known it is a name that is surely there: the index, which is asked for as well, has not to say so
 */
export async function expectLesson(name, known) {
  const index = loadIndex();
  const id = known ? name : (await index).find(isCalled(name))?.id;
  if (id === undefined || ahead.has(pathOf(id))) return;
  const coming = fetchAsset(pathOf(id));
  coming.catch(() => {});
  ahead.set(pathOf(id), coming);
}

/** @param {string} name or number @returns {(lesson: LessonEntry) => boolean} */
const isCalled = (name) => ({ id, number }) => id === name || (number > 0 && String(number) === name);

/**
 * A lesson with all its files.
 * @param {LessonEntry[]} lessons of the site
 * @param {string} name one of these by its name or number, an address, or the lesson as JSON
 * @param {AbortSignal} [signal] it is not wanted any more
 * @returns {Promise<LessonData>}
 */
export async function loadLesson(lessons, name, signal) {
  try {
    if (!isElsewhere(name)) return await ofSite(findLesson(lessons, name).id);
    const data = JSON.parse(await fetchText(name, "lesson", signal));
    return await /** @type {Promise<LessonData>} */ (inlined(data, new URL(name.trimStart().startsWith("{") ? "." : name, document.baseURI)));
  } catch (error) {
    throw error instanceof SourceError ? error : new SourceError("lesson", error);
  }
}

/**
 * A lesson's JSON with the files in it that it names: scenarios, and what stands in `texts`.
 * @param {unknown} value
 * @param {URL} base of `lesson.json`
 * @param {boolean} [named] a string here is the name of a file
 * @returns {Promise<unknown>}
 */
async function inlined(value, base, named = false) {
  if (typeof value === "string") return named && value.endsWith(".json") ? fetchJson(below(value, base).href) : value;
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return Promise.all(value.map((item) => inlined(item, base)));
  const entries = Object.entries(value).map(async ([key, item]) => {
    const texts = key === "texts" && item !== null && typeof item === "object" ? Object.entries(item) : null;
    if (texts) return [key, Object.fromEntries(await Promise.all(texts.map(async ([code, text]) => [code, await inlined(text, base, true)])))];
    return [key, await inlined(item, base, key === "scenario")];
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** A lesson names nothing outside of its folder. @param {string} name @param {URL} base */
function below(name, base) {
  const url = new URL(name, base);
  if (!url.href.startsWith(new URL(".", base).href)) throw telling("{} is not in the folder of the lesson", name);
  return url;
}

/** A file of the site's lessons. @param {string} name */
async function ofSite(name) {
  const path = pathOf(name);
  const coming = ahead.get(path);
  ahead.delete(path);
  return parsed(await (coming ?? fetchAsset(path)), path);
}

/** @param {string} name */
const pathOf = (name) => `lessons/${name}.json`;

/** @param {string} href */
const fetchJson = async (href) => parsed(await fetchText(href, "lesson"), href);

/** @param {string} text @param {string} name of its file */
function parsed(text, name) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : error}`);
  }
}
