/** Two libevents side by side. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { across } from "../../state/aligned.js";
import { ACTIONS } from "../../views/actions.js";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";

before(startBrowser);
after(stopBrowser);

test("by its key: the same moment of the same script in both", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "high-watermark" } });
  const versus = lab.element.locator(".versus");
  await lab.focus();
  await page.keyboard.press("c");
  await versus.waitFor();
  assert.deepEqual(await lab.all(".versus-caption h2"), ["libevent 1.4", "libevent 2.1"]);
  assert.equal(await lab.element.evaluate((it) => /** @type {any} */ (it).compare), true);

  // Where 1.4 stops reading and its loop ends, 2.1 has gone on.
  const stopped = await lab.element.evaluate((it) => {
    const lab = /** @type {any} */ (it);
    const stops = () => lab.shadowRoot.querySelector(".left > .scene .valve.read").dataset.reason === "high_mark";
    for (lab.seek(0); lab.position < lab.length && !stops(); lab.advance(1));
    lab.advance(1, "pass");
    lab.advance(-1);
    return lab.position;
  });
  assert.ok(stopped > 30);
  assert.equal(await lab.element.locator(".left > .scene .valve.read").getAttribute("data-reason"), "high_mark");
  assert.equal(await versus.locator(".valve.read").getAttribute("data-reason"), "open");
  await page.keyboard.press("4");
  assert.ok((await lab.all(".state td")).includes("64 B \u2260 0 B"));

  await page.keyboard.press("End");
  const steps = await lab.all(".versus-step");
  for (const step of steps) assert.match(step, /Step (\d+) of \1$/, "both are at their end");
  await page.keyboard.press("Home");
  assert.deepEqual(await lab.all(".versus-step"), steps.map((step) => step.replace(/\d+/, "0")));

  await page.keyboard.press("c");
  await versus.waitFor({ state: "hidden" });
  assert.ok(!(await lab.all(".state td")).some((cell) => cell.includes("\u2260")));
  await done();
});

for (const width of [360, 768, 1024]) {
  test(`at ${width} px what the step says stands once above the scene it is about`, async () => {
    const { lab, done } = await openLab({ attributes: { lesson: "high-watermark", compare: "" }, context: { viewport: { width, height: 740 }, reducedMotion: "reduce" } });
    await lab.seek(45);
    const [told, own, other] = [".told-words", ".versus-caption.own .versus-words", ".versus-caption.other .versus-words"].map((name) => lab.element.locator(name));
    assert.deepEqual([await told.isVisible(), await own.isVisible(), await other.isVisible()], [true, false, true]);
    assert.equal(await lab.text(".versus-caption.own h2"), "libevent 1.4");
    await done();
  });
}

test("any two of the libevents that the engine has", async () => {
  const scenario = JSON.stringify({ format: 1, dialect: "2.2", script: [{ peer_send: "x".repeat(5000) }, { turn: 2 }] });
  const { page, lab, done } = await openLab({ attributes: { scenario, compare: "" } });
  const names = await lab.all(".dialect-field button");
  assert.deepEqual(names, ["1.4", "2.1", "2.2"]);
  for (const own of names) {
    await lab.element.locator(`.dialect-field button[data-value='${own}']`).click();
    const others = page.getByLabel("Compare with");
    assert.deepEqual(await lab.all(".versus-with option"), names.filter((name) => name !== own).map((name) => `libevent ${name}`));
    for (const other of names.filter((name) => name !== own)) {
      await others.selectOption(other);
      assert.deepEqual(await lab.all(".versus-caption h2"), [`libevent ${own}`, `libevent ${other}`]);
      assert.equal(await others.inputValue(), other);
    }
  }
  // 2.2 reads at once what 2.1 reads in two.
  await lab.seek(0);
  await page.getByLabel("Compare with").selectOption("2.1");
  await page.getByRole("button", { name: "Next difference" }).click();
  assert.ok((await lab.at()) > 0, "they part");
  await done();
});

test("what is done to one is done to the other", async () => {
  const { lab, done } = await openLab({ attributes: { lesson: "anatomy", compare: "" } });
  await lab.seek(await lab.length());
  const waiting = () => lab.element.locator(".vessel.rx").evaluateAll((all) => all.map((vessel) => Number(vessel.getAttribute("data-length"))));
  const [before] = await waiting();
  await lab.act("as the peer", { peer_send: "hello" });
  assert.deepEqual(await waiting(), [before + 5, before + 5]);
  await done();
});

test("the next difference, until there is none", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "high-watermark", compare: "" } });
  const places = [];
  for (let last = -1, at = 0; at !== last; [last, at] = [at, await lab.at()]) {
    places.push(at);
    await page.getByRole("button", { name: "Next difference" }).click();
  }
  assert.ok(places.length > 5, String(places));
  assert.deepEqual(places, [...new Set(places)].sort((a, b) => a - b));
  await done();
});

test("what both have otherwise at a moment is outlined on both scenes, and nothing where they are alike", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "high-watermark" } });
  const outlined = () => lab.element.evaluate((it) => [...(it.shadowRoot?.querySelectorAll(".scene") ?? [])].map((scene) => [scene.querySelectorAll(".differing-line").length, ...[...scene.querySelectorAll("[data-differs]")].map((part) => part.className)]));
  await lab.seek(45);
  assert.deepEqual(await outlined(), [[0]], "one alone differs from nobody");
  await page.getByRole("button", { name: "Compare" }).click();
  await lab.see(".versus");
  // The peer's backlog, rx, input, the valve of reading and readcb; ev_read and what runs.
  assert.deepEqual(await outlined(), Array(2).fill([5, "chip", "stack-frames"]));
  assert.equal(await lab.element.locator(".versus .differing-sign").first().textContent(), "\u2260");
  await lab.seek(18);
  assert.deepEqual(await outlined(), Array(2).fill([0, "stack-frames"]), "both read, and call something else");
  await lab.seek(0);
  assert.deepEqual(await outlined(), [[0], [0]]);
  await done();
});

test("where no difference comes next, that is said, and why", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "high-watermark", compare: "" } });
  const next = () => page.getByRole("button", { name: "Next difference" }).click();
  await lab.seek(31);
  await next();
  assert.equal(await lab.at(), 32, "there a question is asked");
  assert.match(await lab.text(".versus-none"), /A question of the lesson comes before/);
  await lab.seek(31);
  assert.equal(await lab.text(".versus-none"), "");
  await lab.open({ scenario: JSON.stringify({ format: 1, dialect: "2.1", script: [{ peer_send: "hello" }, { turn: 1 }] }) });
  await page.getByLabel("Compare with").selectOption("2.2");
  await next();
  assert.equal(await lab.text(".versus-none"), "From here on both go on alike.");
  await done();
});

test("a script that the other cannot run is named, and what is shown stays", async () => {
  const scenario = JSON.stringify({ format: 1, dialect: "2.1", bufferevent: { read: { timeout_ms: 1500 } }, script: [{ turn: 1 }] });
  const { lab, done } = await openLab({ attributes: { scenario, compare: "" } });
  assert.match(await lab.text(".versus-problem"), /libevent 1\.4 cannot run this script: bufferevent\.read\.timeout_ms/);
  assert.ok((await lab.length()) > 3);
  await done();
});

test("a recording has nothing to be compared with", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "anatomy", compare: "" } });
  const text = await lab.element.evaluate((it) => /** @type {any} */ (it).exportRecording());
  await lab.element.locator("input[type=file]").setInputFiles({ name: "it.jsonl", mimeType: "text/plain", buffer: Buffer.from(text) });
  await lab.see(".header .segments button[data-value=recording][aria-pressed=true]");
  assert.equal(await lab.element.locator(".versus").isVisible(), false);
  assert.equal(await page.getByRole("button", { name: "Compare" }).isDisabled(), true);
  await done();
});

test("side by side where there is room, below each other where not, and never wider than the page", async () => {
  for (const [width, beside] of /** @type {[number, boolean][]} */ ([[1440, true], [900, false], [360, false]])) {
    const { page, lab, done } = await openLab({ attributes: { lesson: "high-watermark", compare: "" }, context: { viewport: { width, height: 900 } } });
    await lab.walk();
    const [own, other] = await lab.element.locator(".vessel.input .vessel-room").evaluateAll((tracks) => tracks.map((track) => track.getBoundingClientRect().toJSON()));
    assert.equal(Math.abs(own.y - other.y) < 1, beside, `at ${width} px`);
    const deck = await lab.element.locator(".deck").boundingBox();
    assert.ok(deck && Math.abs(deck.y + deck.height - 900) < 1, `the controls stay in sight at ${width} px`);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
    await done();
  }
});

for (const [width, height, locale] of /** @type {const} */ ([[1440, 900, "en"], [1440, 900, "zh-CN"], [1280, 800, "en"], [1280, 720, "en"], [1280, 720, "zh-CN"]])) {
  test(`at ${width} by ${height} what one can do is in sight beside two scenes, too (${locale})`, async () => {
    const { lab, done } = await openLab({ attributes: { lesson: "high-watermark", compare: "" }, context: { viewport: { width, height }, locale } });
    const cut = () =>
      lab.element.evaluate((it) => {
        const root = /** @type {ShadowRoot} */ (it.shadowRoot);
        const { top } = /** @type {Element} */ (root.querySelector(".deck")).getBoundingClientRect();
        const parts = [...root.querySelectorAll(".act :is(button, select, input, .act-hint)")].filter((part) => part.checkVisibility());
        return parts.filter((part) => part.getBoundingClientRect().bottom > top + 1).map((part) => part.textContent || part.className);
      });
    // At the second both part, and at the third by two rules, which are long.
    for (const position of [30, 37, 41]) {
      await lab.seek(position);
      assert.deepEqual(await cut(), [], `at step ${position}`);
    }
    assert.equal(await lab.element.locator(".versus-parted li").count(), 2);
    // A branch, and the form with the most fields.
    await lab.element.evaluate((it) => /** @type {any} */ (it).act({ peer_send: "hello" }));
    await lab.element.locator(".act .segments button[data-value=app]").click();
    const marks = lab.element.locator(".act [data-group=app] .act-pick");
    await marks.selectOption({ index: ACTIONS.app.findIndex(({ fields }) => fields?.length === 3) });
    assert.ok(await lab.element.locator(".act .branches").isVisible());
    assert.deepEqual(await cut(), []);
    await done();
  });
}

for (const [width, height] of [[1440, 900], [1280, 720]]) {
  for (const lesson of ["high-watermark", "proxy"]) {
    test(`at ${width} by ${height} both scenes of ${lesson} stand above the controls, across`, async () => {
      const { page, lab, done } = await openLab({ attributes: { lesson, compare: "" }, context: { viewport: { width, height }, reducedMotion: "reduce" } });
      await page.getByRole("button", { name: "Next difference" }).click();
      const scenes = await lab.element.evaluate((it) => {
        const box = (/** @type {Element | null} */ part) => /** @type {Element} */ (part).getBoundingClientRect();
        return [...(it.shadowRoot?.querySelectorAll(".scene") ?? [])].map((scene) => ({
          bottom: box(scene).bottom,
          lowest: box(scene.querySelector(".vessel.output .vessel-wall")).bottom,
          across: box(scene.querySelector(".vessel.rx .vessel-wall")).right < box(scene.querySelector(".vessel.input .vessel-wall")).left,
        }));
      });
      const deck = await lab.element.locator(".deck").boundingBox();
      assert.ok(scenes.length === 2 && deck && scenes.every(({ bottom, lowest, across }) => bottom <= deck.y + 1 && lowest <= deck.y && across), `${JSON.stringify(scenes)} ${JSON.stringify(deck)}`);
      await done();
    });
  }
}

test("a position of one run lies in the other between the ends of the same step", () => {
  const [own, other] = [[6, 7, 23, 24], [6, 7, 15, 15]];
  assert.deepEqual([0, 3, 6, 7, 15, 23, 24].map((at) => across(own, other, at)), [0, 3, 6, 7, 11, 15, 15]);
  // Where a step makes no records there, all of it is at one place; back again it is at its end.
  assert.equal(across(own, other, 23.5), 15);
  assert.equal(across(other, own, 11), 15);
  // One of them never came so far.
  assert.equal(across(own, [6, 7], 17), 17);
  assert.equal(across([], [], 9), 9);
});

test("two timelines lie below each other by the steps of the script; where both part first is marked", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "high-watermark" } });
  const left = (/** @type {string} */ part) => lab.element.locator(part).evaluate((it) => it.getBoundingClientRect().x);
  const inked = (/** @type {string} */ canvas) =>
    lab.element.locator(canvas).evaluate((it) => {
      const drawn = /** @type {HTMLCanvasElement} */ (it);
      const copy = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(drawn.width, drawn.height).getContext("2d", { willReadFrequently: true }));
      copy.drawImage(drawn, 0, 0);
      return copy.getImageData(30, 0, drawn.width - 30, drawn.height).data.filter((value, at) => at % 4 === 3 && value > 128).length;
    });
  assert.equal(await lab.element.locator(".lanes.other").isVisible(), false);
  await page.getByRole("button", { name: "Compare" }).click();
  await lab.see(".lanes.other");
  assert.deepEqual(await lab.all(".timeline-name"), ["1.4", "2.1"]);
  await lab.seek(await lab.length());
  await lab.see(".first-difference");
  const [own, other] = [await inked(".lanes >> nth=0"), await inked(".lanes.other")];
  assert.ok(own > 500 && other > 500, `${own} and ${other} pixels`);
  const marked = await left(".first-difference");
  await lab.seek(0);
  await page.getByRole("button", { name: "Next difference" }).click();
  assert.ok(Math.abs((await left(".cursor")) - marked) < 2, "it is the first");
  assert.match(await lab.text(".first-difference"), /part here first/);
  await done();
});

for (const [width, height] of [[1440, 900], [1280, 720]]) {
  test(`at ${width} px bytes that have no room for their letters show the first of them, and all larger to a pointer and to the keys`, async () => {
    const { page, lab, done } = await openLab({ attributes: { lesson: "high-watermark", step: "33", compare: "" }, context: { viewport: { width, height } } });
    await lab.see(".versus .scene");
    for (const side of [".left > .scene", ".versus .scene"]) {
      const words = await lab.element.locator(`${side} .vessel.input .vessel-bytes text`).first().textContent();
      assert.ok(/^POST.{6,}\u2026$/.test(words ?? ""), `${side}: ${words}`);
      const lens = lab.element.locator(`${side} .lens`);
      const byte = lab.element.locator(`${side} .byte[data-ask*='"input"']`);
      assert.equal(await byte.count(), 32);
      await byte.nth(5).hover();
      assert.equal(await lens.isVisible(), true);
      assert.equal((await lens.innerText()).replaceAll(/\s/g, "").length, 32);
      assert.equal(await lens.locator(".here").innerText(), "/");
      const box = await lens.boundingBox();
      assert.ok(box && box.x >= 0 && box.y >= 0 && box.x + box.width <= width, JSON.stringify(box));
      await page.mouse.move(2, 2);
      assert.equal(await lens.isVisible(), false);
      await byte.first().focus();
      assert.equal(await lens.locator(".here").innerText(), "P");
      await byte.first().blur();
    }
    await done();
  });
}
