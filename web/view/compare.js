/** Two libevents side by side: what is played, and the same script as another one at the same moment. */
import { momentSentence } from "../sentences/index.js";
import { button, h, say, set } from "./dom.js";
import { createScene } from "./scene.js";

/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {import("../types.js").Simulation} Simulation */
/** @typedef {import("../types.js").Text} Text */
/** @typedef {import("../types.js").Dialect} Dialect */

/**
 * @param {() => Text} text
 * @param {() => void} onNext goes to where they part next
 * @param {() => import("../types.js").DialectInfo[]} dialects the libevents there are
 * @param {(dialect: Dialect) => void} onWith compares with this one
 */
export function createCompare(text, onNext, dialects, onWith) {
  const note = h("p", { class: "versus-note" });
  const next = button("", onNext, { class: "next-difference" });
  const choices = h("select", { class: "versus-with", onchange: () => onWith(/** @type {Dialect} */ (choices.value)) });
  const bar = h("div", { class: "versus-bar", hidden: true }, note, choices, next);
  const own = createCaption("own");
  const problem = h("p", { class: "versus-problem", role: "status" });
  const element = h("section", { class: "versus", hidden: true });
  /** The other side is made when it is first looked at, and is in the page only while it is. @type {ReturnType<typeof createOther> | null} */
  let other = null;

  /** @param {Frame | null} frame */
  function update(frame) {
    const on = frame !== null && (frame.other !== null || frame.otherProblem !== "");
    bar.hidden = element.hidden = own.element.hidden = !on;
    if (!on) return element.replaceChildren();
    const t = text();
    const dialect = /** @type {Simulation} */ (frame.track).dialect;
    const against = /** @type {Dialect} */ (frame.against);
    say(note, t.compare.note);
    say(next, t.compare.next);
    next.disabled = frame.other === null;
    set(choices, "aria-label", t.compare.against);
    const others = dialects().filter(({ name }) => name !== dialect);
    const options = others.map(({ name }) => h("option", { value: name }, t.compare.title(name)));
    if (options.map(({ text }) => text).join() !== [...choices.options].map(({ text }) => text).join()) choices.replaceChildren(...options);
    choices.value = against;
    set(element, "aria-label", t.compare.title(against));
    own.update(frame, t.compare.title(dialect), t);
    other ??= createOther(text);
    if (!element.firstChild) element.append(other.caption.element, other.body, problem);
    say(problem, frame.otherProblem ? t.compare.cannot(against, frame.otherProblem) : "");
    other.body.hidden = frame.other === null;
    other.caption.update(frame.other, t.compare.title(against), t);
    if (frame.other) other.scene.update(frame.other);
  }

  return { bar, caption: own.element, element, update };
}

/** @param {() => Text} text */
function createOther(text) {
  const scene = createScene(text, () => {});
  return { scene, caption: createCaption("other"), body: h("div", { class: "versus-body" }, scene.element, scene.loop) };
}

/** @param {string} side */
function createCaption(side) {
  const title = h("h2", {});
  const step = h("span", { class: "versus-step" });
  const words = h("p", { class: "versus-words" });
  const element = h("div", { class: `versus-caption ${side}`, hidden: side === "own" }, h("div", { class: "versus-title" }, title, step), words);
  return {
    element,
    /** @param {Frame | null} frame none where there is nothing to show @param {string} name @param {Text} t */
    update(frame, name, t) {
      say(title, name);
      say(step, frame ? t.step(frame.position, frame.length) : "");
      say(words, frame ? momentSentence(frame) : "");
    },
  };
}
