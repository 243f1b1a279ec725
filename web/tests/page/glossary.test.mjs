/** The glossary: each of its entries can be read in every language, each has a lesson that shows it, and the page leads to them. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { ROLES } from "../../engine/roles.js";
import { CAUSES, WHAT } from "../../engine/vocabulary.js";
import { Glossary, KINDS, foundIn, marked } from "../../state/glossary.js";
import { DRAWN } from "../../views/tips.js";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";
import { engine } from "../support/engine.mjs";
import { goToQuestion, index, lessonOf } from "../support/learner.mjs";

before(startBrowser);
after(stopBrowser);

/** @type {{entries: import("../../types.js").GlossaryEntry[]}} */
const { entries } = JSON.parse(readFileSync(new URL("../../../lessons/glossary.json", import.meta.url), "utf8"));
/** @param {string} kind */
const ofKind = (kind) => entries.filter((entry) => entry.kind === kind);
const COURSE = index().filter(({ test: isTest, number }) => !isTest && number > 0);

test("every entry has a name and a sentence in each language, and is told apart from the others", () => {
  assert.equal(new Set(entries.map(({ id }) => id)).size, entries.length, "ids are of their own");
  for (const { id, kind, lesson, name, text, value, said } of entries) {
    assert.ok(KINDS.includes(kind), `${id}: ${kind}`);
    assert.ok(lesson === undefined ? kind === "step" : COURSE.some(({ number }) => number === lesson), `${id}: lesson ${lesson}`);
    assert.equal(kind === "flag", Number.isInteger(value), `${id}: flags have a value`);
    for (const words of [name, text, ...(said ? [said] : [])]) {
      assert.deepEqual(Object.keys(words), ["en", "zh"], id);
      for (const one of Object.values(words).flat()) assert.ok(one.trim().length > 0, id);
    }
    // A number that no run proves could be false.
    for (const one of Object.values(text)) assert.doesNotMatch(one.replace(/\b(1\.4|2\.[12x])/g, ""), /\d/, id);
  }
});

test("each kind of step, each callback, flag and mark, and what the tips name, has an entry", () => {
  const steps = ofKind("step").map(({ code }) => code);
  assert.deepEqual(Object.keys(ROLES).filter((kind) => !steps.includes(kind)), []);
  assert.deepEqual(ofKind("callback").map(({ code }) => code), ["readcb", "writecb", "eventcb", "event_callback_fn", "evbuffer_cb_func"]);
  assert.deepEqual(ofKind("mark").map(({ id }) => id), ["read-low", "read-high", "write-low", "write-high"]);
  const flags = [...WHAT.map(([bit, name]) => [`BEV_EVENT_${name.toUpperCase()}`, bit]), ...CAUSES.map(([bit, name]) => [`EV_${name.toUpperCase()}`, bit])];
  assert.deepEqual(ofKind("flag").map(({ code, value }) => [code, value]), flags);
  for (const [selector, id] of DRAWN) assert.ok(entries.some((entry) => entry.id === id), `${selector}: ${id}`);
});

test("what a scenario and its C program call the callbacks leads to them", () => {
  const glossary = new Glossary(entries, []);
  for (const [sought, id] of [["on_read", "readcb"], ["on_write", "writecb"], ["on_event", "eventcb"]]) {
    for (const lang of /** @type {const} */ (["en", "zh"])) assert.equal(foundIn(glossary.listed(lang), sought)[0]?.id, id, `${sought} in ${lang}`);
  }
});

test("each step comes in a run of the lesson that its entry names", async () => {
  const { Simulation } = await engine();
  /** @type {Map<string, Set<number>>} */
  const shown = new Map();
  for (const { id, number } of COURSE) {
    const { scenario, dialects, predictions = [], ...rest } = lessonOf(id);
    const scenarios = [scenario, /** @type {any} */ (rest).break?.scenario, rest.repair?.scenario, ...predictions.map((one) => one.scenario)].filter(Boolean);
    for (const one of scenarios) {
      for (const dialect of dialects ?? [one.dialect]) {
        const run = new Simulation(JSON.stringify({ ...one, dialect }));
        for (const { kind } of run.records(0, run.length)) shown.set(kind, (shown.get(kind) ?? new Set()).add(number));
        run.free();
      }
    }
  }
  for (const { code = "", lesson } of ofKind("step")) {
    const by = [...(shown.get(code) ?? [])];
    assert.ok(lesson === undefined || by.includes(lesson), `${code}: lesson ${lesson}, and it comes in ${by}`);
  }
});

test("every lesson of the course shows something of the glossary", () => {
  for (const { number, id } of COURSE) assert.ok(entries.some(({ lesson }) => lesson === number), `${id} shows nothing of it`);
});

test("words are marked where they stand first, whole ones only; what would answer an open question is not", () => {
  const glossary = new Glossary(entries, COURSE);
  const ids = (/** @type {string} */ words, /** @type {import("../../types.js").Lang} */ lang, /** @type {any} */ lesson = null) => marked(words, glossary.tips(lang, lesson)).map(({ id }) => id).filter(Boolean);
  assert.deepEqual(ids("The high mark stops input; input waits, and puts nothing.", "en"), ["read-high", "input"]);
  assert.deepEqual(ids("输入缓冲区升到高水位，rx 里还有。", "zh"), ["input", "read-high", "rx"]);
  assert.deepEqual(ids("compassion, inputs, rx-like", "en"), []);
  assert.deepEqual(ids("It is sent when ready: EV_READ, ev_read, BEV_EVENT_EOF.", "en"), ["ev-read", "read-event", "flag-eof"]);
  assert.deepEqual(ids("The high mark stops input.", "en", { number: 6, veiled: true }), ["input"]);
  assert.deepEqual(ids("The high mark stops input.", "en", { number: 7, veiled: true }), ["read-high", "input"]);
  assert.equal(marked("The `high mark` stops.", glossary.tips("en", null)).map(({ text }) => text).join(""), "The `high mark` stops.");
});

test("a word that stands for something else in a text is not marked: a byte that passes a mark is no round of the loop", () => {
  const tips = new Glossary(entries, COURSE).tips("en", null);
  const noun = /\b(a|an|the|this|very|that|one|no|each|every|next|first|second|last|of|two|three|four|some|later|another|new|whole|same|more|\d+) $/i;
  let rounds = 0;
  const wrong = [];
  for (const { id } of index()) {
    /** @param {unknown} text @returns {string[]} */
    const strings = (text) => (typeof text === "string" ? [text] : Object.values(/** @type {object} */ (text ?? {})).flatMap(strings));
    for (const text of strings(lessonOf(id).texts.en)) {
      let before = "";
      for (const piece of marked(text, tips)) {
        if (piece.id === "pass" && !noun.test(before)) wrong.push(`${id}: ${text}`);
        rounds += Number(piece.id === "pass");
        before += piece.text;
      }
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(rounds > 0);
});

test("an entry is found by any of its words, its name in C or the value of a flag", () => {
  const listed = new Glossary(entries, COURSE).listed("en");
  const found = (/** @type {string} */ sought) => foundIn(listed, sought).map(({ id }) => id);
  assert.ok(found("high mark").includes("read-high"));
  assert.deepEqual(found("BEV_EVENT_EOF"), ["flag-eof"]);
  assert.deepEqual(found("0x10"), ["flag-eof"]);
  assert.ok(found("pressure callback").includes("step-pressure-installed"));
  assert.deepEqual(found("no such thing"), []);
});

test("the glossary opens by its key, is searched, and leads to the lesson; a link leads to a term", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "anatomy" } });
  await lab.focus();
  await page.keyboard.press("g");
  await lab.see(".glossary-dialog[open]");
  assert.equal(await lab.element.locator(".entry").count(), entries.length);
  await page.keyboard.type("high mark");
  await lab.see(".entry[data-entry=read-high]");
  assert.ok((await lab.element.locator(".entry").count()) < 12);
  await page.locator(".entry[data-entry=read-high] .entry-lesson").click();
  await lab.see(`.lesson h2:text-is("${lessonOf("high-watermark").texts.en.title}")`);
  assert.equal(await lab.element.locator(".glossary-dialog[open]").count(), 0);
  await done();

  const linked = await openLab({ body: "<bufferevent-lab linked></bufferevent-lab>", state: "" });
  await linked.page.goto(`${linked.site.url}test.html#lesson=anatomy&term=write-low`);
  await linked.page.reload();
  await linked.lab.see(".entry[data-entry=write-low][aria-current]");
  assert.ok(await linked.lab.element.locator(".entry[data-entry=write-low]").isVisible());
  await linked.page.locator(".glossary-dialog .close").click();
  await linked.page.waitForFunction(() => !location.hash.includes("term"));
  await linked.done();
});

test("a word and a part of the scene tell what they are; Escape takes it away", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "anatomy" } });
  await lab.element.locator(".goal .term[data-term=peer]").hover();
  await lab.see(".tip:popover-open");
  assert.match(await lab.text(".tip"), /other end of the connection/);
  await page.keyboard.press("Escape");
  assert.equal(await lab.element.locator(".tip:popover-open").count(), 0);
  await lab.element.locator(".stage .vessel.rx .vessel-name").hover();
  await lab.see(".tip:popover-open");
  assert.match(await lab.text(".tip"), /receive queue/);
  await page.locator(".tip-more").click();
  await lab.see(".entry[data-entry=rx][aria-current]");
  await page.keyboard.press("Escape");
  // While a question is open, what this lesson shows is not told in passing.
  await lab.open({ lesson: "high-watermark" });
  await goToQuestion(lab);
  assert.equal(await lab.element.locator(".prediction .term[data-term=read-high]").count(), 0);
  await page.locator(".give-up").click();
  await lab.see(".verdict .term");
  await done();
});
