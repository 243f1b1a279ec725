/**
 * What a reader has done of the lessons, kept on this device. Where nothing can be kept, such as in a private window, it
 * lasts as long as the page.
 */

import { telling } from "../engine/telling.js";
import { storageOf } from "./kept.js";
import { wasTold } from "./question.js";

/** @typedef {import("./question.js").Answered} Answered */

/**
 * What is kept of a lesson.
 * @typedef {object} Kept
 * @property {{[question: string]: Answered}} answers
 * @property {string[]} tasks those that are done
 * @property {boolean} repaired
 * @property {{before: string[], after: string[]}} [drawn] of a concept test: which questions come before the course, and which after
 */

const KEY = "bufferevent-lab:progress";
/** @type {() => Kept} */
const NOTHING = () => ({ answers: {}, tasks: [], repaired: false });

export class Progress {
  /** @type {{[lesson: string]: Kept}} */
  #lessons = {};
  /** The text that they were read from. */
  #read = "";
  #storage;

  /** @param {Storage | null} [storage] */
  constructor(storage = storageOf()) {
    this.#storage = storage;
  }

  /** Whether it is there after the page, as far as was tried. */
  get lasts() {
    return this.#storage !== null;
  }

  /** What was done of a lesson. @param {string} id @returns {Kept} */
  of(id) {
    return { ...NOTHING(), ...this.all[id] };
  }

  /** @param {string} id @param {Kept} kept */
  keep(id, kept) {
    this.#write({ ...this.all, [id]: kept });
  }

  /** One lesson begins anew. @param {string} id */
  forget(id) {
    const { [id]: _, ...rest } = this.all;
    this.#write(rest);
  }

  clear() {
    this.#write({});
  }

  /** Adds what another device has: where both know an answer, that of this one stays. @param {{[lesson: string]: Kept}} lessons */
  add(lessons) {
    const mine = this.all;
    const merged = Object.entries(lessons).map(([id, theirs]) => {
      const own = { ...NOTHING(), ...mine[id] };
      const drawn = own.drawn ?? theirs.drawn;
      return [id, { answers: { ...theirs.answers, ...own.answers }, tasks: [...new Set([...own.tasks, ...theirs.tasks])], repaired: own.repaired || theirs.repaired, ...(drawn && { drawn }) }];
    });
    this.#write({ ...mine, ...Object.fromEntries(merged) });
  }

  /** All lessons of which something was done. Read anew each time: another tab may have gone on. @returns {{[lesson: string]: Kept}} */
  get all() {
    try {
      const text = this.#storage?.getItem(KEY);
      if (text && text !== this.#read) {
        this.#read = text;
        this.#lessons = readProgress(text);
      }
    } catch {
      // Somebody else's, or damaged: what is known stays.
    }
    return this.#lessons;
  }

  /** @param {{[lesson: string]: Kept}} lessons */
  #write(lessons) {
    this.#lessons = lessons;
    this.#read = progressJson(lessons);
    try {
      this.#storage?.setItem(KEY, this.#read);
    } catch {
      // It is full, or not allowed: then it lasts as long as the page.
      this.#storage = null;
    }
  }
}

/** How many of each half of a concept test are right, of how many. @param {Kept} kept @returns {[half: string, score: string][]} */
const scoresOf = ({ answers, drawn = { before: [], after: [] } }) =>
  Object.entries(drawn).filter(([, ids]) => ids.length > 0).map(([half, ids]) => [half, `${ids.filter((id) => answers[id]?.right).length}/${ids.length}`]);

/** The text of a file. @param {{[lesson: string]: Kept}} lessons @param {string} [name] of the reader */
export function progressJson(lessons, name) {
  const scores = Object.fromEntries(Object.entries(lessons).flatMap(([id, kept]) => (kept.drawn ? [[id, Object.fromEntries(scoresOf(kept))]] : [])));
  return `${JSON.stringify({ progress: "bufferevent", version: 1, ...(name && { name }), ...(Object.keys(scores).length > 0 && { scores }), lessons }, null, 1)}\n`;
}

/**
 * Reads the text of a file.
 * @param {string} text
 * @returns {{[lesson: string]: Kept}}
 * @throws {Error} that names what is wrong
 */
export function readProgress(text) {
  const file = JSON.parse(text);
  const must = (/** @type {unknown} */ holds, /** @type {string} */ words, /** @type {string[]} */ ...gaps) => {
    if (!holds) throw telling(words, ...gaps);
  };
  must(isObject(file) && file.progress === "bufferevent", "`progress` is not \u201cbufferevent\u201d: this is no file of progress");
  must(file.version === 1, "`version` is {}; this page reads 1", JSON.stringify(file.version));
  must(isObject(file.lessons), "`{}` is no object", "lessons");
  for (const [id, kept] of Object.entries(file.lessons)) {
    const at = `lessons.${id}`;
    must(isObject(kept), "`{}` is no object", at);
    must(isObject(kept.answers), "`{}` is no object", `${at}.answers`);
    must(isNames(kept.tasks), "`{}` is no list of names", `${at}.tasks`);
    must(typeof kept.repaired === "boolean", "`{}` is neither true nor false", `${at}.repaired`);
    must(kept.drawn === undefined || (isObject(kept.drawn) && isNames(kept.drawn.before) && isNames(kept.drawn.after)), "`{}` is not two lists of names", `${at}.drawn`);
    for (const [question, answer] of Object.entries(kept.answers)) {
      const there = `${at}.answers.${question}`;
      must(isObject(answer), "`{}` is no object", there);
      for (const key of ["first", "choice"]) must(answer[key] === null || isChoice(answer[key]), "`{}` is no choice", `${there}.${key}`);
      must(isChoice(answer.answer), "`{}` is no choice", `${there}.answer`);
      must(typeof answer.right === "boolean", "`{}` is neither true nor false", `${there}.right`);
      must(Number.isInteger(answer.tries), "`{}` is no number", `${there}.tries`);
      must(typeof answer.dialect === "string", "`{}` is no name", `${there}.dialect`);
    }
  }
  return file.lessons;
}

/** @param {any} value */
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
/** @param {any} value */
const isNames = (value) => Array.isArray(value) && value.every((item) => typeof item === "string");
/** @param {any} value */
const isChoice = (value) => typeof value === "string" || typeof value === "number";

/**
 * The same as a table: a row an answer, a task, a repair, and the score of each half of a concept test.
 * @param {{[lesson: string]: Kept}} lessons
 * @param {string} [name] of the reader
 */
export function progressCsv(lessons, name = "") {
  const rows = Object.entries(lessons).flatMap(([lesson, kept]) => [
    ...Object.entries(kept.answers).map(([id, { first, choice, answer, right, tries, dialect }]) => [lesson, "question", id, right ? "right" : wasTold({ choice, right }, kept.drawn !== undefined) ? "shown" : "wrong", first, choice, answer, tries, dialect]),
    ...kept.tasks.map((id) => [lesson, "task", id, "done"]),
    ...(kept.repaired ? [[lesson, "repair", "", "done"]] : []),
    ...scoresOf(kept).map(([half, score]) => [lesson, "score", half, score]),
  ]);
  const head = ["reader", "lesson", "kind", "item", "result", "first", "last", "answer", "tries", "libevent"];
  return [head, ...rows.map((row) => [name, ...row])].map((row) => `${head.map((_, column) => cell(row[column])).join(",")}\r\n`).join("");
}

/** A cell of a table; what a spreadsheet would take for a formula is made plain text. @param {unknown} value */
function cell(value) {
  const text = value === null || value === undefined ? "" : String(value);
  const plain = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
