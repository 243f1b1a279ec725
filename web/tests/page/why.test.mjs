/** Why: asked of the moment or of a part of the scene, and answered by steps that one can go to. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { languages } from "../../lang/index.js";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";
import { ask } from "../../state/asking.js";
import { engine } from "../support/engine.mjs";
import { highWatermark } from "../support/scenarios.mjs";

before(startBrowser);
after(stopBrowser);

/** The link that decided: words say so where a step did, and not where nothing happened. */
const DECIDED = ".why-chain [data-decided]:not([data-decided=false])";

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
      // Since when it was not called is found out once it is asked.
      const [begin] = question.split(/ again\?|之后再/);
      assert.ok((await page.locator(".why-question").innerText()).startsWith(begin), question);
      const reasons = await page.locator(".why-reason").allInnerTexts();
      assert.ok(reasons.length > 0 && reasons.every((reason) => reason.length > 1 && !/undefined|null/.test(reason)), `${question} ${reasons}`);
      assert.equal(await page.locator(DECIDED).count(), 1, question);
      assert.equal(await page.locator(".why-decided:visible").count(), await page.locator(`${DECIDED} > .why-record:visible`).count(), question);
      await page.locator(".why-answer > button").click();
    }
    await done();
  });
}

test("an answer's steps are gone to, and the answer stays", async () => {
  const { page, lab, done } = await openLab({ attributes: { scenario: FULL } });
  await lab.element.evaluate((element) => /** @type {any} */ (element).seek(24));
  await page.locator("bufferevent-lab .lab").press("w");
  await page.locator(".questions button", { hasText: "Why was readcb called?" }).click();
  assert.equal(await page.locator(".why-question").evaluate((it) => it === /** @type {any} */ (it.getRootNode()).activeElement), true, "it is led to the answer");
  const step = page.locator(".why-step:visible").nth(1);
  const name = await step.innerText();
  await step.click();
  assert.equal(`Step ${await lab.at()}`, name);
  assert.equal(await page.locator(".why-chain [aria-current=step]").count(), 1);
  assert.equal(await page.locator(".why-question").innerText(), "Why was readcb called?");
  await done();
});

test("the program, the loop and its stations are asked like anything else, by the pointer and by the keys", async () => {
  const { page, lab, done } = await openLab({ attributes: { scenario: FULL } });
  await lab.seek(20);
  for (const [selector, heading, reason] of /** @type {const} */ ([
    [".callback.program .callback-box", /^Why does main\(\) wait\?$/, /event_base_loop here/],
    [".loop-head .zone-name", /^Why does event_base_loop go on\?$/, /runs/],
    [".station:nth-child(1) .station-name", /kernel answer/, /ready/],
    [".station:nth-child(2) .station-name", /Which timer/, /No timer|none had come/],
    [".station:nth-child(3) .station-name", /queued/, /runs|queued/],
    [".station:nth-child(4) .station-name", /callback called in this pass/, /callback/],
    [".stack-frames .frame:first-child", /^Why does event_base_loop go on\?$/, /runs/],
    [".stack-frames .frame:last-child", /^Why /, /./],
  ])) {
    await lab.element.locator(selector).click();
    assert.match(await lab.text(".why-question"), heading);
    assert.match((await lab.all(".why-reason")).join(" "), reason);
    assert.equal(await page.locator(DECIDED).count(), 1);
  }
  await lab.element.locator(".loop-head .zone-name").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  assert.match(await lab.text(".why-question"), /Which timer/);
  // Before anything is there, the loop has not run.
  await lab.seek(1);
  await lab.element.locator(".loop-head .zone-name").click();
  assert.match(await lab.text(".why-question"), /not run/);
  await done();
});

for (const [what, selector, heading] of [
  ["a valve", ".valve.read", /^Why is (nothing read|reading open)\?$/],
  ["a callback", ".callback.read .callback-box", /^Why was readcb called\?$/],
  ["a callback that was not called", ".callback.write .callback-box", /^Why was writecb not called\?$/],
  ["an amount", ".vessel.input .vessel-amount", /^Where did byte 9 of input come from/],
  ["an amount of none", ".vessel.output .vessel-amount", /^Why is nothing written\?$/],
  ["an event", ".chip:first-child .chip-state", /^Why is ev_read (not )?pending\?$/],
  ["a byte", ".ask.byte[data-ask*=input]", /^Where did byte 1 of input come from/],
  ["a mark", ".mark.read.high .mark-hit", /^Why is the high mark of reading here\?$/],
]) {
  test(`${what} of the scene is asked by a click, and answered`, async () => {
    const { page, lab, done } = await openLab({ attributes: { scenario: FULL } });
    await lab.seek(await lab.length());
    await lab.still();
    await page.locator(/** @type {string} */ (selector)).first().click();
    assert.match(await page.locator(".why-question").innerText(), /** @type {RegExp} */ (heading));
    assert.equal(await page.locator(".why-decided:visible").count(), 1);
    await done();
  });
}

test("what a callback is asked is the same for those who cannot see", async () => {
  const { lab, done } = await openLab({ attributes: { scenario: FULL } });
  await lab.seek(await lab.length());
  const names = await lab.element.locator(".ask.drawn").evaluateAll((all) => all.map((it) => it.getAttribute("aria-label")));
  assert.equal(names[0], "Why is it the turn of main()?");
  assert.deepEqual(names.slice(3), ["Why was readcb called?", "Why was eventcb not called?", "Why was writecb not called?"]);
  await done();
});

test("what runs is asked in the stack, and the byte that was asked is marked where it is", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "high-watermark" } });
  await lab.seek(61);
  await lab.still();
  await page.locator(".frame", { hasText: "ev_read" }).click();
  assert.match(await lab.text(".why-question"), /^Why is ev_read /);
  await page.locator(".vessel.backlog .vessel-amount").click();
  assert.equal(await lab.text(".why-question"), "Why is nothing read?", "what the peer could not send waits for that");
  const marked = () => page.locator(".ask[data-asked]").evaluateAll((all) => all.map((it) => it.getAttribute("data-ask")));
  assert.deepEqual(await marked(), ['{"kind":"valve","direction":"read"}'], "the valve that was asked about");
  const byte = page.locator(".ask.byte[data-ask*=input]").nth(3);
  await byte.click();
  assert.deepEqual(await marked(), [await byte.getAttribute("data-ask")]);
  await lab.seek(60);
  assert.deepEqual(await marked(), [], "somewhere else it is another one");
  await done();
});

test("the queued call of deferred callbacks is asked, and the step that put one off answers", async () => {
  const scenario = { format: 2, dialect: "2.1", bufferevents: { it: { deferred: true, enable: ["read", "write"], on_read: [[{ read: "all" }]] } }, script: [{ peer_send: "abc", of: "it" }, { turn: 2 }] };
  const { page, lab, done } = await openLab({ attributes: { scenario: JSON.stringify(scenario) } });
  const deferred = await lab.element.evaluate((it) => {
    const lab = /** @type {any} */ (it);
    for (lab.seek(1); lab.position < lab.length && !(lab.picture.last.kind === "callback_deferred" && lab.picture.last.callback === "read"); lab.advance(1, "step"));
    return lab.position;
  });
  await lab.seek(deferred);
  await page.locator(".chip", { hasText: "deferred_cb" }).click();
  assert.equal(await page.locator(".why-question").innerText(), "Why was readcb not called?");
  assert.match(await page.locator(".why-chain li").first().innerText(), new RegExp(`put off to a queue[^]*Step ${deferred}\\b`));
  await done();
});

test("that a byte is still there is of what comes, and not told while a question is open", async () => {
  const { Simulation } = await engine();
  const track = new Simulation(JSON.stringify({ format: 1, dialect: "1.4", script: [{ disable: ["write"] }, { write: "abc" }, { turn: 1 }] }));
  const picture = track.picture(track.length);
  const frame = /** @type {any} */ ({ track, position: track.length, picture, connection: picture.connections[0] });
  const told = (/** @type {boolean} */ veiled) => ask(frame, { kind: "byte", place: "output", offset: 0 }, veiled).links.map(({ because }) => because.reason);
  assert.deepEqual(told(false), ["bytes_added", "still_there"]);
  assert.deepEqual(told(true), ["bytes_added"]);
});

/** A slow callback, a timer of the program's own, and a timeout that come to their time meanwhile. */
const TIMERS = JSON.stringify({
  format: 2,
  dialect: "2.1",
  bufferevents: { it: { read: { timeout_ms: 500 }, on_read: [[{ sleep_ms: 120 }]] } },
  timers: { tick: { after_ms: 100 } },
  script: [{ peer_send: "x" }, { turn: 2 }],
});

test("a timer is called by its name, and asked: when it fires, who set it, what holds it up", async () => {
  const { page, lab, done } = await openLab({ attributes: { scenario: TIMERS } });
  const begins = await lab.element.evaluate((it) => {
    const lab = /** @type {any} */ (it);
    for (lab.seek(1); lab.picture.last?.kind !== "pass_began"; lab.advance(1, "step"));
    return lab.position;
  });
  assert.deepEqual(await lab.all(".chip code"), ["ev_read", "ev_write", "tick"]);
  await page.locator(".chip", { hasText: "tick" }).click();
  assert.equal(await page.locator(".why-question").innerText(), "When does the timer of tick fire, and who set it?");
  assert.match(await page.locator(".why-chain li").first().innerText(), /Its time has not come/);
  assert.match(await page.locator(".why-chain li").nth(1).innerText(), /began to run then/);
  // A bufferevent's own, beside its event, with the keyboard.
  const read = page.locator(".chip", { hasText: "ev_read" }).locator(".chip-state");
  await read.focus();
  await page.keyboard.press("Enter");
  assert.equal(await page.locator(".why-question").innerText(), "When does the timer of ev_read fire, and who set it?");
  await page.locator(".chip", { hasText: "ev_read" }).locator("code").click();
  assert.match(await page.locator(".why-question").innerText(), /ev_read pending/);

  await lab.element.evaluate((it) => {
    const lab = /** @type {any} */ (it);
    while (lab.picture.last?.kind !== "timer_expired") lab.advance(1, "step");
  });
  assert.ok((await lab.at()) > begins);
  await lab.focus();
  await page.keyboard.press("w");
  await page.locator(".questions button", { hasText: "timer of tick" }).click();
  assert.equal(await page.locator(".why-question").innerText(), "What became of the timer of tick?");
  assert.match(await page.locator(".why-chain [data-decided]:not([data-decided=false])").innerText(), /A callback was running when its time came/);
  await done();
});

test("what can be asked hides nothing that is drawn below it", async () => {
  const { lab, done } = await openLab();
  await lab.seek(33);
  const fills = await lab.element.evaluate((it) => [...(it.shadowRoot?.querySelectorAll(".ask") ?? [])].map((ask) => getComputedStyle(ask).fill));
  assert.ok(fills.length > 10, String(fills.length));
  assert.deepEqual([...new Set(fills)], ["rgba(0, 0, 0, 0)"]);
  await done();
});

test("with the keyboard one stop of the scene leads along all that can be asked", async () => {
  const { page, lab, done } = await openLab({ attributes: { scenario: FULL } });
  await lab.seek(await lab.length());
  await lab.tabTo(".ask");
  const seen = new Set();
  for (let press = 0; press < 12; press++) {
    seen.add(await lab.element.evaluate((it) => it.shadowRoot?.activeElement?.getAttribute("data-ask")));
    await page.keyboard.press("ArrowDown");
  }
  for (const question of [{ kind: "valve", direction: "write" }, { kind: "not_called", callback: "event", since: 0 }, { kind: "byte", place: "input", offset: 0 }]) assert.ok(seen.has(JSON.stringify(question)), [...seen].join());
  const at = await lab.at();
  await page.keyboard.press("w");
  assert.equal(await page.locator(".why-question").isVisible(), true);
  await page.locator(".why-answer > button").click();
  await lab.element.evaluate((it) => /** @type {any} */ (it.shadowRoot?.querySelector(".ask[tabindex='0']")).focus());
  await page.keyboard.press("Enter");
  assert.equal(await page.locator(".why-question").isVisible(), true);
  assert.equal(await lab.at(), at, "asking moves nothing");
  await done();
});

test("dragging a mark asks nothing", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "5" } });
  await lab.seek(await lab.length());
  const box = await page.locator(".mark.read.high .mark-hit").boundingBox();
  assert.ok(box);
  await page.mouse.move(box.x + 8, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + 8, box.y + 40, { steps: 4 });
  await page.mouse.up();
  assert.equal(await page.locator(".why-question").isVisible(), false);
  assert.equal(await page.getByRole("tab", { name: "Lesson" }).getAttribute("aria-selected"), "true");
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

test("a valve is asked why it is what it is drawn as, at every step", async () => {
  for (const dialect of ["1.4", "2.1"]) {
    const { lab, done } = await openLab({ attributes: { scenario: JSON.stringify({ ...JSON.parse(highWatermark), dialect }) }, context: { reducedMotion: "reduce" } });
    const wrong = await lab.element.evaluate((it) => {
      const lab = /** @type {any} */ (it);
      const found = [];
      for (const [direction, words] of [["read", "reading"], ["write", "writing"]]) {
        const valve = lab.shadowRoot.querySelector(`.valve.${direction}`);
        for (let at = 7; at <= lab.length; at++) {
          lab.seek(at);
          const ask = lab.shadowRoot.querySelector(`.ask[data-ask*=valve][data-ask*=${direction}]`);
          const isOpen = ask.getAttribute("aria-label") === `Why is ${words} open?`;
          if (isOpen !== (valve.dataset.valve === "open")) found.push(`${at}: ${valve.dataset.reason}, ${ask.getAttribute("aria-label")}`);
        }
      }
      return found;
    });
    assert.deepEqual(wrong, [], dialect);
    await done();
  }
});

for (const [lang, words] of /** @type {const} */ ([
  ["en", { question: "Why was writecb not called", reason: /^One write took a part of output/ }],
  ["zh", { question: "没有调用 writecb", reason: /^一次写只取走了输出的一部分/ }],
])) {
  test(`a write that stopped at its bound is not told to have filled the kernel (${lang})`, async () => {
    const scenario = { format: 1, dialect: "2.1", kernel: { tx_capacity: 1_000_000 }, script: [{ write: "x".repeat(100_000) }, { turn: 1 }] };
    const { page, lab, done } = await openLab({ attributes: { scenario: JSON.stringify(scenario), lang } });
    await lab.seek(1e9);
    await page.locator("bufferevent-lab .lab").press("w");
    await page.locator(".questions button", { hasText: words.question }).first().click();
    assert.match((await lab.all(".why-reason"))[0], words.reason);
    await done();
  });

  test(`a byte that 1.4 copied to another bufferevent is followed to where it came from (${lang})`, async () => {
    const scenario = { format: 2, dialect: "1.4", bufferevents: { in: { on_read: [[{ move_to: "out" }]] }, out: {} }, script: [{ peer_send: "hello", of: "in" }, { turn: 1 }] };
    const { page, lab, done } = await openLab({ attributes: { scenario: JSON.stringify(scenario), lang } });
    await lab.element.evaluate((it) => {
      const lab = /** @type {any} */ (it);
      for (lab.seek(0); lab.picture.last?.kind !== "peer_sent"; ) lab.advance(1, "step");
    });
    await lab.element.locator(".asks [data-ask*='\"place\":\"rx\",\"offset\":0']").first().focus();
    await page.keyboard.press("w");
    const reasons = languages[lang].text.why.reasons;
    const told = await lab.all(".why-reason");
    for (const reason of [reasons.bytes_taken, reasons.bytes_added]) assert.ok(told.includes(reason), told.join());
    await done();
  });
}
