/** The page on the real server: many connections, time travel, a capture, a server that goes and comes back. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { Lab } from "../support/lab.mjs";
import { client, startServer, stopServers } from "../support/server.mjs";
import { GUARD, complaints, launch } from "../support/site.mjs";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => (browser = await launch()));
after(() => Promise.all([browser.close(), stopServers()]));

/** @param {{url: string}} server */
async function openLive(server) {
  const opened = await openServed(server);
  await opened.page.getByRole("button", { name: "Live", exact: true }).click();
  await opened.page.keyboard.press("Enter");
  await opened.page.locator("bufferevent-lab[data-live=connected]").waitFor();
  return opened;
}

/** @param {{url: string}} server @param {string} [link] */
async function openServed(server, link = "") {
  const profile = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en" });
  profile.setDefaultTimeout(GUARD);
  const page = await profile.newPage();
  const heard = complaints(page);
  await page.goto(`${server.url}${link}`);
  const lab = new Lab(page, page.locator("bufferevent-lab"));
  await lab.state("ready");
  return { page, lab, heard, close: () => profile.close() };
}

/** Whether a complaint is none of a server that went, in the middle of an answer perhaps. @param {string} line */
const isOfThePage = (line) => !/WebSocket|Failed to load resource: net::/.test(line);

test("twenty clients: choose one, scrub, stop, save, and open the capture without the server", async () => {
  const server = await startServer();
  const { page, lab, heard, close } = await openLive(server);
  await lab.state("following");
  assert.match(await lab.told(), /The capture begins here/);
  // There it is already: elsewhere one may still go.
  const go = lab.element.locator(".connect button[type=submit]");
  assert.equal(await go.isEnabled(), false);
  assert.notEqual(await lab.text(".to-live"), await lab.text(".live-status"), "it is connected is said once");
  await lab.element.locator(".connect input").fill("ws://127.0.0.1:1/ws");
  assert.equal(await go.isEnabled(), true);
  const clients = await Promise.all(Array.from({ length: 20 }, () => client(server.echo)));
  await Promise.all(clients.map((it, index) => it.say(`hello from ${index}`)));
  const rows = lab.element.locator(".connection");
  await rows.nth(19).waitFor();
  assert.equal(await rows.count(), 20);

  // The one that talks is at the top, and can be chosen; the marks stand still whatever it says.
  const marks = () => lab.element.locator(".mini-mark").evaluateAll((all) => all.map((mark) => /** @type {HTMLElement} */ (mark).style.insetInlineStart));
  const before = await marks();
  for (let round = 0; round < 5; round++) await clients[7].say("busy busy busy busy");
  assert.deepEqual(await marks(), before);
  const number = Number((await rows.first().textContent())?.match(/#(\d+)/)?.[1]);
  await lab.element.locator(`li[data-number="${number}"] .connection`).click();
  await lab.see(`li[data-number="${number}"] .connection[aria-pressed=true]`);
  assert.match(await lab.text(".told-where"), new RegExp(`#${number} \u00b7 20 open`));

  // What only the kernel knows is not claimed to be empty.
  assert.deepEqual(await Promise.all(/** @type {const} */ (["backlog", "rx", "tx", "got"]).map((name) => lab.level(name))), Array(4).fill("unknown"));
  assert.match((await lab.all(".vessel.rx .vessel-unknown tspan")).join(" "), /the server cannot see it/);

  // Time travel while it goes on.
  await lab.seek(10);
  await lab.state("ready");
  const length = await lab.length();
  await clients[3].say("more");
  await page.waitForFunction(([before]) => /** @type {any} */ (document.querySelector("bufferevent-lab")).length > before, [length]);
  assert.equal(await lab.at(), 10);
  assert.match(await lab.text(".to-live"), /behind .* Return to live/);
  await lab.focus();
  await page.keyboard.press("l");
  await lab.state("following");

  // A stop condition stops the view, never the server.
  await page.locator("select.stop").selectOption("callback");
  await clients[5].say("stop here");
  await lab.state("ready");
  assert.match(await lab.told(), /readcb is called/);
  await clients[5].say("it goes on");
  await page.locator("select.stop").selectOption("none");

  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const text = await readFile(await (await download).path(), "utf8");
  const saved = await lab.length();
  clients.forEach((it) => it.close());
  await server.stop();
  await page.locator("bufferevent-lab:not([data-live=connected])").waitFor();
  await lab.element.locator("input[type=file]").setInputFiles({ name: "capture.jsonl", mimeType: "text/plain", buffer: Buffer.from(text) });
  await lab.see(".header .segments button[data-value=recording][aria-pressed=true]");
  assert.ok((await lab.length()) <= saved && (await lab.length()) > 100);
  assert.deepEqual(heard.filter(isOfThePage), []);
  await close();
});

test("the server goes and comes back: the capture stays, and the page connects again", async () => {
  const server = await startServer();
  const { page, lab, heard, close } = await openLive(server);
  const talker = await client(server.echo);
  await talker.say("before");
  await page.waitForFunction(() => /** @type {any} */ (document.querySelector("bufferevent-lab")).length > 20);
  await server.stop();
  await page.locator("bufferevent-lab[data-live=lost]").waitFor();
  const captured = await lab.length();
  assert.ok(captured > 20);
  await lab.seek(5);
  assert.notEqual(await lab.told(), "");
  assert.equal(await lab.text(".to-live"), `${captured - 5} steps behind \u2013 To the end`, "there is nobody to return to");

  const again = await startServer({ listen: server.echo, http: server.page });
  await page.locator("bufferevent-lab[data-live=connected]").waitFor();
  const second = await client(again.echo);
  await second.say("after");
  await page.waitForFunction(([before]) => /** @type {any} */ (document.querySelector("bufferevent-lab")).length > before, [captured]);
  // The clock of the new server began anew: what is between is counted in steps.
  assert.match(await lab.text(".to-live"), /^\d+ steps behind \u2013 Return to live$/);
  // And so is what is told of the time, but from there on.
  await lab.element.locator(".to-live").click();
  assert.notEqual(await lab.text(".told-where > :nth-child(2)"), "0 ms");
  talker.close();
  second.close();
  await again.stop();
  assert.deepEqual(heard.filter(isOfThePage), []);
  await close();
});

test("what comes and goes between two pictures has its place on the scale: nothing jumps when one looks back", async () => {
  const server = await startServer();
  const { page, lab, close } = await openLive(server);
  await lab.state("following");
  const talker = await client(server.echo);
  // A reply is longer than the mark, and gone before the page sees it.
  await talker.say("hello");
  await lab.element.locator(".callback.write", { hasText: "1 call" }).waitFor();
  const scale = () => lab.text(".scene-scale");
  const [length, following] = [await lab.length(), await scale()];
  for (let at = 1; at <= length; at++) {
    await lab.seek(at);
    assert.equal(await scale(), following, `at ${at}`);
  }
  talker.close();
  await server.stop();
  await close();
});

test("Play holds what is followed, and follows again; time counts from when one connected; words keep their letters together", async () => {
  const server = await startServer();
  const { page, lab, heard, close } = await openLive(server);
  await lab.state("following");
  // Nobody sends: there is a picture and no record.
  assert.ok((await lab.all(".told-where > *")).includes("0 ms"));
  const status = await lab.element.locator(".live-status").boundingBox();
  assert.ok((status?.width ?? 0) > (status?.height ?? 0), "a line of words and no column of letters");
  const talker = await client(server.echo);
  await talker.say("hello");
  await page.waitForFunction(() => /** @type {any} */ (document.querySelector("bufferevent-lab")).length > 20);
  await lab.focus();
  await page.keyboard.press(" ");
  await lab.state("ready");
  const at = await lab.at();
  assert.ok(at > 20, "one stays where one was");
  await talker.say("more");
  await page.waitForFunction(([before]) => /** @type {any} */ (document.querySelector("bufferevent-lab")).length > before, [at]);
  assert.equal(await lab.at(), at);
  await lab.seek(await lab.length());
  await page.keyboard.press(" ");
  await lab.state("following");
  talker.close();
  await server.stop();
  assert.deepEqual(heard.filter(isOfThePage), []);
  await close();
});

test("where the page may not connect it says so", async () => {
  const server = await startServer();
  const { page, lab, close } = await openLive(server);
  await page.locator("bufferevent-lab").evaluate((it) => (/** @type {any} */ (it).live = "ws://127.0.0.2:1/ws"));
  await page.locator("bufferevent-lab[data-live=refused]").waitFor();
  assert.match(await lab.text(".live-status"), /content policy/);
  await server.stop();
  await close();
});

test("taken out of the page it leaves the server, and put back it goes on", async () => {
  const server = await startServer();
  const { page, lab, heard, close } = await openLive(server);
  const talker = await client(server.echo);
  await talker.say("before");
  await page.waitForFunction(() => /** @type {any} */ (document.querySelector("bufferevent-lab")).length > 20);
  const told = await page.evaluate(async () => {
    const lab = /** @type {HTMLElement} */ (document.querySelector("bufferevent-lab"));
    const [home, told] = [lab.parentElement, /** @type {string[]} */ ([])];
    const heard = (/** @type {string} */ state) =>
      new Promise((resolve) => lab.addEventListener("livestate", (event) => (told.push(/** @type {CustomEvent} */ (event).detail.state), told.at(-1) === state && resolve(state))));
    const closed = heard("closed");
    lab.remove();
    await closed;
    const connected = heard("connected");
    home?.append(lab);
    await connected;
    return [...new Set(told)];
  });
  assert.deepEqual(told.filter((state) => state !== "connecting"), ["closed", "connected"]);
  const captured = await lab.length();
  assert.ok(captured > 20, "what was captured stays");
  await talker.say("after");
  await page.waitForFunction(([before]) => /** @type {any} */ (document.querySelector("bufferevent-lab")).length > before, [captured]);
  talker.close();
  await server.stop();
  assert.deepEqual(heard.filter(isOfThePage), []);
  await close();
});

test("until a server answers, what is shown stays: the lesson, its place, its address, and what one can do; then it is followed", async () => {
  const server = await startServer();
  const { page, lab, close } = await openServed(server, "#lesson=high-watermark&step=37");
  await page.getByRole("button", { name: "Live", exact: true }).click();
  const [asked, scene] = await Promise.all([".connect", ".scene"].map((part) => lab.element.locator(part).first().boundingBox()));
  assert.ok(asked && scene && asked.y + asked.height <= scene.y, "the address is asked for above the scene");
  assert.ok(await lab.element.locator(".act").isVisible());
  await server.stop();
  await page.keyboard.press("Enter");
  await page.locator("bufferevent-lab[data-live=refused], bufferevent-lab[data-live=lost]").waitFor();
  assert.match(await lab.text(".live-status"), /Refused|Connection lost/);
  assert.equal(await lab.at(), 37);
  assert.match(await lab.text(".told-where"), /Step 37 of 131/);
  assert.equal(await lab.element.locator(".to-live").isVisible(), false, "nothing says that it is connected");
  assert.equal(await lab.element.locator(".live").isVisible(), false, "and nothing waits for clients");
  assert.match(page.url(), /#lesson=high-watermark&step=37$/);
  const again = await startServer({ listen: server.echo, http: server.page });
  await page.locator("bufferevent-lab[data-live=connected]").waitFor();
  await lab.state("following");
  assert.match(await lab.told(), /The capture begins here/);
  await again.stop();
  await close();
});

test("who wants no server any more keeps what is shown, and nobody knocks on", async () => {
  const server = await startServer();
  const { page, lab, close } = await openServed(server, "#lesson=high-watermark&step=37");
  await server.stop();
  await page.getByRole("button", { name: "Live", exact: true }).click();
  await page.keyboard.press("Enter");
  await page.locator("bufferevent-lab[data-live=refused], bufferevent-lab[data-live=lost]").waitFor();
  await page.getByRole("button", { name: "Stay here" }).click();
  assert.equal(await lab.element.getAttribute("data-live"), null);
  assert.equal(await lab.element.locator(".connect").isVisible(), false);
  assert.equal(await lab.at(), 37);
  await close();
});

test("whoever has connected by the keys looks on by the keys", async () => {
  const server = await startServer();
  const { page, lab, close } = await openLive(server);
  const address = await page.locator(".connect input").inputValue();
  await (await client(server.echo)).say("hello");
  await page.waitForFunction(() => /** @type {any} */ (document.querySelector("bufferevent-lab")).length > 3);
  await page.keyboard.press("Home");
  assert.equal(await lab.at(), 0);
  await page.keyboard.press("l");
  await lab.state("following");
  assert.equal(await page.locator(".connect input").inputValue(), address, "no key was text");
  await close();
});

test("an address where nobody listens is said", async () => {
  const server = await startServer();
  const { page, lab, close } = await openLive(server);
  await server.stop();
  await page.locator("bufferevent-lab[data-live=lost], bufferevent-lab[data-live=refused]").waitFor();
  assert.match(await lab.text(".live-status"), /viewing a recording|Refused|Connecting/);
  await close();
});

test("Back to a server that is not there any more makes no entry of what is shown meanwhile, and Forward leads there", async () => {
  const server = await startServer();
  const { page, lab, close } = await openLive(server);
  await page.waitForFunction(() => history.state?.bufferevent);
  await page.clock.install();
  await lab.open({ lesson: "anatomy" });
  await page.waitForFunction(() => location.hash.startsWith("#lesson=anatomy"));
  await server.stop();
  const entries = await page.evaluate(() => history.length);
  await page.goBack();
  await page.locator("bufferevent-lab[data-live=refused], bufferevent-lab[data-live=lost]").waitFor();
  await page.clock.runFor(1000);
  assert.deepEqual(await page.evaluate(() => [typeof history.state?.bufferevent, location.hash, history.length]), ["string", "", entries]);
  // Once it answers, it is the entry that it was.
  const again = await startServer({ listen: server.echo, http: server.page });
  await lab.state("following");
  await page.clock.runFor(1000);
  assert.equal(await page.evaluate(() => history.length), entries);
  await page.goForward();
  await page.waitForFunction(() => location.hash.startsWith("#lesson=anatomy"));
  await lab.see(".lesson h2");
  await again.stop();
  await close();
});
