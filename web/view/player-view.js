/** All views of one player, put together. */
import { createAct } from "./act.js";
import { createCode, createPeek } from "./code.js";
import { createCompare } from "./compare.js";
import { createControls } from "./controls.js";
import { h } from "./dom.js";
import { createHeader } from "./header.js";
import { createLesson } from "./lesson.js";
import { createLive } from "./live.js";
import { createLog } from "./log.js";
import { createHelp, createNotice } from "./notice.js";
import { createPanels } from "./panels.js";
import { createScene } from "./scene.js";
import { createState } from "./state.js";
import { createTimeline } from "./timeline.js";
import { createTold } from "./told.js";

/** @typedef {import("../lab.js").BuffereventLab} BuffereventLab */
/** @typedef {import("../types.js").Text} Text */

/**
 * @param {import("../player/player.js").Player} player
 * @param {() => Text} text
 * @param {import("../lab.js").Commands} commands
 */
export function createPlayerView(player, text, commands) {
  const scene = createScene(text, (direction, mark, bytes) => commands.mark(direction, mark, bytes));
  const views = {
    header: createHeader(text, commands),
    scene,
    told: createTold(text),
    lesson: createLesson(text, commands),
    code: createCode(text, commands.isOther),
    peek: createPeek(text),
    log: createLog(text, (position) => player.seek(position)),
    state: createState(text),
    live: createLive(text, commands.connect, (number) => player.choose(number)),
    controls: createControls(player, text, commands.jump),
    timeline: createTimeline(text, (position) => player.seek(position)),
    act: createAct(player, text),
    compare: createCompare(text, () => player.findDifference(), commands.dialects, (dialect) => player.compareWith(dialect)),
    notice: createNotice(text, commands.useDefault),
    help: createHelp(text),
  };
  const panels = createPanels(
    {
      lesson: views.lesson.element,
      code: views.code.element,
      log: views.log.element,
      state: views.state.element,
    },
    text,
    commands.choosePanel,
  );
  const announce = h("p", { class: "spoken", "aria-live": "polite" });
  const loading = h("div", { class: "loading", role: "progressbar" });
  const file = h("input", { type: "file", hidden: true, accept: ".jsonl,.json,.ndjson,text/plain", onchange: () => file.files?.[0] && commands.openFile(file.files[0]) });
  const element = h(
    "section",
    { class: "lab", tabindex: "-1" },
    loading,
    views.header.element,
    views.notice.element,
    h(
      "div",
      { class: "main" },
      h(
        "div",
        { class: "left" },
        views.compare.bar,
        views.compare.caption,
        views.scene.element,
        views.scene.loop,
        views.compare.element,
        views.live.element,
        views.act.element,
      ),
      h("div", { class: "side" }, views.told.element, panels.element, views.peek.element),
    ),
    h("div", { class: "deck" }, views.controls.element, views.timeline.element),
    views.help.element,
    file,
    announce,
  );
  function chooseFile() {
    // The same file may be chosen again.
    file.value = "";
    file.click();
  }
  return { element, announce, loading, chooseFile, panels, ...views };
}
