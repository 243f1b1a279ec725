/** Presenting: scene and sentence alone, led by the keys of a remote; and a lesson on paper. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { scaleIn } from "../../views/present.js";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";
import { answersOf, index, lessonOf } from "../support/learner.mjs";

before(startBrowser);
after(stopBrowser);

const CALM = /** @type {const} */ ({ reducedMotion: "reduce" });
/** What is on an A4 page between its margins, in CSS pixels. */
const PAPER = Math.floor(((297 - 2 * 12) / 25.4) * 96);

test("what is presented is as large as its place, whichever way that is held", () => {
  assert.ok(scaleIn(1280, 720) > 1, "a slide");
  assert.ok(scaleIn(1920, 1080) > 1.5);
  assert.ok(scaleIn(640, 400) < 1, "all of it fits a small one");
  assert.ok(scaleIn(360, 740) > 0.75, "a phone");
});

test("p presents, the keys of a remote lead on, a question is shown and passed, Escape leaves", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "anatomy" }, context: CALM });
  const asks = Object.values(await answersOf(lab, lessonOf("anatomy"))).map(({ ask }) => ask).sort((one, other) => one - other);
  await lab.focus();
  await page.keyboard.press("p");
  await lab.see(".lab[data-presents=on]");
  for (const hidden of [".header", ".panels", ".deck"]) assert.equal(await lab.element.locator(hidden).isVisible(), false, hidden);
  for (const seen of [".told-words", ".scene"]) assert.ok(await lab.element.locator(seen).isVisible(), seen);
  await page.keyboard.press("PageDown");
  const first = await lab.at();
  assert.ok(first > 0);
  await page.keyboard.press("ArrowRight");
  assert.ok((await lab.at()) > first, "from moment to moment");
  await page.keyboard.press("PageUp");
  assert.equal(await lab.at(), first, "and back");
  for (let press = 0; press < 20 && (await lab.at()) < asks[0]; press++) await page.keyboard.press("PageDown");
  assert.equal(await lab.at(), asks[0], "no question is passed unseen");
  await lab.see(".present-question");
  assert.ok((await lab.text(".present-words")).length > 20);
  assert.ok((await lab.all(".present-choices li")).length >= 2);
  await page.keyboard.press("PageDown");
  assert.ok((await lab.at()) > asks[0]);
  assert.equal(await lab.element.locator(".present-question").isVisible(), asks.includes(await lab.at()));
  await page.keyboard.press("Space");
  await lab.state("playing");
  await page.keyboard.press("Space");
  await lab.state("ready");
  await lab.tabTo("[data-ask][role=button]");
  const asked = await lab.at();
  await page.keyboard.press("Enter");
  assert.ok((await lab.at()) > asked, "nobody is asked why where the answer is not seen");
  for (const key of [".", "b"]) {
    const at = await lab.at();
    await page.keyboard.press(key);
    await lab.see(".lab[data-presents=black]");
    await page.keyboard.press("PageDown");
    await lab.see(".lab[data-presents=on]");
    assert.equal(await lab.at(), at, "what was black is shown first");
  }
  await page.keyboard.press("Escape");
  await lab.see(".header");
  assert.equal(await lab.element.getAttribute("present"), null);
  await done();
});

test("on a slide, on a small figure and on a phone nothing of it is cut, at a step and where a question is asked", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "proxy", present: "" }, context: CALM });
  const asks = Object.values(await answersOf(lab, lessonOf("proxy"))).map(({ ask }) => ask);
  for (const [width, height, own] of [[1280, 720], [1920, 1080], [640, 400], [360, 740], [1280, 720, 420]]) {
    await page.setViewportSize({ width, height });
    // A page says how high it is.
    await lab.element.evaluate((it, own) => (/** @type {HTMLElement} */ (it).style.blockSize = own ? `${own}px` : ""), own);
    if (own) assert.equal((await lab.element.boundingBox())?.height, own);
    for (const at of [asks[0], asks[0] + 3]) {
      await lab.seek(at);
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
      const cut = await lab.element.evaluate((it) => {
        const outer = it.getBoundingClientRect();
        const parts = [...(it.shadowRoot?.querySelectorAll(".plumbing, .told-words, .present-question, .loop, .others") ?? [])].filter((part) => part.checkVisibility());
        const drawn = [...(it.shadowRoot?.querySelectorAll(".plumbing .zone") ?? [])];
        return [...parts, ...drawn].flatMap((part) => {
          const box = part.getBoundingClientRect();
          const fits = box.top >= outer.top - 1 && box.left >= outer.left - 1 && box.bottom <= outer.bottom + 1 && box.right <= outer.right + 1;
          return fits ? [] : [`${part.getAttribute("class")} ${Math.round(box.left)},${Math.round(box.top)} ${Math.round(box.right)},${Math.round(box.bottom)}`];
        });
      });
      assert.deepEqual(cut, [], `${width}x${height} at ${at}`);
      const told = await lab.element.evaluate((it) => {
        const words = it.shadowRoot?.querySelector(".told-words")?.getBoundingClientRect();
        const scene = it.shadowRoot?.querySelector(".scene")?.getBoundingClientRect();
        return words && scene ? words.bottom <= scene.top + 1 : false;
      });
      assert.ok(told, `${width}x${height}: the sentence stands above the scene`);
    }
  }
  assert.equal(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight), 0, "the page does not scroll");
  await done();
});

test("a link presents", async () => {
  const { page, lab, site, done } = await openLab({ body: "<bufferevent-lab linked></bufferevent-lab>", state: "", context: CALM });
  await page.goto(`${site.url}test.html#lesson=anatomy&step=20&present=1`);
  await page.reload();
  await lab.see(".lab[data-presents=on]");
  assert.equal(await lab.at(), 20);
  await page.keyboard.press("PageDown");
  await page.waitForFunction(() => /** @type {any} */ (document.querySelector("bufferevent-lab")).position > 20);
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => !location.hash.includes("present"));
  await done();
});

test("each lesson is one page of paper: its question, its hinges as figures, what to remember", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "anatomy", theme: "dark" }, context: CALM });
  await page.emulateMedia({ media: "print" });
  await page.setViewportSize({ width: 703, height: PAPER });
  for (const { id, number } of index().filter(({ test: isTest }) => !isTest)) {
    for (const lang of number % 7 === 3 || number > 16 ? ["en", "zh"] : ["en"]) {
      await lab.set({ lang });
      await lab.open({ lesson: id });
      const answers = await answersOf(lab, lessonOf(id));
      await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
      const sheet = lab.element.locator(".sheet");
      assert.ok(await sheet.isVisible());
      assert.equal(await sheet.locator("figure svg.plumbing .vessel.input").count(), Object.keys(answers).length, id);
      assert.equal(await sheet.locator(".sheet-remember li").count(), 3, id);
      assert.equal(await lab.element.locator(".header").isVisible(), false);
      const high = await sheet.evaluate((it) => it.getBoundingClientRect().height);
      assert.ok(high <= PAPER, `${id} in ${lang}: ${high} of ${PAPER}`);
      await page.evaluate(() => dispatchEvent(new Event("afterprint")));
      assert.equal(await sheet.locator("figure").count(), 0);
    }
  }
  await done();
});

test("a browser prints that page, and one of it, though a lesson has many hinges", async () => {
  const data = lessonOf("freed-in-a-callback");
  const twice = (/** @type {any} */ all) => ({ ...all, ...Object.fromEntries(Object.entries(all).map(([id, one]) => [`${id}-again`, one])) });
  const predictions = [...(data.predictions ?? []), ...(data.predictions ?? []).map((one) => ({ ...one, id: `${one.id}-again` }))];
  const texts = Object.fromEntries(Object.entries(data.texts).map(([lang, text]) => [lang, { ...text, predictions: twice(text.predictions) }]));
  const { page, done } = await openLab({ attributes: { lesson: JSON.stringify({ ...data, predictions, texts }) }, context: CALM });
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
  assert.equal(pdf.match(/\/Type\s*\/Page\b/g)?.length, 1);
  // One that has printed does not serve again.
  await page.close();
  await done();
});

test("a set of lessons is one document, a sheet each in the teacher's order", async () => {
  const { page, lab, site, done } = await openLab({ body: "<bufferevent-lab linked></bufferevent-lab>", state: "", context: CALM });
  await page.goto(`${site.url}test.html?lessons=6,concepts,1,12`);
  await lab.state("ready");
  // The browser asks nobody to wait: the button does, before it prints.
  const printed = page.evaluate(() => new Promise((resolve) => (window.print = () => resolve(true))));
  await lab.element.locator(".progress-button").click();
  await lab.element.getByRole("button", { name: "Print these 3 lessons, a sheet each" }).click();
  assert.equal(await printed, true);
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  const titles = await lab.all(".sheet-page h2");
  assert.deepEqual(titles.map((title) => Number(title.match(/\d+/)?.[0])), [6, 1, 12], titles.join());
  for (const page of await lab.element.locator(".sheet-page").all()) {
    assert.ok((await page.locator("figure svg.plumbing").count()) >= 2);
    assert.equal(await page.locator(".sheet-remember li").count(), 3);
  }
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  assert.equal(await lab.element.locator(".sheet-page").count(), 0);
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
  assert.equal(pdf.match(/\/Type\s*\/Page\b/g)?.length, 3);
  // What is none of them is printed alone.
  await lab.open({ lesson: "endings" });
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assert.equal(await lab.element.locator(".sheet-page").count(), 1);
  await done();
});
