/** What somebody hands on is what the next one opens: files, links, code for a page, and a teacher's link. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Lab, openLab, startBrowser, stopBrowser } from "../support/lab.mjs";
import { lessonOf } from "../support/learner.mjs";
import { startServer, stopServers } from "../support/server.mjs";
import { serveSite } from "../support/site.mjs";

before(startBrowser);
after(stopBrowser);
after(stopServers);

const LINKED = { body: "<bufferevent-lab linked></bufferevent-lab>" };
const COPIES = { ...LINKED, context: { permissions: ["clipboard-read", "clipboard-write"] } };
const SCENARIO = { format: 1, dialect: "2.1", title: "Mine", bufferevent: { read: { high: 8 } }, app: { on_read: [[{ read: 4 }]] }, script: [{ peer_send: "hello world" }, { turn: 3 }] };

/** Chooses a file, as if it had been picked. @param {import("../support/lab.mjs").Lab} lab @param {string} name @param {string} text */
const choose = (lab, name, text) => lab.element.locator("input[type=file]").first().setInputFiles({ name, mimeType: "application/json", buffer: Buffer.from(text) });

/** @param {import("playwright-core").Page} page @param {string} button */
async function copied(page, button) {
  await page.evaluate(() => navigator.clipboard.writeText(""));
  await page.locator(button).click();
  await page.waitForFunction(async () => (await navigator.clipboard.readText()) !== "");
  return page.evaluate(() => navigator.clipboard.readText());
}

/** What the lesson's task asks the reader to do. @param {import("../support/lab.mjs").Lab} lab @param {string} [bytes] */
async function doOwn(lab, bytes = "yz") {
  await lab.seek(20);
  for (const step of [{ peer_send: bytes }, { turn: 1 }]) {
    await lab.element.evaluate((it, step) => /** @type {any} */ (it).act(step), step);
    await lab.seek(1e9);
  }
}

for (const branched of [false, true]) {
  test(`an opened file ${branched ? "with its branches " : ""}is in the address, and there again after a reload`, async () => {
    const { page, lab, done } = await openLab({ ...LINKED, first: true });
    const made = await lab.element.evaluate(async (it, [scenario, branched]) => {
      if (!branched) return scenario;
      const lab = /** @type {any} */ (document.createElement("bufferevent-lab"));
      lab.scenario = scenario;
      const there = new Promise((resolve) => lab.addEventListener("ready", resolve, { once: true }));
      it.after(lab);
      await there;
      lab.seek(6);
      lab.act({ peer_send: "more" });
      const saved = lab.exportExperiment();
      lab.remove();
      return saved;
    }, /** @type {[string, boolean]} */ ([JSON.stringify(SCENARIO), branched]));
    await choose(lab, "mine.json", made);
    await page.waitForFunction(() => location.hash.startsWith("#scenario="));
    await lab.seek(7);
    await page.waitForFunction(() => location.hash.endsWith("step=7"));
    const [length, branches] = [await lab.length(), await lab.all(".branch")];
    assert.equal(branches.length, branched ? 2 : branches.length);
    await page.reload();
    await lab.state("ready");
    assert.equal(await lab.at(), 7);
    assert.deepEqual([await lab.length(), await lab.all(".branch"), await lab.text(".lesson h2")], [length, branches, "Mine"]);
    await done();
  });
}

test("of two places that are told at once the later stays in the address, whichever is in words first", async () => {
  const { page, lab, done } = await openLab({ ...LINKED, first: true });
  await page.evaluate(() => {
    const { arrayBuffer } = Response.prototype;
    const held = /** @type {(() => void)[]} */ ([]);
    Object.assign(window, { held });
    Response.prototype.arrayBuffer = function () {
      const made = arrayBuffer.call(this);
      Response.prototype.arrayBuffer = arrayBuffer;
      return new Promise((resolve) => held.push(() => resolve(made)));
    };
  });
  await choose(lab, "mine.json", JSON.stringify(SCENARIO));
  await page.waitForFunction(() => /** @type {any} */ (window).held.length === 1);
  await lab.seek(7);
  await page.waitForFunction(() => location.hash.endsWith("step=7"));
  await page.evaluate(async () => {
    /** @type {any} */ (window).held[0]();
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
  });
  assert.match(await page.evaluate(() => location.hash), /step=7$/);
  await done();
});

test("of a recording from a file the address names nothing, and Back leads to what was there", async () => {
  const { page, lab, done } = await openLab(LINKED);
  await lab.open({ lesson: "low-watermark" });
  await page.waitForFunction(() => location.hash.startsWith("#lesson=low-watermark"));
  const recording = await lab.element.evaluate((it) => /** @type {any} */ (it).exportRecording());
  await choose(lab, "mine.jsonl", recording);
  await page.waitForFunction(() => location.hash === "" && !location.href.endsWith("#"));
  await page.goBack();
  await page.waitForFunction(() => location.hash.startsWith("#lesson=low-watermark"));
  await lab.element.locator(".lesson h2", { hasText: lessonOf("low-watermark").texts.en.title }).waitFor();
  await done();
});

test("a link begins with no tick, and what is done after it is ticked", async () => {
  const { page, lab, done } = await openLab({ ...LINKED, first: true });
  await doOwn(lab);
  await page.waitForFunction(() => /run=.*step=/.test(location.hash));
  assert.ok((await lab.element.locator(".tasks [data-done]").count()) > 0, "whoever did it has its tick");
  await page.evaluate(() => localStorage.clear());
  await page.reload();
  await lab.state("ready");
  assert.equal(await lab.element.locator(".tasks [data-done]").count(), 0);
  assert.match(await lab.text(".progress-button"), /^0\//);
  // Watched anew, what the lesson shows is ticked, and what another one did is not.
  await lab.seek(0);
  await lab.seek(1e9);
  assert.equal(await lab.element.locator("[data-task=called][data-done]").count(), 1);
  assert.equal(await lab.element.locator("[data-task=own][data-done]").count(), 0);
  await doOwn(lab, "abc");
  assert.equal(await lab.element.locator("[data-task=own][data-done]").count(), 1);
  await done();
});

test("code on a page of another origin, which may not have the script, is a link to what it would show", async () => {
  const { page, lab, done, site } = await openLab({ ...COPIES, attributes: { linked: "" } });
  await lab.open({ lesson: "slow-client" });
  await lab.seek(70);
  await page.getByRole("button", { name: "Share" }).click();
  const code = await copied(page, ".share-embed");
  assert.match(await lab.text(".share-said"), /access-control-allow-origin/);
  const pages = { "/elsewhere.html": code, "/lab.js": null };
  const elsewhere = await serveSite({ csp: "", pages });
  const other = await page.context().newPage();
  await other.goto(`${elsewhere.url}elsewhere.html`);
  const link = other.locator("bufferevent-lab a");
  await link.waitFor();
  assert.equal(await link.getAttribute("href"), `${site.url}test.html#lesson=slow-client&step=70`);
  // From a server that lets that origin have its files, the same code shows the same.
  const server = await startServer({ more: ["--allow-embed", elsewhere.url.slice(0, -1)] });
  pages["/embedding.html"] = code.replaceAll(site.url, server.url);
  await other.goto(`${elsewhere.url}embedding.html`);
  const there = new Lab(other, other.locator("bufferevent-lab"));
  await there.state("ready");
  assert.deepEqual([await there.at(), await there.text(".lesson h2")], [70, lessonOf("slow-client").texts.en.title]);
  await server.stop();
  await other.close();
  await elsewhere.close();
  await done();
});

test("the code of a lesson with a branch is that lesson with its branch, and as high as a figure", async () => {
  const { page, lab, done } = await openLab(COPIES);
  await lab.open({ lesson: "high-watermark" });
  await lab.seek(70);
  await lab.element.evaluate((it) => /** @type {any} */ (it).act({ peer_send: "mine" }));
  await lab.seek(30);
  await page.getByRole("button", { name: "Share" }).click();
  const code = await copied(page, ".share-embed");
  const length = await lab.length();
  assert.ok(length > 60, "it goes on beyond the first question");
  await page.evaluate((code) => {
    const there = document.createElement("div");
    there.innerHTML = code;
    /** @type {any} */ (document.querySelector("bufferevent-lab")).replaceWith(there);
    there.style.inlineSize = "900px";
  }, code);
  await lab.state("ready");
  assert.deepEqual([await lab.at(), await lab.length()], [30, length]);
  assert.equal(await lab.text(".lesson h2"), lessonOf("high-watermark").texts.en.title, "it is still the lesson");
  const { height = 0 } = (await lab.element.boundingBox()) ?? {};
  assert.ok(height > 300 && height < 1000, `a figure is not ${height} px high`);
  // Nobody can answer there: nothing is veiled, and it plays on.
  assert.equal(await lab.element.locator(".timeline", { hasText: "before you have answered" }).count(), 0);
  await page.locator("button.more").click();
  await page.locator("select.speed").selectOption("8");
  await page.locator("button.play").click();
  await page.waitForFunction((length) => /** @type {any} */ (document.querySelector("bufferevent-lab")).position === length, length);
  await done();
});

test("the link for a class opens the lessons that are ticked", async () => {
  const { page, lab, done, site } = await openLab(COPIES);
  await page.locator(".progress-button").click();
  assert.equal(await copied(page, ".teach"), `${site.url}test.html?export`);
  for (const id of ["anatomy", "high-watermark"]) await page.getByRole("checkbox", { name: `${lessonOf(id).texts.en.title}: into` }).check();
  const link = await copied(page, ".teach");
  assert.equal(link, `${site.url}test.html?lessons=anatomy,high-watermark&export`);
  assert.match(await lab.text(".taught"), /lessons=anatomy,high-watermark&export/);
  await page.goto(link);
  await lab.state("ready");
  assert.deepEqual(await lab.element.locator(".lesson-select option").evaluateAll((all) => all.map((it) => /** @type {HTMLOptionElement} */ (it).value)), ["anatomy", "high-watermark"]);
  await done();
});
