/**
 * The scene: bytes as water, buffers and kernel queues as vessels, watermarks as lines across them, the right to read and
 * to write as valves.
 *
 * In which order to read: `still.js` says what is shown of a moment, `motion.js` what moves between two, `geometry.js` where it
 * stands; this file puts the parts together, and each part is a file. Nothing here knows how a bufferevent behaves.
 */
import { momentSentence } from "../../sentences/index.js";
import { h, set, style, svg } from "../../view/dom.js";
import { browserClock, Movement } from "./clock.js";
import { measureIn } from "./fit.js";
import { layout, leastHeight } from "./geometry.js";
import { createLoop } from "./loop.js";
import { interimAt, planOf } from "./motion.js";
import { createOthers } from "./others.js";
import { createPlumbing } from "./plumbing.js";
import { stillOf } from "./still.js";

/** @typedef {import("../../types.js").Shown} Shown */
/** @typedef {import("./still.js").Still} Still */

/** A step of playing takes so long at speed 1; by hand, a movement may take longer. */
const STEP_MS = 600;
const BY_HAND_MS = 900;

/**
 * @param {Pick<import("../../lab.js").Commands, "mark" | "connection">} commands
 * @param {import("./clock.js").Clock} [clock]
 */
export function createScene(commands, clock = browserClock) {
  const stage = h("div", { class: "stage" });
  const measure = measureIn(() => stage);
  const plumbing = createPlumbing(commands, measure);
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

  /** @param {Shown} shown */
  function update(shown) {
    movement.finish();
    resize();
    const still = stillOf(shown);
    const before = last?.still ?? null;
    last = { shown, still };
    const { frame, text: t } = shown;
    set(element, "aria-label", frame.exists || frame.source === "simulation" ? t.scene.spoken(frame.connection, momentSentence(frame)) : momentSentence(frame));
    others.update(shown, still.full);
    loop.update(shown);
    if (size.width === 0) return;
    const { motion } = frame;
    if (motion === "still" || !before || before.number !== still.number || before.full !== still.full) return redraw(shown, still);
    plumbing.settle(shown, still, layout(size.width, size.height));
    const { speed, mode } = shown.player;
    const plan = planOf(before, still, motion, speed || 1, mode === "playing" ? STEP_MS / (speed || 1) : BY_HAND_MS);
    movement.run((ms) => {
      const interim = interimAt(plan, before, ms);
      plumbing.draw(before, still, interim.done ? null : interim);
      return interim.done;
    });
  }

  return { element, update };
}
