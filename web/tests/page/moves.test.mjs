/** A step that the element tells of is a step that is drawn, whatever moves it; and what is shown is called by its name. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";
import { answersOf, lessonOf } from "../support/learner.mjs";
import { made, received, recording, snapshot } from "../support/recording.mjs";

before(startBrowser);
after(stopBrowser);

/**
 * Opens a page that notes each step that is told, and each that is drawn: by the end of the task that moved it.
 * @param {Parameters<typeof openLab>[0]} [options]
 */
async function openNoting(options) {
  const opened = await openLab(options);
  await opened.lab.element.evaluate((it) => {
    const notes = (/** @type {any} */ (window).notes = { told: [], undrawn: [], drawn: [] });
    it.addEventListener("step", (event) => {
      const { position } = /** @type {CustomEvent} */ (event).detail;
      notes.told.push(position);
      queueMicrotask(() => it.getAttribute("data-step") !== String(position) && notes.undrawn.push(position));
    });
    // Every drawing, not only the last of a task.
    const { setAttribute } = it;
    it.setAttribute = (name, value) => (name === "data-step" && notes.drawn.push(Number(value)), setAttribute.call(it, name, value));
  });
  const notes = () => opened.page.evaluate(() => /** @type {any} */ (window).notes);
  const clear = () => opened.page.evaluate(() => Object.values(/** @type {any} */ (window).notes).forEach((list) => (list.length = 0)));
  return { ...opened, notes, clear };
}

test("each command goes to its target at once: what is told is drawn, and nothing is drawn on the way", async () => {
  const { page, lab, done, notes, clear } = await openNoting();
  const press = (/** @type {string} */ key) => page.keyboard.press(key);
  const inPage = (/** @type {string} */ call, /** @type {any[]} */ ...given) => lab.element.evaluate((it, [call, given]) => /** @type {any} */ (it)[call](...given), /** @type {const} */ ([call, given]));
  /** @type {[string, () => Promise<unknown>][]} */
  const commands = [
    // Where no question is open: nothing that looks for a place goes past one.
    ["seek", () => inPage("seek", 70)],
    ["step back", () => inPage("advance", -1)],
    ["step a callback", () => inPage("advance", 1, "callback")],
    ["step a pass back", () => inPage("advance", -1, "pass")],
    ["step a pass", () => press("PageDown")],
    ["the next crossing", () => press("]")],
    ["the crossing before", () => press("[")],
    ["the next stop", () => press("n")],
    ["the start", () => press("Home")],
    ["the end", () => press("End")],
    ["one step beyond the end", () => press("ArrowRight")],
    ["act", () => lab.act("as the peer", { peer_send: "more" })],
    // Between two passes: what is done happens at once.
    ["seek again", () => inPage("seek", 42)],
    ["fork", () => press("f")],
    ["the other branch", () => page.locator(".branch", { hasText: "Original" }).click()],
    ["the other libevent", () => page.locator(".header .segments button[data-value='2.1']").click()],
  ];
  for (const [name, act] of commands) {
    await lab.focus();
    await clear();
    const from = await lab.at();
    await act();
    const { told, drawn, undrawn } = await notes();
    assert.deepEqual(undrawn, [], `${name}: told of, and never drawn`);
    assert.deepEqual(told, [await lab.at()], name);
    assert.deepEqual(drawn, told[0] === from ? [] : told, `${name}: nothing is drawn on the way`);
  }
  await done();
});

for (const unit of ["step", "callback", "pass"]) {
  test(`playing by ${unit} stops where it is to stop, and shows nothing beyond`, async () => {
    const { page, lab, done, notes, clear } = await openNoting({ attributes: { lesson: "low-watermark" } });
    await page.locator(`.unit-field [data-value=${unit}]`).click();
    await page.locator("select.speed").selectOption("8");
    await page.locator("select.stop").selectOption("callback");
    const stops = await lab.element.evaluate((it) => {
      const lab = /** @type {any} */ (it);
      const stops = [];
      for (lab.seek(0); lab.position < lab.length; lab.advance(1, "step")) if (lab.picture.last?.kind === "callback_entered") stops.push(lab.position);
      stops.push(lab.length);
      lab.seek(0);
      return stops;
    });
    await lab.focus();
    await clear();
    const seen = [];
    for (let rests = 0; rests < 3; rests++) {
      const before = await lab.at();
      // A question that is open is waited at: whoever plays on has seen its answer. There may be several at a place.
      for (let questions = 0; questions < 3 && (await lab.at()) === before; questions++) {
        await page.keyboard.press("Space");
        await lab.state("ready");
        if (await page.locator(".give-up").isVisible()) await page.locator(".give-up").click();
        await lab.focus();
      }
      seen.push(await lab.at());
    }
    // Each question is a stop too, wherever it lies, and so is the end.
    const asks = Object.values(await answersOf(lab, lessonOf("low-watermark"))).map(({ ask }) => ask);
    assert.ok(asks.length > 1 && asks.every((ask) => ask > 0));
    assert.deepEqual(seen, [...new Set([...stops, ...asks])].sort((a, b) => a - b).slice(0, 3));
    const { told, undrawn } = await notes();
    assert.deepEqual(undrawn, []);
    assert.deepEqual(told, [...told].sort((a, b) => a - b), "never back from where it went too far");
    await done();
  });
}

test("a stop before the lesson's question comes before it", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "high-watermark" } });
  await page.locator(".unit-field [data-value=pass]").click();
  await page.locator("select.stop").selectOption("own");
  await page.locator("input.expression").fill("kind:received");
  await page.keyboard.press("Tab");
  await page.locator("select.speed").selectOption("8");
  await lab.focus();
  await page.keyboard.press("Space");
  await lab.state("ready");
  assert.equal((await lab.picture()).last.kind, "received");
  await lab.see(".prediction[data-phase=ahead]");
  await done();
});

test("what is shown is called by its own name", async () => {
  const base = { format: 1, dialect: "2.1", script: [{ turn: 1 }] };
  const panel = async (/** @type {any} */ lab) => [await lab.text(".lesson h2"), await lab.text(".goal"), await lab.element.locator(".lesson-select").evaluate((/** @type {any} */ it) => it.selectedOptions[0].textContent)];
  for (const [scenario, expected] of /** @type {[object, string[]][]} */ ([
    [{ ...base, title: "Slow client", description: "It <b>never</b> reads." }, ["Slow client", "It <b>never</b> reads.", "Slow client"]],
    [{ ...base, name: "slow-client" }, ["slow-client", "", "slow-client"]],
    [base, ["Your own scenario", "", "Your own scenario"]],
  ])) {
    const { lab, done } = await openLab({ attributes: { scenario: JSON.stringify(scenario) } });
    assert.deepEqual(await panel(lab), expected);
    // A lesson has its own title, and leaves nothing of what was there.
    await lab.open({ lesson: "low-watermark" });
    assert.deepEqual([await lab.text(".lesson h2"), await lab.element.locator("b").count()], ["Low watermark", 0]);
    await done();
  }
  const text = recording([snapshot(), made(1), received(1, 5)]);
  const { page, lab, done } = await openLab({ attributes: { src: text }, pages: { "/captured.jsonl": text } });
  // It opens on its steps.
  const turn = async () => {
    await lab.element.locator("[role=tab][aria-selected=true]", { hasText: "Log" }).waitFor();
    await lab.element.getByRole("tab", { name: "Lesson" }).click();
  };
  await turn();
  assert.deepEqual(await panel(lab), ["A recording", "", "Choose a lesson"]);
  await lab.set({ src: "captured.jsonl" });
  await turn();
  await page.waitForFunction(() => document.querySelector("bufferevent-lab")?.shadowRoot?.querySelector(".lesson h2")?.textContent === "captured.jsonl");
  await lab.element.locator("input[type=file]").setInputFiles({ name: "monday.jsonl", mimeType: "text/plain", buffer: Buffer.from(text) });
  await turn();
  await page.waitForFunction(() => document.querySelector("bufferevent-lab")?.shadowRoot?.querySelector(".lesson h2")?.textContent === "monday.jsonl");
  assert.equal(await lab.element.getByText("Your own scenario").count(), 0);
  await done();
});
