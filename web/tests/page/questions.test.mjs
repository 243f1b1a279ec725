/** A lesson's questions where the reader goes other ways than straight on: branches, links, and looks ahead. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";
import { answersOf, goToQuestion, index, lessonOf, lookAtNext } from "../support/learner.mjs";

before(startBrowser);
after(stopBrowser);

const ID = "high-watermark";
const LINKED = { body: "<bufferevent-lab linked></bufferevent-lab>" };

/** Where the first question is asked, and where its answer has happened. @param {import("../support/lab.mjs").Lab} lab */
async function firstOf(lab) {
  return Object.values(await answersOf(lab, lessonOf(ID))).sort((one, other) => one.ask - other.ask)[0];
}

for (const reloads of [false, true]) {
  test(`on a branch that leaves before the answer, a question leads back to the original run${reloads ? ", also from a link" : ""}`, async () => {
    const { page, lab, done, site } = await openLab(LINKED);
    await page.goto(`${site.url}test.html#lesson=${ID}`);
    await lab.state("ready");
    const { ask } = await firstOf(lab);
    await lab.seek(9);
    await lab.act("send", { peer_send: "something else" });
    await page.waitForFunction(() => /run=.*step=/.test(location.hash));
    if (reloads) await page.reload();
    await lab.state("ready");
    await lab.seek(1e9);
    assert.match(await lab.text(".prediction > .note"), /asked on the original/);
    assert.equal(await lab.element.locator(".prediction fieldset").isVisible(), false, "nothing is asked that this run does not answer");
    await page.locator(".go-there").click();
    assert.equal(await lab.at(), ask);
    assert.equal(await lab.text(".branch[aria-pressed=true]"), "Original");
    assert.ok(await lab.element.locator(".prediction fieldset").isVisible(), "it is asked");
    assert.equal((await lab.all(".branch")).length, 2, "the branch is kept");
    await done();
  });
}

for (const [where, from] of /** @type {[string, (end: number) => number][]} */ ([
  ["leaves after its answer", (end) => end - 20],
  ["goes on from the end", (end) => end],
])) {
  test(`on a branch that ${where}, a question is asked as ever`, async () => {
    const { page, lab, done, site } = await openLab(LINKED);
    await page.goto(`${site.url}test.html#lesson=${ID}`);
    await lab.state("ready");
    const { ask } = await firstOf(lab);
    await lab.seek(from(await lab.length()));
    await lab.act("send", { peer_send: "and more" });
    const saved = await lab.element.evaluate((it) => /** @type {any} */ (it).exportExperiment());
    await page.waitForFunction(() => /run=.*step=/.test(location.hash));
    await page.reload();
    await lab.state("ready");
    await lab.seek(0);
    await lab.fast(() => page.locator("button.play").click());
    assert.equal(await lab.at(), ask, "playing stops there");
    assert.ok(await lab.element.locator(".prediction fieldset").isVisible());
    assert.equal(await lab.element.evaluate((it) => JSON.parse(/** @type {any} */ (it).exportExperiment()).current), JSON.parse(saved).current, "the branch is still the one that is looked at");
    await done();
  });
}

test("where an experiment is not what the lesson opens with, its questions open that", async () => {
  const { page, lab, done, site } = await openLab(LINKED);
  const run = encodeURIComponent(JSON.stringify({ format: 1, dialect: "1.4", script: [{ peer_send: "mine" }, { turn: 1 }] }));
  await page.goto(`${site.url}test.html#lesson=${ID}&run=${run}`);
  await lab.state("ready");
  const { ask } = await firstOf(lab);
  assert.match(await lab.text(".prediction > .note"), /asked on the original/);
  await page.locator(".go-there").click();
  assert.equal(await lab.at(), ask);
  assert.ok(await lab.element.locator(".prediction fieldset").isVisible());
  await done();
});

test("no byte tells before the answer what becomes of it, in any lesson", async () => {
  const { page, lab, done } = await openLab();
  let asked = 0;
  for (const { id } of index().filter(({ test }) => !test)) {
    await lab.renew({ lesson: id });
    await goToQuestion(lab);
    const at = await lab.at();
    const bytes = lab.element.locator(".left > .scene .ask.byte");
    for (let byte = 0; byte < Math.min(await bytes.count(), 4); byte++) {
      await bytes.nth(byte).evaluate((it) => it.dispatchEvent(new MouseEvent("click", { bubbles: true, composed: true })));
      const steps = await lab.element.locator(".why-chain li").evaluateAll((all) => all.map((it) => Number(/** @type {HTMLElement} */ (it).dataset.position ?? 0)));
      assert.ok(steps.length > 0, `${id}: where it came from is told`);
      assert.ok(Math.max(...steps) <= at, `${id} at ${at}: ${steps}`);
      assert.match(await lab.text(".why-veiled:not([hidden])"), /before you have answered/);
      asked++;
    }
  }
  assert.ok(asked > 20, String(asked));
  await lab.renew({ lesson: "anatomy" });
  await lab.seek(1e9);
  for (const _ of lessonOf("anatomy").predictions ?? []) {
    await goToQuestion(lab);
    await page.locator(".give-up").click();
    if (await page.locator(".next-question").isVisible()) await page.locator(".next-question").click();
  }
  await lab.element.locator(".left > .scene .ask.byte").first().dispatchEvent("click");
  const steps = await lab.element.locator(".why-chain li").evaluateAll((all) => all.map((it) => Number(/** @type {HTMLElement} */ (it).dataset.position ?? 0)));
  assert.ok(Math.max(...steps) > (await lab.at()), "then it does");
  assert.equal(await lab.element.locator(".why-veiled").isVisible(), false);
  await done();
});

test("nothing that goes on from place to place passes a question", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: ID, compare: "" } });
  const { ask } = await firstOf(lab);
  for (const [what, go] of /** @type {[string, () => Promise<void>][]} */ ([
    ["the next difference", () => page.locator(".next-difference").click()],
    ["the next stop", () => page.keyboard.press("n")],
    ["the next crossing", () => page.keyboard.press("]")],
  ])) {
    await lab.seek(ask - 1);
    await lab.focus();
    for (let time = 0; time < 2; time++) {
      await go();
      assert.equal(await lab.at(), ask, `${what}, time ${time + 1}`);
    }
    assert.ok(await lab.element.locator(".urge").isVisible(), what);
  }
  await done();
});

test("a level is dragged in its vessel, or moved by keys, and is no answer before", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: ID } });
  const { again } = await answersOf(lab, lessonOf(ID));
  await lab.element.locator(".question-list button").nth(2).click();
  await goToQuestion(lab);
  assert.equal(await lab.at(), again.ask);
  const [field, check, grip] = [".prediction-number", "button.check", ".left > .scene .predicted-grip"].map((it) => lab.element.locator(it));
  const valueText = () => grip.getAttribute("aria-valuetext");
  assert.deepEqual([await field.inputValue(), await check.isDisabled(), await valueText()], ["", true, "not answered"]);
  assert.match(await lab.text(".prediction fieldset .note"), /Drag the level/);
  const box = await grip.boundingBox();
  assert.ok(box && box.height > 60);
  const [full, from] = [Number(await grip.getAttribute("aria-valuemax")), await lab.level("input")];
  const at = (/** @type {number} */ bytes) => box.y + box.height * (1 - bytes / full);
  await page.mouse.move(box.x + box.width / 2, at(Number(from)));
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, at(full / 2), { steps: 5 });
  await page.mouse.up();
  assert.ok(Math.abs(Number(await field.inputValue()) - full / 2) <= full / box.height + 1, await field.inputValue());
  assert.equal(await lab.text(".left > .scene .predicted-words"), `? ${await field.inputValue()}`);
  assert.equal(await lab.at(), again.ask);
  assert.equal(await lab.element.locator(".why-question").isVisible(), false, "dragging asks nothing");
  // By keys, to the byte.
  for (let press = 0; press < 300 && (await field.inputValue()) !== String(again.answer); press++) {
    await page.keyboard.press(Number(await field.inputValue()) < Number(again.answer) ? "ArrowUp" : "ArrowDown");
  }
  assert.equal(await valueText(), `${again.answer} bytes`);
  await check.click();
  await lab.see(".prediction[data-phase=right]");
  assert.equal(await grip.isVisible(), false, "it is answered");
  await done();
});

test("after the last question, one with an experiment of its own, a way leads to the tasks", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "connecting" } });
  for (const _ of lessonOf("connecting").predictions ?? []) {
    await lookAtNext(lab);
    await goToQuestion(lab);
    await page.locator(".give-up").click();
  }
  await lab.see(".no-more:not([hidden])");
  assert.equal(await page.locator(".tasks:visible").count(), 0, "they are about another experiment");
  const back = page.locator(".leave-question");
  const [{ y = 0 } = {}, { y: top = 0, height = 0 } = {}] = [(await back.boundingBox()) ?? {}, (await page.locator(".panel-body").first().boundingBox()) ?? {}];
  assert.ok(y > top && y < top + height, "in sight");
  await back.click();
  await lab.see(".tasks li");
  assert.equal(await back.isVisible(), false);
  assert.equal(await lab.text(".no-more"), "No more questions. Now the tasks.");
  await done();
});
