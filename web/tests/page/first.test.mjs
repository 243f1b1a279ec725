/** The first minute: what somebody sees who asked for nothing, and how long it takes. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";

before(startBrowser);
after(stopBrowser);

test("it opens on lesson 1 where its first byte arrives, and two sentences say what it is about", async () => {
  const { page, lab, done } = await openLab({ first: true });
  assert.equal(await lab.element.locator(".lesson-select").inputValue(), "anatomy");
  assert.equal((await lab.picture()).last.kind, "peer_sent");
  assert.equal(await lab.level("rx"), 1);
  const words = await lab.text(".intro p");
  assert.equal(words.match(/[.](\s|$)/g)?.length, 2, words);
  await page.getByRole("complementary").getByRole("button", { name: "Dismiss" }).click();
  assert.equal(await lab.element.locator(".intro").isVisible(), false);
  await done();
});

test("before the first step the page asks for few files, and for each only once", async () => {
  const { page, lab, done, site } = await openLab({ first: true });
  /** @type {string[]} */
  const asked = [];
  // Icons and what can be installed are the browser's own to ask for, as often as it likes.
  page.on("request", (request) => /icon|webmanifest/.test(request.url()) || asked.push(request.url()));
  await page.goto(site.url);
  await lab.state("ready");
  const before = asked.splice(0);
  // Two are for the line of the engine that ran, which is seen with the step.
  assert.ok(before.length <= 18, before.join("\n"));
  assert.deepEqual(before.filter((url, index) => before.indexOf(url) !== index), []);
  assert.deepEqual(before.filter((url) => /worker\.js|site\.json/.test(url)), [], "what is not needed for it comes later");
  await done();
});

test("what the first step needs is on its way while the element's scripts still come", async () => {
  const { page, lab, done, site } = await openLab({ first: true });
  let go = () => {};
  const held = new Promise((resolve) => void (go = () => resolve(undefined)));
  await page.route(/\/bundled\/lab-/, async (route) => (await held, route.continue()));
  const script = await page.addInitScript(() => {
    const { get } = /** @type {Required<PropertyDescriptor>} */ (Object.getOwnPropertyDescriptor(window, "localStorage"));
    const asked = { kept: false };
    Object.defineProperty(window, "localStorage", { get: () => ((asked.kept = true), get.call(window)) });
    Object.assign(window, { asked });
  });
  const needed = ["wasm_bg.wasm", "lab.css", "glossary.json", "high-watermark.json"].map((file) => page.waitForRequest((request) => request.url().endsWith(file)));
  await page.goto(`${site.url}#lesson=high-watermark`, { waitUntil: "commit" });
  await Promise.all(needed);
  // What is kept on the device is read by then, too.
  await page.waitForFunction(() => /** @type {any} */ (window).asked.kept);
  go();
  await lab.state("ready");
  await script.dispose();
  await done();
});

test("the lesson that it opens on is on its way before it is said which lessons there are", async () => {
  const { page, lab, done, site } = await openLab({ first: true });
  let go = () => {};
  const said = new Promise((resolve) => void (go = () => resolve(undefined)));
  await page.route(/lessons\/index\.json/, async (route) => (await said, route.continue()));
  const asked = page.waitForRequest(/lessons\/anatomy\.json/);
  await page.goto(site.url, { waitUntil: "commit" });
  await asked;
  go();
  await lab.state("ready");
  await done();
});

test("words that are not seen at first are not laid out before it: their fonts would be waited for", async () => {
  const { page, done, site } = await openLab({ first: true });
  await page.route(/\/bundled\/lab-/, () => {});
  await page.goto(site.url, { waitUntil: "commit" });
  await page.waitForFunction(() => document.getAnimations().length === 3);
  const laidOut = () => page.evaluate(() => [...document.querySelectorAll(".absent code, footer a")].map((words) => words.checkVisibility()));
  await page.evaluate(() => document.getAnimations().forEach((words) => (words.pause(), (words.currentTime = 0))));
  assert.deepEqual(await laidOut(), [false, false, false, false]);
  await page.evaluate(() => document.getAnimations().forEach((words) => words.finish()));
  assert.deepEqual(await laidOut(), [true, true, true, true]);
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await done();
});

test("the page is seen without its sheet, too", async () => {
  const { page, lab, site } = await openLab({ first: true });
  await page.route(/page\.css/, (route) => route.abort());
  await page.goto(site.url);
  await lab.state("ready");
  assert.equal(await page.locator("footer a").first().isVisible(), true);
  await page.close();
});

for (const [words, lost] of /** @type {[string, RegExp][]} */ ([["its own script", /page-\w+\.js/], ["any script", /\.js$/], ["any script or sheet", /\.(js|css)$/]])) {
  test(`where the page cannot have ${words}, words stand in it, or the lab`, async () => {
    const { page, lab, site } = await openLab({ first: true });
    await page.route(lost, (route) => route.abort());
    await page.goto(site.url);
    if (!lost.test("lab-X.js")) await lab.state("ready");
    // What is seen after a while, now.
    await page.evaluate(() => document.getAnimations().forEach((animation) => animation.finish()));
    if (lost.test("lab-X.js")) assert.equal(await page.locator(".absent").first().isVisible(), true);
    assert.equal(await page.locator("footer a").first().isVisible(), true);
    await page.close();
  });
}

test("the first step is seen before the page is kept for when no server answers", async () => {
  const { page, lab, done, site } = await openLab({ first: true });
  const script = await page.addInitScript(() => {
    let drawn = false;
    const kept = /** @type {boolean[]} */ ([]);
    addEventListener("ready", () => requestAnimationFrame(() => requestAnimationFrame(() => (drawn = true))), { capture: true });
    navigator.serviceWorker.register = async () => (kept.push(drawn), /** @type {any} */ (undefined));
    Object.assign(window, { kept });
  });
  await page.goto(site.url);
  await lab.state("ready");
  await page.waitForFunction(() => /** @type {any} */ (window).kept.length > 0);
  assert.deepEqual(await page.evaluate(() => /** @type {any} */ (window).kept), [true]);
  await script.dispose();
  await done();
});

test("where nothing could put its modules together, the page is the same", async () => {
  const own = (/** @type {string} */ file) => readFile(new URL(`../../${file}`, import.meta.url), "utf8");
  const { lab, done } = await openLab({ first: true, pages: { "/lab.js": await own("lab.js") } });
  assert.equal(await lab.level("rx"), 1);
  assert.equal(await lab.element.locator(".lesson-select").inputValue(), "anatomy");
  await done();
});

/** The rest of the engine does not come before it is let. */
function held() {
  let asked = 0;
  let go = () => {};
  const released = new Promise((resolve) => void (go = () => resolve(undefined)));
  /** @type {import("../support/site.mjs").Answer} */
  const answer = async (response, file) => {
    asked++;
    await released;
    response.writeHead(200, { "content-type": "application/wasm" }).end(file);
  };
  return { pages: { "/pkg/bufferevent_wasm_rest.wasm": answer }, go: () => go(), asked: () => asked };
}

/** The scenario to begin with as C: all of it is in the rest of the engine. */
const asC = (/** @type {string} */ name) =>
  import(new URL(name, document.baseURI).href).then(async (engine) => {
    await engine.default();
    return new engine.Simulation(engine.defaultScenario()).asC().text;
  });

test("the first step is shown by a part of the engine alone, and the rest follows", async () => {
  const rest = held();
  const { page, lab, done } = await openLab({ first: true, alone: true, pages: rest.pages });
  assert.equal((await lab.picture()).last.kind, "peer_sent");
  assert.equal(await lab.level("rx"), 1);
  rest.go();
  await lab.whole();
  assert.equal(rest.asked(), 1, "it is asked for once, and not by what is shown");
  assert.match(await page.evaluate(asC, "pkg/bufferevent_wasm.js"), /bufferevent_setwatermark/);
  await done();
});

test("what needs the rest of the engine before it is there waits for it", async () => {
  const { page, heard } = await openLab({ first: true });
  assert.match(await page.evaluate(asC, "pkg/bufferevent_wasm.js?another"), /bufferevent_setwatermark/);
  assert.deepEqual(heard.filter((one) => !/Synchronous XMLHttpRequest/.test(one)), []);
});

test("what introduces the page leaves the vessels their 140 px", async () => {
  for (const lang of ["en", "zh"]) {
    const { lab, done } = await openLab({ attributes: { lang }, first: true, context: { viewport: { width: 1440, height: 900 } } });
    await lab.see(".intro");
    const heights = await lab.element.locator(".stage .vessel-room").evaluateAll((all) => all.map((room) => room.getBoundingClientRect().height));
    assert.ok(heights.length === 6 && heights.every((height) => height >= 140), `${lang}: ${heights}`);
    await done();
  }
});

test("who asks for something is not told what a bufferevent is", async () => {
  const { lab, done } = await openLab({ attributes: { lesson: "1" } });
  assert.equal(await lab.element.locator(".intro").isVisible(), false);
  assert.equal(await lab.at(), 0);
  await done();
});

test("the set-up is one step by hand, unless one steps through it", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "high-watermark" } });
  await lab.focus();
  await page.keyboard.press("ArrowRight");
  const end = await lab.at();
  assert.ok(end > 3);
  await page.keyboard.press("ArrowRight");
  assert.equal((await lab.picture()).last.kind, "peer_sent", "after it comes the script");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  assert.equal(await lab.at(), 0);
  await lab.element.locator(".unit-field button[data-value=step]").click();
  await lab.focus();
  await page.keyboard.press("ArrowRight");
  assert.equal(await lab.at(), 1);
  await done();
});

test("each lesson takes less than a minute to play", async () => {
  const { page, done } = await openLab();
  const long = await page.evaluate(async () => {
    const load = (/** @type {string} */ path) => import(new URL(path, document.baseURI).href);
    const [{ targetOf }, { STEP_MS }, engine] = await Promise.all(["engine/track.js", "state/clock.js", "pkg/bufferevent_wasm.js"].map(load));
    const read = async (/** @type {string} */ name) => (await fetch(new URL(`lessons/${name}.json`, document.baseURI))).json();
    const course = (await read("index")).filter((/** @type {any} */ { test }) => !test);
    const lessons = await Promise.all(course.map((/** @type {any} */ { id }) => read(id)));
    return lessons.map(({ id, scenario }) => {
      const simulation = new engine.Simulation(scenario);
      let moments = 0;
      for (let at = 0; at < simulation.length; moments++) at = targetOf(simulation, at, 1, "moment", null);
      return [id, (moments * STEP_MS) / 1000];
    });
  });
  assert.ok(long.length >= 20, String(long.length));
  assert.deepEqual(long.filter((/** @type {any} */ [, seconds]) => seconds >= 60), []);
  await done();
});
