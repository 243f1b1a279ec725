/** All views of one player, put together. */
import { languages } from "../lang/index.js";
import { createAct } from "./act.js";
import { createChains } from "./chains.js";
import { createCode } from "./code/code.js";
import { createPeek } from "./code/peek.js";
import { createCompare } from "./compare.js";
import { createConnect } from "./connect.js";
import { createControls } from "./controls.js";
import { button, h, isLost, say, set, style } from "./dom.js";
import { createDrop } from "./drop.js";
import { createEditor } from "./editor.js";
import { createGlossary } from "./glossary.js";
import { createHeader } from "./header.js";
import { whenSized } from "./laid-out.js";
import { createIntro } from "./intro.js";
import { createLesson } from "./lesson/lesson.js";
import { isAsked } from "./lesson/prediction.js";
import { createLive } from "./live.js";
import { createLog } from "./log.js";
import { createHelp, createNotice } from "./notice.js";
import { createPanels } from "./panels.js";
import { createPresent } from "./present.js";
import { createProgress } from "./progress.js";
import { rehearse } from "./rehearsal.js";
import { createScene } from "./scene/scene.js";
import { createSheet } from "./sheet.js";
import { createShare } from "./share.js";
import { createSight } from "./sight.js";
import { createState } from "./state.js";
import { createTimeline } from "./timeline/timeline.js";
import { createTips } from "./tips.js";
import { createTold } from "./told.js";
import { createWaiting } from "./waiting.js";
import { createWhy } from "./why.js";

/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").Shown} Shown */

/** How much of the engine is there, as far as anybody knows. */
function createLoading() {
  const part = h("span", { class: "loading-part" });
  const element = h("div", { class: "loading", role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100 }, part);
  /** @param {Shown} shown */
  function update({ player, loaded, text }) {
    element.hidden = player.mode !== "loading";
    set(element, "aria-label", text.loading);
    set(element, "aria-valuenow", loaded === null ? null : Math.round(100 * loaded));
    style(part, "inline-size", loaded === null ? "" : `${100 * loaded}%`);
  }
  return { element, update };
}

/** Seen once Tab leads to it: what is before Play is much. @param {() => void} onSkip */
function createSkip(onSkip) {
  const element = button("", onSkip, { class: "skip" });
  return { element, update: (/** @type {Shown} */ { text }) => say(element, text.skip) };
}

/**
 * Who was on the scene stays there, at what the keys come to. Who was in a panel stays in it; where another is shown, its tab tells which.
 * @param {HTMLElement} element
 * @param {Element} held what had the focus
 * @param {HTMLElement | null} panel that it is in
 * @returns {HTMLElement | SVGElement}
 */
function homeOf(element, held, panel) {
  /** @type {SVGElement | null | undefined} */
  const stop = held.closest(".scene")?.querySelector(".asks [tabindex='0']");
  if (stop) return stop;
  if (panel?.hidden) return element.querySelector("[role=tab][aria-selected=true]") ?? element;
  return panel ?? element;
}

/**
 * Who has the focus where there is nothing any more afterwards stays near, unless led elsewhere: keys and Tab go on from there.
 * @param {HTMLElement} element
 * @returns {() => void} what is done afterwards
 */
function keepPlace(element) {
  const root = /** @type {ShadowRoot | Document} */ (element.getRootNode());
  const held = root.activeElement ?? null;
  const panel = /** @type {HTMLElement | null} */ (held?.closest("[role=tabpanel]") ?? null);
  return () => {
    if (!held || !isLost(held)) return;
    // What loses the focus may command something, which a view does not while it is drawn.
    queueMicrotask(() => {
      if (root.activeElement === null || root.activeElement === held) homeOf(element, held, panel).focus({ preventScroll: true });
    });
  };
}

/** What all parts of the view look by. @param {HTMLElement} element @param {HTMLElement} act @param {Shown} shown */
function tellSheets(element, act, shown) {
  const { blank, frame, intro, lang, panel, text } = shown;
  set(element, "aria-label", text.title);
  set(element, "lang", languages[lang].tag);
  set(element, "data-blank", blank);
  set(element, "data-intro", intro);
  set(element, "data-compares", frame.against !== null);
  // While a question waits for its answer, this makes room for it. Told to the whole, all styles would be worked out anew: beside another libevent alone, where most of it gives way.
  const asks = panel === "lesson" && isAsked(shown);
  set(act, "data-asked", asks);
  set(element, "data-asked", asks && frame.against !== null);
}

/**
 * What stands above the controls on a small screen, where the side has no box of its own, has to know how high they are.
 * @param {HTMLElement} element
 * @param {HTMLElement} side
 * @param {HTMLElement[]} deck the outer, which may have no box either, first
 */
function tellHeight(element, side, deck) {
  const ask = () => {
    const high = side.offsetHeight === 0 && deck.find(({ offsetHeight }) => offsetHeight > 0)?.offsetHeight;
    return high ? () => style(element, "--deck", `${high}px`) : undefined;
  };
  for (const part of deck) whenSized(part, ask);
}

/** @param {Commands} commands */
export function createPlayerView(commands) {
  // Always drawn, even while there is nothing to play.
  const loading = createLoading();
  const [header, notice, help, progress] = [createHeader(commands), createNotice(commands), createHelp(commands), createProgress(commands)];
  const chains = createChains(({ lesson }) => lesson?.chains === true);
  const [scene, compare, told, live] = [createScene(commands), createCompare(commands), createTold(), createLive(commands)];
  const share = createShare(commands, scene.element);
  // Drawn once there is something to play.
  const [act, timeline, peek] = [createAct(commands), createTimeline(commands), createPeek()];
  const controls = createControls(commands, act.toggle);
  const [editor, intro, glossary, connect, waiting] = [createEditor(commands), createIntro(commands), createGlossary(commands), createConnect(commands), createWaiting(commands)];
  const contents = { lesson: createLesson(commands), why: createWhy(commands), code: createCode(commands), log: createLog(commands), state: createState() };
  const panels = createPanels(contents, commands);
  const always = [loading, header, notice, help, progress, share, editor, intro, connect, waiting, chains, compare, told, live, panels, glossary];
  const played = [controls, act, peek];

  const [skip, announce] = [createSkip(() => controls.play.focus()), h("p", { class: "spoken", "aria-live": "polite" })];
  const left = h("div", { class: "left" }, told.element, compare.bar, compare.caption, scene.element, chains.element, compare.element);
  const side = h("div", { class: "side" }, panels.element, live.element, act.element, peek.element);
  const deck = h("div", { class: "deck" }, controls.element, timeline.element);
  const element = h(
    "section",
    { class: "lab", tabindex: "-1" },
    skip.element,
    loading.element,
    header.element,
    notice.element,
    ...[waiting, intro, connect].map((line) => line.element),
    h("div", { class: "main" }, left, side),
    deck,
    ...[help, progress, share].map(({ element }) => element),
    editor.element,
    glossary.element,
    announce,
  );
  // These find their own places in it.
  const [tips, sheet] = [createTips(commands, element), createSheet(commands, element)];
  always.push(skip, tips, createPresent(commands, element), createDrop(commands, element), sheet);
  const sight = createSight(told.element, scene.element, deck, element);

  tellHeight(element, side, [deck, controls.element]);

  /** @param {Shown} shown */
  function update(shown) {
    const { blank, announcement } = shown;
    const keep = keepPlace(element);
    tellSheets(element, act.element, shown);
    // The scene last, which at first asks how much room the others leave it.
    for (const view of [...(blank ? always : [timeline, ...always, ...played]), scene]) void view.update(shown);
    say(announce, announcement);
    keep();
    sight.update(shown);
  }

  /** What is outside of it is listened to until this ends it. @param {AbortSignal} signal */
  const listen = (signal) => [tips, sheet, timeline].forEach((view) => view.listen(signal));
  return { element, notice, update, listen, rehearse: (/** @type {() => Shown} */ look) => rehearse(scene, look) };
}
