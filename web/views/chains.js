/** The chains of every buffer: what was drained of each, what is in it, what room it has, and what came with the step. */
import { firstBytes, glyph } from "./bytes.js";
import { h, say, set, sized, style } from "./dom.js";

/** @typedef {import("../state/memory.js").ChainShown} ChainShown */
/** @typedef {import("../state/memory.js").MemoryShown} MemoryShown */
/** @typedef {import("../state/memory.js").Place} Place */
/** @typedef {import("../types.js").Picture} Picture */
/** @typedef {import("../types.js").Shown} Shown */
/** @typedef {import("../types.js").Text} Text */

/** So many bytes of a chain are shown. */
const MOST_BYTES = 24;

/** @param {(shown: Shown) => boolean} wanted */
export function createChains(wanted) {
  const title = h("h2", {});
  const legend = h("p", { class: "chains-legend" });
  const none = h("p", { class: "note" });
  const rows = h("ul", { class: "chains-rows" });
  const element = h("section", { class: "chains" }, h("div", { class: "chains-head" }, title, legend), none, rows);

  /** @param {Shown} shown */
  function update(shown) {
    const { frame, memory, text: t } = shown;
    element.hidden = memory === null || !wanted(shown);
    if (memory === null || element.hidden) return;
    say(title, t.chains.title[frame.connection.dialect === "1.4" ? "block" : "chains"]);
    set(element, "aria-label", title.textContent);
    say(none, memory.length === 0 ? t.chains.nobody : "");
    none.hidden = memory.length > 0;
    say(legend, t.chains.legend);
    sized(rows, memory.length, createRow).forEach((row, index) => updateRow(row, memory[index], frame.picture, t));
  }

  return { element, update };
}

function createRow() {
  return h("li", { class: "chains-row" }, h("span", { class: "chains-name" }), h("ol", { class: "chains-list" }), h("span", { class: "chains-more" }), h("span", { class: "chains-copied" }));
}

/** @param {Element} element @param {MemoryShown} row @param {Picture} picture @param {Text} t */
function updateRow(element, row, picture, t) {
  const { number, buffer, chains, more, copied } = row;
  const [name, list, rest, copy] = [...element.children];
  const content = picture.connections.find((it) => it.number === number)?.[buffer];
  set(element, "data-buffer", `${number} ${buffer}`);
  set(element, "data-role", buffer);
  say(name, nameOf(row, picture, t));
  const words = chains.map(({ offset, len }) => (content ? wordsOf(content, offset, len) : ""));
  sized(list, Math.max(chains.length, 1), createChain).forEach((child, index) => {
    const from = chains[index]?.from;
    updateChain(child, chains[index], words[index], from ? nameOf(from, picture, t) : "", t);
  });
  say(rest, more > 0 ? t.chains.more(more) : "");
  say(copy, copied > 0 ? t.chains.copied(copied) : "");
}

/** The first bytes of a chain. @param {import("../types.js").Content} content @param {number} offset @param {number} len */
function wordsOf(content, offset, len) {
  const bytes = firstBytes(content, offset + Math.min(len, MOST_BYTES)).slice(offset);
  return bytes.map((byte) => (byte === null ? "?" : glyph(byte))).join("") + (len > MOST_BYTES ? "\u2026" : "");
}

/** @param {Place} place @param {Picture} picture @param {Text} t */
function nameOf({ number, buffer }, { connections }, t) {
  const connection = connections.find((it) => it.number === number);
  return connections.length > 1 && connection ? `${t.scene.other(connection)} \u00b7 ${t.scene.vessels[buffer]}` : t.scene.vessels[buffer];
}

function createChain() {
  const parts = ["gone hatched", "bytes", "room"].map((part) => h("span", { class: `chain-${part}` }));
  return h("li", { class: "chain" }, h("span", { class: "chain-box" }, ...parts), h("span", { class: "chain-caption" }));
}

/**
 * @param {Element} element
 * @param {ChainShown | undefined} chain none where the buffer has none
 * @param {string} words its bytes
 * @param {string} from who handed it over in this step
 * @param {Text} t
 */
function updateChain(element, chain, words, from, t) {
  const [box, caption] = /** @type {HTMLElement[]} */ ([...element.children]);
  box.hidden = !chain;
  set(element, "data-chain", chain?.number);
  set(element, "data-moved", from !== "");
  if (!chain) {
    say(caption, t.chains.none);
    return;
  }
  const { number, size, misalign, len } = chain;
  const room = size - misalign - len;
  const told = [String(misalign), words, t.chains.room(room)];
  [misalign, len, room].forEach((bytes, index) => {
    const part = /** @type {HTMLElement} */ (box.children[index]);
    part.hidden = bytes === 0;
    // Not to scale: ten bytes of a thousand have to be seen.
    style(part, "flex-grow", String(Math.round(10 * Math.log2(1 + bytes))));
    say(part, told[index]);
  });
  set(box, "role", "img");
  set(box, "aria-label", t.chains.spoken(number, size, misalign, len));
  say(caption, from === "" ? t.chains.size(number, size) : t.chains.moved(number, size, from));
}
