/** What was done: kept on this device, taken along, brought, cleared; and what a teacher asks for. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { Progress, progressCsv, progressJson, readProgress } from "../../state/progress.js";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";
import { answer, answersOf, current, goToQuestion, index, lessonOf } from "../support/learner.mjs";

before(startBrowser);
after(stopBrowser);

const ANSWER = { first: 3, choice: 5, answer: 5, right: true, tries: 2, dialect: "1.4" };
const KEPT = { answers: { held: ANSWER }, tasks: ["called"], repaired: true };

/** A store that holds one text. */
const shelf = (text = "") => /** @type {any} */ ({ text, getItem: () => shelf.text || text, setItem: (/** @type {string} */ _, /** @type {string} */ written) => (text = written) });

test("what is kept survives, in a private window lasts as long as the page, and damage is let be", () => {
  const store = shelf();
  new Progress(store).keep("a", KEPT);
  assert.deepEqual(new Progress(store).of("a"), KEPT);
  const refused = { getItem() { throw new Error("private"); }, setItem() { throw new Error("private"); } };
  const fleeting = new Progress(/** @type {any} */ (refused));
  fleeting.keep("a", KEPT);
  assert.deepEqual(fleeting.of("a"), KEPT);
  assert.deepEqual(new Progress(shelf("no JSON")).of("a").tasks, []);
});

test("what two tabs do of one lesson is all kept", async () => {
  const { page, lab, done, site } = await openLab({ attributes: { lesson: "anatomy" } });
  const other = await page.context().newPage();
  await other.goto(`${site.url}test.html`);
  await other.locator("bufferevent-lab").evaluate((it) => it.setAttribute("lesson", "anatomy"));
  const [first, second] = lessonOf("anatomy").predictions ?? [];
  await other.locator(".question-list button").nth(1).click();
  await page.locator(".give-up, .go-there").first().waitFor();
  await goToQuestion(lab);
  await page.locator(".give-up").click();
  await other.locator(".go-there").click();
  await other.locator(".give-up").click();
  const kept = readProgress(await other.evaluate(() => localStorage.getItem("bufferevent-lab:progress") ?? ""));
  assert.deepEqual(Object.keys(kept.anatomy.answers), [first.id, second.id]);
  // Begun anew, it has none of them.
  await other.locator(".start-over").click();
  await other.locator(".go-there").click();
  await other.locator(".give-up").click();
  assert.deepEqual(Object.keys(readProgress(await other.evaluate(() => localStorage.getItem("bufferevent-lab:progress") ?? "")).anatomy.answers), [first.id]);
  await done();
});

test("where nothing can be kept the page does not say that it is", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "anatomy" } });
  await page.evaluate(() => (Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); }));
  const note = async () => {
    await page.locator(".progress-button").click();
    const words = await lab.text(".progress-dialog > .note");
    await page.keyboard.press("Escape");
    return words;
  };
  assert.match(await note(), /^It is kept on this device/);
  await page.locator(".go-there").click();
  await page.locator(".give-up").click();
  assert.match(await note(), /keeps nothing for this page.*as a file/);
  await done();
});

test("a file adds to what is kept, and its own answers stay", () => {
  const progress = new Progress(null);
  progress.keep("a", { answers: { x: { ...ANSWER, right: false } }, tasks: ["one"], repaired: false });
  progress.add({ a: { answers: { x: ANSWER, y: ANSWER }, tasks: ["one", "two"], repaired: true }, b: KEPT });
  assert.equal(progress.of("a").answers.x.right, false);
  assert.equal(progress.of("a").answers.y.right, true);
  assert.deepEqual([progress.of("a").tasks, progress.of("a").repaired, progress.of("b")], [["one", "two"], true, KEPT]);
});

test("a file that is none says what is wrong with it", () => {
  const lessons = { a: KEPT };
  assert.deepEqual(readProgress(progressJson(lessons, "Ada")), lessons);
  const damaged = (/** @type {(file: any) => void} */ damage) => {
    const file = JSON.parse(progressJson(lessons));
    damage(file);
    return JSON.stringify(file);
  };
  for (const [text, wrong] of /** @type {[string, RegExp][]} */ ([
    ["{", /JSON/],
    ["[]", /`progress`/],
    [damaged((file) => (file.version = 7)), /`version` is 7/],
    [damaged((file) => (file.lessons = 1)), /`lessons`/],
    [damaged((file) => (file.lessons.a.tasks = [1])), /`lessons\.a\.tasks`/],
    [damaged((file) => delete file.lessons.a.repaired), /`lessons\.a\.repaired`/],
    [damaged((file) => (file.lessons.a.answers.held.right = "yes")), /`lessons\.a\.answers\.held\.right`/],
    [damaged((file) => (file.lessons.a.answers.held.choice = {})), /`lessons\.a\.answers\.held\.choice`/],
    [damaged((file) => (file.lessons.a.drawn = {})), /`lessons\.a\.drawn`/],
  ])) assert.throws(() => readProgress(text), wrong);
});

test("as a file and as a table: a row each, the score of a concept test, and nothing that a spreadsheet would run", () => {
  const lessons = { a: KEPT, concepts: { answers: { x: ANSWER, y: { ...ANSWER, right: false, first: "=cmd()" } }, tasks: [], repaired: false, drawn: { before: ["x"], after: ["y", "z"] } } };
  const told = { ...ANSWER, first: null, choice: null, right: false, tries: 0 };
  const shown = progressCsv({ a: { answers: { x: told, y: { ...told, first: 4, choice: 7, tries: 2 }, z: { ...told, choice: "loop" } }, tasks: [], repaired: false } });
  assert.deepEqual([...shown.matchAll(/question,(\w),(\w+)/g)].map(([, id, result]) => [id, result]), [["x", "shown"], ["y", "shown"], ["z", "wrong"]], "an answer that was asked for is no wrong one");
  const rows = progressCsv(lessons, '=HYPERLINK("x"),A').split("\r\n");
  assert.equal(rows[0], "reader,lesson,kind,item,result,first,last,answer,tries,libevent");
  assert.equal(rows[1], '"\'=HYPERLINK(""x""),A",a,question,held,right,3,5,5,2,1.4');
  assert.ok(rows.some((row) => row.includes("concepts,score,before,1/1")) && rows.some((row) => row.includes("concepts,score,after,0/2")));
  assert.ok(rows.some((row) => row.includes(",'=cmd(),")));
  const json = progressJson(lessons);
  assert.deepEqual(JSON.parse(json).scores, { concepts: { before: "1/1", after: "0/2" } });
  assert.deepEqual(readProgress(json), lessons);
});

test("exported, cleared, and brought back", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "low-watermark" } });
  const data = lessonOf("low-watermark");
  const rules = /** @type {any} */ (data.predictions)[(await current(lab)).number];
  await goToQuestion(lab);
  await answer(lab, rules.kind, (await answersOf(lab, data))[rules.id].answer);
  await lab.see(".prediction[data-phase=right]");
  await page.locator(".progress-button").click();
  await page.locator("[name=reader]").fill("Ada");
  const saved = async (/** @type {string} */ button) => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator(button).click()]);
    return readFile(await download.path(), "utf8");
  };
  const json = await saved(".export-json");
  const file = JSON.parse(json);
  assert.equal(file.name, "Ada");
  assert.equal(file.lessons["low-watermark"].answers[rules.id].right, true);
  assert.match(await saved(".export-csv"), new RegExp(`Ada,low-watermark,question,${rules.id},right`));

  await page.locator(".clear").click();
  const row = lab.element.locator(".progress-table tr", { has: page.getByRole("button", { name: "Low watermark", exact: true }) });
  assert.match((await row.locator("td").last().textContent()) ?? "", /^1 \//, "one press clears nothing");
  await page.locator(".clear").click();
  await lab.see(".question-list:not(:has([data-phase=right]))");
  const bring = async (/** @type {string} */ text) => {
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.locator(".import").click()]);
    await chooser.setFiles({ name: "progress.json", mimeType: "application/json", buffer: Buffer.from(text) });
  };
  await bring(json);
  await lab.see(".question-list button[data-phase=right]");
  await bring('{"progress":"bufferevent","version":2}');
  await page.locator(".progress-dialog .close").click();
  assert.match(await lab.text(".notice p"), /`version` is 2/);
  await done();
});

test("a teacher's link opens its lessons in its order, and asks for what was done at the end", async () => {
  const ids = index().filter(({ test }) => !test).map(({ id }) => id);
  const chosen = [ids.at(-1), ids[0]];
  const { page, lab, done, site } = await openLab({ body: "<bufferevent-lab linked></bufferevent-lab>" });
  await page.goto(`${site.url}test.html?lessons=${chosen.join(",")}&export`);
  await lab.state("ready");
  const options = () => lab.element.locator(".lesson-select option").evaluateAll((all) => all.map((it) => /** @type {HTMLOptionElement} */ (it).value));
  assert.deepEqual(await options(), chosen);
  assert.equal(await lab.text(".lesson h2"), lessonOf(String(chosen[0])).texts.en.title);
  assert.equal(await lab.element.locator(".hand-in").isVisible(), false);
  await page.locator(".lesson-step").last().click();
  await lab.element.locator(".hand-in").waitFor();
  assert.equal(await lab.text(".lesson h2"), lessonOf(String(chosen[1])).texts.en.title);
  await page.locator(".hand-in").click();
  await lab.see(".progress-dialog[open]");
  await done();
});

test("a teacher's link that may not be copied is shown", async () => {
  const { page, lab, done, site } = await openLab({ body: "<bufferevent-lab linked></bufferevent-lab>" });
  await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: { writeText: () => Promise.reject(new DOMException("no", "NotAllowedError")) } }));
  await page.locator(".progress-button").click();
  await page.locator(".teach").click();
  await lab.see(".taught:not(:empty)");
  assert.equal(await lab.text(".taught"), `${site.url}test.html?export`);
  await done();
});

test("a teacher's link to what is not there names what is", async () => {
  const { lab } = await openLab({ body: '<bufferevent-lab lessons="4,99"></bufferevent-lab>', state: "" });
  await lab.element.locator(".notice:not([hidden])").waitFor();
  assert.match(await lab.text(".notice p"), /no lesson .99.; the lessons here are 1 to 20$/);
});

test("a concept test asks one half before and the other after, and its score goes into the file", async () => {
  const scenario = (/** @type {string} */ title) => ({ format: 1, title, dialect: "1.4", app: { on_read: [[{ read: "all" }]] }, script: [{ peer_send: title }, { turn: 2 }] });
  const ids = ["a", "b", "c"];
  const text = { question: "Who is called?", choices: { read: "readcb", write: "writecb" }, because: "Bytes came.", why_not: { write: "Nothing left." } };
  const predictions = ids.map((id) => ({ id, kind: "choose", scenario: scenario(id), ask: { at: "kind:received" }, choices: [{ id: "read", when: "callback:read" }, { id: "write", when: "callback:write" }] }));
  const texts = { title: "Test", asked: "What?", goal: "See.", predictions: Object.fromEntries(ids.map((id) => [id, text])) };
  const lesson = JSON.stringify({ format: 1, number: 0, id: "mytest", test: true, dialects: ["1.4"], predictions, facts: {}, texts: { en: texts, zh: texts } });
  const { page, lab, done } = await openLab({ attributes: { lesson } });
  const half = async (/** @type {string[]} */ choices) => {
    for (const [at, choice] of choices.entries()) {
      await lab.see(".prediction[data-phase=asked]");
      await page.locator(`.prediction-choice[value=${choice}]`).check();
      await page.locator("button.check").click();
      if (at + 1 < choices.length) await page.locator(".next-question").click();
    }
  };
  assert.match(await lab.text(".question-head h3"), /Before the course: question 1 of 2/);
  await half(["read", "write"]);
  assert.match(await lab.text(".test-score p"), /1 right of 2 answered; there are 2/);
  assert.equal(await lab.element.locator(".next-question").isVisible(), false, "the rest waits");
  await page.locator(".other-half").click();
  assert.match(await lab.text(".question-head h3"), /After the course: question 1 of 1/);
  await half(["read"]);
  assert.match(await lab.text(".test-score p"), /1 right of 1/);
  // Back in the first half its questions are there, though all are answered.
  await page.locator(".other-half").click();
  assert.match(await lab.text(".question-head h3"), /Before the course: question 1 of 2/);
  assert.equal(await lab.element.locator(".prediction").isVisible(), true);
  const kept = await page.evaluate(() => localStorage.getItem("bufferevent-lab:progress") ?? "");
  const csv = progressCsv(readProgress(kept));
  assert.match(csv, /mytest,score,before,1\/2/);
  assert.match(csv, /mytest,score,after,1\/1/);
  await done();
});
