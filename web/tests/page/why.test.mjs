/** Why: asked of the moment or of a part of the scene, and answered by steps that one can go to. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";

before(startBrowser);
after(stopBrowser);

const FULL = JSON.stringify({
  format: 1,
  dialect: "2.1",
  bufferevent: { read: { high: 10 } },
  app: { on_read: [[{ read: 1 }], []] },
  script: [{ peer_send: "0123456789abcdef" }, { turn: 1 }],
});

for (const lang of ["en", "zh"]) {
  test(`each question of each step of a scenario is answered in words (${lang})`, async () => {
    const { page, lab, done } = await openLab({ attributes: { scenario: FULL, lang } });
    await lab.element.evaluate((element) => /** @type {any} */ (element).seek(20));
    await page.locator("bufferevent-lab .lab").press("w");
    const questions = page.locator(".questions button");
    const count = await questions.count();
    assert.ok(count >= 7, `${count} questions`);
    for (let index = 0; index < count; index++) {
      const question = await questions.nth(index).innerText();
      await questions.nth(index).click();
      assert.equal(await page.locator(".why-question").innerText(), question);
      const reasons = await page.locator(".why-reason").allInnerTexts();
      assert.ok(reasons.length > 0 && reasons.every((reason) => reason.length > 1 && !/undefined|null/.test(reason)), `${question} ${reasons}`);
      assert.equal(await page.locator(".why-decided:visible").count(), 1, question);
      await page.locator(".why-answer > button").click();
    }
    await done();
  });
}

test("an answer's steps are gone to, and the answer stays", async () => {
  const { page, lab, done } = await openLab({ attributes: { scenario: FULL } });
  await lab.element.evaluate((element) => /** @type {any} */ (element).seek(24));
  await page.locator("bufferevent-lab .lab").press("w");
  await page.getByRole("button", { name: "Why was on_read called?" }).click();
  assert.equal(await page.locator(".why-question").evaluate((it) => it === /** @type {any} */ (it.getRootNode()).activeElement), true, "it is led to the answer");
  const step = page.locator(".why-step:visible").nth(1);
  const name = await step.innerText();
  await step.click();
  assert.equal(`Step ${await lab.at()}`, name);
  assert.equal(await page.locator(".why-chain [aria-current=step]").count(), 1);
  assert.equal(await page.locator(".why-question").innerText(), "Why was on_read called?");
  await done();
});

test("what carries a question is asked by a click and by the key", async () => {
  const { page, lab, done } = await openLab({ attributes: { scenario: FULL } });
  await lab.element.evaluate((element) => {
    const lab = /** @type {any} */ (element);
    lab.seek(lab.length);
    const valve = lab.shadowRoot.querySelector(".valve.read");
    valve.setAttribute("data-ask", JSON.stringify({ kind: "valve", direction: "read" }));
    valve.setAttribute("tabindex", "0");
  });
  await page.locator(".valve.read").click();
  assert.match(await page.locator(".why-question").innerText(), /^Why is (nothing read|reading open)\?$/);
  await page.locator(".why-answer > button").click();
  await page.locator(".valve.read").press("w");
  assert.equal(await page.locator(".why-question").isVisible(), true);
  await done();
});

test("the statement that acted is marked in the source, and what only records is dim", async () => {
  const { page, lab, done } = await openLab({ attributes: { scenario: FULL } });
  await page.getByRole("tab", { name: "Code" }).click();
  await page.getByRole("button", { name: "The engine" }).click();
  const position = await lab.element.evaluate((element) => /** @type {any} */ (element).picture && 5);
  await lab.element.evaluate((element, at) => /** @type {any} */ (element).seek(at), position);
  const line = page.locator(".engine-part .line[aria-current]").first();
  await line.waitFor();
  assert.match(await line.innerText(), /enabled = bufferevent\.enabled\.with/);
  const folded = await page.locator(".engine-part .line[data-folded]").allInnerTexts();
  assert.ok(folded.some((text) => text.includes("self.record(")));
  await done();
});
