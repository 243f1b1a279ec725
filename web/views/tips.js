/**
 * Tool tips: what a word is, or a part of the scene, said beside it in the words of the glossary; and what a control says of
 * itself (`data-note`). A pointer that rests on one gets it, a finger that taps a word or a control, the keys at a control.
 */
import { h, say, style } from "./dom.js";

/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").Shown} Shown */

/** So long a pointer rests before it is told, in milliseconds: on a word, and on the scene, where it passes over much. */
const RESTS = { word: 250, scene: 700 };
/** So long the tip waits for a pointer that is on its way to it. */
const STAYS = 200;

/** What a part of the page is in the glossary: the first that something stands in. */
export const DRAWN = /** @type {const} */ ([
  [".mark.read.low", "read-low"],
  [".mark.read.high", "read-high"],
  [".mark.write.low", "write-low"],
  [".mark.write.high", "write-high"],
  [".tripwire, .tripwire-words", "pressure-callback"],
  [".valve-bit", "suspended"],
  [".callback.read", "readcb"],
  [".callback.write", "writecb"],
  [".callback.event", "eventcb"],
  [".stage .vessel.backlog", "backlog"],
  [".stage .vessel.rx, .byte[data-ask*='\"rx\"']", "rx"],
  [".vessel.input, .byte:not([data-lens])[data-ask*='\"input\"']", "input"],
  [".vessel.output, .byte:not([data-lens])[data-ask*='\"output\"']", "output"],
  [".stage .vessel.tx, .byte[data-ask*='\"tx\"']", "tx"],
  [".stage .vessel.got", "peer"],
  [".chip:has([data-ask*='\"read\"'])", "read-event"],
  [".chip:has([data-ask*='\"write\"'])", "write-event"],
  [".loop-pass, .station", "pass"],
  [".loop-head .zone-name", "loop"],
]);

/** The entry that tells of this; empty where there is none. @param {EventTarget | null | undefined} target */
export function termAt(target) {
  if (!(target instanceof Element)) return "";
  const word = target.closest("[data-term]")?.getAttribute("data-term");
  return word ?? DRAWN.find(([selector]) => target.closest(selector))?.[1] ?? "";
}

/** @param {Commands} commands @param {HTMLElement} around where tips are given */
export function createTips(commands, around) {
  const tip = createTip(commands);
  around.append(tip.element);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const later = (/** @type {() => void} */ act, /** @type {number} */ ms) => {
    clearTimeout(timer);
    timer = setTimeout(act, ms);
  };
  const hide = () => {
    clearTimeout(timer);
    tip.hide();
  };

  around.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch" || event.buttons > 0) return;
    const [target] = /** @type {Element[]} */ (event.composedPath());
    if (tip.element.contains(target)) return clearTimeout(timer);
    const told = tip.told();
    const noted = target.closest("[data-note]");
    if (noted) return noted.getAttribute("data-note") === told ? clearTimeout(timer) : later(() => tip.note(noted), RESTS.word);
    const id = termAt(target);
    if (!id) return told ? later(hide, STAYS) : clearTimeout(timer);
    if (id === told) return clearTimeout(timer);
    later(() => tip.tell(id, target), told ? STAYS : target.closest("[data-term]") ? RESTS.word : RESTS.scene);
  });
  around.addEventListener("pointerleave", () => later(hide, STAYS));
  around.addEventListener("pointerdown", (event) => !tip.element.contains(/** @type {Node} */ (event.composedPath()[0])) && hide());
  around.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.composedPath()[0]);
    const word = target.closest("[data-term]");
    if (word) tip.tell(word.getAttribute("data-term") ?? "", word);
    const noted = /** @type {PointerEvent} */ (event).pointerType === "touch" && target.closest("[data-note]");
    if (noted) tip.note(noted);
  });
  // Who comes by the keys rests nowhere else.
  around.addEventListener("focusin", (event) => {
    const noted = /** @type {Element} */ (event.composedPath()[0]).closest("[data-note]:focus-visible");
    if (noted) tip.note(noted);
  });
  around.addEventListener("focusout", (event) => /** @type {Element} */ (event.composedPath()[0]).hasAttribute("data-note") && hide());

  return {
    element: tip.element,
    update: tip.update,
    /** A tip listens to all keys, and is gone once this ends it. @param {AbortSignal} signal */
    listen: (signal) => signal.addEventListener("abort", hide),
  };
}

/** The tip itself. Escape takes it away wherever the keys are: the pointer is here. @param {Commands} commands */
function createTip(commands) {
  const name = h("strong", {});
  const words = h("p", {});
  const more = h("button", { type: "button", class: "tip-more", onclick: () => commands.glossary(told) });
  const element = h("div", { class: "tip", popover: "manual", role: "note" }, h("p", { class: "tip-name" }, name), words, more);
  /** @type {Shown | null} */
  let shown = null;
  let told = "";
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    if (event.key !== "Escape") return;
    hide();
    event.stopPropagation();
  };
  const hide = () => {
    removeEventListener("keydown", onKey, true);
    told = "";
    if (element.matches(":popover-open")) element.hidePopover();
  };
  /** @param {string} id empty for what is no entry @param {Element} at @param {{name: string, text: string} | undefined} entry */
  const open = (id, at, entry) => {
    if (!entry || !at.isConnected) return hide();
    told = id || entry.text;
    addEventListener("keydown", onKey, true);
    say(name, entry.name);
    say(words, entry.text);
    more.hidden = id === "";
    element.showPopover?.();
    stand(element, at);
  };
  /** @param {string} id @param {Element} at */
  const tell = (id, at) => open(id, at, shown?.tips.entries.get(id));
  /** What a control says of itself, and no entry does. @param {Element} at */
  const note = (at) => open("", at, { name: at.textContent ?? "", text: at.getAttribute("data-note") ?? "" });

  /** @param {Shown} now */
  function update(now) {
    const another = shown && (now.tips !== shown.tips || now.frame.position !== shown.frame.position || now.dialog !== shown.dialog);
    shown = now;
    say(more, now.text.glossary.open);
    if (another && told) hide();
  }

  return { element, told: () => told, tell, note, hide, update };
}

/** Puts a tip below what it tells of, or above where there is no room. @param {HTMLElement} tip @param {Element} at */
function stand(tip, at) {
  const [box, own] = [at.getBoundingClientRect(), tip.getBoundingClientRect()];
  const gap = 6;
  // What a scroll bar takes of the window is not there for a tip.
  const { clientWidth, clientHeight } = document.documentElement;
  const x = Math.min(Math.max(box.left + Math.min(box.width, 240) / 2 - own.width / 2, gap), clientWidth - own.width - gap);
  const below = box.bottom + gap + own.height <= clientHeight;
  style(tip, "left", `${Math.max(x, gap)}px`);
  style(tip, "top", `${below ? box.bottom + gap : Math.max(box.top - gap - own.height, gap)}px`);
}
