/** Where the keys go: they are live without a press of the mouse, keep their place, and are led to what waits. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";
import { answersOf, lessonOf } from "../support/learner.mjs";

before(startBrowser);
after(stopBrowser);

const ID = "high-watermark";
/** What has the focus: its classes, or the name of an element outside. @param {import("../support/lab.mjs").Lab} lab */
const focused = (lab) => lab.element.evaluate((it) => it.shadowRoot?.activeElement?.className ?? document.activeElement?.localName ?? "");
/** @param {import("../support/lab.mjs").Lab} lab */
const asks = async (lab) => Object.values(await answersOf(lab, lessonOf(ID))).map(({ ask }) => ask).sort((one, other) => one - other);

test("on a page that is about it the keys are live at once, and left to what has the focus", async () => {
  const body = `<bufferevent-lab linked lesson="${ID}"></bufferevent-lab><input class="foreign" /><button class="foreign">Foreign</button>`;
  const { page, lab, done } = await openLab({ body });
  assert.equal(await focused(lab), "body", "nobody has pressed anything");
  await page.keyboard.press("ArrowRight");
  const first = await lab.at();
  assert.ok(first > 0);
  await page.keyboard.press("k");
  await lab.state("playing");
  await page.keyboard.press("Space");
  await lab.state("ready");
  const at = await lab.at();
  for (const selector of ["input.foreign", "button.foreign"]) {
    await page.locator(selector).focus();
    await page.keyboard.press("ArrowRight");
    assert.equal(await lab.at(), at, selector);
  }
  // Taken out of the page, it hears nothing any more.
  await page.locator("button.foreign").evaluate((it) => it.blur());
  const moved = await lab.element.evaluate(async (it) => {
    it.remove();
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true, composed: true }));
    return /** @type {any} */ (it).position;
  });
  assert.equal(moved, at);
  await done();
});

test("who plays by the keys of the page is led to the question at which that stops, and by a number into its panel", async () => {
  const { page, lab, done } = await openLab({ body: `<bufferevent-lab linked lesson="${ID}"></bufferevent-lab>` });
  const [ask] = await asks(lab);
  await lab.seek(ask - 1);
  await lab.element.locator("select.speed").selectOption("8");
  await lab.element.locator("select.speed").blur();
  assert.equal(await focused(lab), "body");
  await lab.plays(() => page.keyboard.press("Space"));
  await lab.state("ready");
  assert.equal(await lab.at(), ask);
  assert.equal(await focused(lab), "prediction-choice");
  await lab.element.evaluate((it) => /** @type {HTMLElement} */ (it.shadowRoot?.activeElement).blur());
  for (const [key, panel] of /** @type {const} */ ([["1", /lesson-panel/], ["3", /log-panel/]])) {
    await page.keyboard.press(key);
    assert.match(await focused(lab), panel);
    await page.keyboard.press("Home");
    assert.equal(await lab.at(), 0, "the keys of the page go on");
    await lab.element.evaluate((it) => /** @type {HTMLElement} */ (it.shadowRoot?.activeElement).blur());
  }
  await done();
});

test("of elements within a page none takes the keys of the page", async () => {
  const { page, lab, done } = await openLab();
  assert.equal(await focused(lab), "body");
  await page.keyboard.press("ArrowRight");
  assert.equal(await lab.at(), 0);
  await done();
});

for (const how of /** @type {const} */ (["Enter", "click"])) {
  test(`in a lesson the keys keep their place, whatever is pressed (${how})`, async () => {
    const { page, lab, done } = await openLab({ attributes: { lesson: ID } });
    /** @param {string} selector */
    const press = async (selector) => {
      const button = lab.element.locator(selector);
      if (how === "click") await button.click();
      else await button.press("Enter");
    };
    const [ask] = await asks(lab);
    await press(".go-there");
    assert.equal(await lab.at(), ask);
    assert.equal(await focused(lab), "prediction-choice", "where one answers");
    await page.keyboard.press("Space");
    await press("button.check");
    assert.match(await focused(lab), /see-it|next-question/);
    await press(".next-question");
    assert.equal(await focused(lab), "go-there", "the next is still ahead");
    await page.keyboard.press("Enter");
    assert.equal(await lab.at(), (await asks(lab))[1]);
    await press(".give-up");
    assert.match(await focused(lab), /see-it|next-question/);
    for (const button of [".next-question", ".go-there", ".give-up"]) await press(button);
    // What goes away leads to where it was.
    await lab.element.locator(".break").getByRole("button", { name: "Run the broken one" }).press("Enter");
    await lab.state("playing");
    await press(".leave-part");
    assert.match(await focused(lab), /lesson-panel/);
    await page.keyboard.press("Home");
    assert.equal(await lab.at(), 0, "keys go on");
    // Home from the button that steps back: it cannot be pressed any more.
    await lab.seek(1);
    await lab.element.locator("button.step.back").press("Enter");
    assert.equal(await lab.at(), 0);
    await page.keyboard.press("ArrowRight");
    assert.ok((await lab.at()) > 0);
    await done();
  });
}

test("whoever is in a panel when a key shows another is at its tab, and the keys go on", async () => {
  const { page, lab, done } = await openLab();
  const selected = () => lab.element.evaluate((it) => it.shadowRoot?.activeElement?.matches("[role=tab][aria-selected=true]") && it.shadowRoot.activeElement.textContent);
  for (const [key, tab] of [["w", "Why?"], ["3", "Log"]]) {
    await page.locator("[role=tab]").first().click();
    await lab.element.locator(".go-there").focus();
    await page.keyboard.press(key);
    assert.equal(await selected(), tab);
    const at = await lab.at();
    await page.keyboard.press("PageDown");
    assert.ok((await lab.at()) > at, "keys go on");
  }
  await done();
});

test("the first stop of Tab skips to Play, and is seen", async () => {
  const { page, lab, done } = await openLab({ body: `<bufferevent-lab linked lesson="${ID}"></bufferevent-lab>` });
  await page.keyboard.press("Tab");
  assert.equal(await focused(lab), "skip");
  const skip = lab.element.locator(".skip");
  assert.equal(await skip.textContent(), "Skip to Play");
  assert.equal(await skip.evaluate((it) => getComputedStyle(it).opacity), "1");
  const box = await skip.boundingBox();
  assert.ok(box && box.width > 60 && box.height >= 24, JSON.stringify(box));
  await page.keyboard.press("Enter");
  assert.match(await focused(lab), /\bplay\b/);
  assert.equal(await skip.evaluate((it) => getComputedStyle(it).opacity), "0", "and is out of the way again");
  await page.keyboard.press("Enter");
  await lab.state("playing");
  await done();
});

for (const [width, height] of [[360, 740], [900, 700]]) {
  test(`a question that waits out of sight is told beside Play, and led to (${width} by ${height})`, async () => {
    const { page, lab, done } = await openLab({ attributes: { lesson: ID }, context: { viewport: { width, height } } });
    const [ask] = await asks(lab);
    const waits = lab.element.locator(".waits");
    assert.equal(await waits.isVisible(), false);
    await lab.seek(ask - 1);
    await lab.fast(() => page.locator("button.play").click());
    assert.equal(await lab.at(), ask);
    await waits.waitFor();
    assert.match((await waits.textContent()) ?? "", /A question waits/);
    const [box, deck] = [await waits.boundingBox(), await lab.element.locator(".deck").boundingBox()];
    assert.ok(box && deck && box.y > 0 && box.y + box.height <= deck.y, "right above the controls, in the window");
    await waits.click();
    await waits.waitFor({ state: "hidden" });
    const seen = async () => {
      const [question, deck] = [await lab.element.locator(".prediction fieldset").boundingBox(), await lab.element.locator(".deck").boundingBox()];
      return question !== null && deck !== null && question.y >= 0 && question.y + question.height <= deck.y;
    };
    assert.ok(await seen(), "the question and all its answers are seen");
    assert.equal(await lab.at(), ask);
    await lab.element.locator(".give-up").click();
    assert.equal(await waits.isVisible(), false, "nothing waits any more");
    await done();
  });
}

test("whoever is at something on the scene or among the actions is not lost when its bufferevent is freed", async () => {
  const { lab, done } = await openLab({ attributes: { lesson: "the-tutorial" } });
  await lab.element.evaluate((it) => {
    const lab = /** @type {any} */ (it);
    for (lab.seek(0); lab.picture.last?.kind !== "freed"; ) lab.advance(1, "step");
  });
  const freed = await lab.at();
  await lab.element.locator(".act .segments button[data-value=app]").click();
  /** What has the focus after the step in which it is freed. @param {string} selector of what had it before */
  const left = async (selector) => {
    await lab.seek(freed - 1);
    await lab.element.locator(selector).first().focus();
    await lab.element.evaluate((it) => /** @type {any} */ (it).advance(1, "step"));
    await lab.still();
    return lab.element.evaluate((it) => {
      const at = it.shadowRoot?.activeElement;
      return at && { isAsk: at.matches(".asks [tabindex='0'][role=button]"), isSubmit: at.matches("[type=submit]") };
    });
  };
  for (const mark of [".mark.read.low", ".mark.write.low"]) assert.deepEqual(await left(mark), { isAsk: true, isSubmit: false }, mark);
  assert.deepEqual(await left(".act [data-group=app] form:not([hidden]) [type=submit]"), { isAsk: false, isSubmit: true });
  await done();
});
