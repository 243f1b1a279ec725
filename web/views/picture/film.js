/** A span of steps as an animated picture, played by a scene that nobody sees, in a time of its own. */
import { momentSentence } from "../../lang/sentences.js";
import { h, style } from "../dom.js";
import { createClock } from "../scene/clock.js";
import { createScene } from "../scene/scene.js";
import { apngOf } from "./apng.js";
import { captionLines, drawingOf } from "./drawing.js";
import { painted, pngOf } from "./raster.js";

/** @typedef {import("../../types.js").Shown} Shown */
/** @typedef {import("./apng.js").Shot} Shot */

/** While something moves, a picture is taken every so many milliseconds; what stands stays so long. */
const [EVERY, STAYS, ENDS] = [80, 900, 2500];
const NOTHING = { mark() {}, draft() {}, connection() {} };

/** Keeps what a shot changes of the one before. */
class Reel {
  /** @type {Shot[]} */
  shots = [];
  /** @type {Uint32Array | null} */
  #before = null;

  /** @param {HTMLCanvasElement} canvas @param {CanvasRenderingContext2D} context @param {number} ms */
  async take(canvas, context, ms) {
    const { width, height } = canvas;
    const pixels = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
    const box = this.#before ? changed(this.#before, pixels, width) : { x: 0, y: 0, width, height };
    this.#before = pixels;
    const last = this.shots.at(-1);
    if (!box && last) return void (last.ms = Math.min(last.ms + ms, 0xffff));
    const { x, y, ...size } = box ?? { x: 0, y: 0, width, height };
    const part = Object.assign(document.createElement("canvas"), size);
    part.getContext("2d")?.drawImage(canvas, -x, -y);
    this.shots.push({ png: new Uint8Array(await (await pngOf(part)).arrayBuffer()), x, y, ...size, ms });
  }
}

/** The smallest box around what is not the same. @param {Uint32Array} one @param {Uint32Array} other @param {number} width */
function changed(one, other, width) {
  let [left, right, top, bottom] = [width, -1, -1, -1];
  for (let at = 0; at < one.length; at++) {
    if (one[at] === other[at]) continue;
    const [x, y] = [at % width, Math.floor(at / width)];
    left = Math.min(left, x);
    right = Math.max(right, x);
    if (top < 0) top = y;
    bottom = y;
  }
  return right < 0 ? null : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

/**
 * @param {Element} scene as large as the film becomes
 * @param {Shown[]} moments
 * @param {import("./pictures.js").Look} look
 * @param {(done: number, of: number) => void} tell
 * @returns {Promise<Uint8Array>} an animated PNG
 */
export async function filmOf(scene, moments, look, tell) {
  const clock = createClock();
  const player = createScene(NOTHING, clock);
  const { clientWidth, clientHeight } = scene;
  const stage = h("div", { class: "film-stage", "aria-hidden": "true", inert: true }, player.element);
  for (const [name, size] of [["inline-size", clientWidth], ["block-size", clientHeight]]) style(stage, `${name}`, `${size}px`);
  scene.after(stage);
  try {
    const captions = moments.map(({ frame, lang }) => momentSentence(frame, lang));
    const { fontFamily } = getComputedStyle(scene);
    const lines = Math.max(...captions.map((caption) => captionLines(caption, clientWidth, fontFamily).length));
    const reel = new Reel();
    /** @type {HTMLCanvasElement | undefined} */
    let sheet;
    for (const [index, moment] of moments.entries()) {
      tell(index + 1, moments.length);
      player.update(moment);
      for (;;) {
        const moves = clock.waited;
        const { canvas, context } = await painted(drawingOf(player.element, captions[index], look, lines), 1, sheet);
        sheet = canvas;
        await reel.take(canvas, context, moves ? EVERY : index === moments.length - 1 ? ENDS : STAYS);
        if (!moves) break;
        clock.go(EVERY);
      }
    }
    return apngOf(reel.shots);
  } finally {
    stage.remove();
  }
}
