/** The engine's own source: the statement that did what the record tells is marked, those that only record are dim. */
import { h, say, set } from "./dom.js";
import { stackOf } from "./scene/stack.js";

/** @typedef {import("../types.js").Record} Record */
/** @typedef {import("../types.js").Shown} Shown */
/** @typedef {import("../types.js").Text} Text */

/** Where the page's own files are. */
const SOURCES = new URL("../source/", import.meta.url);

/** The files that were asked for; null for one that is not there. @type {Map<string, Promise<string[] | null>>} */
const files = new Map();

/** @param {string} path */
function fetchLines(path) {
  let lines = files.get(path);
  if (!lines) {
    lines = /^[\w./-]+\.rs$/.test(path) && !path.includes("..") ? load(path) : Promise.resolve(null);
    files.set(path, lines);
  }
  return lines;
}

/** @param {string} path */
async function load(path) {
  try {
    const answer = await fetch(new URL(path, SOURCES));
    return answer.ok ? (await answer.text()).split("\n") : null;
  } catch {
    return null;
  }
}

/** @typedef {[first: number, last: number]} Lines */
/** @typedef {{acting: {[line: string]: Lines}, folded: Lines[]}} FileMap */

/** Which lines act and which only record, made from the sources with the page. @type {Promise<{[path: string]: FileMap}> | undefined} */
let map;

/** @param {string} path @returns {Promise<FileMap>} */
async function fetchMap(path) {
  map ??= fetch(new URL("acting.json", SOURCES)).then((answer) => (answer.ok ? answer.json() : {}), () => ({}));
  return (await map)[path] ?? { acting: {}, folded: [] };
}

/** The lines of the statement that acted; the line that recorded it where that is all that is known. @param {Record} record @param {FileMap} map @returns {Lines} */
const actingLines = ({ line }, { acting }) => acting[line] ?? [line, line];

/**
 * Where a reader finds a function in libevent's public source.
 * @param {string} name
 */
const libevent = (name) => `https://github.com/search?type=code&q=${encodeURIComponent(`repo:libevent/libevent symbol:${name}`)}`;

const WORDS = /(\/\/.*$)|("(?:[^"\\]|\\.)*")|\b(as|break|const|continue|else|enum|fn|for|if|impl|in|let|loop|match|mod|move|mut|pub|ref|return|self|Self|static|struct|super|trait|type|use|where|while|crate)\b/g;

/**
 * A line of Rust, with its comments and keywords told apart.
 * @param {string} line
 */
function tokens(line) {
  /** @type {Node[]} */
  const nodes = [];
  let at = 0;
  for (const match of line.matchAll(WORDS)) {
    nodes.push(document.createTextNode(line.slice(at, match.index)));
    nodes.push(h("span", { class: match[1] ? "comment" : match[2] ? "string" : "keyword" }, match[0]));
    at = match.index + match[0].length;
  }
  nodes.push(document.createTextNode(line.slice(at)));
  return nodes;
}

/** @param {string} line @param {number} number */
const codeLine = (line, number) => h("li", { class: "line" }, h("span", { class: "line-number", "aria-hidden": "true" }, String(number)), h("code", {}, ...tokens(line)));

/** @param {HTMLElement} list @param {Lines[]} ranges */
const linesOf = (list, ranges) => /** @type {HTMLElement[]} */ (ranges.flatMap(([first, last]) => [...list.children].slice(first - 1, last)));

/** The whole file, for the panel. */
export function createCode() {
  const head = createHead();
  const callers = h("p", { class: "code-callers" });
  const note = h("p", { class: "note" });
  const list = h("ol", { class: "lines" });
  const scroller = h("div", { class: "code-scroll", tabindex: "0", role: "region" }, list);
  const element = h("div", { class: "code" }, head.element, callers, note, scroller);
  let shown = "";
  let wanted = "";
  /** @type {FileMap} */
  let fileMap = { acting: {}, folded: [] };

  /** @param {Shown} shown */
  async function update({ frame, foreign, text: t }) {
    const record = frame.record;
    head.update(record, t);
    say(callers, `${t.code.within} ${stackOf(frame).map(({ name }) => name).join(" \u203a ")}`);
    set(scroller, "aria-label", t.code.caption);
    say(note, record && foreign ? t.code.others : "");
    note.hidden = !note.textContent;
    if (!record) return;
    wanted = `${record.file}:${record.line}`;
    if (shown !== record.file) {
      const [lines, map] = await Promise.all([fetchLines(record.file), fetchMap(record.file)]);
      if (wanted !== `${record.file}:${record.line}`) return;
      [shown, fileMap] = [record.file, map];
      if (lines) list.replaceChildren(...lines.map((line, index) => codeLine(line, index + 1)));
      else list.replaceChildren(h("li", {}, t.code.missing(record.file)));
      linesOf(list, fileMap.folded).forEach((line) => set(line, "data-folded", true));
    }
    list.querySelectorAll("[aria-current]").forEach((line) => line.removeAttribute("aria-current"));
    const lines = linesOf(list, [actingLines(record, fileMap)]);
    if (lines.length === 0) return;
    lines.forEach((line) => set(line, "aria-current", "true"));
    // Only the panel scrolls, never the page around it.
    scroller.scrollTop = Math.max(0, lines[0].offsetTop - scroller.clientHeight / 2);
  }

  return { element, update };
}

/** The line that ran with its neighbours, while the panel shows something else. */
export function createPeek() {
  const head = createHead();
  const list = h("ol", { class: "lines" });
  const element = h("div", { class: "code peek" }, head.element, list);
  let wanted = "";

  /** @param {Shown} shown */
  async function update({ frame: { record }, panel, text }) {
    element.hidden = panel === "code";
    if (element.hidden) return;
    head.update(record, text);
    const place = record ? `${record.file}:${record.line}` : "";
    if (wanted === place) return;
    wanted = place;
    const [lines, map] = record ? await Promise.all([fetchLines(record.file), fetchMap(record.file)]) : [null, null];
    if (wanted !== place) return;
    if (!record || !lines || !map) return list.replaceChildren();
    const [first, last] = actingLines(record, map);
    const from = Math.max(0, first - 2);
    const shown = lines.slice(from, from + 3);
    const indent = Math.min(...shown.filter((line) => line.trim()).map((line) => line.length - line.trimStart().length));
    list.replaceChildren(...shown.map((line, index) => codeLine(line.slice(indent), from + index + 1)));
    linesOf(list, [[first - from, Math.min(last - from, shown.length)]]).forEach((line) => set(line, "aria-current", "true"));
  }

  return { element, update };
}

function createHead() {
  const file = h("code", { class: "code-file" });
  const label = h("span", { class: "code-label" });
  const link = h("a", { target: "_blank", rel: "noreferrer noopener" });
  const standsFor = h("span", { class: "code-libevent" }, label, link);
  const element = h("div", { class: "code-head" }, file, standsFor);
  return {
    element,
    /** @param {Record | null} record @param {Text} t */
    update(record, t) {
      say(file, record ? `${record.file.split("/").pop()}:${record.line}` : t.code.none);
      set(file, "title", record ? record.file : null);
      const name = record?.function ?? "";
      standsFor.classList.toggle("nobody", name === "");
      say(label, name ? t.code.libevent : "");
      say(link, name);
      set(link, "href", name ? libevent(name) : null);
      set(link, "title", name ? t.code.search(name) : null);
    },
  };
}
