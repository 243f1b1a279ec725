/** A lesson, as somebody works through it. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";

before(startBrowser);
after(stopBrowser);

test("lesson 5 from start to end by keyboard only", async () => {
  const { page, lab, done } = await openLab();
  await lab.tabTo("select.lesson-select");
  assert.equal(await lab.at(), 0);
  assert.match(await lab.told(), /about to be made/);

  // Play up to the question.
  await lab.focus();
  for (let faster = 0; faster < 3; faster++) await page.keyboard.press("+");
  await page.keyboard.press("Space");
  await lab.state("ready");
  await lab.see(".prediction[data-phase=asked]");
  const asked = await lab.at();
  assert.ok(asked > 0 && asked < (await lab.length()));

  // Predict wrongly, with the arrow keys and Enter.
  await lab.tabTo("[name=prediction]");
  await page.keyboard.press("Space");
  await lab.tabTo("button.check");
  await page.keyboard.press("Enter");
  await lab.see(".prediction[data-phase=wrong]");
  assert.match(await lab.text(".verdict"), /Reading stops until input is below 64/);

  // Step over the hinge: the gauge fills, the valve closes.
  await lab.focus();
  await page.keyboard.press("]");
  assert.equal(await lab.level("input"), 64);
  while ((await lab.valve("read")) !== "high_mark") await page.keyboard.press("ArrowRight");
  await lab.still();
  assert.deepEqual(await lab.all(".valve.read tspan"), ["stopped", "high mark"]);
  await page.keyboard.press("Shift+ArrowRight");
  await lab.see(".callback.firing");

  // On to the end, pass by pass: reading resumes.
  while ((await lab.at()) < (await lab.length())) await page.keyboard.press("PageDown");
  await page.keyboard.press("ArrowRight");
  assert.equal(await lab.level("input"), 0);
  assert.equal(await lab.valve("read"), "open");
  const ticked = await lab.all(".tasks [data-done]");
  assert.ok(ticked.length >= 2, `ticked: ${ticked}`);
  await done();
});

for (const [lesson, right] of [["1", "callback"], ["3", "all"], ["5", "stops"]]) {
  test(`the answer of lesson ${lesson} comes from its records`, async () => {
    const { page, lab, done } = await openLab({ attributes: { lesson } });
    await page.getByRole("button", { name: "Go to the question" }).click();
    await page.locator(`[name=prediction][value=${right}]`).check();
    await page.locator("button.check").click();
    await lab.see(".prediction[data-phase=right]");
    await page.getByRole("button", { name: "See it happen" }).click();
    await lab.state("playing");
    await lab.focus();
    await page.keyboard.press("k");
    await lab.state("ready");
    const ticked = (await lab.all(".tasks [data-done]")).length;
    await page.getByRole("button", { name: "Run the broken one" }).click();
    assert.equal(await lab.at(), 0);
    assert.equal(await lab.element.locator(".prediction").isVisible(), false);
    await page.getByRole("button", { name: "Back to the lesson" }).click();
    await lab.see(".prediction[data-phase=right]");
    assert.equal((await lab.all(".tasks [data-done]")).length, ticked);
    await done();
  });
}

test("the question is found in the records of the other libevent, too", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "5" } });
  const ask = async () => {
    await page.getByRole("button", { name: "Go to the question" }).click();
    return lab.at();
  };
  const in14 = await ask();
  await lab.set({ lesson: "5" });
  await page.locator(".header .segments button[data-value='2.1']").click();
  const in21 = await ask();
  assert.notEqual(in21, in14);
  // What is asked about comes next.
  assert.equal(await lab.level("input"), 32);
  await lab.focus();
  await page.keyboard.press("ArrowRight");
  assert.equal(await lab.level("input"), 64);
  await page.locator("[name=prediction][value=stops]").check();
  await page.locator("button.check").click();
  await lab.see(".prediction[data-phase=right]");
  await done();
});

test("every task of every lesson can be done", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "5" } });
  await lab.walk();
  await lab.seek(25);
  await lab.act("high mark 32", { set_watermark: { read: { low: 0, high: 32 } } });
  await page.locator(".header .segments button[data-value='2.1']").click();
  await lab.walk();
  assert.deepEqual(await lab.all(".tasks li:not([data-done])"), []);

  await lab.set({ lesson: "3" });
  await lab.walk();
  await lab.seek(20);
  await lab.act("low mark 8", { set_watermark: { read: { low: 8, high: 0 } } });
  assert.deepEqual(await lab.all(".tasks li:not([data-done])"), []);

  await lab.set({ lesson: "1" });
  await lab.walk();
  await lab.act("own bytes", { peer_send: "abc" });
  assert.deepEqual(await lab.all(".tasks li:not([data-done])"), []);
  await done();
});

test("in Chinese", async () => {
  const { page, lab, done } = await openLab({ context: { locale: "zh-CN" } });
  assert.match(await lab.told(), /还什么都没有发生/);
  await lab.seek(1);
  await lab.focus();
  assert.match(await lab.told(), /创建了 bufferevent/);
  for (const panel of ["1", "2", "3", "4"]) {
    await page.keyboard.press(panel);
    const words = await lab.all(".tabs button, .panel:not([hidden]) :is(th, h2, h3, .row-words)");
    assert.ok(words.some((word) => /\p{Script=Han}/u.test(word)));
  }
  await page.locator("button[data-value=en]").click();
  assert.match(await lab.told(), /made a bufferevent/);
  await done();
});
