/** Links: what they hold, that they lead back, and what is said of a bad one. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { fromFragment, toFragment } from "../../state/link.js";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";
import { edgeScenarios, traceOf } from "../support/scenarios.mjs";

before(startBrowser);
after(stopBrowser);

const LINKED = { body: "<bufferevent-lab linked></bufferevent-lab>" };
/** @param {import("playwright-core").Page} page @param {RegExp} wanted */
const address = (page, wanted) => page.waitForFunction((wanted) => new RegExp(wanted).test(location.hash), wanted.source);
/** @param {import("playwright-core").Page} page @param {number} position */
const at = (page, position) => page.waitForFunction((position) => /** @type {any} */ (document.querySelector("bufferevent-lab")).position === position, position);

test("a link holds everything, and gives it back", async () => {
  const run = JSON.stringify({ format: 1, dialect: "1.4", script: [{ peer_send: "h\u00e9llo & = # % \u4e2d" }, { turn: 2 }] });
  const place = { lesson: "low-watermark", part: "break", run, dialect: "2.1", step: 37, connection: 2, panel: "log", stop: "callback:read and in>=16" };
  const fragment = await toFragment(place);
  assert.match(fragment, /^lesson=low-watermark&part=break&run=[\w-]+&dialect=2\.1&step=37&/);
  assert.deepEqual(await fromFragment(fragment), { place, problems: [] });
  for (const address of ["https://example.org/a/lesson.json?x=1&y=2", "mine/lesson.json"]) {
    assert.deepEqual((await fromFragment(await toFragment({ lesson: address }))).place, { lesson: address });
    assert.deepEqual((await fromFragment(await toFragment({ scenario: address }))).place, { scenario: address });
  }
});

test("a file that was opened is in the address as far as it goes: a scenario with its branches comes back, a recording leaves no lesson there", async () => {
  const { page, lab, done } = await openLab({ ...LINKED, first: true, clock: true });
  const scenario = { format: 1, dialect: "2.1", name: "mine", script: [{ peer_send: "hello" }, { turn: 1 }, { peer_send: "again" }, { turn: 1 }] };
  const open = (/** @type {string} */ name, /** @type {string} */ text) => lab.element.locator("input[type=file]").setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(text) });
  await open("mine.json", JSON.stringify(scenario));
  await address(page, /^#scenario=[\w-]+$/);
  await lab.seek(7);
  await address(page, /^#scenario=[\w-]+&step=7$/);
  await page.reload();
  await at(page, 7);
  await lab.act("as the peer", { peer_send: "more" });
  const [experiment, recording] = await lab.element.evaluate((it) => [/** @type {any} */ (it).exportExperiment(), /** @type {any} */ (it).exportRecording()]);
  await lab.open({ lesson: "anatomy" });
  await address(page, /^#lesson=anatomy/);
  await open("mine.json", experiment);
  await address(page, /^#scenario=[\w-]+&run=[\w-]+&step=\d+$/);
  const [there, branches] = [await lab.at(), await lab.all(".branch")];
  assert.ok(branches.length > 1);
  await page.reload();
  await at(page, there);
  assert.deepEqual(await lab.all(".branch"), branches);

  await open("it.jsonl", recording);
  await lab.see(".header .segments button[data-value=recording][aria-pressed=true]");
  await address(page, /^$/);
  await page.goBack();
  await lab.see(".header .segments button[data-value=simulation][aria-pressed=true]");
  assert.deepEqual(await lab.all(".branch"), branches);

  // What is written while one rests there is of this entry, and leaves those ahead.
  await page.clock.runFor(1000);
  await address(page, /&panel=log$/);
  // Nobody else has the file, but this page still does.
  await page.goForward();
  await lab.see(".header .segments button[data-value=recording][aria-pressed=true]");
  const steps = await lab.length();
  assert.ok(steps > 10 && (await lab.all(".notice p"))[0] === "", "the recording, and not lesson 1");
  const first = await page.evaluate(() => history.state.bufferevent);
  await open("other.jsonl", recording.split("\n").slice(0, 9).join("\n"));
  await page.waitForFunction((steps) => /** @type {any} */ (document.querySelector("bufferevent-lab")).length < steps, steps);
  await page.waitForFunction((first) => ![undefined, first].includes(history.state?.bufferevent), first);
  const entries = await page.evaluate(() => history.length);
  await page.goBack();
  await page.waitForFunction((steps) => /** @type {any} */ (document.querySelector("bufferevent-lab")).length === steps, steps);
  // Gone back to, it is the entry that it was, and the other is still ahead.
  await page.clock.runFor(1000);
  assert.deepEqual(await page.evaluate(() => [history.state.bufferevent, history.length]), [first, entries]);
  await page.goForward();
  await page.waitForFunction((steps) => /** @type {any} */ (document.querySelector("bufferevent-lab")).length < steps, steps);
  // Loaded anew, the page has none of them.
  await page.reload();
  await lab.see(".notice:not([hidden])");
  assert.match(await lab.text(".notice"), /does not have it any more/);
  await lab.see(".lesson h2");
  await done();
});

test("without compression a link is longer, and holds the same", async () => {
  const given = globalThis.CompressionStream;
  const scenario = JSON.stringify({ format: 1, dialect: "1.4" });
  try {
    /** @type {any} */ (globalThis).CompressionStream = undefined;
    const fragment = await toFragment({ scenario });
    assert.match(fragment, /^scenario=%7B/);
    assert.deepEqual((await fromFragment(fragment)).place, { scenario });
  } finally {
    globalThis.CompressionStream = given;
  }
});

test("an ordinary scenario makes a link of less than 2000 characters", async () => {
  const lengths = await Promise.all(edgeScenarios().map(async (scenario) => ({ bytes: JSON.stringify(scenario).length, length: (await toFragment({ scenario: JSON.stringify(scenario) })).length })));
  const long = lengths.filter(({ bytes, length }) => bytes < 4000 && length >= 2000);
  assert.ok(lengths.length > 20);
  assert.deepEqual(long, []);
});

test("a bad link names its field, and keeps the rest", async () => {
  for (const [fragment, wrong] of /** @type {[string, RegExp][]} */ ([
    ["lesson=a&stepp=3", /stepp.*there is no such field; there are lesson, part/],
    ["lesson=a&step=x", /step.*no number/],
    ["lesson=a&step=-1", /step.*no number/],
    ["lesson=a&panel=x", /panel.*lesson, code, log/],
    ["lesson=a&run=xyz", /run.*damaged/],
    ["lesson=a&run=**", /run.*letters/],
    ["lesson=a&run=x", /run.*damaged/],
    // What unpacks to no text.
    ["lesson=a&run=-__vLwA", /run.*damaged/],
    ["lesson=a&stop=%E0%A4%A", /stop.*follows a %/],
    ["lesson=a&run=%%", /run.*follows a %/],
    ["lesson=a&panel=", /panel.*empty/],
    ["lesson=a&lesson=b", /lesson.*twice; the first counts/],
  ])) {
    const { place, problems: [problem = null] } = await fromFragment(fragment);
    assert.deepEqual(place, { lesson: "a" });
    assert.match(String(problem?.message), wrong);
  }
  // Few letters that unpack to very many.
  const bomb = await toFragment({ run: `{"a":"${" ".repeat(2_000_000)}"}` });
  assert.match(String((await fromFragment(bomb)).problems[0]?.message), /too long/);
});

test("the address says what is shown; Back and forward lead through what was opened", async () => {
  const { page, lab, done, site } = await openLab(LINKED);
  await page.goto(`${site.url}test.html#lesson=low-watermark&step=12&panel=state`);
  await at(page, 12);
  assert.equal(await lab.element.locator(".state-panel").isVisible(), true);
  await lab.seek(15);
  await address(page, /step=15/);
  const before = await page.evaluate(() => history.length);
  await lab.seek(16);
  await address(page, /step=16/);
  assert.equal(await page.evaluate(() => history.length), before, "a step is no entry");
  const own = await lab.length();

  await lab.element.evaluate((it) => /** @type {any} */ (it).act({ peer_send: "more of it" }));
  await address(page, /run=/);
  const [length, position] = [await lab.length(), await lab.at()];
  const link = await page.evaluate(() => location.href);
  assert.ok(link.length < 2000, String(link.length));
  await page.goBack();
  await at(page, 16);
  assert.equal(await lab.length(), own);
  await page.goForward();
  await at(page, position);
  assert.equal(await lab.length(), length);

  // And for somebody else.
  await page.goto("about:blank");
  await page.goto(link);
  await at(page, position);
  assert.equal(await lab.length(), length);
  assert.equal(await lab.element.locator(".lesson-select").inputValue(), "low-watermark");
  await done();
});

test("a link holds a script of twenty lines with its two branches, in less than 2,000 characters", async () => {
  const script = Array.from({ length: 20 }, (_, line) => [{ peer_send: `message number ${line} of many\n` }, { turn: 1 }, { peer_recv: 10 + line }, { advance_ms: 5 }][line % 4]);
  const scenario = { format: 1, dialect: "2.1", bufferevent: { read: { low: 4, high: 64 } }, app: { on_read: [[{ echo: "reply: " }]] }, script };
  const { page, lab, done, site } = await openLab(LINKED);
  await page.goto(`${site.url}test.html#${await toFragment({ scenario: JSON.stringify(scenario) })}`);
  await page.reload();
  await lab.state("ready");
  for (const [position, step] of /** @type {[number, object][]} */ ([[60, { peer_send: "a branch of it" }], [20, { set_watermark: { read: { low: 8, high: 32 } } }]])) {
    await lab.seek(position);
    await lab.element.evaluate((it, step) => /** @type {any} */ (it).act(step), step);
    await lab.seek(1e9);
  }
  const names = await lab.all(".branches li");
  assert.equal(names.length, 3, "as it was, and two branches");
  const position = await lab.at();
  await address(page, new RegExp(`run=.*step=${position}`));
  const link = await page.evaluate(() => location.href);
  assert.ok(link.length < 2000, String(link.length));

  // For somebody else all ways are there, and the last is looked at.
  await page.goto("about:blank");
  await page.goto(link);
  await at(page, position);
  assert.deepEqual(await lab.all(".branches li"), names);
  assert.equal(await page.evaluate(() => location.href), link);
  await done();
});

test("a link in another libevent, to the broken experiment, stops where it stopped", async () => {
  const { page, lab, done, site } = await openLab(LINKED);
  await page.goto(`${site.url}test.html#lesson=low-watermark&part=break&dialect=2.1&stop=in%3E%3D12`);
  await lab.see(".lesson-part");
  await page.waitForFunction(() => /** @type {any} */ (document.querySelector("bufferevent-lab")).length > 0);
  assert.equal(await lab.element.locator(".dialect-field [aria-pressed=true]").textContent(), "2.1");
  assert.equal(await lab.element.locator("input.expression").inputValue(), "in>=12");
  await lab.seek(3);
  await address(page, /part=break&dialect=2\.1&step=3/);
  await done();
});

test("of a link with a field that cannot be used the rest is shown", async () => {
  const { page, lab, site } = await openLab(LINKED);
  for (const wrong of ["dialect=9", "stop=sometimes", "connection=9", "term=nothing"]) {
    await page.goto("about:blank");
    await page.goto(`${site.url}test.html#lesson=low-watermark&step=12&panel=state&${wrong}`);
    await lab.element.locator(".notice:not([hidden])").waitFor();
    assert.ok((await lab.text(".notice p")).includes(`\u201c${wrong.split("=")[0]}\u201d`), wrong);
    assert.equal(await lab.at(), 12, wrong);
    assert.equal(await lab.element.locator(".state-panel").isVisible(), true, wrong);
  }
});

test("in Chinese a bad link is answered in Chinese", async () => {
  const { page, lab, site } = await openLab({ ...LINKED, context: { locale: "zh-CN" } });
  for (const wrong of ["dialect=9", "step=9999", "step=x", "connection=9", "term=nothing", "panel=x", "present=7", "run=x", "run=**", "part=x", "stepp=1"]) {
    await page.goto("about:blank");
    await page.goto(`${site.url}test.html#lesson=low-watermark&${wrong}`);
    await lab.element.locator(".notice:not([hidden])").waitFor();
    const words = await lab.text(".notice p");
    assert.ok(words.includes(`\u201c${wrong.split("=")[0]}\u201d：`), words);
    assert.match(words.split("\u201d：")[1], /\p{Script=Han}/u, words);
  }
});

test("of a link that is followed in part it is said what was followed and what was not, in the language that the page speaks now", async () => {
  const { page, lab, site } = await openLab(LINKED);
  const follow = async (/** @type {string} */ fragment) => {
    await page.goto("about:blank");
    await page.goto(`${site.url}test.html#${fragment}`);
    await lab.element.locator(".notice:not([hidden])").waitFor();
  };
  const speak = (/** @type {string} */ lang) => lab.element.evaluate((it, lang) => it.setAttribute("lang", lang), lang);
  await follow("lesson=low-watermark&step=9999&panel=state&dialect=9");
  const english = "The link could be followed only in part. Followed: the lesson, the panel. Not followed: \u201cdialect\u201d: there is no \u201c9\u201d; there are 1.4, 2.1, 2.2; \u201cstep\u201d: 9999 is beyond the end, at ";
  assert.ok((await lab.text(".notice p")).startsWith(english), await lab.text(".notice p"));
  await speak("zh");
  const chinese = "这个链接只有一部分可用。已按链接打开：课程、面板。未能使用：\u201cdialect\u201d：没有 \u201c9\u201d；有 1.4, 2.1, 2.2；\u201cstep\u201d：第 9999 步超出了结尾";
  assert.ok((await lab.text(".notice p")).startsWith(chinese), await lab.text(".notice p"));
  await speak("en");
  assert.ok((await lab.text(".notice p")).startsWith(english));

  // What goes by something that is not there is left out.
  await follow("lesson=low-watermark&part=x&step=12&panel=log");
  assert.match(await lab.text(".notice p"), /Followed: the lesson\. Not followed: .part.: .*Left out, since it goes by what is not there: the step, the panel\.$/);
  await speak("zh");
  assert.match(await lab.text(".notice p"), /已按链接打开：课程。未能使用：.part.：.*因缺少它所依据的内容而略去：步、面板。$/);

  // It is as little there where it cannot be read: the step is one of another run.
  await follow("lesson=low-watermark&run=xyz&step=12&panel=log");
  assert.match(await lab.text(".notice p"), /Followed: the lesson\. Not followed: .run.: .*damaged.*Left out, since it goes by what is not there: the step, the panel\.$/);
  assert.equal(await lab.at(), 0);

  // Of one that leads nowhere nothing was followed.
  await follow("lesson=99&step=3");
  assert.match(await lab.text(".notice p"), /^The link cannot be followed: .lesson.: /);
  await follow("lesson=99&step=x");
  assert.match(await lab.text(".notice p"), /^The link cannot be followed: .lesson.: .*; .step.: /);
  // What the engine says of it is in the reader's language, too.
  await follow("lesson=low-watermark&stop=kind:recieved");
  await speak("zh");
  assert.ok((await lab.text(".notice p")).endsWith('\u201cstop\u201d：没有 "recieved" 这种步骤：是不是想写 "received"？。'), await lab.text(".notice p"));
});

test("the window is called after what is shown and the step, once it rests there, and each entry of the history keeps its own", async () => {
  const { page, lab, done } = await openLab(LINKED);
  const called = (/** @type {string} */ title) => page.waitForFunction((title) => document.title === title, title);
  await lab.open({ lesson: "low-watermark" });
  await lab.seek(12);
  await called("Low watermark, step 12 \u2013 bufferevent lab");
  await lab.element.evaluate((it) => it.setAttribute("lang", "zh"));
  await called("低水位，第 12 步 \u2013 bufferevent 实验室");
  await lab.element.evaluate((it) => it.setAttribute("lang", "en"));
  await called("Low watermark, step 12 \u2013 bufferevent lab");
  await page.evaluate(() => (location.hash = "lesson=low-watermark&part=break&step=3"));
  await called("Low watermark (broken), step 3 \u2013 bufferevent lab");
  await lab.element.locator("input[type=file]").setInputFiles({ name: "mine.json", mimeType: "text/plain", buffer: Buffer.from('{"format":1,"dialect":"2.1","title":"Mine","script":[{"turn":1}]}') });
  await called("Mine, step 0 \u2013 bufferevent lab");
  await page.goBack();
  await called("Low watermark (broken), step 3 \u2013 bufferevent lab");
  await page.goBack();
  await called("Low watermark, step 12 \u2013 bufferevent lab");
  await done();
});

test("a link that cannot be followed says which field, and offers the lesson", async () => {
  const { page, lab, site } = await openLab(LINKED);
  for (const [fragment, wrong, shown] of /** @type {[string, RegExp, boolean][]} */ ([
    ["lesson=99", /lesson.*no lesson .99.; the lessons here are 1 to 20$/, false],
    ["lesson=low-watermark&step=9999", /step.*beyond the end/, true],
    ["lesson=low-watermark&run=xyz", /run.*damaged/, true],
    ["lesson=low-watermark&dialect=9", /dialect.*there are 1\.4/, true],
    ["lesson=low-watermark&connection=7", /connection.*no .7. here/, true],
    ["lesson=low-watermark&part=x", /part.*there are break, repair/, true],
    ["scenario=%7B%22format%22:1,%22dialect%22:%22x%22%7D", /scenario.*dialect/, false],
    ["scenario=%7B", /scenario.*the text ends within an object/, false],
    ["scenario=AAAA&step=3", /cannot be followed.*scenario.*damaged/, false],
    ["scenario=[1,2]", /scenario.*expected an object, found a list/, false],
    ["lesson=", /lesson.*it is empty/, false],
    ["lesson=low-watermark&step=abc&panel=zz&stop=bad&dialect=9", /step.*panel.*dialect.*stop/, true],
  ])) {
    await page.goto("about:blank");
    await page.goto(`${site.url}test.html#${fragment}`);
    await lab.element.locator(".notice:not([hidden])").waitFor();
    assert.match(await lab.text(".notice p"), wrong);
    assert.equal(await lab.element.getAttribute("data-state"), shown ? "ready" : "failed");
    if (shown) assert.equal(await lab.text(".lesson h2"), "Low watermark");
    await page.getByRole("button", { name: "Open the first lesson" }).click();
    await lab.state("ready");
    await lab.element.locator(".notice").waitFor({ state: "hidden" });
  }
});

test("what is shown can be taken along", async () => {
  const { page, lab, done, site } = await openLab({ ...LINKED, context: { permissions: ["clipboard-read", "clipboard-write"] } });
  await lab.open({ lesson: "low-watermark" });
  await lab.seek(9);
  await page.getByRole("button", { name: "Share" }).click();
  const copied = async (/** @type {string} */ what) => {
    await page.evaluate(() => navigator.clipboard.writeText(""));
    await page.locator(`.share-${what}`).click();
    await page.waitForFunction(async () => (await navigator.clipboard.readText()) !== "");
    return page.evaluate(() => navigator.clipboard.readText());
  };
  assert.equal(await copied("link"), `${site.url}test.html#lesson=low-watermark&step=9`);
  assert.match(await copied("embed"), /<script type="module" src="[^"]+lab\.js"><\/script>\n<bufferevent-lab lesson="low-watermark" step="9" controls="minimal"><a href="[^"]+#lesson=low-watermark&amp;step=9">Low watermark<\/a><\/bufferevent-lab>/);
  assert.equal(JSON.parse(await copied("scenario")).format, 1);
  assert.match(await copied("program"), /#include <event/);
  await done();
});

test("what a browser does not let the page copy is handed over as a file", async () => {
  const { page, lab, done } = await openLab({ body: "<bufferevent-lab linked></bufferevent-lab>" });
  await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: { writeText: () => Promise.reject(new DOMException("no", "NotAllowedError")) } }));
  await page.getByRole("button", { name: "Share" }).click();
  for (const [what, name] of [["link", "link.txt"], ["embed", "embed.html"], ["scenario", "scenario.json"], ["program", "scenario.c"]]) {
    const [file] = await Promise.all([page.waitForEvent("download"), page.locator(`.share-${what}`).click()]);
    assert.equal(file.suggestedFilename(), name);
    await page.waitForFunction((name) => document.querySelector("bufferevent-lab")?.shadowRoot?.querySelector(".share-said")?.textContent === `Saved as ${name}.`, name);
  }
  assert.match(await lab.text(".share-said"), /scenario\.c/);
  await done();
});

test("a trace for Perfetto is byte for byte that of bufferevent-scenario", async () => {
  const scenario = { format: 2, dialect: "2.1", title: "Two & a trace", bufferevents: { left: {}, right: { pair_with: "left" } }, script: [{ write: "hello", of: "left" }, { turn: 2 }] };
  const { page, done } = await openLab({ attributes: { scenario: JSON.stringify(scenario) } });
  await page.getByRole("button", { name: "Share" }).click();
  const [saved] = await Promise.all([page.waitForEvent("download"), page.locator(".share-perfetto").click()]);
  assert.equal(saved.suggestedFilename(), "bufferevent.perfetto-trace");
  assert.deepEqual(await readFile(await saved.path()), traceOf(scenario));
  await done();
});

test("a choice of no lessons in the query is told, and gives all of them", async () => {
  const { page, lab, site } = await openLab(LINKED);
  await page.goto(`${site.url}test.html?lessons=`);
  await lab.element.locator(".notice:not([hidden])").waitFor();
  assert.match(await lab.text(".notice p"), /\u201c\?lessons\u201d: it is empty/);
  assert.ok((await lab.element.locator("select.lesson-select option").count()) >= 20);
});
