/** The page itself: policies, problems, sizes, accessibility, several players. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { Lab, openLab, startBrowser, stopBrowser } from "../support/lab.mjs";
import { schema } from "../support/scenarios.mjs";

before(startBrowser);
after(stopBrowser);

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

test("a policy that forbids wasm is named", async () => {
  const { lab, heard } = await openLab({ csp: "default-src 'self'; script-src 'self'", state: "failed" });
  assert.match(await lab.text(".notice"), /lacks .wasm-unsafe-eval. in script-src/);
  assert.ok(heard.every((line) => /Content Security Policy|unsafe-eval/.test(line)), String(heard));
});

test("the schema of scenarios is published with the page", async () => {
  const { page, done } = await openLab();
  const published = await page.evaluate(() => fetch("scenario.schema.json").then((response) => response.json()));
  assert.deepEqual(published, schema());
  await done();
});

test("a bad scenario names the key and offers the first lesson", async () => {
  const { page, lab, done } = await openLab({ attributes: { scenario: '{"format":1,"dialect":"1.4","kernel":{"rx_capacity":0}}' }, state: "failed" });
  assert.match(await lab.text(".notice"), /rx_capacity/);
  assert.equal(await lab.element.locator(".transport").isVisible(), false);
  await page.getByRole("button", { name: "Open the first lesson" }).click();
  await lab.state("ready");
  assert.ok((await lab.length()) > 40);
  await done();
});

test("a bad recording, and one of another schema", async () => {
  const pages = {
    "/bad.jsonl": "hello\n",
    "/other.jsonl": '{"recording":"bufferevent","schema":99,"engine":"9.9.9"}\n',
  };
  const bad = await openLab({ attributes: { src: "bad.jsonl" }, pages, state: "failed" });
  assert.match(await bad.lab.text(".notice"), /line 1: not the header of a recording/);
  await bad.done();
  const other = await openLab({ attributes: { src: "other.jsonl" }, pages, state: "failed" });
  assert.match(await other.lab.text(".notice"), /schema 99, this version reads schema 1/);
  await other.done();
  const unknown = await openLab({ attributes: { lesson: "77" }, state: "failed" });
  assert.match(await unknown.lab.text(".notice"), /no lesson .77./);
  await unknown.done();
});

for (const width of [360, 700, 1100, 1440]) {
  test(`at ${width} px nothing is wider than the page`, async () => {
    const { page, lab, done } = await openLab({ context: { viewport: { width, height: 740 } } });
    const wide = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(await wide(), 0);
    for (const lesson of ["anatomy", "low-watermark", "high-watermark"]) {
      await lab.open({ lesson });
      await lab.walk();
      await lab.focus();
      for (const panel of ["1", "2", "3", "4"]) {
        await page.keyboard.press(panel);
        assert.equal(await wide(), 0);
      }
    }
    if (width === 360) {
      const sizes = await lab.element.locator(".transport button:visible").evaluateAll((buttons) => buttons.map((button) => button.getBoundingClientRect().height));
      assert.ok(sizes.every((size) => size >= 44), String(sizes));
    }
    await done();
  });
}

test("nothing jumps while it plays", async () => {
  for (const viewport of [{ width: 1440, height: 900 }, { width: 360, height: 740 }]) {
    const { lab, done } = await openLab({ context: { viewport } });
    const places = await lab.element.evaluate((element) => {
      const lab = /** @type {any} */ (element);
      const seen = new Set();
      for (lab.seek(1); lab.position < lab.length; lab.advance(1, "step")) {
        const parts = [".vessel.input .vessel-room", ".vessel.output .vessel-room", ".loop", ".told", ".tabs"];
        seen.add(parts.map((part) => lab.shadowRoot.querySelector(part).getBoundingClientRect()).map(({ x, y, width, height }) => [x, y, width, height].map(Math.round)).join(" "));
      }
      return [...seen];
    });
    assert.equal(places.length, 1, places.join("\n"));
    await done();
  }
});

test("reduced motion: nothing moves, and nothing plays by itself", async () => {
  for (const [reducedMotion, moves] of /** @type {const} */ ([["reduce", false], ["no-preference", true]])) {
    const { lab, done } = await openLab({ attributes: moves ? {} : { autoplay: "" }, context: { reducedMotion } });
    const moving = await lab.element.evaluate((element) => {
      const lab = /** @type {any} */ (element);
      let count = 0;
      for (lab.seek(0); lab.position < lab.length; lab.advance(1, "step")) count += lab.shadowRoot.querySelectorAll("[data-moving]").length;
      return count;
    });
    assert.equal(moving > 0, moves);
    assert.equal(await lab.element.getAttribute("data-state"), "ready");
    await done();
  }
});

/** What of axe's rules asks for colours: the others find in each mode what they find in the first. */
const OF_COLOURS = ["color-contrast", "link-in-text-block"];
/** @type {{[mode: string]: import("playwright-core").BrowserContextOptions}} */
const MODES = { light: { colorScheme: "light" }, dark: { colorScheme: "dark" }, "forced colours": { forcedColors: "active" } };
for (const [mode, colours] of Object.entries(MODES)) {
  for (const viewport of [{ width: 1440, height: 900 }, { width: 360, height: 740 }]) {
    test(`axe finds nothing in ${mode} at ${viewport.width} px`, async () => {
      const { page, lab, done } = await openLab({ context: { ...colours, viewport } });
      // All of the page, or a part of it where the rest is as it was.
      const audit = async (/** @type {string} */ where, /** @type {string} */ part = "") => {
        const violations = await page.evaluate(
          async ([part, rules]) => {
            const { axe } = /** @type {any} */ (window);
            const runOnly = rules && { type: "rule", values: rules };
            const { violations } = await axe.run(part ? { fromShadowDom: ["bufferevent-lab", part] } : document, { resultTypes: ["violations"], ...(runOnly && { runOnly }) });
            return violations.map((/** @type {any} */ it) => `${it.id}: ${it.nodes.map((/** @type {any} */ node) => `${node.target} ${node.failureSummary}`).join(" | ")}`);
          },
          /** @type {const} */ ([part, mode === "light" ? null : OF_COLOURS]),
        );
        assert.deepEqual(violations, [], where);
      };
      await addAxe(page);
      await audit("at the start");
      await lab.focus();
      await page.keyboard.press("]");
      for (const panel of ["1", "2", "3", "4"]) {
        await page.keyboard.press(panel);
        if (panel === "2") await lab.see(".code-scroll .line[aria-current]");
        await audit(`panel ${panel}`, ".panels");
      }
      await page.keyboard.press("1");
      await lab.seek(20);
      await audit("in a callback");
      await page.keyboard.press("c");
      await audit("comparing");
      await page.keyboard.press("c");
      // A question that is open; then all of a lesson, and what opens over the page.
      await lab.open({ lesson: "low-watermark" });
      await page.locator(".go-there").click();
      await audit("a question");
      for (let asked = await lab.element.locator(".question-list button").count(); asked > 0; asked--) {
        await page.locator(".question-list button:not([data-phase=told])").first().click();
        if (await page.locator(".go-there").isVisible()) await page.locator(".go-there").click();
        await page.locator(".give-up").click();
      }
      await lab.see(".tasks");
      await audit("a lesson to its end");
      for (const [dialog, opener] of Object.entries({ progress: ".progress-button", share: ".share", glossary: ".glossary-open" })) {
        await lab.element.evaluate((it, opener) => /** @type {any} */ (it.shadowRoot?.querySelector(opener)).click(), opener);
        await lab.see(`.${dialog}-dialog[open]`);
        await audit(dialog, `.${dialog}-dialog`);
        await page.locator(`.${dialog}-dialog .close`).click();
      }
      await lab.focus();
      await page.keyboard.press("?");
      await audit("help", ".help-dialog");
      await page.keyboard.press("Escape");
      await lab.focus();
      await page.keyboard.press("p");
      await lab.see(".lab[data-presents=on]");
      await audit("presented");
      await done();
    });
  }
}

/** The page's policy forbids injected scripts; axe comes by the debugger's way in. @param {import("playwright-core").Page} page */
async function addAxe(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: axe });
  await session.detach();
}

test("three players on one page have their own keys", async () => {
  const body = '<bufferevent-lab lesson="anatomy"></bufferevent-lab><bufferevent-lab lesson="low-watermark" controls="minimal"></bufferevent-lab><bufferevent-lab lesson="high-watermark" controls="none" theme="dark"></bufferevent-lab>';
  const { page, done } = await openLab({ body });
  const labs = [0, 1, 2].map((index) => new Lab(page, page.locator("bufferevent-lab").nth(index)));
  for (const lab of labs) await lab.element.and(page.locator("[data-state=ready]")).waitFor();
  await labs[1].focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  const [first, second, third] = await Promise.all(labs.map((lab) => lab.at()));
  assert.ok(first === 0 && second > 1 && third === 0, `${first}, ${second}, ${third}`);
  await labs[2].focus();
  await page.keyboard.press("End");
  assert.deepEqual(await Promise.all(labs.map((lab) => lab.at())), [0, second, await labs[2].length()]);
  assert.equal(await labs[2].element.locator(".transport").isVisible(), false);
  assert.equal(await labs[1].element.locator(".transport").isVisible(), true);
  assert.equal(await labs[1].element.locator(".panels").isVisible(), false);
  await done();
});

test("the element: attributes, methods and events", async () => {
  const { page, lab, done } = await openLab({ body: "<p>no player yet</p>", state: "" });
  const heard = await page.evaluate(async () => {
    await customElements.whenDefined("bufferevent-lab");
    const lab = /** @type {any} */ (document.createElement("bufferevent-lab"));
    /** @type {Record<string, number>} */
    const heard = {};
    for (const type of ["ready", "step", "callback", "crossing", "error"]) lab.addEventListener(type, () => (heard[type] = (heard[type] ?? 0) + 1));
    lab.lesson = "high-watermark";
    lab.setAttribute("step", "3");
    const ready = new Promise((resolve) => lab.addEventListener("ready", resolve, { once: true }));
    document.querySelector("main")?.append(lab);
    await ready;
    heard.at = lab.position;
    lab.seek(0);
    while (lab.position < lab.length) lab.advance(1);
    lab.fork();
    lab.play();
    lab.pause();
    heard.recording = lab.exportRecording().length;
    return heard;
  });
  assert.equal(heard.at, 3);
  assert.equal(heard.ready, 1);
  assert.ok(heard.step > 100 && heard.callback >= 3 && heard.crossing >= 4 && heard.recording > 1000, JSON.stringify(heard));
  assert.equal(heard.error, undefined);
  assert.ok(lab);
  await done();
});

test("of what is set one after the other, the last is shown, however slow the first is", async () => {
  const { page, lab, done } = await openLab();
  const scenario = (/** @type {string} */ sent) => JSON.stringify({ format: 1, dialect: "1.4", script: [{ peer_send: sent }, { turn: 1 }] });
  /** @type {() => void} */
  let answer = () => {};
  const held = new Promise((resolve) => (answer = () => resolve(undefined)));
  // Nobody may want it any more by then.
  await page.route("**/slow.json", async (route) => (await held, await route.fulfill({ body: scenario("slow") }).catch(() => {})));
  await lab.set({ scenario: "slow.json" });
  const given = page.waitForEvent("requestfailed", (request) => request.url().endsWith("/slow.json"));
  await lab.set({ scenario: scenario("quick one") });
  const sent = () => lab.element.evaluate((it) => (/** @type {any} */ (it).seek(1e9), /** @type {any} */ (it).picture.connections[0].kernel.peer_sent));
  await page.waitForFunction(() => /** @type {any} */ (document.querySelector("bufferevent-lab")).length < 100);
  assert.equal(await sent(), 9);
  await given;
  answer();
  assert.equal(await sent(), 9);

  // A lesson is shown though the scenario's attribute is still there.
  await lab.open({ lesson: "low-watermark" });
  assert.match(await lab.text(".lesson h2"), /Low watermark/);
  await done();
});

test("no request leaves the page's own place", async () => {
  const { page, lab, done, site } = await openLab();
  /** @type {string[]} */
  const foreign = [];
  page.on("request", (request) => !request.url().startsWith(site.url) && !request.url().startsWith("blob:") && foreign.push(request.url()));
  await page.reload();
  await lab.state("ready");
  await lab.walk();
  assert.deepEqual(foreign, []);
  await done();
});
