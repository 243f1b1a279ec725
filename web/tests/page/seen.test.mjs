/** What somebody wants to see is seen: it plays, from where to where it should, and where it is in sight. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";
import { answer, answersOf, goToQuestion, lessonOf, repair } from "../support/learner.mjs";

before(startBrowser);
after(stopBrowser);

/** @typedef {import("../support/lab.mjs").Lab} Lab */

/** @typedef {import("../../types.js").LessonData} LessonData */

/** Answers the questions rightly up to this one, each where it is asked. @param {Lab} lab @param {LessonData} data @param {string} id */
async function answerUpTo(lab, data, id) {
  for (const { id: one, scenario } of data.predictions ?? []) {
    if (!scenario) await answerOne(lab, data, one);
    if (one === id) break;
  }
  return (await answersOf(lab, data))[id];
}

/** Answers this question rightly, where it is asked. @param {Lab} lab @param {LessonData} data @param {string} id */
async function answerOne(lab, data, id) {
  const at = (data.predictions ?? []).findIndex((one) => one.id === id);
  await lab.element.locator(".question-list button").nth(at).click();
  await goToQuestion(lab);
  const found = (await answersOf(lab, data))[id];
  await answer(lab, /** @type {any} */ (data.predictions)[at].kind, found.answer);
  return found;
}

/** @param {Lab} lab @param {number} position */
const rests = async (lab, position) => {
  await lab.page.waitForFunction((at) => /** @type {any} */ (document.querySelector("bufferevent-lab")).position >= at, position);
  await lab.state("ready");
  assert.equal(await lab.at(), position);
};

test("a question that is asked before an answer is seen comes after it, and the explanation stays", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "connecting" } });
  await page.locator("select.speed").selectOption("8");
  const [kept, order] = [await answerUpTo(lab, lessonOf("connecting"), "kept"), (await answersOf(lab, lessonOf("connecting"))).order];
  assert.ok(kept.ask < order.ask && order.ask < kept.at && kept.at < order.at, "the lesson has such questions");
  const because = await lab.text(".verdict");
  await page.locator(".see-it").click();
  await rests(lab, kept.at);
  assert.equal(await lab.text(".verdict"), because);
  await page.locator(".next-question").click();
  assert.ok(await lab.element.locator(".prediction fieldset").isVisible(), "it is asked here");
  assert.equal(await lab.at(), kept.at);
  await done();
});

test("one that would be answered by what is seen comes first, and the page says so", async () => {
  // None of the site's lessons asks so; one from elsewhere may.
  const data = lessonOf("evbuffer-chains");
  Object.assign(data.predictions?.find(({ id }) => id === "move") ?? {}, { at: { at: "kind:callback_left and of:source" } });
  const { page, lab, done } = await openLab({ attributes: { lesson: JSON.stringify(data) } });
  await page.locator("select.speed").selectOption("8");
  const move = await answerUpTo(lab, data, "move");
  const { copied } = await answersOf(lab, data);
  assert.ok(move.ask < copied.ask && copied.at < move.at, "the lesson has such questions");
  await page.locator(".see-it").click();
  await rests(lab, copied.ask);
  assert.match(await lab.text(".between:not([hidden])"), /would answer it/);
  await page.locator(".next-question").click();
  await answer(lab, "number", copied.answer);
  await lab.see(".prediction[data-phase=right]");
  await page.locator("button.play").click();
  await rests(lab, move.at);
  await done();
});

test("on a phone what one wants to see comes into sight, and a button leads back to what explains it", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "anatomy" }, context: { viewport: { width: 360, height: 740 }, hasTouch: true } });
  const { at } = await answerOne(lab, lessonOf("anatomy"), "next");
  await page.locator(".see-it").scrollIntoViewIfNeeded();
  const inSight = (/** @type {string} */ selector) => lab.element.locator(selector).first().evaluate((it) => it.getBoundingClientRect().top >= 0 && it.getBoundingClientRect().top < innerHeight / 3);
  assert.ok(!(await inSight(".told")), "it is far below the scene");
  await page.locator(".see-it").tap();
  assert.ok(await inSight(".told"), "what tells of the scene is above it");
  await rests(lab, at);
  await page.locator(".waits").tap();
  await lab.see("[data-sees-question] .prediction");
  await done();
});

test("the program to repair is run as it is, and what holds is shown and not the fault", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "anatomy" } });
  const data = lessonOf("anatomy");
  for (const { id } of data.predictions ?? []) await answerOne(lab, lessonOf("anatomy"), id);
  await page.locator(".run-broken").click();
  await lab.state("playing");
  const broken = await lab.length();
  const isSeen = await lab.element.locator(".lesson-part").evaluate((it) => {
    const [own, panel] = [it, /** @type {Element} */ (it.closest(".panel"))].map((one) => one.getBoundingClientRect());
    return own.top >= panel.top - 1 && own.bottom <= panel.bottom + 1;
  });
  assert.ok(isSeen, "that it is another program is in sight");
  await repair(lab, data.repair.fields, data.repair.solutions[0]);
  await lab.see(".repair-result .verdict[data-holds=true]");
  await lab.state("playing");
  assert.notEqual(await lab.length(), broken);
  await lab.seek(1e9);
  const { connections: [{ input, kernel }] } = await lab.picture();
  assert.deepEqual([input.len, kernel.tanks.rx], [0, 0], "every byte has come home");
  assert.ok(await lab.element.locator(".repair-result .verdict").evaluate((it) => it.getBoundingClientRect().bottom <= /** @type {Element} */ (it.closest(".panel")).getBoundingClientRect().bottom), "and the verdict is in sight");
  await done();
});

for (const [width, height] of [[1280, 720], [1440, 900]]) {
  test(`at ${width} by ${height} the tasks come into sight once the last answer was seen, and each as it is done`, async () => {
    const { page, lab, done } = await openLab({ attributes: { lesson: "anatomy" }, context: { viewport: { width, height } } });
    await page.locator("select.speed").selectOption("8");
    const data = lessonOf("anatomy");
    for (const { id } of data.predictions ?? []) await answerOne(lab, lessonOf("anatomy"), id);
    await page.locator(".see-it").click();
    await rests(lab, (await answersOf(lab, data)).reply.at);
    const inSight = (/** @type {string} */ selector) =>
      lab.element.locator(selector).evaluate((it) => {
        const [own, panel] = [it, /** @type {Element} */ (it.closest(".panel"))].map((one) => one.getBoundingClientRect());
        return own.top >= panel.top && own.bottom <= panel.bottom;
      });
    assert.ok(await inSight(".tasks"), "all of them");
    assert.equal(await lab.element.locator(".prediction .choices label:visible").count(), 1, "of the choices the right one is left");
    await lab.element.locator(".lesson-panel").evaluate((it) => (it.scrollTop = 0));
    const open = data.tasks?.find(({ acted }) => acted);
    for (const step of open.acted) {
      await lab.element.evaluate((it, step) => /** @type {any} */ (it).act(step), step);
      await lab.seek(1e9);
    }
    await lab.see(`[data-task="${open.id}"][data-done]`);
    assert.ok(await inSight(`[data-task="${open.id}"]`), "the one that was done");
    await done();
  });
}

test("played to its end, no lesson's run becomes another", async () => {
  const { page, lab, done, site } = await openLab({ body: "<bufferevent-lab linked></bufferevent-lab>" });
  for (const id of ["the-loop-decides", "what-write-does"]) {
    await page.goto(`${site.url}test.html#lesson=${id}`);
    await page.reload();
    await lab.state("ready");
    const length = await lab.length();
    for (const { id: question, scenario } of lessonOf(id).predictions ?? []) if (!scenario) await answerOne(lab, lessonOf(id), question);
    await lab.seek(length - 1);
    await page.locator("select.speed").selectOption("8");
    await page.locator("button.play").click();
    await page.waitForFunction((length) => /** @type {any} */ (document.querySelector("bufferevent-lab")).position === length, length);
    await lab.state("ready");
    assert.deepEqual([await lab.at(), await lab.length()], [length, length], id);
    await page.waitForFunction((length) => location.hash.endsWith(`step=${length}`), length);
    assert.doesNotMatch(await page.evaluate(() => location.hash), /run=/);
  }
  await done();
});
