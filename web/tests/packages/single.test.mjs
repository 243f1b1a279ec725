/** The page as one file, as whoever was given it opens it: no server, no network. */
import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { Lab } from "../support/lab.mjs";
import { answer, current, goToQuestion, index, lessonOf, lookAtNext, repair } from "../support/learner.mjs";
import { GUARD, complaints, launch } from "../support/site.mjs";

const { BUFFEREVENT_SINGLE: FILE, BUFFEREVENT_NPM: PACKAGES } = process.env;
if (!FILE || !PACKAGES) throw new Error("BUFFEREVENT_SINGLE or BUFFEREVENT_NPM is not set: run `cargo xtask test`");

let browser, folder;
before(async () => {
  browser = await launch();
  // Alone in its folder.
  folder = mkdtempSync(path.join(tmpdir(), "single-"));
  copyFileSync(FILE, path.join(folder, "lab.html"));
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

test("the page as one file plays a lesson, opens another and shows the engine's sources, and asks for nothing", async () => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: "en" });
  page.setDefaultTimeout(GUARD);
  const [heard, asked] = [complaints(page), []];
  page.on("request", (request) => asked.push(request.url()));
  await page.context().setOffline(true);
  const { href } = pathToFileURL(path.join(folder, "lab.html"));
  await page.goto(`${href}#lesson=high-watermark`);
  await page.locator("bufferevent-lab[data-state=ready]").waitFor();
  const seen = await page.evaluate(async () => {
    const lab = /** @type {any} */ (document.querySelector("bufferevent-lab"));
    const all = (/** @type {string} */ selector) => [...lab.shadowRoot.querySelectorAll(selector)];
    const length = lab.length;
    lab.seek(length);
    const full = lab.picture.at ?? lab.position;
    all("[role=tab]").find((tab) => tab.id.endsWith("-code-tab")).click();
    all(".code-parts [data-value=engine]")[0].click();
    while (!all(".engine-part .line").length) await new Promise((resolve) => setTimeout(resolve, 20));
    const other = new Promise((resolve) => lab.addEventListener("ready", resolve, { once: true }));
    lab.setAttribute("lesson", "anatomy");
    await other;
    lab.advance(1, "step");
    return { length, full: Boolean(full), position: lab.position > 0, lessons: all(".lesson-select option").length, left: document.querySelectorAll(".absent, link[href]:not([href^='data:'])").length };
  });
  assert.ok(seen.length > 50 && seen.full && seen.position && seen.lessons > 15, JSON.stringify(seen));
  assert.equal(seen.left, 0, "what only a server could answer is left out");
  assert.deepEqual(asked.filter((url) => !url.startsWith("data:") && !url.startsWith("blob:") && url.split("#")[0] !== href), []);
  assert.deepEqual(heard, []);
  await page.close();
});

test("the first lesson is done from its first to its last click, and is still done when the file is opened again", async () => {
  // What the answers are is asked of the engine for Node: the file lends nobody its own.
  const { Lesson, Simulation } = createRequire(import.meta.url)(path.join(PACKAGES, "bufferevent-wasm/node.cjs"));
  const entry = index().find(({ number }) => number === 1) ?? assert.fail("there is no first lesson");
  const data = lessonOf(entry.id);
  const answers = Object.fromEntries(new Lesson(data).predictions(new Simulation(JSON.stringify(data.scenario))).map((found) => [found.id, found.answer]));
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en", reducedMotion: "reduce", offline: true });
  context.setDefaultTimeout(GUARD);
  const page = await context.newPage();
  const heard = complaints(page);
  const lab = new Lab(page, page.locator("bufferevent-lab"));
  await page.goto(pathToFileURL(path.join(folder, "lab.html")).href);
  await lab.state("ready");

  for (const _ of data.predictions ?? []) {
    const { number } = await current(lab);
    const { id, kind } = data.predictions[number];
    await goToQuestion(lab);
    await answer(lab, kind, answers[id]);
    await lab.see(".prediction[data-phase=right]");
    await lab.fast(() => page.locator(".see-it").click());
    await lookAtNext(lab);
  }
  await page.locator(".transport .end").click();
  await lab.see(".tasks");
  await lab.act("sends", { peer_send: { text: "yz" } });
  await page.locator(".act-now .turn").click();
  await lab.see(".tasks:not(:has(li:not([data-done])))");

  await page.getByRole("button", { name: "Run the broken one" }).click();
  await lab.state("playing");
  await page.getByRole("button", { name: "Back to the lesson" }).click();
  await repair(lab, data.repair.fields, data.repair.solutions[0]);
  await lab.see(".repair-result .verdict[data-holds=true]");

  const all = entry.predictions + entry.tasks + 1;
  const done = async () => assert.match((await lab.all(".lesson-select option:checked"))[0], new RegExp(`${all} of ${all} done`));
  await done();
  await page.reload();
  await lab.state("ready");
  await done();
  assert.deepEqual(heard, []);
  await context.close();
});
