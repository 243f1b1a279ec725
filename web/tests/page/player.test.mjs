/** Stepping, acting, forking, and taking a recording away. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";

before(startBrowser);
after(stopBrowser);

const BUSY = JSON.stringify({
  format: 1,
  dialect: "2.1",
  kernel: { rx_capacity: 32, tx_capacity: 64 },
  bufferevent: { read: { low: 4, high: 10, timeout_ms: 3000 }, write: { low: 8, high: 20, timeout_ms: 0 } },
  app: { on_read: [[{ echo: "> " }], [{ read: 6 }]], on_event: [[{ free: true }]] },
  script: [
    { peer_send: "0123456789abcdefghijklmnopqrstuvwxyz\u0000<b>\n\u007f" },
    { turn: 3 },
    { inject: { op: "read", errno: "EINTR", times: 1 } },
    { turn: 2 },
    { peer_recv: 12 },
    { advance_ms: 4000 },
    { turn: 2 },
    { peer_reset: true },
    { turn: 2 },
  ],
});

for (const [name, attributes] of [
  ["lesson 1", { lesson: "anatomy" }],
  ["lesson 4", { lesson: "low-watermark" }],
  ["lesson 6", { lesson: "high-watermark" }],
  ["a busy scenario", { scenario: BUSY }],
]) {
  test(`${name}, forward and back: what is shown is the picture`, async () => {
    const { lab, done } = await openLab({ attributes: /** @type {Record<string, string>} */ (attributes), context: { reducedMotion: "reduce" } });
    const wrong = await lab.element.evaluate((element) => {
      const lab = /** @type {any} */ (element);
      const root = lab.shadowRoot;
      const shown = () => root.querySelector(".stage").textContent + root.querySelector(".loop").textContent + root.querySelector(".told").textContent + [...root.querySelectorAll(".vessel-water, .vessel-fresh, .valve-drawing")].map((part) => part.outerHTML).join();
      const differences = [];
      const check = () => {
        const picture = lab.picture;
        const connection = picture.connections[0];
        const here = root.querySelector(".station.here")?.textContent.toLowerCase() ?? "idle";
        if (here !== picture.loop.station) differences.push([lab.position, "station", here, picture.loop.station]);
        if (!connection) return;
        for (const [side, direction] of [["input", "read"], ["output", "write"]]) {
          const vessel = root.querySelector(`.vessel.${side}`);
          // What was in it when it was freed is dropped.
          const len = connection.freed ? 0 : connection[side].len;
          if (vessel.dataset.length !== String(len)) differences.push([lab.position, side, vessel.dataset.length, len]);
          const reason = root.querySelector(`.valve.${direction}`).dataset.reason;
          const runs = picture.loop.running?.event === direction && ["not_waiting", "idle"].includes(connection.valves[direction]);
          if (reason !== (runs ? "running" : connection.valves[direction])) differences.push([lab.position, direction, reason, connection.valves[direction]]);
          const level = Number(vessel.querySelector(".vessel-pool").getAttribute("height"));
          if (level === 0 !== (len === 0)) differences.push([lab.position, side, "level", level]);
        }
        for (const [name, bytes] of Object.entries(connection.kernel.tanks ?? {})) {
          const length = root.querySelector(`.vessel.${name}`).dataset.length;
          if (length !== String(bytes)) differences.push([lab.position, name, length, bytes]);
        }
      };
      const seen = [];
      lab.seek(0);
      for (;;) {
        check();
        seen[lab.position] = shown();
        if (lab.position === lab.length) break;
        lab.advance(1, "step");
      }
      while (lab.position > 0) {
        lab.advance(-1, "step");
        check();
        if (shown() !== seen[lab.position]) differences.push([lab.position, "differs on the way back"]);
      }
      return differences;
    });
    assert.deepEqual(wrong, []);
    await done();
  });
}

test("bytes are shown, never interpreted", async () => {
  const { lab, done } = await openLab({ attributes: { scenario: JSON.stringify({ format: 1, dialect: "2.1", app: { on_read: [[]] }, script: [{ peer_send: "<img src=x>\n\u0001" }, { turn: 1 }] }) } });
  await lab.seek(await lab.length());
  assert.equal((await lab.all(".vessel.input .byte")).join(""), "<img\u2423src=x>\u21b5\u00b7");
  assert.equal(await lab.element.locator("img").count(), 0);
  await done();
});

test("bytes that are no text are sent as they are", async () => {
  const { lab, done } = await openLab({ attributes: { lesson: "anatomy" } });
  await lab.seek(await lab.length());
  const sent = async () => (await lab.picture()).connections[0].kernel.peer_sent;
  const before = await sent();
  await lab.act("as the peer", { peer_send: "\\xff\\x00\u00e9" });
  assert.equal((await sent()) - before, 4);
  assert.equal((await lab.picture()).last.payload.bytes, "\u00ff\u0000\u00c3\u00a9");
  await done();
});

test("a watermark is dragged, and set by the keyboard", async () => {
  const { page, lab, done } = await openLab();
  // Between two passes it happens at once.
  await lab.seek(42);
  const mark = lab.element.locator(".mark.read.high");
  assert.equal(await mark.getAttribute("aria-valuenow"), "64");
  await mark.focus();
  for (let press = 0; press < 4; press++) await page.keyboard.press("ArrowDown");
  assert.equal(await mark.getAttribute("aria-valuetext"), "High watermark 60 bytes, Enter sets it");
  // As of any slider, its own ends, and not those of what is played.
  for (const [key, value] of [["Home", "0"], ["End", "200"], ["ArrowDown", "199"]]) {
    await page.keyboard.press(key);
    assert.equal(await mark.getAttribute("aria-valuenow"), value);
  }
  assert.equal(await lab.at(), 42);
  // Leaving it sets nothing: Enter does.
  await page.keyboard.press("Tab");
  assert.equal((await lab.all(".branch")).length, 1);
  assert.equal(await mark.getAttribute("aria-valuenow"), "64");
  await mark.focus();
  for (let press = 0; press < 4; press++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  assert.equal((await lab.picture()).connections[0].read.high, 60);
  assert.match(await lab.told(), /low mark 0, high mark 60/);

  const flag = await mark.locator(".mark-flag").boundingBox();
  const vessel = await lab.element.locator(".vessel.input .vessel-room").boundingBox();
  assert.ok(flag && vessel);
  const drag = async (/** @type {{x: number, y: number, width: number, height: number}} */ from, /** @type {number} */ part) => {
    await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
    await page.mouse.down();
    await page.mouse.move(from.x, vessel.y + vessel.height * (1 - part), { steps: 4 });
    const [line, hatched] = await Promise.all([".mark.read.high .mark-line", ".vessel.input .vessel-beyond"].map((part) => lab.element.locator(part).boundingBox()));
    assert.ok(line && hatched && Math.abs(line.y + line.height / 2 - hatched.y - hatched.height) < 2, "what is hatched ends at the mark, wherever that is dragged");
    await lab.fast(() => page.mouse.up());
  };
  await drag(flag, 0.5);
  assert.equal((await lab.picture()).connections[0].read.high, 100, "half of a height of 200");

  // From zero, where its handle waits at the bottom; and by typing.
  const low = lab.element.locator(".mark.read.low");
  const waiting = await low.locator(".mark-flag").boundingBox();
  assert.ok(waiting && Math.abs(waiting.y + waiting.height / 2 - vessel.y - vessel.height) < 3);
  await drag(waiting, 0.25);
  assert.equal((await lab.picture()).connections[0].read.low, 50);
  await low.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.type("12");
  await lab.fast(() => page.keyboard.press("Enter"));
  assert.equal((await lab.picture()).connections[0].read.low, 12);
  await done();
});

test("a mark that was dragged is drawn where it is until what was done takes effect", async () => {
  const { page, lab, done } = await openLab({ context: { reducedMotion: "reduce" } });
  await lab.seek(32);
  const mark = lab.element.locator(".mark.read.high");
  const flag = await mark.locator(".mark-flag").boundingBox();
  assert.ok(flag);
  await page.mouse.move(flag.x + flag.width / 2, flag.y + flag.height / 2);
  await page.mouse.down();
  await page.mouse.move(flag.x + flag.width / 2, flag.y - 30, { steps: 4 });
  assert.notEqual(await mark.getAttribute("aria-valuenow"), "64", "it is dragged");
  await lab.fast(() => page.mouse.up());
  const acted = await lab.at();
  const drawnAt = async (/** @type {number} */ position) => {
    await lab.seek(position);
    const { high } = (await lab.picture()).connections[0].read;
    assert.deepEqual([await lab.text(".mark.read.high .mark-words"), await mark.getAttribute("aria-valuenow")], [`hi ${high}`, String(high)], `at ${position}`);
    return high;
  };
  assert.equal(await drawnAt(32), 64);
  assert.equal(await drawnAt(acted - 1), 64);
  assert.notEqual(await drawnAt(acted), 64);
  await done();
});

test("each mark has its tag at its own line, also a high one below a low one; one that is not set waits at the rim", async () => {
  const scenario = (/** @type {object} */ read) => JSON.stringify({ format: 1, dialect: "1.4", bufferevent: { read }, script: [{ peer_send: "0123456789abcdef" }, { turn: 2 }] });
  const { lab, done } = await openLab({ attributes: { scenario: scenario({ low: 60, high: 12 }) }, context: { reducedMotion: "reduce" } });
  await lab.seek(1e9);
  const heightOf = async (/** @type {string} */ part) => {
    const box = await lab.element.locator(part).evaluate((it) => it.getBoundingClientRect().toJSON());
    return box.top + box.height / 2;
  };
  for (const which of ["low", "high"]) assert.ok(Math.abs((await heightOf(`.mark.read.${which} .mark-flag`)) - (await heightOf(`.mark.read.${which} .mark-line`))) < 3, which);
  await lab.open({ scenario: scenario({ low: 16 }) });
  await lab.seek(1e9);
  const room = await lab.element.locator(".vessel.input .vessel-room").evaluate((it) => it.getBoundingClientRect().toJSON());
  assert.equal(await lab.text(".mark.read.high .mark-words"), "hi none");
  assert.ok(Math.abs((await heightOf(".mark.read.high .mark-flag")) - room.top) < 3);
  await done();
});

test("the dialect is one switch", async () => {
  const { page, lab, done } = await openLab();
  await page.locator(".header .segments button[data-value='2.1']").click();
  await lab.walk();
  const kinds = await lab.element.evaluate((lab) => /** @type {any} */ (lab).exportRecording().split("\n").filter(Boolean).map((/** @type {string} */ line) => JSON.parse(line).kind));
  assert.ok(kinds.includes("suspended") && !kinds.includes("pressure_installed"));
  await page.locator(".header .segments button[data-value='1.4']").click();
  assert.deepEqual((await lab.all(".branch")).length, 2);
  await done();
});

test("playing stops where it is told to, and what is no condition is said", async () => {
  const { page, lab, done } = await openLab({ attributes: { scenario: BUSY } });
  await page.locator("select.stop").selectOption("callback");
  await page.locator("select.speed").selectOption("8");
  await lab.focus();
  await page.keyboard.press("Space");
  await lab.state("ready");
  assert.match(await lab.told(), /readcb is called/);
  await page.locator("select.stop").selectOption("own");
  await page.locator("input.expression").fill("rx<=nothing");
  await page.keyboard.press("Enter");
  const problem = lab.element.locator(".stop-problem");
  assert.match(await problem.innerText(), /"rx<=nothing" is no condition/);
  assert.ok((await problem.innerText()).length < 90, "in a line");
  await page.locator("input.expression").fill("in>=1 && out>=1");
  assert.equal(await problem.isVisible(), false, "who writes on has read it");
  await page.keyboard.press("Enter");
  assert.match(await problem.innerText(), /write "in>=1 and out>=1"/);
  await page.locator("input.expression").fill("calback");
  await page.keyboard.press("Enter");
  assert.match(await problem.innerText(), /did you mean "callback"\?/);
  await page.locator("input.expression").fill("out>0");
  await page.keyboard.press("Tab");
  await lab.focus();
  await page.keyboard.press("n");
  assert.ok((await lab.level("output")) > 0);
  await done();
});

for (const [lang, viewport] of /** @type {const} */ ([["en", { width: 1440, height: 900 }], ["zh", { width: 1280, height: 720 }], ["en", { width: 360, height: 740 }]])) {
  test(`what is wrong with a condition moves nothing, and how one is written is behind the question mark (${lang}, ${viewport.width})`, async () => {
    const { page, lab, done } = await openLab({ attributes: { scenario: BUSY, lang }, context: { viewport } });
    if (viewport.width < 980) await page.locator("button.more").click();
    await page.locator("select.stop").selectOption("own");
    const scene = () => lab.element.locator(".stage").boundingBox();
    const before = await scene();
    await page.locator("input.expression").fill("bytes arrive");
    await page.keyboard.press("Enter");
    assert.deepEqual(await scene(), before);
    const box = await lab.element.locator(".stop-problem").boundingBox();
    assert.ok(box && box.x >= 0 && box.x + box.width <= viewport.width && box.y >= 0, JSON.stringify(box));
    await page.locator(".grammar-open").click();
    const examples = await lab.all(".grammar:popover-open dt");
    assert.ok(examples.length > 10 && examples.includes("in>=high"), String(examples));
    // Each of them is one, but for the names that a reader puts in.
    for (const written of examples.filter((one) => !/NAME|^A and/.test(one))) {
      await page.keyboard.press("Escape");
      await page.locator("input.expression").fill(written);
      await page.keyboard.press("Enter");
      assert.equal(await lab.element.locator("input.expression").getAttribute("aria-invalid"), null, written);
    }
    await done();
  });
}

test("what a unit means is told to a pointer, to the keys and to a finger", async () => {
  const { page, lab, done } = await openLab({ attributes: { scenario: BUSY }, context: { hasTouch: true } });
  const unit = (/** @type {string} */ name) => page.locator(`.unit-field button[data-value=${name}]`);
  await unit("step").hover();
  await lab.see(".tip:popover-open");
  assert.match(await lab.text(".tip"), /every step/);
  await page.locator(".lesson-select").hover();
  await unit("moment").focus();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await lab.see(".tip:popover-open");
  assert.match(await lab.text(".tip"), /callback to callback/);
  await unit("pass").tap();
  await lab.see(".tip:popover-open");
  assert.match(await lab.text(".tip"), /pass to pass/);
  await done();
});

test("what a step by hand will do is in the name of its button", async () => {
  const { page, lab, done } = await openLab({ attributes: { scenario: BUSY } });
  const name = () => lab.element.locator("button.forward").getAttribute("aria-label");
  for (const [unit, words, found] of /** @type {[string, RegExp, RegExp | null][]} */ ([["moment", /^Step/, null], ["step", /^Step/, null], ["callback", /callback/, /is called/], ["pass", /pass/, /^Pass \d+ of the loop begins/]])) {
    await page.locator(`.unit-field button[data-value=${unit}]`).click();
    assert.ok(((await page.locator(`.unit-field button[data-value=${unit}]`).getAttribute("aria-description")) ?? "").length > 20);
    assert.match((await name()) ?? "", words);
    await lab.seek(12);
    await page.locator("button.forward").click();
    if (found === null) assert.equal(await lab.at(), 13, unit);
    else assert.match(await lab.told(), found, unit);
  }
  await done();
});

test("a recording is saved and opened again", async () => {
  const { page, lab, done } = await openLab();
  await lab.seek(34);
  const before = await lab.picture();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("menuitem", { name: "Recording of the steps" }).click();
  const text = await readFile(await (await download).path(), "utf8");
  await lab.element.locator("input[type=file]").setInputFiles({ name: "saved.jsonl", mimeType: "application/x-ndjson", buffer: Buffer.from(text) });
  await lab.see(".header .segments button[data-value=recording][aria-pressed=true]");
  await lab.seek(34);
  assert.deepEqual(await lab.picture(), before);
  assert.equal(await lab.element.locator(".act").isVisible(), false);

  // Cut off: what is whole is there, what is missing is said.
  await lab.element.locator("input[type=file]").setInputFiles({ name: "cut.jsonl", mimeType: "application/x-ndjson", buffer: Buffer.from(text.slice(0, text.length / 2)) });
  await lab.see(".notice:not([hidden])");
  assert.match(await lab.text(".notice"), /Part of the recording could not be read: line \d+/);
  assert.ok((await lab.length()) > 20);
  await done();
});

test("the code of every step is there, its line marked", async () => {
  const { page, lab, done } = await openLab({ attributes: { scenario: BUSY } });
  await lab.focus();
  await page.keyboard.press("2");
  await page.getByRole("button", { name: "The engine" }).click();
  const acting = await page.evaluate(async () => (await fetch("/source/acting.json")).json());
  for (let position = 1; position <= (await lab.length()); position += 7) {
    await lab.seek(position);
    const record = await lab.element.evaluate((lab) => /** @type {any} */ (lab).picture.last);
    const line = lab.element.locator(".engine-part .line[aria-current]");
    await lab.element.locator(`.engine-part .code-file[title="${record.file}"]`).first().waitFor();
    const [first] = acting[record.file].acting[record.line];
    await line.locator(".line-number", { hasText: new RegExp(`^${first}$`) }).waitFor();
    assert.equal(await lab.text(".engine-part .code-file"), `${record.file.split("/").pop()}:${first}`, "the head names the line that is marked");
    if (record.function) assert.equal(await lab.text(".engine-part .code-libevent a"), record.function);
  }
  await done();
});

test("the State panel says of the valves what the scene says, at every step", async () => {
  const { lab, page, done } = await openLab({ attributes: { lesson: "anatomy" }, context: { reducedMotion: "reduce" } });
  await lab.focus();
  await page.keyboard.press("4");
  const different = await lab.element.evaluate((it) => {
    const lab = /** @type {any} */ (it);
    const steps = [];
    for (lab.seek(0); lab.position < lab.length; lab.advance(1)) {
      const scene = [...lab.shadowRoot.querySelectorAll(".left > .scene .valve-reason")].map((reason) => [...reason.querySelectorAll(".valve-state, .valve-why")].map((line) => line.textContent).join(" "));
      const row = [...lab.shadowRoot.querySelectorAll(".state tr")].find((row) => row.textContent.startsWith("bytes can pass"));
      const state = [...row.querySelectorAll("td")].map((cell) => cell.textContent.replace(/[:,]/g, ""));
      if (String(scene) !== String(state)) steps.push(`${lab.position}: ${scene} | ${state}`);
    }
    return steps;
  });
  assert.deepEqual(different, []);
  await done();
});

test("the log is a list that leads to each step", async () => {
  const { page, lab, done } = await openLab();
  await lab.focus();
  await page.keyboard.press("3");
  await lab.seek(20);
  await page.locator(".log-rows button[data-position='18']").click();
  assert.equal(await lab.at(), 18);
  assert.equal(await lab.text(".log-rows [aria-current=step] .row-words"), await lab.told());
  await done();
});

test("the log of a recording that is longer than a browser can draw shows each step, and scrolls on", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "anatomy" } });
  await lab.openLong(200_000);
  await lab.focus();
  await page.keyboard.press("3");
  for (const position of [200_000, 5, 170_000, 100_000]) {
    await lab.seek(position);
    assert.equal(await lab.element.locator(".log-rows [aria-current=step]").getAttribute("data-position"), String(position));
  }
  // Where a slow frame tells of the way to the step before when the next one is asked for, it leads to that one.
  await lab.seek(200_000);
  await lab.element.locator(".log-rows [data-position='200000']").waitFor();
  await lab.element.evaluate((it) => {
    /** @type {any} */ (it).seek(5);
    it.shadowRoot?.querySelector(".log")?.dispatchEvent(new Event("scroll"));
  });
  await lab.element.locator(".log-rows [aria-current=step][data-position='5']").waitFor();
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  assert.equal(await lab.element.locator(".log-rows [aria-current=step]").getAttribute("data-position"), "5");
  // To the edge of what is drawn, and beyond it.
  await lab.seek(1);
  const scroll = (/** @type {number} */ rows) => lab.element.locator(".log").evaluate((log, by) => (log.scrollTop += by * 44), rows);
  const shows = (/** @type {number} */ least) =>
    page.waitForFunction((least) => Number(document.querySelector("bufferevent-lab")?.shadowRoot?.querySelector(".log-rows button")?.getAttribute("data-position")) > least, least);
  await scroll(200_000);
  await shows(150_000);
  await scroll(200_000);
  await shows(199_000);
  await done();
});
