/** A lesson, as somebody works through it: every lesson of the site, and what holds for each. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { engine } from "../support/engine.mjs";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";
import { answer, answersOf, badRepair, current, doTask, goToQuestion, index, lessonOf, lookAtNext, noPlaceholders, openAsks, repair } from "../support/learner.mjs";

before(startBrowser);
after(stopBrowser);

/** The colours of a lesson are not looked at here: nothing has to move. */
const CALM = /** @type {const} */ ({ reducedMotion: "reduce" });
const COURSE = index().filter(({ test }) => !test);

/** @param {number | string} right @param {any} rules @param {any} found @returns {string | number} */
const wrongOf = (right, rules, found) => (rules.choices ? rules.choices.find((/** @type {any} */ one) => one.id !== right).id : (found.wrong.find((/** @type {any} */ one) => one.value !== right)?.value ?? Number(right) + 1));

for (const { id } of COURSE) {
  test(`${id}, from its first to its last click`, async () => {
    const data = lessonOf(id);
    const { page, lab, done } = await openLab({ attributes: { lesson: id }, context: CALM, clock: true });
    const answers = await answersOf(lab, data);
    const text = data.texts.en;
    await page.locator("select.speed").selectOption("8");
    assert.equal(await lab.text(".lesson h2"), text.title);
    assert.equal(await lab.element.locator(".tasks").isVisible(), false, "tasks tell what happens");

    // Each question: wrongly first.
    for (let asked = 0; asked < (data.predictions ?? []).length; asked++) {
      const { number } = await current(lab);
      const rules = /** @type {any} */ (data.predictions)[number];
      const found = answers[rules.id];
      await goToQuestion(lab);
      assert.equal(await lab.at(), found.ask, `${rules.id} is asked there`);
      assert.equal(await lab.element.locator(".goal").isVisible(), false, "the goal is out of sight");
      const wrong = wrongOf(found.answer, rules, found);
      await answer(lab, rules.kind, wrong);
      if (rules.choices) await lab.see(".prediction[data-phase=wrong]");
      else {
        await lab.see(".prediction[data-phase=again]");
        await answer(lab, rules.kind, found.answer);
        await lab.see(".prediction[data-phase=right]");
      }
      const verdict = await lab.text(".verdict");
      assert.ok(verdict.length > 20, verdict);
      await noPlaceholders(lab, rules.id);
      // While another question is open, its answer is not shown by the way.
      if (await page.locator(".see-it").isVisible()) {
        const others = (await openAsks(lab, data, answers)).filter(({ ask }) => ask > found.ask);
        await page.locator(".see-it").click();
        await page.clock.runFor(60_000);
        // One that would not have its answer by then comes where this one is seen.
        for (const other of others) if (other.ask < found.at && other.at > found.at) other.ask = found.at;
        const stops = Math.min(found.at, ...others.map(({ ask }) => ask));
        await page.waitForFunction((at) => /** @type {any} */ (document.querySelector("bufferevent-lab")).position === at, stops);
        await lab.state("ready");
        assert.equal(await lab.at(), stops, "it stops where the answer is seen, or a question comes that it would answer");
      }
      await lookAtNext(lab);
    }
    if (await lab.element.locator(".leave-part").isVisible()) await page.locator(".leave-part").click();

    // The tasks: what the lesson shows by itself, then what the reader has to do.
    await lab.seek(1e9);
    await lab.see(".tasks");
    const ticked = (/** @type {any} */ task) => lab.element.locator(`.tasks [data-task="${task.id}"][data-done]`).count();
    for (const task of (data.tasks ?? []).filter(({ acted }) => acted)) {
      assert.equal(await ticked(task), 0, `${task.id} asks for something to be done`);
      assert.ok((await lab.text(`.tasks [data-task="${task.id}"] .missing`)).length > 5 || !text.tasks?.[task.id].missing, `what ${task.id} misses`);
    }
    for (const task of data.tasks ?? []) {
      if (task.acted && (await ticked(task)) === 0) await doTask(lab, id, task);
      assert.equal(await ticked(task), 1, task.id);
      assert.match(await lab.text(`.tasks [data-task="${task.id}"]`), /\(done\)/);
    }

    // Broken, and back.
    await lab.seek(7);
    await page.getByRole("button", { name: "Run the broken one" }).click();
    await lab.state("playing");
    assert.equal(await lab.element.locator(".prediction").isVisible(), false);
    await page.getByRole("button", { name: "Back to the lesson" }).click();
    await lab.see(".prediction");
    assert.equal(await lab.at(), Math.min(7, await lab.length()), "where the reader was");

    // Repaired: not by that, but by this.
    const rules = /** @type {any} */ (data.repair);
    const bad = badRepair(rules);
    if (bad) {
      await repair(lab, rules.fields, bad);
      await lab.see(".repair-result .verdict[data-holds=false]");
      await noPlaceholders(lab, "a repair that does not hold");
      await lab.plays(() => page.locator(".failed button").first().click());
      await lab.see(".lesson-part");
      assert.ok((await lab.length()) > 0);
    }
    // What holds is seen.
    await lab.plays(() => repair(lab, rules.fields, rules.solutions[0]));
    await lab.see(".repair-result .verdict[data-holds=true]");
    assert.match(await lab.text(".lesson-part p"), /as you changed it/);
    assert.ok((await lab.length()) > 0);
    await page.locator(".leave-part").click();
    assert.equal(await lab.element.locator(".remember li:visible").count(), text.remember?.length);
    await noPlaceholders(lab, "the end");

    // All of it is kept, and the menu says so.
    const entry = /** @type {any} */ (index().find((one) => one.id === id));
    const all = entry.predictions + entry.tasks + 1;
    assert.match((await lab.all(".lesson-select option:checked"))[0], new RegExp(`${all} of ${all} done$`));
    await page.reload();
    await lab.state("ready");
    assert.equal(await lab.element.locator(".tasks li:not([data-done])").count(), 0);
    await done();
  });
}

// The check of lessons holds that both languages have the same texts; whether the page shows them is seen in some.
for (const { id } of COURSE.filter(({ number }) => number % 5 === 1)) {
  test(`${id} in Chinese, answered rightly`, async () => {
    const data = lessonOf(id);
    const { lab, done } = await openLab({ attributes: { lesson: id, lang: "zh" }, context: CALM });
    const answers = await answersOf(lab, data);
    assert.match(await lab.text(".lesson h2"), /\p{Script=Han}/u);
    for (let asked = 0; asked < (data.predictions ?? []).length; asked++) {
      const { number } = await current(lab);
      const rules = /** @type {any} */ (data.predictions)[number];
      await goToQuestion(lab);
      await answer(lab, rules.kind, answers[rules.id].answer);
      await lab.see(".prediction[data-phase=right]");
      await noPlaceholders(lab, rules.id);
      assert.match(await lab.text(".verdict"), /\p{Script=Han}/u);
      await lookAtNext(lab);
    }
    await noPlaceholders(lab, "the end");
    const latin = await lab.element.locator(".lesson :is(p, li, legend, label > span):visible").evaluateAll((all) => all.map((it) => it.textContent ?? "").filter((words) => /[A-Za-z]{4,} [a-z]{3,} [a-z]{3,}/.test(words) && !/\p{Script=Han}/u.test(words)));
    assert.deepEqual(latin, [], "nothing was left in English");
    await done();
  });
}

test("where the libevents of a lesson go different ways, it says so", async () => {
  const { Simulation } = await engine();
  const seen = new Set(["received", "sent", "callback_entered", "freed", "connected", "connect_failed"]);
  let differ = 0;
  for (const { id } of COURSE) {
    const { scenario, break: broken, repair: mended, dialects = [], texts } = /** @type {any} */ (lessonOf(id));
    for (const one of [scenario, broken.scenario, mended.scenario]) {
      const ways = dialects.map((/** @type {string} */ dialect) => {
        const run = new Simulation(JSON.stringify({ ...one, dialect }));
        const told = run.records(0, run.length).filter(({ kind }) => seen.has(kind)).map((record) => [record.kind, "payload" in record ? record.payload.len : "callback" in record ? record.callback : ""]);
        run.free();
        return JSON.stringify(told);
      });
      if (new Set(ways).size === 1) continue;
      differ++;
      for (const [lang, text] of Object.entries(texts)) assert.ok(/** @type {any} */ (text).dialects, `${id} in ${lang}`);
    }
  }
  assert.ok(differ > 5, String(differ));
});

test("a lesson by keyboard only: played to its question, answered, seen happen", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "high-watermark" } });
  const found = await answersOf(lab, lessonOf("high-watermark"));
  await lab.tabTo("select.lesson-select");
  assert.match(await lab.told(), /about to be made/);
  await lab.focus();
  for (let faster = 0; faster < 3; faster++) await page.keyboard.press("+");
  await page.keyboard.press("Space");
  await lab.state("ready");
  await lab.see(".prediction[data-phase=asked]");
  assert.ok(Object.values(found).some(({ ask }) => ask > 0));
  assert.equal(await lab.at(), Math.min(...Object.values(found).map(({ ask }) => ask)), "it stops at the first question");
  const { kind } = await current(lab);
  if (kind === "number" || kind === "level") {
    await lab.tabTo(".prediction-number");
    await page.keyboard.type("1");
  } else {
    await lab.tabTo(".prediction-choice");
    await page.keyboard.press("Space");
  }
  await lab.tabTo("button.check");
  await page.keyboard.press("Enter");
  await lab.see(".prediction:is([data-phase=wrong], [data-phase=right], [data-phase=again])");
  await done();
});

test("what answers a question is out of sight until it is answered", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "low-watermark" } });
  const { number } = await current(lab);
  const data = lessonOf("low-watermark");
  const id = /** @type {any} */ (data.predictions)[number].id;
  const found = (await answersOf(lab, data))[id];
  await goToQuestion(lab);
  await lab.focus();
  await page.keyboard.press("3");
  const rows = await lab.element.locator(".log-rows button").evaluateAll((all) => all.map((it) => Number(/** @type {HTMLElement} */ (it).dataset.position)));
  assert.equal(Math.max(...rows), found.ask, "the log ends here");
  await page.keyboard.press("1");
  assert.equal(await lab.element.locator(".tasks").isVisible(), false);
  await page.locator(".give-up").click();
  await lab.see(".prediction[data-phase=told]");
  assert.match(await lab.text(".verdict"), new RegExp(`What happens: ${found.answer}`));
  await done();
});

test("playing and stepping on wait for the answer to an open question; what was passed by hand is asked no more", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "high-watermark" } });
  const asks = Object.values(await answersOf(lab, lessonOf("high-watermark"))).map(({ ask }) => ask).sort((one, other) => one - other);
  await lab.focus();
  await page.keyboard.press("PageDown");
  for (let pass = 0; pass < 9 && (await lab.at()) < asks[0]; pass++) await page.keyboard.press("PageDown");
  assert.equal(await lab.at(), asks[0], "no step passes a question");
  await page.keyboard.press("2");
  const here = () => lab.element.evaluate((it) => it.shadowRoot?.activeElement?.closest(".prediction") !== null);
  for (const go of [() => page.locator("button.play").click(), () => page.locator("button.step.forward").click(), () => page.keyboard.press("PageDown")]) {
    await lab.focus();
    await go();
    await lab.state("ready");
    assert.equal(await lab.at(), asks[0], "it waits");
    assert.equal(await lab.text(".urge"), "Answer first, or let the answer be shown.");
    assert.ok(await lab.element.locator(".urge").isVisible());
    assert.ok(await here(), "the keys are where one answers");
  }
  await lab.seek(asks[0] + 1);
  assert.equal(await lab.element.locator(".prediction fieldset").isVisible(), false);
  assert.equal(await lab.element.locator("button.check").isVisible(), false);
  assert.match(await lab.text(".prediction > .note"), /gone past this question/);
  await page.locator(".go-there").click();
  assert.equal(await lab.at(), asks[0]);
  assert.ok(await lab.element.locator(".prediction fieldset").isVisible());
  await page.locator(".give-up").click();
  await lab.focus();
  await page.keyboard.press("ArrowRight");
  assert.ok((await lab.at()) > asks[0], "an answer lets one go on");
  await done();
});

test("an answer that is shown to whoever asks for it is not marked as a wrong one, today or tomorrow", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "anatomy" } });
  await goToQuestion(lab);
  await page.locator(".give-up").click();
  for (const reloads of [false, true]) {
    if (reloads) await page.reload();
    await lab.state("ready");
    const marked = lab.element.locator(".question-list button").first();
    assert.equal(await marked.getAttribute("data-phase"), "told");
    assert.match((await marked.getAttribute("aria-label")) ?? "", /shown/);
    assert.notEqual(await marked.textContent(), "\u2717");
    await marked.click();
    assert.match(await lab.text(".verdict"), /^What happens/);
  }
  await done();
});

test("from each answer a button leads to the next question, and after the last a word to the tasks", async () => {
  for (const id of COURSE.slice(1, 3).map(({ id }) => id)) {
    const { page, lab, done } = await openLab({ attributes: { lesson: id }, context: CALM });
    const count = lessonOf(id).predictions?.length ?? 0;
    for (let question = 1; question <= count; question++) {
      await goToQuestion(lab);
      await page.locator(".give-up").click();
      assert.equal(await lab.element.locator(".next-question").isVisible(), question < count, `${id} ${question}`);
      assert.equal(await lab.element.locator(".no-more").isVisible(), question === count, `${id} ${question}`);
      if (question < count) await page.locator(".next-question").click();
    }
    await done();
  }
});

test("what somebody types to repair a program can be tried while it is typed", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "high-watermark" } });
  for (let question = lessonOf("high-watermark").predictions?.length ?? 0; question > 0; question--) {
    await goToQuestion(lab);
    await page.locator(".give-up").click();
    await lookAtNext(lab);
  }
  const field = lab.element.locator(".repair input[type=number]").first();
  const own = await field.inputValue();
  await field.focus();
  await page.keyboard.press("End");
  await page.keyboard.type("1");
  assert.ok(await page.locator(".try-repair").isEnabled());
  await field.fill("");
  assert.equal(await field.inputValue(), "", "what is typed stays");
  await field.blur();
  assert.equal(await field.inputValue(), own);
  assert.equal(await page.locator(".try-repair").isEnabled(), false);
  await done();
});

test("a guessed level is in the drawing until what is shown goes on", async () => {
  const scenario = { format: 1, dialect: "1.4", script: [{ peer_send: "abc" }, { turn: 2 }] };
  const texts = { title: "Level", asked: "What?", goal: "See.", predictions: { n: { question: "How many?", because: "All.", why_not: { none: "They came." } } } };
  const predictions = [{ id: "n", kind: "level", vessel: "input", ask: { at: "kind:peer_sent" }, figure: "in", at: { at: "kind:received" }, wrong: [{ id: "none", value: 0 }] }];
  const lesson = JSON.stringify({ format: 1, number: 0, id: "level", test: false, scenario, dialects: ["1.4"], predictions, tasks: [], facts: {}, texts: { en: texts, zh: texts } });
  const { lab, done } = await openLab({ attributes: { lesson } });
  const { n } = await answersOf(lab, JSON.parse(lesson));
  await goToQuestion(lab);
  await answer(lab, "level", 3);
  const seen = () => lab.element.locator(".predicted").first().evaluate((it) => it.getAttribute("visibility") !== "hidden");
  assert.ok(await seen());
  await lab.seek(n.at);
  assert.ok(await seen(), "beside what came");
  await lab.seek(n.at + 1);
  assert.equal(await seen(), false);
  await done();
});

test("a place of the drawing is an answer", async () => {
  const scenario = { format: 1, dialect: "1.4", app: { on_read: [[{ read: "all" }]] }, script: [{ peer_send: "a" }, { turn: 2 }] };
  const texts = { title: "Point", asked: "What?", goal: "See.", predictions: { next: { question: "What changes next?", because: "It is called last.", why_not: { "callback:write": "Nothing is written.", "valve:read": "It stays open." } } } };
  const predictions = [
    { id: "next", kind: "point", ask: { at: "kind:received" }, choices: [{ id: "callback:read", when: "callback:read" }, { id: "callback:write", when: "callback:write" }, { id: "valve:read", when: "valve:read=high_mark" }] },
  ];
  const lesson = JSON.stringify({ format: 1, number: 0, id: "point", test: false, scenario, dialects: ["1.4"], predictions, tasks: [], facts: {}, texts: { en: texts, zh: texts } });
  const { page, lab, done } = await openLab({ attributes: { lesson } });
  await goToQuestion(lab);
  // What is no choice is asked why, as ever.
  await page.locator(".callback.event").click();
  await lab.see(".why-answer:not([hidden])");
  await page.keyboard.press("1");
  await page.locator(".valve.read .valve-body").click({ position: { x: 15, y: 4 } });
  assert.equal(await lab.element.locator(".prediction-choice:checked").getAttribute("value"), "valve:read");
  await page.locator(".callback.read").click();
  assert.equal(await lab.element.locator(".scene [data-pointed]").getAttribute("data-place"), "callback:read");
  await page.locator("button.check").click();
  await lab.see(".prediction[data-phase=right]");
  assert.equal(await lab.element.locator(".scene[data-pointing]").count(), 0);
  await done();
});

test("a question that was answered stays so in another libevent; one that was not is answered by its records", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "high-watermark" } });
  const data = lessonOf("high-watermark");
  const dialect = /** @type {any} */ (data.dialects)[1];
  const [first, second] = /** @type {any[]} */ (data.predictions);
  const found = await answersOf(lab, data);
  await goToQuestion(lab);
  await answer(lab, first.kind, found[first.id].answer);
  await lab.see(".prediction[data-phase=right]");
  await page.locator(`.dialect-field button[data-value="${dialect}"]`).click();
  const there = await lab.page.evaluate(
    async ([data, dialect]) => {
      const { Lesson, Simulation } = await import(new URL("pkg/bufferevent_wasm.js", document.baseURI).href);
      return new Lesson(data).predictions(new Simulation(JSON.stringify({ ...data.scenario, dialect })));
    },
    /** @type {const} */ ([/** @type {any} */ (data), dialect]),
  );
  await lab.see(".prediction[data-phase=right]");
  await lab.element.locator(".question-list button").nth(1).click();
  await lab.seek(0);
  await goToQuestion(lab);
  const other = there.find((/** @type {any} */ one) => one.id === second.id);
  assert.equal(await lab.at(), other.ask);
  await answer(lab, second.kind, other.answer);
  await lab.see(".question-list li:nth-child(2) button[data-phase=right]");
  await done();
});

test("a lesson from anywhere: its folder is fetched, and only that", async () => {
  const text = { title: "Mine", asked: "What?", goal: "See it.", predictions: { n: { question: "How many?", because: "All.", why_not: { none: "They came." } } } };
  const predictions = [{ id: "n", kind: "number", ask: { at: "kind:peer_sent" }, figure: "in", at: { at: "kind:received" }, wrong: [{ id: "none", value: 0 }] }];
  const rules = (/** @type {string} */ scenario) => JSON.stringify({ format: 1, number: 0, id: "mine", scenario, dialects: ["1.4"], predictions, texts: { en: "en.json", zh: "en.json" } });
  const pages = {
    "/mine/lesson.json": rules("scenario.json"),
    "/mine/scenario.json": JSON.stringify({ format: 1, dialect: "1.4", script: [{ peer_send: "abc" }, { turn: 2 }] }),
    "/mine/en.json": JSON.stringify(text),
    "/evil/lesson.json": rules("../mine/scenario.json"),
    "/gone/lesson.json": rules("nothing.json"),
  };
  const { lab, heard, site } = await openLab({ attributes: { lesson: "mine/lesson.json" }, pages });
  assert.equal(await lab.text(".lesson h2"), "Mine");
  assert.ok((await lab.length()) > 5);
  for (const [lesson, wrong] of [["evil/lesson.json", /not in the folder of the lesson/], ["gone/lesson.json", /nothing\.json: 404/], ["77", /no lesson .77.; the lessons here are 1 to 20$/], ["low-watermrak", /no lesson .low-watermrak.; did you mean low-watermark\?$/], ["Anatomie", /did you mean anatomy\?$/], ["ednigns", /did you mean endings\?$/], ["water", /no lesson .water.; the lessons here are 1 to 20$/], ['{"id":1}', /./]]) {
    await lab.open({ lesson: String(lesson) });
    assert.match(await lab.text(".notice p"), /** @type {RegExp} */ (wrong));
    assert.equal(await lab.text(".lesson h2"), "Mine", "what was there stays");
  }
  assert.ok(heard.every((line) => line.includes("404") && line.includes(site.url)), String(heard));
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
