/** All views of one player, put together. */
import { languages } from "../lang/index.js";
import { createAct } from "./act.js";
import { createChains } from "./chains.js";
import { createCode } from "./code/code.js";
import { createPeek } from "./code/peek.js";
import { createCompare } from "./compare.js";
import { createControls } from "./controls.js";
import { h, say, set, style } from "./dom.js";
import { createEditor } from "./editor.js";
import { createHeader } from "./header.js";
import { createIntro } from "./intro.js";
import { createLesson } from "./lesson/lesson.js";
import { createLive } from "./live.js";
import { createLog } from "./log.js";
import { createHelp, createNotice } from "./notice.js";
import { createPanels } from "./panels.js";
import { pictureOf } from "./picture.js";
import { createProgress } from "./progress.js";
import { createScene } from "./scene/scene.js";
import { createShare } from "./share.js";
import { createState } from "./state.js";
import { createTimeline } from "./timeline/timeline.js";
import { createTold } from "./told.js";
import { createWhy } from "./why.js";

/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").Shown} Shown */

/** @param {Commands} commands */
export function createPlayerView(commands) {
  // Always drawn, even while there is nothing to play.
  const [header, notice, help, progress] = [createHeader(commands), createNotice(commands), createHelp(commands), createProgress(commands)];
  const chains = createChains(({ lesson }) => lesson?.chains === true);
  const [scene, compare, told, live] = [createScene(commands), createCompare(commands), createTold(), createLive(commands)];
  const share = createShare(commands, () => pictureOf(scene.element, told.element.querySelector(".told-words")?.textContent ?? ""));
  // Drawn once there is something to play.
  const [act, timeline, peek] = [createAct(commands), createTimeline(commands), createPeek()];
  const controls = createControls(commands, act.toggle);
  const [editor, intro] = [createEditor(commands), createIntro(commands)];
  const contents = { lesson: createLesson(commands), why: createWhy(commands), code: createCode(commands), log: createLog(commands), state: createState() };
  const panels = createPanels(contents, commands);
  const always = [header, notice, help, progress, share, editor, intro, scene, chains, compare, told, live, panels];
  const played = [controls, timeline, act, peek];

  const announce = h("p", { class: "spoken", "aria-live": "polite" });
  const loading = h("div", { class: "loading", role: "progressbar" });
  const left = h("div", { class: "left" }, compare.bar, compare.caption, scene.element, chains.element, compare.element, live.element);
  const side = h("div", { class: "side" }, told.element, panels.element, act.element, peek.element);
  const deck = h("div", { class: "deck" }, controls.element, timeline.element);
  const element = h(
    "section",
    { class: "lab", tabindex: "-1" },
    loading,
    header.element,
    notice.element,
    intro.element,
    h("div", { class: "main" }, left, side),
    deck,
    help.element,
    progress.element,
    share.element,
    editor.element,
    announce,
  );

  // What stands above the controls on a small screen has to know how high they are.
  const measure = () => style(element, "--deck", `${deck.offsetHeight || controls.element.offsetHeight}px`);
  const sizes = new ResizeObserver(measure);
  for (const part of [deck, controls.element]) sizes.observe(part);

  /** @param {Shown} shown */
  function update(shown) {
    const { blank, player, lang, text, announcement } = shown;
    set(element, "aria-label", text.title);
    set(element, "lang", languages[lang].tag);
    set(element, "data-blank", blank);
    loading.hidden = player.mode !== "loading";
    set(loading, "aria-label", text.loading);
    for (const view of blank ? always : [...always, ...played]) void view.update(shown);
    say(announce, announcement);
  }

  return { element, notice, update };
}
