/** What a step costs while it plays: how much is asked and changed, which is the same on each machine. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";
import { forced } from "../support/trace.mjs";

before(startBrowser);
after(stopBrowser);

/** @typedef {import("../support/lab.mjs").Lab} Lab */

/** So many moments are played, where there are as many. */
const MOMENTS = 40;

/** Plays from the start, as fast as that goes; where a lesson asks, on after that. @param {Lab} lab */
const play = (lab) =>
  lab.element.evaluate(async (it, moments) => {
    const lab = /** @type {any} */ (it);
    let steps = 0;
    lab.addEventListener("step", () => steps++);
    while (steps < moments && lab.position < lab.length) {
      if (lab.dataset.state !== "playing") lab.play();
      await new Promise(requestAnimationFrame);
    }
    lab.pause();
    // What the last of them moved is drawn, too.
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
    return steps;
  }, MOMENTS);

/** What is played, and what of it is looked at. @type {{words: string, lesson: string, attributes?: {[name: string]: string}, panel?: string}[]} */
const PLAYED = [
  { words: "a lesson", lesson: "high-watermark" },
  { words: "a lesson beside another libevent", lesson: "high-watermark", attributes: { compare: "" } },
  { words: "a lesson of three bufferevents", lesson: "proxy" },
  { words: "a lesson in Chinese, of memory", lesson: "evbuffer-chains", attributes: { lang: "zh" } },
  { words: "a lesson beside the list of its steps", lesson: "high-watermark", panel: "log" },
  { words: "a lesson beside its code", lesson: "high-watermark", panel: "code" },
];

for (const { words, lesson, attributes = {}, panel } of PLAYED) {
  test(`while ${words} plays, no step waits for a layout`, async () => {
    const { page, lab, done } = await openLab({ attributes: { lesson, ...attributes } });
    await lab.seek(0);
    await lab.element.locator("select.speed").selectOption("8");
    if (panel) await lab.element.locator(`[id$="-${panel}-tab"]`).click();
    let steps = 0;
    const waited = await forced(page, async () => (steps = await play(lab)));
    assert.ok(steps >= 10, `${steps} moments were played`);
    assert.deepEqual(waited, []);
    await done();
  });
}
