/**
 * What the page costs: `node web/tests/measure.mjs`, after `cargo xtask bundle`, with CHROMIUM naming the browser.
 *
 * Frames are measured in processor time of the page's main thread, script, style, layout and paint together; the way to the
 * first step by the clock, with what was asked for until then and when it was there, and in processor time of that thread; in other loads,
 * which are traced, by kind of work. An empty page is opened in turn with it, and the site that BUFFEREVENT_BEFORE names, if one is: a
 * busy machine is busy for all of them.
 */
import { Lab } from "./support/lab.mjs";
import { launch, serveSite } from "./support/site.mjs";
import { costliest, quantile, traced } from "./support/trace.mjs";

const RECORDS = 1_000_000;
const LOADS = 9;

/** Parts to measure, of `load`, `play` and `zoom`; all, unless said. */
const only = process.argv.slice(2);
const wants = (/** @type {string} */ part) => only.length === 0 || only.includes(part);

/** It takes what a browser itself takes. */
const EMPTY = '<!doctype html><html lang="en"><meta charset="utf-8"><title>empty</title><svg width="600" height="400"><rect width="200" height="200" /></svg></html>';

const site = await serveSite();
const browser = await launch();

/** A page with one lab, in a fresh profile. */
async function open() {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en" });
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  // When the first step was drawn: a frame after the page says that it is ready.
  await page.addInitScript(() => {
    const drawn = () => {
      performance.mark("drawn");
      console.log("drawn");
    };
    const soon = () => requestAnimationFrame(() => setTimeout(drawn));
    addEventListener("ready", () => (performance.mark("ready"), soon()), { once: true, capture: true });
    // An empty page is ready at once.
    addEventListener("DOMContentLoaded", () => document.querySelector("bufferevent-lab") ?? soon());
  });
  return { context, page, lab: new Lab(page, page.locator("bufferevent-lab").first()) };
}

/** @param {string} what @param {import("./support/trace.mjs").Cost[]} frames */
function tell(what, frames) {
  const line = (/** @type {"all" | "script" | "clock"} */ of) => [0.5, 0.95, 0.99, 1].map((part) => quantile(frames.map((frame) => frame[of]), part).toFixed(1)).join(" / ");
  const forced = frames.reduce((sum, frame) => sum + frame.forced, 0);
  console.log(`${what}: ${frames.length} frames; ms of the main thread, median / p95 / p99 / most: all ${line("all")}, script ${line("script")} (by the clock ${line("clock")}); ${forced} forced layouts`);
  console.log(`  a frame in the mean: ${costliest(frames, 8)}`);
}

/** A gesture of the wheel over the timeline: a turn each frame, there and back. @param {import("playwright-core").Page} page @param {number} turns @param {(turn: number) => {deltaX?: number, deltaY?: number}} wheel */
const gesture = (page, turns, wheel) =>
  page.locator("bufferevent-lab").evaluate(
    async (lab, deltas) => {
      const area = /** @type {HTMLElement} */ (lab.shadowRoot?.querySelector(".timeline-area"));
      const { x, y, width } = area.getBoundingClientRect();
      for (const delta of deltas) {
        area.dispatchEvent(new WheelEvent("wheel", { ...delta, clientX: x + width * 0.6, clientY: y + 20, bubbles: true, composed: true, cancelable: true }));
        await new Promise((done) => requestAnimationFrame(done));
      }
    },
    Array.from({ length: turns }, (_, turn) => wheel(turn)),
  );

/** What there is to say of a load, in milliseconds since the navigation began. */
const milestones = () => {
  const at = (/** @type {string} */ name) => performance.getEntriesByName(name)[0]?.startTime ?? NaN;
  const [navigation] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  const drawn = at("drawn");
  const asked = /** @type {PerformanceResourceTiming[]} */ (performance.getEntriesByType("resource")).filter(({ startTime }) => startTime < drawn);
  const there = (/** @type {RegExp} */ name) => Math.max(...asked.filter((one) => name.test(one.name)).map(({ responseEnd }) => responseEnd));
  const ms = { page: navigation.responseEnd, scripts: there(/\.js$/), sheet: there(/\.css$/), wasm: there(/\.wasm$/), lesson: there(/lessons/), ready: at("ready"), drawn };
  return { ms, requests: asked.length + 1, bytes: asked.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, navigation.encodedBodySize) };
};

/** Opens the page until its first step is drawn. @param {import("playwright-core").Page} page @param {string} [url] */
async function first(page, url = site.url) {
  // Whoever asks again and again takes time from what is measured.
  const drawn = page.waitForEvent("console", (message) => message.text() === "drawn");
  await page.goto(url, { waitUntil: "commit" });
  await drawn;
}

/** A load in a fresh profile, and the processor time that the main thread had taken by then. @param {string} url */
async function waited(url) {
  const { context, page } = await open();
  const session = await context.newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  await first(page, url);
  const { metrics } = await session.send("Performance.getMetrics");
  const seen = await page.evaluate(milestones);
  await context.close();
  return { ...seen, worked: 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? NaN) };
}

async function loads() {
  const before = process.env.BUFFEREVENT_BEFORE;
  const beside = await Promise.all([{ pages: { "/index.html": EMPTY } }, ...(before ? [{ folder: before }] : [])].map(serveSite));
  const names = ["the page", "an empty page", "the page before"];
  const urls = [site, ...beside].map(({ url }) => url);
  /** @type {Awaited<ReturnType<typeof waited>>[][]} */
  const seen = urls.map(() => []);
  /** @type {import("./support/trace.mjs").Cost[]} */
  let last = [];
  for (let load = 0; load < LOADS; load++) {
    for (const [index, url] of urls.entries()) seen[index].push(await waited(url));
    const { context, page } = await open();
    last = await traced(page, () => first(page));
    await context.close();
  }
  const line = (/** @type {number[]} */ all) => `median ${quantile(all, 0.5).toFixed(0)}, least ${Math.min(...all).toFixed(0)}`;
  console.log(`from navigation to the first drawn step, ${LOADS} fresh profiles, one of each in turn`);
  for (const [index, loads] of seen.entries()) {
    const [{ requests, bytes }] = loads;
    console.log(`  ${names[index]}: ms by the clock ${line(loads.map(({ ms }) => ms.drawn))}; of the main thread ${line(loads.map(({ worked }) => worked))}; ${requests} requests, ${(bytes / 1024).toFixed(0)} KiB`);
  }
  const quickest = seen[0].reduce((best, next) => (next.ms.drawn < best.ms.drawn ? next : best));
  console.log(`  the quickest, ms since its navigation: ${Object.entries(quickest.ms).map(([what, ms]) => `${what} ${ms.toFixed(0)}`).join(", ")}`);
  console.log(`  one more, traced, a frame in the mean of ${last.length}: ${costliest(last, 10)}`);
  await Promise.all(beside.map(({ close }) => close()));
}

/** What is played: the lesson with the most in it, one with three bufferevents, and those with the most of other kinds. @type {{words: string, lesson: string, unit: string, speed: number, ms: number, attributes?: {[name: string]: string}}[]} */
const PLAYED = [
  { words: "lesson 6 by steps at 1x", lesson: "high-watermark", unit: "step", speed: 1, ms: 12_000 },
  { words: "lesson 6 by moments at 4x", lesson: "high-watermark", unit: "moment", speed: 4, ms: 6000 },
  { words: "the same beside another libevent", lesson: "high-watermark", unit: "moment", speed: 4, ms: 6000, attributes: { compare: "" } },
  { words: "the same in Chinese", lesson: "high-watermark", unit: "moment", speed: 4, ms: 6000, attributes: { lang: "zh" } },
  ...[["12", "proxy"], ["18", "connecting"], ["20", "the-tutorial"]].map(([number, lesson]) => ({ words: `lesson ${number} by moments at 4x`, lesson, unit: "moment", speed: 4, ms: 6000 })),
];

async function plays() {
  for (const { words, lesson, unit, speed, ms, attributes = {} } of PLAYED) {
    const { context, page, lab } = await open();
    await page.goto(`${site.url}#lesson=${lesson}`);
    await lab.state("ready");
    await lab.whole();
    await lab.set(attributes);
    await prepare(lab, unit, speed);
    // What is drawn of that is not playing.
    await page.waitForTimeout(500);
    tell(`playing ${words}`, await traced(page, () => play(lab, ms)));
    await context.close();
  }
}

async function zooms() {
  const { context, page, lab } = await open();
  await page.goto(`${site.url}#lesson=high-watermark`);
  await lab.state("ready");
  await lab.openLong(RECORDS);
  await lab.seek(RECORDS * 0.6);
  // A million lines were made in the page, by this script: what is left of them is not for a frame of the page to collect.
  await (await context.newCDPSession(page)).send("HeapProfiler.collectGarbage");
  await gesture(page, 20, () => ({ deltaY: -60 }));
  await gesture(page, 20, () => ({ deltaY: 60 }));
  tell(`zooming ${RECORDS} records`, await traced(page, () => gesture(page, 240, (turn) => ({ deltaY: turn < 120 ? -40 : 40 }))));
  await gesture(page, 40, () => ({ deltaY: -40 }));
  tell("moving along them", await traced(page, () => gesture(page, 120, (turn) => ({ deltaX: turn < 60 ? 30 : -30 }))));
  await context.close();
}

/** @param {Lab} lab @param {string} unit @param {number} speed */
async function prepare(lab, unit, speed) {
  await lab.seek(0);
  await lab.element.evaluate(
    (it, [unit, speed]) => {
      const { shadowRoot } = /** @type {any} */ (it);
      shadowRoot.querySelector(`.unit-field [data-value=${unit}]`).click();
      const select = shadowRoot.querySelector("select.speed");
      select.value = String(speed);
      select.dispatchEvent(new Event("change"));
    },
    /** @type {const} */ ([unit, speed]),
  );
}

/** @param {Lab} lab @param {number} ms */
const play = (lab, ms) =>
  lab.element.evaluate(async (it, ms) => {
    const lab = /** @type {any} */ (it);
    const end = performance.now() + ms;
    while (performance.now() < end && lab.position < lab.length) {
      // Where a lesson asks, it goes on after that.
      if (lab.dataset.state !== "playing") lab.play();
      await new Promise((done) => setTimeout(done, 100));
    }
    lab.pause();
  }, ms);

if (wants("load")) await loads();
if (wants("play")) await plays();
if (wants("zoom")) await zooms();
await browser.close();
await site.close();
