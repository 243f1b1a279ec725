/** The path: the decisions of the internal callback that runs, in its order, with the way that it took. */
import { button, h, say, set, sized } from "../dom.js";
import { onceLaidOut } from "../laid-out.js";
import { createFunction } from "./head.js";

/** @typedef {import("../../types.js").Commands} Commands */
/** @typedef {import("../../types.js").Shown} Shown */
/** @typedef {import("../../types.js").Walk} Walk */
/** @typedef {import("../../types.js").Choice} Choice */
/** @typedef {import("../../types.js").Text} Text */

/** @param {Commands} commands */
export function createPath(commands) {
  const none = h("p", { class: "note" });
  const walks = h("div", { class: "walks" });
  const scroller = h("div", { class: "code-scroll", tabindex: "0", role: "region" }, walks);
  const element = h("div", { class: "code-body" }, none, scroller);
  /** @type {ReturnType<typeof createWalk>[]} */
  const made = [];

  /** @param {Shown} shown */
  function update(shown) {
    const { code, text: t } = shown;
    const all = code?.walks ?? [];
    say(none, t.path.none);
    none.hidden = all.length > 0;
    scroller.hidden = all.length === 0;
    set(scroller, "aria-label", t.code.parts.path);
    while (made.length < all.length) made.push(createWalk(commands));
    sized(walks, all.length, (index) => made[index].element);
    all.forEach((walk, index) => made[index].update(walk, shown));
    const here = /** @type {HTMLElement | null} */ (walks.querySelector("[aria-current]") ?? walks.querySelector(".choice.next"));
    if (here) bring(scroller, here);
  }

  return { element, update };
}

/** Brings a choice into sight. @param {HTMLElement} scroller @param {HTMLElement} choice */
const bring = (scroller, choice) =>
  onceLaidOut(scroller, () => {
    const [top, bottom] = [choice.offsetTop, choice.offsetTop + choice.offsetHeight];
    if (top < scroller.scrollTop || bottom > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = Math.max(0, (top + bottom - scroller.clientHeight) / 2);
  });

/** @param {Commands} commands */
function createWalk(commands) {
  const title = h("h4", { class: "walk-title" });
  const name = createFunction();
  const list = h("ol", { class: "choices-taken" });
  const element = h("section", { class: "walk" }, h("div", { class: "walk-head" }, title, name.element), list);

  /** @param {Walk} walk @param {Shown} shown */
  function update(walk, { frame, text: t }) {
    const of = frame.picture.connections.find(({ number }) => number === walk.connection);
    const who = frame.picture.connections.length > 1 && of ? t.scene.other(of) : "";
    say(title, `${who ? `${who}: ` : ""}${t.path.internal[walk.internal]}`);
    name.update(walk.function, t);
    const next = walk.choices.findIndex((choice) => choice.taken === null && !choice.passed);
    sized(list, walk.choices.length, () => createChoice(commands)).forEach((item, index) => updateChoice(item, walk.choices[index], index === next, frame.position, t));
  }

  return { element, update };
}

/** @param {Commands} commands */
function createChoice(commands) {
  const step = button("", () => commands.seek(Number(item.dataset.position)), { class: "choice-step" });
  const item = h("li", { class: "choice" }, h("p", { class: "choice-turn" }, h("span", {}), step), h("ul", { class: "choice-branches" }));
  return item;
}

/** @param {HTMLElement} item @param {Choice} choice @param {boolean} isNext @param {number} position @param {Text} t */
function updateChoice(item, { turn, branches, taken, position: at, function: name, passed }, isNext, position, t) {
  const [words, list] = item.children;
  const [question, step] = /** @type {HTMLElement[]} */ ([...words.children]);
  set(item, "data-position", at);
  set(item, "aria-current", at === position ? "step" : null);
  item.className = `choice ${taken !== null ? "decided" : passed ? "passed" : isNext ? "next" : "ahead"}`;
  set(item, "title", name ?? null);
  say(question, t.path.turns[turn]);
  say(step, at === null ? "" : t.why.step(at));
  step.hidden = at === null;
  sized(list, branches.length, () => h("li", {}, h("span", { class: "branch-words" }), h("span", { class: "spoken" }))).forEach((branch, index) => {
    const isTaken = branches[index] === taken;
    set(branch, "data-taken", isTaken);
    say(branch.children[0], t.path.branches[branches[index]]);
    say(branch.children[1], isTaken ? t.path.taken : "");
  });
}
