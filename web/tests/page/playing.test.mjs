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
    // Who is nowhere is led to each question, where nothing plays any more.
    await lab.element.locator("select.speed").focus();
    if (panel) await lab.element.locator(`[id$="-${panel}-tab"]`).click();
    let steps = 0;
    const waited = await forced(page, async () => (steps = await play(lab)));
    assert.ok(steps >= 10, `${steps} moments were played`);
    assert.deepEqual(waited, []);
    await done();
  });
}

test("what the first step that is played runs has run before, once the browser had nothing else to do, and nothing of it was seen", async () => {
  const { page, lab, done, site } = await openLab({ body: "<bufferevent-lab lesson='high-watermark'></bufferevent-lab>" });
  const script = await page.addInitScript(() => {
    const waiting = /** @type {(() => void)[]} */ ([]);
    Object.assign(window, { waiting, requestIdleCallback: (/** @type {() => void} */ act) => waiting.push(act) });
  });
  await page.goto(`${site.url}test.html`);
  await lab.state("ready");
  await lab.whole();
  const { ran, same } = await lab.element.evaluate(async (it) => {
    const { Simulation } = await import(new URL("pkg/bufferevent_wasm.js", document.baseURI).href);
    const lab = /** @type {any} */ (it);
    const ran = { records: 0, steps: 0 };
    const { records } = Simulation.prototype;
    // Looking for the next moment asks for these, and nothing does before it plays.
    Simulation.prototype.records = function (/** @type {any[]} */ ...given) {
      ran.records++;
      return records.apply(this, given);
    };
    lab.addEventListener("step", () => ran.steps++);
    const seen = () => `${lab.position} ${lab.dataset.state} ${lab.shadowRoot.innerHTML}`;
    const before = seen();
    const { waiting } = /** @type {any} */ (window);
    for (let quiet = 0; quiet < 3; quiet++) {
      if (waiting.length > 0) quiet = 0;
      for (const act of waiting.splice(0)) act();
      await new Promise((later) => setTimeout(later));
    }
    Simulation.prototype.records = records;
    return { ran, same: seen() === before };
  });
  assert.ok(ran.records >= 10, `the next moment was looked for ${ran.records} times`);
  assert.deepEqual([ran.steps, same], [0, true]);
  await script.dispose();
  await done();
});

test("beside another libevent each scene has a frame of its own, and so has coming to rest", async () => {
  const { lab, done } = await openLab({ attributes: { lesson: "high-watermark", compare: "" } });
  await lab.seek(0);
  const { both, drawn, late, agree } = await lab.element.evaluate(async (it) => {
    const lab = /** @type {any} */ (it);
    const scenes = ["own", "other"].map((side) => lab.shadowRoot.querySelector(side === "own" ? ".left > .scene" : ".versus .scene"));
    let frame = 0;
    const frames = scenes.map((scene) => {
      const at = new Set();
      new MutationObserver(() => at.add(frame)).observe(scene, { attributeFilter: ["aria-label"] });
      return at;
    });
    let [stepped, rested] = [0, 0];
    lab.addEventListener("step", () => (stepped = frame));
    new MutationObserver(() => lab.dataset.state === "ready" && (rested = frame)).observe(lab, { attributeFilter: ["data-state"] });
    lab.play();
    while (rested === 0) {
      await new Promise(requestAnimationFrame);
      frame++;
    }
    // The sentence over a scene is what the scene says of itself.
    const agree = [".versus-caption.own", ".versus-caption.other"].map((caption, index) => scenes[index].getAttribute("aria-label").includes(lab.shadowRoot.querySelector(`${caption} .versus-words`).textContent));
    return { both: [...frames[0]].filter((at) => frames[1].has(at)), drawn: frames.map(({ size }) => size), late: rested - stepped, agree };
  });
  assert.ok(drawn[0] >= 5 && drawn[1] >= 3, `${drawn}`);
  assert.deepEqual(both, []);
  assert.ok(late >= 1, `${late} frames after the last step`);
  assert.deepEqual(agree, [true, true]);
  await done();
});
