/** Acting: where it takes effect is said before, played to, and shown; and the branches that come of it. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { branchName } from "../../lang/did.js";
import { languages } from "../../lang/index.js";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";
import { answersOf, lessonOf } from "../support/learner.mjs";
import { highWatermark } from "../support/scenarios.mjs";

before(startBrowser);
after(stopBrowser);

/** Steps that were shown, in their order. @param {import("../support/lab.mjs").Lab} lab */
const listen = (lab) =>
  lab.element.evaluate((it) => {
    const seen = /** @type {number[]} */ ([]);
    it.addEventListener("step", (event) => seen.push(/** @type {CustomEvent} */ (event).detail.position));
    Object.assign(window, { seen });
  });
/** @param {import("../support/lab.mjs").Lab} lab @returns {Promise<number[]>} */
const seen = (lab) => lab.page.evaluate(() => /** @type {any} */ (window).seen);

test("in the middle of a pass: it says where, marks it, plays there and shows the effect", async () => {
  const { lab, done } = await openLab({ attributes: { lesson: "high-watermark" } });
  const length = await lab.length();
  await lab.seek(60);
  assert.equal(await lab.text(".act > .act-hint"), "Happens when pass 4 ends, at step 70, as a new branch.");
  const [cursor, ghost, area] = await Promise.all([".cursor", ".lands", ".timeline-places"].map((part) => lab.element.locator(part).evaluate((it) => it.getBoundingClientRect().toJSON())));
  const width = area.width / length;
  assert.ok(Math.abs(ghost.x - cursor.x - 10 * width) < 1.5, "ten steps on");

  await listen(lab);
  await lab.act("send", { peer_send: "more" });
  const steps = await seen(lab);
  assert.equal(await lab.at(), 71);
  assert.match(await lab.told(), /The peer sent 4 bytes/);
  assert.ok(steps.length > 3 && steps.every((step, index) => index === 0 || step > steps[index - 1]), `it is seen on the way: ${steps}`);
  assert.ok(steps[0] < 70 && steps.at(-1) === 71);
  await done();
});

test("between two passes it happens at once, at the end without a branch", async () => {
  const { lab, done } = await openLab({ attributes: { lesson: "high-watermark" } });
  await lab.seek(70);
  assert.equal(await lab.text(".act > .act-hint"), "Happens at once, as a new branch.");
  assert.equal(await lab.element.locator(".lands").isVisible(), false);
  await lab.seek(await lab.length());
  assert.equal(await lab.text(".act > .act-hint"), "Happens at once: this is the end.");
  const length = await lab.length();
  await lab.act("send", { peer_send: "more" });
  assert.equal(await lab.at(), length + 1);
  assert.equal(await lab.element.locator(".branches").isVisible(), false);

  // What changes the set-up runs the script again: that is said.
  await lab.choose("kernel", "Set queues");
  assert.equal(await lab.text(".act > .act-hint"), "Runs the script again from its start, as a new branch.");
  await done();
});

test("running the loop plays the pass; where the script runs it next anyway, nothing forks", async () => {
  const { page, lab, done } = await openLab({ attributes: { scenario: highWatermark } });
  const run = () => lab.fast(() => page.getByRole("button", { name: "Run the loop", exact: true }).first().click());
  await lab.seek(48);
  await listen(lab);
  await run();
  assert.equal((await lab.picture()).last.kind, "pass_ended");
  assert.ok((await seen(lab)).length > 3, `the pass is seen: ${await seen(lab)}`);
  assert.equal(await lab.element.locator(".branches").isVisible(), false);

  await lab.seek(await lab.length());
  const [length, { loop }] = [await lab.length(), await lab.picture()];
  await run();
  assert.ok((await lab.length()) > length);
  assert.equal(await lab.at(), await lab.length());
  assert.equal((await lab.picture()).loop.pass, loop.pass + 1);
  await done();
});

test("what was done and left no step is said to have done nothing", async () => {
  const { page, lab, done } = await openLab({ attributes: { scenario: JSON.stringify(lessonOf("high-watermark").scenario), step: "50" } });
  const hint = () => lab.text(".act > .act-hint");
  await lab.choose("app", "Read all");
  // The callback has taken all of it by then.
  const act = () => lab.fast(() => lab.element.locator(".act [data-group=app] form:not([hidden]) button").click());
  await act();
  assert.match(await hint(), /^Nothing came of it: there was nothing to do\. /);
  assert.match(await lab.text("p.spoken"), /^Played \d+ steps: .* Nothing came of it: .* No event is left active/);
  await page.keyboard.press("ArrowLeft");
  assert.doesNotMatch(await hint(), /Nothing came/);
  // What does something is not said to have done nothing, and its effect is what is told of it.
  const again = async () => {
    await lab.element.locator(".branch").first().click();
    await lab.seek(50);
  };
  await again();
  await lab.act("", { peer_send: "0123456789\u{1f600}x" });
  assert.doesNotMatch(await hint(), /Nothing came/);
  assert.match(await lab.text("p.spoken"), /^Played \d+ steps: .* The peer sent 15 bytes: /);
  const named = async (/** @type {RegExp} */ name) => (await lab.all(".branch")).some((it) => name.test(it));
  assert.ok(await named(/^peer sends "0123456789\u{1f600}x" at/u));
  await again();
  await lab.act("", { peer_send: "0123456789\u{1f600}xyz" });
  assert.ok(await named(/^peer sends "0123456789\u{1f600}\u2026" at/u), "no letter is cut in two");
  await done();
});

test("the marks to set are those that are set, until somebody types", async () => {
  const { lab, done } = await openLab({ attributes: { lesson: "high-watermark" } });
  await lab.seek(70);
  const { read, write } = (await lab.picture()).connections[0];
  await lab.choose("app", "Set marks");
  const form = lab.element.locator(".act [data-group=app] form:not([hidden])");
  const shown = async () => ({ low: Number(await form.locator("[name=low]").inputValue()), high: Number(await form.locator("[name=high]").inputValue()) });
  assert.ok(read.high > 0);
  assert.deepEqual(await shown(), { low: read.low, high: read.high });
  await form.locator("[name=direction]").selectOption("write");
  assert.deepEqual(await shown(), { low: write.low, high: write.high });
  await form.locator("[name=direction]").selectOption("read");
  await form.locator("[name=high]").fill("9");
  await lab.seek(71);
  assert.deepEqual(await shown(), { low: read.low, high: 9 }, "what is typed stays");
  await lab.fast(() => form.getByRole("button").click());
  assert.deepEqual(await shown(), { low: read.low, high: 9 });
  await done();
});

test("a pause on the way keeps the effect for later; going elsewhere gives it up", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "high-watermark" } });
  await lab.seek(60);
  await lab.choose("peer", "Send");
  await lab.element.locator("[data-group=peer] form:not([hidden]) button").click();
  await lab.state("playing");
  await lab.focus();
  await page.keyboard.press("Space");
  await lab.state("ready");
  assert.ok((await lab.at()) < 70);
  await lab.fast(() => page.keyboard.press("Space"));
  assert.equal(await lab.at(), 71, "it stops where the effect is seen");
  await done();
});

test("branches are named after what was done, have their origin on the timeline, and can be deleted", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "high-watermark" } });
  const length = await lab.length();
  await lab.seek(60);
  await lab.act("marks", { set_watermark: { read: { low: 4, high: 8 } } });
  assert.deepEqual(await lab.all(".branch"), ["Original", "low 0 to 4, high 64 to 8 at step 70"]);
  assert.deepEqual(await lab.element.locator(".origin").evaluateAll((all) => all.map((it) => it.getAttribute("title"))), ["low 0 to 4, high 64 to 8 at step 70"]);
  assert.ok((await lab.length()) < length);

  await lab.element.locator(".branch", { hasText: "Original" }).click();
  assert.deepEqual([await lab.at(), await lab.length()], [60, length], "where the reader was");
  await lab.seek(40);
  await lab.act("send", { peer_send: "a rather long text" });
  assert.match((await lab.all(".branch"))[2], /^peer sends "a rather lo\u2026" at step 42$/);
  await lab.element.locator(".branch", { hasText: "Original" }).click();
  assert.equal(await lab.element.locator(".origin").count(), 2, "both left the original");
  // The key forks as well.
  await lab.focus();
  await lab.seek(30);
  await lab.fast(() => page.keyboard.press("f"));
  assert.equal((await lab.all(".branch"))[3], "fork at step 42");
  // Where the list has no room for all of them, it shows the one that one is in.
  await page.setViewportSize({ width: 1280, height: 720 });
  await lab.element.locator(".branch").first().click();
  await lab.element.locator(".branch").last().press("Enter");
  const [list, current] = await Promise.all([".branches", ".branches li:last-child"].map((it) => lab.element.locator(it).boundingBox()));
  assert.ok(list && current && current.y >= list.y && current.y + current.height <= list.y + list.height + 1);

  await page.getByRole("button", { name: "Delete \u201cfork at step 42\u201d" }).click();
  assert.equal((await lab.all(".branch")).length, 3);
  assert.equal(await lab.length(), length, "of the one that was shown its parent is");
  assert.equal(await page.getByRole("button", { name: "Delete \u201cOriginal\u201d" }).count(), 0);
  await done();
});

test("what was done has a name in each language", () => {
  const name = (/** @type {"en" | "zh"} */ lang, /** @type {object} */ step) => branchName(/** @type {any} */ ({ label: JSON.stringify(step), was: "", at: 9 }), languages[lang].text);
  assert.deepEqual([name("en", { disable: ["read"] }), name("en", { enable: ["read", "write"] })], ["reading disabled at step 9", "reading, writing enabled at step 9"]);
  assert.deepEqual([name("zh", { disable: ["read"] }), name("zh", { enable: ["read", "write"] })].filter((it) => /[a-z]/.test(it)), []);
});

test("the scenario is edited as text: an error stands beside its line, and what can be run is a branch", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "high-watermark", step: "40" } });
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  const text = page.getByRole("textbox", { name: "The scenario as text" });
  const scenario = await text.inputValue();
  assert.ok(scenario.split("\n").every((line) => line.length <= 100 || line.includes("peer_send")), "laid out for people");
  const line = scenario.split("\n").findIndex((it) => it.includes('"high": 64')) + 1;
  await text.fill(scenario.replace('"high": 64', '"hihg": 64'));
  assert.equal(await lab.element.locator(".editor-numbers [data-wrong]").textContent(), String(line));
  assert.equal(await lab.text(".editor-remark"), 'bufferevent.read: unknown key "hihg"; did you mean "high"?');
  const [remark, mark] = await Promise.all([".editor-remark", ".editor-numbers [data-wrong]"].map((it) => lab.element.locator(it).boundingBox()));
  assert.ok(remark && mark && Math.abs(remark.y - mark.y) < 4, "at the height of the line");
  assert.equal(await page.getByRole("button", { name: "Run it" }).isDisabled(), true);

  await text.fill(scenario.replace('"high": 64', '"high": 16'));
  assert.equal(await lab.text(".editor-status"), "This can be run.");
  await page.getByRole("button", { name: "Run it" }).click();
  assert.equal(await lab.element.locator(".editor").isVisible(), false);
  assert.deepEqual(await lab.all(".branch"), ["Original", "high 64 to 16"], "called by what was edited");
  assert.equal((await lab.picture()).connections[0].read.high, 16);
  await done();
});

test("a script of more lines than can be drawn has its numbers where one looks, and the wrong line is led to", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "high-watermark" } });
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  const text = page.getByRole("textbox", { name: "The scenario as text" });
  // No pointer: the last of thirty thousand lines but a few.
  const line = await text.evaluate((it) => {
    const field = /** @type {HTMLTextAreaElement} */ (it);
    const scenario = JSON.parse(field.value);
    field.value = JSON.stringify({ ...scenario, script: [...Array(10_000).fill({ turn: 1 }), { turm: 1 }] }, null, 1);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    return field.value.split("\n").findIndex((one) => one.includes("turm")) + 1;
  });
  assert.ok(line > 30_000);
  assert.match(await lab.text(".editor-status"), new RegExp(`^Line ${line}: `));
  assert.ok((await lab.all(".editor-numbers li")).length < 60, "those in view");
  await page.getByRole("button", { name: "Go to the line" }).press("Enter");
  assert.equal(await text.evaluate((it) => /** @type {HTMLTextAreaElement} */ (it).value.slice(/** @type {any} */ (it).selectionStart, /** @type {any} */ (it).selectionEnd).trim()), '"turm": 1');
  const wrong = lab.element.locator(".editor-numbers [data-wrong]");
  assert.equal(await wrong.textContent(), String(line));
  const [remark, mark, field] = await Promise.all([lab.element.locator(".editor-remark"), wrong, text].map((it) => it.boundingBox()));
  assert.ok(remark && mark && field && Math.abs(remark.y - mark.y) < 4 && mark.y > field.y && mark.y + mark.height < field.y + field.height);
  // What is no JSON has its line said once.
  await text.fill("{\n");
  assert.match(await lab.text(".editor-status"), /^Line 2: (?!line)/);
  await done();
});

test("what was typed into the editor and not run is there again, until it is run or taken back", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "high-watermark" } });
  const text = page.getByRole("textbox", { name: "The scenario as text" });
  const open = () => page.getByRole("button", { name: "Edit", exact: true }).click();
  await open();
  const scenario = await text.inputValue();
  const typed = scenario.replace('"high": 64', '"high": 16');
  for (const leave of [() => page.keyboard.press("Escape"), () => page.locator(".editor").getByRole("button", { name: "Close" }).click()]) {
    await text.fill(typed);
    await leave();
    await text.waitFor({ state: "hidden" });
    await open();
    assert.equal(await text.inputValue(), typed);
    assert.match(await lab.text(".editor-again:not([hidden])"), /has not been run/);
    await page.locator(".editor-afresh").click();
    assert.equal(await text.inputValue(), scenario);
    assert.equal(await lab.element.locator(".editor-left").isVisible(), false);
  }
  await text.fill(typed);
  await page.keyboard.press("Escape");
  // Of something else it is not.
  await lab.open({ lesson: "low-watermark" });
  await open();
  assert.match(await text.inputValue(), /low-watermark/);
  await page.keyboard.press("Escape");
  await lab.open({ lesson: "high-watermark" });
  await open();
  assert.equal(await text.inputValue(), typed);
  await page.getByRole("button", { name: "Run it" }).click();
  assert.deepEqual(await lab.all(".branch"), ["Original", "high 64 to 16"]);
  await open();
  assert.equal(await lab.element.locator(".editor-left").isVisible(), false, "nothing is left");
  assert.match(await text.inputValue(), /"high": 16/);
  await done();
});

test("what is saved goes on where it was: scenario, branches and position", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "high-watermark" } });
  await lab.seek(60);
  await lab.act("marks", { set_watermark: { read: { low: 0, high: 8 } } });
  await lab.seek(66);
  const [shown, branches, lesson] = [await lab.picture(), await lab.all(".branch"), await lab.text(".lesson h2")];
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  assert.deepEqual(await lab.all(".save-menu button"), ["Scenario, with its branches", "Recording of the steps"], "the scenario first");
  await page.getByRole("menuitem").first().press("Enter");
  const file = await download;
  assert.equal(file.suggestedFilename(), "bufferevent.json");
  const text = await readFile(await file.path(), "utf8");

  const open = (/** @type {string} */ name, /** @type {string} */ text) =>
    lab.element.locator("input[type=file]").setInputFiles({ name, mimeType: "application/json", buffer: Buffer.from(text) });
  await lab.set({ lesson: "1" });
  await lab.element.locator(".branches").waitFor({ state: "hidden" });
  await open("bufferevent.json", text);
  await lab.see(".branches:not([hidden])");
  assert.equal(await lab.text(".lesson h2"), lesson, "in its lesson, with its questions");
  assert.ok(await lab.element.locator(".question-list").isVisible());
  assert.deepEqual(await lab.all(".branch"), branches);
  assert.deepEqual(await lab.picture(), shown);
  await lab.element.locator(".branch", { hasText: "Original" }).click();
  assert.equal(await lab.at(), 60);
  await lab.act("send", { peer_send: "on" });
  assert.equal((await lab.all(".branch")).length, 3);

  // A plain scenario is one branch; a file that is damaged is refused by name, and what is shown stays.
  await open("plain.json", JSON.stringify({ format: 1, dialect: "2.1", title: "Plain", script: [{ peer_send: "x" }, { turn: 1 }] }, null, 2));
  await lab.element.locator(".branches").waitFor({ state: "hidden" });
  assert.equal(await lab.text(".lesson h2"), "Plain");
  await open("bad.json", text.replace('"current":1', '"current":7'));
  await lab.see(".notice:not([hidden])");
  assert.match(await lab.text(".notice"), /The scenario cannot be used: current: there is no branch 7/);
  assert.equal(await lab.text(".lesson h2"), "Plain");

  // An experiment that only has the name of a lesson's is none of it.
  await open("other.json", text.replaceAll('"high":64', '"high":65'));
  await lab.see(".branches:not([hidden])");
  assert.equal(await lab.element.locator(".question-list").isVisible(), false);

  // The attribute takes it as well.
  await lab.set({ scenario: text });
  await lab.see(".branches:not([hidden])");
  assert.deepEqual(await lab.picture(), shown);
  await done();
});

test("of several bufferevents the one that is looked at is acted on, and the branch keeps that", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "proxy" } });
  await lab.seek(await lab.length());
  await page.locator(".others button, .others [role=button]").first().click();
  const sent = (await lab.picture()).connections.map((/** @type {any} */ it) => it.kernel.peer_sent);
  await lab.act("send", { peer_send: "more" });
  const { connections } = await lab.picture();
  const grown = connections.filter((/** @type {any} */ it, /** @type {number} */ index) => it.kernel.peer_sent > sent[index]);
  assert.deepEqual(grown.map((/** @type {any} */ it) => it.name), ["client"], "the second was looked at");
  await lab.choose("app", "Set marks");
  await lab.act("mark", { set_watermark: { read: { low: 0, high: 12 } } });
  assert.deepEqual((await lab.picture()).connections.map((/** @type {any} */ it) => it.read.high), [0, 12]);
  await done();
});

test("a question that waits leaves room for itself, and what is opened after its lesson can be acted on", async () => {
  const { lab, done } = await openLab({ attributes: { lesson: "high-watermark" } });
  const turn = lab.element.locator(".act .turn");
  await turn.waitFor();
  const [{ ask }] = Object.values(await answersOf(lab, lessonOf("high-watermark"))).sort((one, other) => one.ask - other.ask);
  await lab.seek(ask);
  await turn.waitFor({ state: "hidden" });
  await lab.open({ scenario: highWatermark });
  await turn.waitFor();
  await done();
});

test("what a freed bufferevent held is gone from the scene, and nothing can be done with it any more", async () => {
  const script = [{ peer_send: "hello" }, { turn: 1 }, { write: "abc" }, { free: true }];
  const { page, lab, done } = await openLab({ attributes: { scenario: JSON.stringify({ format: 1, dialect: "1.4", app: { on_read: [[]] }, script }) } });
  await lab.element.evaluate((it) => {
    const lab = /** @type {any} */ (it);
    for (lab.seek(0); lab.picture.last?.kind !== "freed"; ) lab.advance(1, "step");
  });
  assert.match(await lab.told(), /5 bytes of input and 3 bytes of output are dropped/);
  await lab.still();
  const seen = async () => [await lab.level("input"), await lab.level("output"), await lab.all(".vessel.input .byte, .vessel.output .byte")];
  assert.deepEqual(await seen(), [0, 0, []]);
  assert.match((await lab.element.locator(".scene").first().getAttribute("aria-label")) ?? "", /input 0, output 0 bytes/);
  await lab.element.locator(".act .segments button[data-value=app]").click();
  const form = lab.element.locator(".act [data-group=app]");
  const offers = () =>
    form.evaluate((it) => {
      const pick = /** @type {HTMLSelectElement} */ (it.querySelector(".act-pick"));
      return [...pick.options].filter((option) => !option.disabled).map((option) => {
        pick.selectedIndex = option.index;
        pick.dispatchEvent(new Event("change"));
        return it.querySelector("form:not([hidden]) [type=submit]")?.getAttribute("aria-disabled") === "true";
      });
    });
  const gone = await offers();
  await form.locator("form:not([hidden]) [type=submit]").focus();
  const before = [await lab.at(), await lab.length()];
  await page.keyboard.press("Enter");
  assert.deepEqual([await lab.at(), await lab.length()], before, "and does nothing");
  assert.ok(gone.length > 5 && gone.every(Boolean), `${gone}`);
  // The peer may still send, and a step earlier all of it was there.
  await lab.element.locator(".act .segments button[data-value=peer]").click();
  assert.equal(await lab.element.locator(".act [data-group=peer] form:not([hidden]) [type=submit]").isEnabled(), true);
  await page.getByRole("button", { name: "Step back" }).click();
  assert.deepEqual((await seen()).slice(0, 2), [5, 3]);
  assert.ok((await offers()).every((disabled) => !disabled));
  await done();
});
