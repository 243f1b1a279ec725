/** The words that the page uses, as a reader of one language looks them up, and where they stand in what is read. */

/** @typedef {import("../types.js").GlossaryEntry} GlossaryEntry */
/** @typedef {import("../types.js").LessonEntry} LessonEntry */
/** @typedef {import("../types.js").Lang} Lang */

/** What an entry can be of, in the order in which they are listed. */
export const KINDS = /** @type {const} */ (["part", "term", "callback", "mark", "flag", "step"]);

/**
 * @typedef {object} Entry
 * @property {string} id
 * @property {(typeof KINDS)[number]} kind
 * @property {string} name
 * @property {string} text
 * @property {string} code what C, or a record, calls it; empty where it has no such name
 * @property {string} value of a flag
 * @property {{id: string, number: number, title: string} | null} lesson that shows it, where it is on this site
 */

/**
 * What is marked in the texts that are read, and gives a tool tip.
 * @typedef {object} Tips
 * @property {Map<string, Entry>} entries by their ids
 * @property {Map<string, string>} ids by how the texts say them: names in C as they are, words in small letters
 * @property {RegExp | null} said finds all of them
 */

export class Glossary {
  #entries;
  #lessons;
  /** @type {Map<Lang, Entry[]>} */
  #listed = new Map();
  /** @type {Map<string, Tips>} */
  #tips = new Map();

  /** @param {GlossaryEntry[]} [entries] @param {LessonEntry[]} [lessons] of the site */
  constructor(entries = [], lessons = []) {
    this.#entries = entries;
    this.#lessons = lessons;
  }

  /** @param {string} id */
  has(id) {
    return this.#entries.some((entry) => entry.id === id);
  }

  /** All of it. @param {Lang} lang @returns {Entry[]} */
  listed(lang) {
    const before = this.#listed.get(lang);
    if (before) return before;
    const listed = this.#entries.map((entry) => this.#entryIn(entry, lang));
    this.#listed.set(lang, listed);
    return listed;
  }

  /** @param {GlossaryEntry} entry @param {Lang} lang @returns {Entry} */
  #entryIn({ id, kind, name, text, code = "", value, lesson }, lang) {
    const shows = lesson === undefined ? undefined : this.#lessons.find(({ number }) => number === lesson);
    return {
      id,
      kind,
      name: name[lang] ?? name.en,
      text: text[lang] ?? text.en,
      code,
      value: value === undefined ? "" : `0x${value.toString(16).padStart(2, "0")}`,
      lesson: shows ? { id: shows.id, number: shows.number, title: shows.titles[lang] ?? shows.titles.en } : null,
    };
  }

  /**
   * What gives a tool tip. While a lesson has an open question, what that lesson or a later one shows does not: it could
   * answer it. What the parts are is told always.
   * @param {Lang} lang
   * @param {{number: number, veiled: boolean} | null} lesson that is open
   * @returns {Tips}
   */
  tips(lang, lesson) {
    const below = lesson?.veiled ? lesson.number : Infinity;
    const key = `${lang} ${below}`;
    const before = this.#tips.get(key);
    if (before) return before;
    const told = this.#entries.filter(({ kind, lesson: shows = 0 }) => kind === "part" || shows < below);
    /** @type {Map<string, string>} */
    const ids = new Map();
    // What is a word of the glossary elsewhere, and here something else, is found first and is none.
    for (const { unsaid } of told) for (const words of unsaid?.[lang] ?? []) ids.set(words.toLowerCase(), "");
    for (const entry of told) for (const words of spellings(entry, lang)) if (!ids.has(words)) ids.set(words, entry.id);
    const listed = this.listed(lang).filter(({ id }) => told.some((entry) => entry.id === id));
    const tips = { entries: new Map(listed.map((entry) => [entry.id, entry])), ids, said: finding([...ids.keys()]) };
    this.#tips.set(key, tips);
    return tips;
  }
}

/** How an entry is said in what is read. The names of flags are common words, and so are steps: what is read has a flag's name in C, and tells of steps in sentences. @param {GlossaryEntry} entry @param {Lang} lang */
function spellings({ kind, name, said, code }, lang) {
  const words = kind === "flag" || kind === "step" ? [] : [name[lang] ?? name.en, ...(said?.[lang] ?? [])].map((one) => one.toLowerCase());
  return code && kind !== "step" ? [...words, code] : words;
}

/** Finds any of these, the longest first; a word only as a whole one. @param {string[]} words */
function finding(words) {
  if (words.length === 0) return null;
  const each = [...words].sort((one, other) => other.length - one.length).map((one) => {
    const escaped = one.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return /^[\w -]+$/.test(one) ? `(?<![\\w-])${escaped}(?![\\w-])` : escaped;
  });
  return new RegExp(each.join("|"), "gi");
}

/**
 * What is read in pieces, with the id of the entry that tells what a piece is. Each is marked where it stands first.
 * @param {string} words
 * @param {Tips} tips
 * @returns {{text: string, id: string}[]} the id is empty for what lies between
 */
export function marked(words, { said, ids }) {
  /** @type {{text: string, id: string}[]} */
  const pieces = [];
  const seen = new Set();
  let from = 0;
  for (const { 0: found, index } of said ? words.matchAll(said) : []) {
    const id = ids.get(found) ?? ids.get(found.toLowerCase()) ?? "";
    if (!id || seen.has(id)) continue;
    seen.add(id);
    pieces.push({ text: words.slice(from, index), id: "" }, { text: found, id });
    from = index + found.length;
  }
  pieces.push({ text: words.slice(from), id: "" });
  return pieces.filter(({ text }) => text !== "");
}

/**
 * The entries that somebody means who types this: in their names first, then in what they say.
 * @param {Entry[]} entries
 * @param {string} sought
 */
export function foundIn(entries, sought) {
  const words = sought.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return entries;
  const holds = (/** @type {string} */ text) => words.every((word) => text.toLowerCase().includes(word));
  return entries.filter(({ name, code, value, text }) => holds(`${name} ${code} ${code.replaceAll("_", " ")} ${value} ${text}`));
}
