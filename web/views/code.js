/** The engine's own source, the line of the current record marked. */
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
      const lines = await fetchLines(record.file);
      if (wanted !== `${record.file}:${record.line}`) return;
      shown = record.file;
      if (lines) list.replaceChildren(...lines.map((line, index) => codeLine(line, index + 1)));
      else list.replaceChildren(h("li", {}, t.code.missing(record.file)));
    }
    list.querySelector("[aria-current]")?.removeAttribute("aria-current");
    const line = /** @type {HTMLElement | undefined} */ (list.children[record.line - 1]);
    if (!line) return;
    set(line, "aria-current", "true");
    // Only the panel scrolls, never the page around it.
    scroller.scrollTop = Math.max(0, line.offsetTop - scroller.clientHeight / 2);
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
    const lines = record && (await fetchLines(record.file));
    if (wanted !== place) return;
    if (!record || !lines) return list.replaceChildren();
    const from = Math.max(0, record.line - 2);
    const shown = lines.slice(from, from + 3);
    const indent = Math.min(...shown.filter((line) => line.trim()).map((line) => line.length - line.trimStart().length));
    list.replaceChildren(...shown.map((line, index) => codeLine(line.slice(indent), from + index + 1)));
    set(list.children[record.line - 1 - from], "aria-current", "true");
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
