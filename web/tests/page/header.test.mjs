/** The line above all: as many lines as it needs and no more, its menu where it is pressed, what is counted in it; and the hints under the bytes. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";
import { index } from "../support/learner.mjs";

before(startBrowser);
after(stopBrowser);

test("below a window of 1280 the header is one line too, and its menu has what has no room in it", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "the-tutorial" }, context: { reducedMotion: "reduce" } });
  for (const lang of ["en", "zh"]) {
    await lab.set({ lang });
    const tall = [];
    for (const width of [720, 768, 939, 940, 1024, 1100, 1239, 1259, 1260, 1279]) {
      await page.setViewportSize({ width, height: 768 });
      if ((await lab.element.locator(".header").evaluate((it) => it.clientHeight)) > 60) tall.push(width);
    }
    assert.deepEqual(tall, [], lang);
  }
  await page.setViewportSize({ width: 1024, height: 768 });
  const menu = lab.element.locator(".header > .menu");
  const before = await menu.boundingBox();
  assert.equal(await lab.element.locator(".header .share").isVisible(), false);
  await menu.click();
  await lab.see(".header .share");
  assert.deepEqual(await menu.boundingBox(), before);
  await done();
});

test("from a window of 1280 on the header is one line, also where a scroll bar takes some of it", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "the-tutorial" }, context: { reducedMotion: "reduce" } });
  for (const lang of ["en", "zh"]) {
    await lab.set({ lang });
    const tall = [];
    for (const width of [1280, 1351, 1399, 1400, 1410, 1425, 1439, 1440, 1485, 1499, 1500, 1600]) {
      await page.setViewportSize({ width, height: 900 });
      if ((await lab.element.locator(".header").evaluate((it) => it.clientHeight)) > 60) tall.push(width);
    }
    assert.deepEqual(tall, [], lang);
  }
  // With room beside it no title is cut.
  const title = lab.element.locator(".lesson-select");
  assert.ok((await title.evaluate((it) => it.getBoundingClientRect().width)) > 260);
  await done();
});

test("on a small screen the menu of the header stays where it is when it is opened", async () => {
  const { lab, done } = await openLab({ context: { viewport: { width: 360, height: 740 } } });
  const menu = lab.element.locator(".header > .menu");
  const before = await menu.boundingBox();
  await menu.click();
  await lab.see(".header .share");
  assert.deepEqual(await menu.boundingBox(), before);
  await done();
});

test("a test is not counted among the lessons", async () => {
  const { lab, done } = await openLab();
  const lessons = index().filter(({ test: isTest }) => !isTest).length;
  assert.equal(await lab.text(".progress-button"), `0/${lessons}`);
  await done();
});

test("what goes out next is said under the byte that does", async () => {
  const { lab, done } = await openLab({ context: { reducedMotion: "reduce" } });
  await lab.seek(60);
  const { hint, first } = await lab.element.evaluate((it) => {
    const all = [.../** @type {ShadowRoot} */ (it.shadowRoot).querySelectorAll(".vessel.input .byte")].map((one) => one.getBoundingClientRect());
    const bottom = Math.max(...all.map((one) => one.bottom));
    const lowest = all.filter((one) => bottom - one.bottom < 5).sort((a, b) => a.left - b.left);
    return { hint: it.shadowRoot?.querySelector(".hint")?.getBoundingClientRect().toJSON(), first: lowest[0].toJSON() };
  });
  assert.ok(Math.abs(hint.left - first.left) < 12 && hint.top > first.top, JSON.stringify({ hint, first }));
  assert.match(await lab.text(".hint"), /^\u2191 next out.*upwards/);
  await lab.seek(0);
  assert.equal(await lab.text(".hint"), "", "where there is no byte, none is next");
  await lab.open({ lesson: "low-watermark" });
  await lab.seek(await lab.length());
  assert.match(await lab.text(".hint"), /^\u2191 next out, then to the right/);
  await done();
});

test("what 1.4 frees stays connected: only the buffers are gone from the drawing", async () => {
  const scenario = (/** @type {string} */ dialect) => JSON.stringify({ format: 1, dialect, script: [{ peer_send: "hi" }, { turn: 1 }, { free: true }] });
  const { lab, done } = await openLab({ attributes: { scenario: scenario("1.4") }, context: { reducedMotion: "reduce" } });
  await lab.seek(1e9);
  assert.equal((await lab.picture()).connections[0].freed, true);
  const dashed = () => lab.element.evaluate((it) => ["backlog", "rx", "input", "output", "tx", "got"].filter((name) => getComputedStyle(/** @type {Element} */ (it.shadowRoot?.querySelector(`.stage .vessel.${name} .vessel-wall`))).strokeDasharray !== "none"));
  assert.deepEqual(await dashed(), ["input", "output"]);
  await done();
});

test("before the first pass main() stands before the loop, and not between two passes", async () => {
  const { lab, done } = await openLab({ attributes: { lesson: "high-watermark" }, context: { reducedMotion: "reduce" } });
  const words = () => lab.text(".callback.program");
  await lab.seek(0);
  assert.doesNotMatch(await words(), /between|outside/);
  await lab.seek(await lab.length());
  assert.match(await words(), /between|outside/);
  await done();
});

test("a recording that is opened shows its log, and is saved under Save alone", async () => {
  const { lab, done } = await openLab();
  await lab.openLong(40);
  assert.equal(await lab.element.locator("[role=tab][aria-selected=true]").textContent(), "Log");
  assert.equal(await lab.element.locator(".share-recording").count(), 0);
  await done();
});

for (const [lang, words] of /** @type {const} */ ([["en", "connecting"], ["zh", "\u6b63\u5728\u8fde\u63a5"]])) {
  test(`a connection that is only being made is not open: the scene, the State panel and Why? say so (${lang})`, async () => {
    const { page, lab, done } = await openLab({ attributes: { lesson: "connecting", lang }, context: { reducedMotion: "reduce" } });
    await lab.seek(11);
    assert.equal((await lab.picture()).connections[0].connecting, true);
    for (const direction of ["read", "write"]) {
      const valve = lab.element.locator(`.valve.${direction}`);
      assert.equal(await valve.getAttribute("data-valve"), "rest");
      assert.match((await valve.locator(".valve-state").allTextContents()).join(""), new RegExp(words));
    }
    await page.keyboard.press("Escape");
    await lab.element.locator(".valve.write .valve-drawing").click();
    await lab.see(".why-chain li");
    assert.match((await lab.all(".why-chain .why-reason")).join(" "), /neither made nor refused|\u65e2\u672a\u5efa\u7acb/);
    await lab.element.locator("[role=tab]").nth(3).click();
    await lab.see(".state");
    assert.equal((await lab.all(".state td")).filter((cell) => cell.includes(words)).length, 2);
    await done();
  });
}
