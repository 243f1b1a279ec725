/** Two libevents side by side: what is played, and the same script as another one at the same moment. */
import { wrongIn } from "../lang/problem.js";
import { momentSentence } from "../lang/sentences.js";
import { button, choose, h, say, set, sized } from "./dom.js";
import { NextFrame } from "./next-frame.js";
import { createScene } from "./scene/scene.js";

/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").Shown} Shown */
/** @typedef {import("../types.js").Simulation} Simulation */
/** @typedef {import("../types.js").Dialect} Dialect */

/** @param {Commands} commands */
export function createCompare(commands) {
  const note = h("p", { class: "versus-note" });
  const next = button("", commands.nextDifference, { class: "next-difference" });
  const against = createAgainst(commands);
  const parted = createParted();
  const none = h("p", { class: "versus-none", role: "status" });
  const bar = h("div", { class: "versus-bar", hidden: true }, note, none, against.element, next, parted.element);
  const own = createCaption("own");
  const problem = h("p", { class: "versus-problem", role: "status" });
  const element = h("section", { class: "versus", hidden: true });
  /** The other side is made when it is first looked at, and is in the page only while it is. @type {ReturnType<typeof createOther> | null} */
  let other = null;
  const later = new NextFrame();

  /** While it plays, the other side is drawn a frame later: each has work enough for one. @param {Shown} shown */
  function drawOther(shown) {
    const { frame, player } = shown;
    // To each of both the other one is the other.
    const draw = () => frame.other && other?.scene.update({ ...shown, frame: { ...frame.other, other: frame } });
    if (player.mode === "playing" && frame.motion !== "still") return later.do(draw);
    later.drop();
    draw();
  }

  /** @param {Shown} shown */
  function update(shown) {
    const { frame, text: t } = shown;
    const on = frame.against !== null;
    bar.hidden = element.hidden = own.element.hidden = !on;
    if (!on) return void (later.drop(), element.replaceChildren());
    const name = t.compare.title(frame.against ?? "");
    say(note, t.compare.note);
    say(next, t.compare.next);
    next.disabled = frame.other === null;
    const alike = shown.alike?.position === frame.position ? t.compare.alike[shown.alike.until] : "";
    say(none, alike);
    against.update(shown);
    parted.update(shown);
    set(bar, "data-answers", frame.parted.length > 0 || alike !== "");
    set(element, "aria-label", name);
    own.update(shown, frame, t.compare.title(/** @type {Simulation} */ (frame.track).dialect));
    other ??= createOther(commands);
    if (!element.firstChild) element.append(other.caption.element, other.body, problem);
    say(problem, frame.otherProblem ? t.compare.cannot(frame.against ?? "", wrongIn(frame.otherProblem, t)) : "");
    other.body.hidden = frame.other === null;
    other.caption.update(shown, frame.other, name);
    drawOther(shown);
  }

  return { bar, caption: own.element, element, update };
}

/** Why both part here. */
function createParted() {
  const head = h("p", {});
  const list = h("ul", {});
  const element = h("div", { class: "versus-parted", role: "status" }, head, list);
  /** @param {Shown} shown */
  function update({ frame: { parted }, text: { compare } }) {
    element.hidden = parted.length === 0;
    say(head, compare.parted);
    sized(list, parted.length, () => h("li", {})).forEach((item, index) => say(item, compare.rules[parted[index]]));
  }
  return { element, update };
}

/** Which libevent the script is compared with. @param {Commands} commands */
function createAgainst(commands) {
  const element = h("select", { class: "versus-with", onchange: () => commands.compareWith(/** @type {Dialect} */ (element.value)) });
  /** @param {Shown} shown */
  function update({ frame, dialects, text: { compare } }) {
    set(element, "aria-label", compare.against);
    const others = dialects.filter(({ name }) => name !== /** @type {Simulation} */ (frame.track).dialect);
    sized(element, others.length, () => h("option", {})).forEach((option, index) => {
      set(option, "value", others[index].name);
      say(option, compare.title(others[index].name));
    });
    choose(element, frame.against ?? "");
  }
  return { element, update };
}

/** @param {Commands} commands */
function createOther(commands) {
  const scene = createScene(commands);
  return { scene, caption: createCaption("other"), body: h("div", { class: "versus-body" }, scene.element) };
}

/** @param {string} side */
function createCaption(side) {
  const title = h("h2", {});
  const step = h("span", { class: "versus-step" });
  const words = h("p", { class: "versus-words" });
  const element = h("div", { class: `versus-caption ${side}`, hidden: side === "own" }, h("div", { class: "versus-title" }, title, step), words);
  return {
    element,
    /** @param {Shown} shown @param {Frame | null} frame none where there is nothing to show @param {string} name */
    update({ lang, text: t }, frame, name) {
      say(title, name);
      say(step, frame ? t.step(frame.position, frame.length) : "");
      say(words, frame ? momentSentence(frame, lang) : "");
    },
  };
}
