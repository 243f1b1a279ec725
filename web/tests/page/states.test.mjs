/** What happens seldom: the engine fails, the figure is out of sight, records are lost on the way. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";
import { client, startServer, stopServers } from "../support/server.mjs";

before(startBrowser);
after(() => Promise.all([stopBrowser(), stopServers()]));

test("the engine panics: the records stay, the step is named, a report can be copied", async () => {
  const { page, lab, done, site } = await openLab({ attributes: { lesson: "anatomy" }, context: { permissions: ["clipboard-read", "clipboard-write"] } });
  await lab.seek(12);
  const told = await lab.told();
  const length = await lab.length();
  // As a panic leaves it: the call throws, and nothing more can be asked of the object.
  await page.evaluate(async (url) => {
    const { Simulation } = await import(`${url}pkg/bufferevent_wasm.js`);
    const { act } = Simulation.prototype;
    Simulation.prototype.act = function () {
      Simulation.prototype.act = act;
      for (const name of ["picture", "record", "records", "scenario", "branches", "length", "start", "dialect"]) {
        Object.defineProperty(this, name, { get: () => assertLocked });
      }
      function assertLocked() {
        throw new Error("recursive use of an object detected which would lead to unsafe aliasing in rust");
      }
      throw new Error("the engine panicked at core/src/base/pass.rs:7: out of luck");
    };
  }, site.url);
  await lab.act("as the peer", { peer_send: "boom" });
  assert.match(await lab.text(".notice"), /failed at step 12: the engine panicked at core\/src\/base\/pass\.rs:7: out of luck/);
  assert.equal(await lab.length(), length);
  assert.equal(await lab.told(), told);
  await page.getByRole("button", { name: "Copy a report" }).click();
  const report = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  assert.equal(report.position, 12);
  assert.match(report.message, /out of luck/);
  assert.match(report.version, /\d/);
  assert.equal(report.scenario.format, 1);
  assert.equal(await lab.text(".notice [role=status]"), "Copy a report: done.");
  // Where a page may not copy, it is a file.
  await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: { writeText: () => Promise.reject(new DOMException("no", "NotAllowedError")) } }));
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Copy a report" }).click()]);
  assert.equal(file.suggestedFilename(), "bufferevent-report.json");
  assert.equal(await lab.text(".notice [role=status]"), "Saved as bufferevent-report.json.");

  // And it goes on.
  await lab.act("as the peer", { peer_send: "again" });
  assert.ok((await lab.length()) > 12);
  assert.notEqual(await lab.told(), told);
  await done();
});

test("the engine panics over a condition to stop at: it is told as such, and goes on", async () => {
  const { page, lab, done, site } = await openLab({ attributes: { lesson: "anatomy", step: "12" } });
  await page.evaluate(async (url) => {
    const { Simulation } = await import(`${url}pkg/bufferevent_wasm.js`);
    const { next } = Simulation.prototype;
    const { length } = /** @type {any} */ (document.querySelector("bufferevent-lab"));
    Simulation.prototype.next = function (/** @type {any[]} */ ...given) {
      // Whoever sets a condition asks from the end on; what is played is looked through before, while there is nothing else to do.
      if (given[0] !== length) return next.apply(this, given);
      Simulation.prototype.next = next;
      // As a panic leaves it.
      this.picture = () => assert();
      throw new Error("the engine panicked at core/src/base/pass.rs:7: out of luck");
      function assert() {
        throw new Error("recursive use of an object detected which would lead to unsafe aliasing in rust");
      }
    };
  }, site.url);
  await page.locator("select.stop").selectOption("crossing");
  assert.match(await lab.text(".notice"), /failed at step 12: the engine panicked at core\/src\/base\/pass\.rs:7: out of luck/);
  assert.ok(await page.getByRole("button", { name: "Copy a report" }).isVisible());
  await lab.seek(13);
  assert.equal(await lab.at(), 13);
  await done();
});

for (const file of ["bufferevent_wasm_bg.wasm", "bufferevent_wasm_rest.wasm"]) {
  test(`a server that answers for ${file} with a page is named, with what it said`, async () => {
    /** @type {import("../support/site.mjs").Answer} */
    const page = (response) => void response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end("<!doctype html><title>not found</title>");
    const { lab, site, heard } = await openLab({ body: '<bufferevent-lab lesson="high-watermark"></bufferevent-lab>', pages: { [`/pkg/${file}`]: page }, state: "failed" });
    assert.equal(await lab.text(".notice > :first-child"), `The engine could not be loaded: no WebAssembly is at ${site.url}pkg/${file}: the server answers 200 with HTML (text/html; charset=utf-8)`);
    assert.deepEqual(heard, []);
  });
}

test("while the engine comes, a bar says how much of it is there, above the scene that stands still", async () => {
  /** @type {() => void} */
  let goOn = () => {};
  const half = (/** @type {import("node:http").ServerResponse} */ response, /** @type {Buffer} */ file) => {
    response.writeHead(200, { "content-type": "application/wasm", "content-length": file.length });
    response.write(file.subarray(0, file.length / 2));
    goOn = () => void response.end(file.subarray(file.length / 2));
  };
  const { page, lab, done } = await openLab({ pages: { "/pkg/bufferevent_wasm_bg.wasm": half }, state: "loading" });
  const bar = page.getByRole("progressbar");
  await page.locator("[role=progressbar][aria-valuenow]:not([aria-valuenow='0'])").waitFor();
  const there = Number(await bar.getAttribute("aria-valuenow"));
  assert.ok(there > 0 && there <= 50, String(there));
  const widths = await bar.evaluate((it) => [it, /** @type {Element} */ (it.firstElementChild)].map((one) => one.getBoundingClientRect().width));
  assert.ok(Math.abs((100 * widths[1]) / widths[0] - there) < 1, String(widths));
  await lab.see(".vessel.input .vessel-wall");
  goOn();
  await lab.state("ready");
  assert.equal(await bar.isVisible(), false);
  await done();
});

test("a figure off the screen rests; one that was paused stays paused", async () => {
  const far = Array.from({ length: 200 }, (_, line) => `<p>line ${line}</p>`).join("");
  const body = `<bufferevent-lab lesson="high-watermark" controls="minimal"></bufferevent-lab>${far}<p id="end">the end</p>`;
  const { page, lab, done } = await openLab({ body });
  const play = () => lab.element.evaluate((it) => /** @type {any} */ (it).play());
  const away = () => page.locator("#end").scrollIntoViewIfNeeded();
  const back = () => page.evaluate(() => scrollTo(0, 0));
  await play();
  await lab.state("playing");
  await away();
  await lab.state("ready");
  await back();
  await lab.state("playing");

  await lab.element.evaluate((it) => /** @type {any} */ (it).pause());
  await away();
  await back();
  // What comes after the observer was told of both: two frames.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  assert.equal(await lab.element.getAttribute("data-state"), "ready");
  await done();
});

/**
 * A page that looks at the real server, with somebody in between who may change what the server says.
 * @param {(say: (message: any) => void, message: any) => void} between
 */
async function openThrough(between) {
  const server = await startServer();
  const { page, lab, done } = await openLab();
  await page.routeWebSocket(/\/ws$/, (socket) => {
    const behind = socket.connectToServer();
    const say = (/** @type {any} */ message) => socket.send(JSON.stringify(message));
    behind.onMessage((text) => between(say, JSON.parse(String(text))));
  });
  // The server speaks to its own page only.
  await page.goto(server.url);
  await lab.state("ready");
  await lab.set({ live: `ws://${server.page}/ws` });
  const stop = async () => {
    // A route of WebSockets cannot be taken from a page. First the page, which may still be loading what it shows later.
    await page.close();
    await done();
    await server.stop();
  };
  return { server, page, lab, stop };
}

test("lost records are counted, marked, and not forgotten", async () => {
  /** @type {any} */
  let picture;
  let lossy = false;
  const { server, page, lab, stop } = await openThrough((say, message) => {
    if (message.kind === "snapshot") picture ??= message.picture;
    if (message.kind === "records" && !lossy) {
      lossy = true;
      const last = message.records.at(-1).seq;
      say(message);
      say({ kind: "gap", lost: 12, at_least: true });
      say({ kind: "snapshot", picture: { ...picture, seq: last + 12 } });
    } else if (message.kind === "records") {
      say({ ...message, records: message.records.map((/** @type {any} */ record) => ({ ...record, seq: record.seq + 12 })) });
    } else say(message);
  });
  await page.locator("bufferevent-lab[data-live=connected], bufferevent-lab[data-live=lossy]").waitFor();
  const talker = await client(server.echo);
  await talker.say("one");
  await page.waitForFunction(() => /at least 12 records lost/.test(document.querySelector("bufferevent-lab")?.shadowRoot?.querySelector(".live-status")?.textContent ?? ""));
  const before = await lab.length();
  await talker.say("two");
  await page.waitForFunction((length) => /** @type {any} */ (document.querySelector("bufferevent-lab")).length > length, before);
  assert.match(await lab.text(".live-status"), /at least 12 records lost/, "it stays");
  assert.equal((await lab.picture()).lost, 12);
  talker.close();
  await stop();
});

test("a server of another schema: both versions are said", async () => {
  const { page, lab, stop } = await openThrough((say, message) => say(message.kind === "hello" ? { ...message, schema: 99 } : message));
  await page.locator("bufferevent-lab[data-live=other_schema]").waitFor();
  assert.match(await lab.text(".live-status"), /schema is 99.* is 1$/);
  await stop();
});

test("what was said of one address is not said of the next", async () => {
  const { page, lab, heard } = await openLab();
  await page.getByRole("button", { name: "Live" }).click();
  const address = page.locator(".connect input");
  await address.fill("ftp://127.0.0.1/");
  await address.press("Enter");
  await lab.see(".notice:not([hidden])");
  await address.fill("ws://127.0.0.1:1/ws");
  await address.press("Enter");
  await lab.element.locator(".notice").waitFor({ state: "hidden" });
  assert.match(await lab.text(".live-status"), /127\.0\.0\.1:1|no connection could be made/);
  assert.deepEqual(heard.filter((it) => !it.includes("WebSocket")), []);
  await page.close();
});
