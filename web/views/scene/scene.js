/**
 * The scene: bytes as water, buffers and kernel queues as vessels, watermarks as lines across them, the right to read and
 * to write as valves.
 *
 * In which order to read: `still.js` says what is shown of a moment, `motion.js` what moves between two, `geometry.js` where it
 * stands; this file puts the parts together, and each part is a file. Nothing here knows how a bufferevent behaves.
 */
import { momentSentence } from "../../lang/sentences.js";
import { h, set, style } from "../dom.js";
import { STEP_MS } from "../../state/clock.js";
import { browserClock, Movement } from "./clock.js";
import { measureIn } from "./fit.js";
import { layout, leastHeight } from "./geometry.js";
import { createLoop } from "./loop.js";
import { interimAt, planOf } from "./motion.js";
import { createOthers } from "./others.js";
import { Plumbing } from "./plumbing.js";
import { stillOf } from "./still.js";

/** @typedef {import("../../types.js").Shown} Shown */
/** @typedef {import("./still.js").Still} Still */

/** By hand, a movement may take so long. */
const BY_HAND_MS = 900;
/** While it plays, each movement is over before the next step. */
const PART_OF_STEP = 0.95;

/** Whether something around the moment has changed, and not the moment. @param {Shown["frame"]} one @param {Shown["frame"]} other */
const sameMoment = (one, other) =>
  one.track === other.track && one.revision === other.revision && one.position === other.position && one.connection.number === other.connection.number && one.full === other.full;

/**
 * @param {Pick<import("../../types.js").Commands, "mark" | "connection">} commands
 * @param {import("./clock.js").Clock} [clock]
 */
export function createScene(commands, clock = browserClock) {
  const stage = h("div", { class: "stage" });
  const measure = measureIn(() => stage);
  const plumbing = new Plumbing(commands, measure);
  const others = createOthers(commands.connection);
  const loop = createLoop();
  stage.append(plumbing.element, ...plumbing.fields);
  const element = h("div", { class: "scene", role: "group" }, h("div", { class: "scene-middle" }, stage, others.element), loop.element);
  const movement = new Movement(clock);
  let size = { width: 0, height: 0 };
  /** What was drawn last. @type {{shown: Shown, still: Still} | null} */
  let last = null;

  new ResizeObserver(() => last && resize() && redraw(last.shown, last.still)).observe(stage);

  /** Learns how much room there is; says whether it is another than before. */
  function resize() {
    const { clientWidth: width, clientHeight: height } = stage;
    if (width === 0 || (width === size.width && height === size.height)) return false;
    size = { width, height };
    style(stage, "min-block-size", `${leastHeight(width)}px`);
    return true;
  }

  /** Draws a moment without moving anything. @param {Shown} shown @param {Still} still */
  function redraw(shown, still) {
    movement.finish();
    plumbing.settle(shown, still, layout(size.width, size.height));
    plumbing.draw(still, still, null);
  }

  /** Draws the way to a moment. @param {Shown} shown @param {Still} still @param {Still} before @param {"forward" | "quick"} motion */
  function move(shown, still, before, motion) {
    plumbing.begin();
    plumbing.settle(shown, still, layout(size.width, size.height));
    const speed = shown.player.speed || 1;
    const plan = planOf(before, still, motion, speed, shown.player.mode === "playing" ? (PART_OF_STEP * STEP_MS) / speed : BY_HAND_MS);
    movement.run((ms) => {
      const interim = interimAt(plan, before, ms);
      plumbing.draw(before, still, interim.done ? null : interim);
      set(element, "data-moving", !interim.done);
      return interim.done;
    });
  }

  /** @param {Shown} shown */
  function update(shown) {
    const goesOn = movement.running && last !== null && sameMoment(last.shown.frame, shown.frame);
    if (!goesOn) movement.finish();
    resize();
    const still = stillOf(shown);
    const before = last?.still ?? null;
    last = { shown, still };
    const { frame, text: t, lang } = shown;
    set(element, "aria-label", frame.exists || frame.source === "simulation" ? t.scene.spoken(frame.connection, momentSentence(frame, lang)) : momentSentence(frame, lang));
    others.update(shown, still.full);
    loop.update(shown);
    if (size.width === 0) return;
    if (goesOn) plumbing.settle(shown, still, layout(size.width, size.height));
    else if (frame.motion === "still" || !before || before.number !== still.number || before.full !== still.full) redraw(shown, still);
    else move(shown, still, before, frame.motion);
  }

  return { element, update };
}
