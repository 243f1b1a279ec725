/** Which connection is shown, in recordings in which they come and go: always one that is there. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";
import { freed, made, received, recording, snapshot } from "../support/recording.mjs";

before(startBrowser);
after(stopBrowser);

test("of several bufferevents the stack says whose callback runs, and of one it need not", async () => {
  const { lab, done } = await openLab({ attributes: { lesson: "proxy" } });
  const called = () =>
    lab.element.evaluate((it) => {
      const lab = /** @type {any} */ (it);
      const user = () => lab.shadowRoot.querySelector(".left .stack-frames .user")?.textContent;
      for (lab.seek(0); lab.position < lab.length && lab.picture.loop.entered === null; lab.advance(1, "step"));
      return user();
    });
  assert.equal(await called(), "client: readcb");
  await lab.open({ lesson: "high-watermark" });
  assert.equal(await called(), "readcb");
  await done();
});

const two = [made(21), made(22), received(21, 5), received(22, 5), received(22, 10)];
/** So many connections are freed that a picture forgets the first. */
const many = Array.from({ length: 80 }, (_, index) => [made(30 + index), freed(30 + index)]).flat();

test("a list of connections says which is freed", async () => {
  const { lab, done } = await openLab({ attributes: { src: recording([snapshot(), ...two, freed(22)]) } });
  await lab.seek(5);
  await lab.element.locator(`li[data-number="22"] .connection`).click();
  assert.match(await lab.text(`li[data-number="22"] .connection-lengths`), /in 10/);
  await lab.seek(6);
  assert.equal(await lab.text(`li[data-number="22"] .connection-lengths`), "freed");
  await done();
});

test("what is freed holds nothing, in the picture that the element gives as on the page", async () => {
  const { lab, done } = await openLab({ attributes: { src: recording([snapshot(), ...two, freed(22)]) } });
  const held = async () => (await lab.picture()).connections.map((/** @type {any} */ { number, freed, input }) => [number, freed, input.len, input.runs.length]);
  await lab.seek(5);
  assert.deepEqual(await held(), [[21, false, 5, 1], [22, false, 10, 1]]);
  await lab.seek(6);
  assert.deepEqual(await held(), [[21, false, 5, 1], [22, true, 0, 0]]);
  await done();
});

/** @type {[name: string, lines: any[]][]} */
const RECORDINGS = [
  ["begins with none", [snapshot(), ...two]],
  ["ends with nothing open", [snapshot(), ...two, snapshot([], 9000, 8990)]],
  ["has nobody in the middle", [snapshot(), ...two, snapshot([], 9000, 8990), [null, "pass_began", { pass: 900 }], made(23), received(23, 5)]],
  ["forgets the connection that is shown", [snapshot(), ...two, freed(21), ...many, received(22, 15)]],
  ["has no connection at all", [snapshot(), [null, "pass_began", { pass: 816 }], [null, "polled", { active: 0 }]]],
];

for (const [name, lines] of RECORDINGS) {
  test(`a recording that ${name}`, async () => {
    const { page, lab, done } = await openLab({ attributes: { src: recording(lines) } });
    await lab.focus();
    await page.keyboard.press("4");
    const wrong = await lab.element.evaluate((it) => {
      const lab = /** @type {any} */ (it);
      const root = lab.shadowRoot;
      const wrong = [];
      const check = () => {
        const { connections } = lab.picture;
        const words = root.querySelector(".told-where").textContent;
        const told = Number(words.match(/#(\d+)/)?.[1] ?? 0);
        const titled = Number([...root.querySelectorAll(".state caption")].find((caption) => caption.checkVisibility() && /^Connection/.test(caption.textContent))?.textContent.match(/\d+/)?.[0] ?? 0);
        const there = (/** @type {number} */ number) => connections.find((/** @type {any} */ connection) => connection.number === number);
        if (connections.length > 1 ? !there(told) : told !== 0) wrong.push(`${lab.position}: told ${words}`);
        if (connections.length > 0 ? !there(titled) : titled !== 0) wrong.push(`${lab.position}: State is of ${titled}`);
        const shown = there(titled);
        if (shown && root.querySelector(".vessel.input").dataset.length !== String(shown.freed ? 0 : shown.input.len)) wrong.push(`${lab.position}: the vessel is not of ${titled}`);
        const pressed = [...root.querySelectorAll(".connection[aria-pressed=true]")].map((row) => Number(row.parentElement.dataset.number));
        if (root.querySelector(".live").checkVisibility() && (pressed.length !== 1 || pressed[0] !== titled)) wrong.push(`${lab.position}: chosen are ${pressed}`);
        if (!shown && /not made yet/.test(root.querySelector(".stage").textContent)) wrong.push(`${lab.position}: what never was is not made yet`);
      };
      for (lab.seek(0), check(); lab.position < lab.length; lab.advance(1), check());
      while (lab.position > 0) lab.advance(-1), check();
      return wrong;
    });
    assert.deepEqual(wrong, []);
    await done();
  });
}

test("the connection that was chosen is shown wherever it is there", async () => {
  const { lab, done } = await openLab({ attributes: { src: recording([snapshot(), ...two, freed(21), freed(22)]) } });
  const shown = async () => Number((await lab.text(".told-where")).match(/#(\d+)/)?.[1] ?? 0);
  await lab.seek(5);
  assert.equal(await shown(), 21, "the first at first");
  await lab.element.locator("li[data-number='22'] .connection").click();
  assert.equal(await shown(), 22);
  assert.equal(await lab.level("input"), 10);
  await lab.seek(1);
  assert.equal((await lab.picture()).connections.length, 1, "only 21 is there");
  assert.equal(await lab.level("input"), 0);
  await lab.seek(4);
  assert.equal(await shown(), 22);
  assert.equal(await lab.level("input"), 5);
  await done();
});

test("before its first connection, a recording is of the libevent that it will be of", async () => {
  for (const dialect of /** @type {const} */ (["1.4", "2.1", "2.2"])) {
    const { lab, done } = await openLab({ attributes: { src: recording([snapshot(), made(7, dialect)]) } });
    assert.equal(await lab.element.locator(".dialect-field [aria-pressed=true]").getAttribute("data-value"), dialect);
    await done();
  }
  const { lab, done } = await openLab({ attributes: { src: recording([snapshot(), [null, "pass_began", { pass: 816 }]]) } });
  assert.equal(await lab.element.locator(".dialect-field [aria-pressed=true]").count(), 0, "nobody can know");
  await done();
});

test("the kernel and the peer are known in a simulation and in its recording from the first step, in a server's never", async () => {
  const scenario = JSON.stringify({ format: 1, dialect: "2.1", script: [{ turn: 1 }] });
  const shown = async (/** @type {import("../support/lab.mjs").Lab} */ lab) => {
    const seen = new Set();
    for (let at = 0; at <= (await lab.length()); at++) {
      await lab.seek(at);
      seen.add((await lab.all(".plumbing .vessel:not(.input, .output) .vessel-amount")).join(", "));
    }
    return [...seen];
  };
  const simulated = await openLab({ attributes: { scenario } });
  assert.deepEqual(await shown(simulated.lab), ["0 B, 0 / 65536, 0 / 65536, 0 B"]);
  const saved = await simulated.lab.element.evaluate((it) => /** @type {any} */ (it).exportRecording());
  await simulated.done();
  const recorded = await openLab({ attributes: { src: saved } });
  assert.deepEqual(await shown(recorded.lab), ["0 B, 0 B, 0 B, 0 B"]);
  await recorded.done();
  const live = await openLab({ attributes: { src: recording([snapshot(), ...two]) } });
  assert.deepEqual(await shown(live.lab), ["?, ?, ?, ?"]);
  await live.done();
});

/** A busy server: so many records of so many connections, each with a name. @param {number} records @param {number} connections */
const busy = (records, connections) => {
  const names = { bufferevents: Object.fromEntries(Array.from({ length: connections }, (_, index) => [index + 1, `client-${index + 1}`])), events: {} };
  const start = snapshot();
  Object.assign(start.snapshot, { names });
  const lines = [start, ...Array.from({ length: connections }, (_, index) => made(index + 1))];
  const len = new Map();
  for (let index = 0; lines.length <= records; index++) {
    const number = (index * 7919) % connections + 1;
    len.set(number, (len.get(number) ?? 0) + 5);
    lines.push(received(number, len.get(number)));
  }
  return recording(lines);
};

test("of many connections those that are called so are listed, and one is followed", async () => {
  const { page, lab, done } = await openLab({ attributes: { src: busy(2000, 150) } });
  await lab.seek(1000);
  const names = () => lab.all(".connection-name");
  assert.ok((await names()).every((name) => /^client-\d+$/.test(name)));
  await page.getByLabel("Name or number").fill("nt-12");
  const found = await names();
  assert.ok(found.length === 11 && found.every((name) => name.includes("client-12")), found.join());
  assert.match(await lab.text(".live .act-hint"), /11 of 150/);
  await page.getByLabel("Name or number").fill("client-120");
  const only = page.getByRole("button", { name: /^Only / });
  assert.equal(await only.getAttribute("aria-pressed"), "false");
  await page.locator(".connection").click();
  assert.deepEqual([await only.textContent(), await only.getAttribute("aria-pressed")], ["Only client-120", "true"]);
  for (const direction of /** @type {const} */ ([1, 1, -1])) {
    const before = await lab.at();
    await lab.element.evaluate((it, direction) => /** @type {any} */ (it).advance(direction), direction);
    const at = await lab.at();
    assert.ok(direction === 1 ? at > before + 1 : at < before - 1, "what happens to others is passed over");
    assert.equal((await lab.picture()).last.connection, 120);
  }
  await only.click();
  const at = await lab.at();
  await lab.element.evaluate((it) => /** @type {any} */ (it).advance(1));
  assert.equal(await lab.at(), at + 1);
  await page.getByLabel("Name or number").fill("nobody");
  assert.equal((await names()).length, 0);
  await done();
});

test("of many the one that a step is about is looked at, until one is chosen", async () => {
  const { page, lab, done } = await openLab({ attributes: { src: busy(2000, 150) } });
  const shown = async () => [await lab.text(".told-where > :nth-child(4)"), (await lab.picture()).last.connection];
  for (const at of [1000, 1001, 1400]) {
    await lab.seek(at);
    const [where, whose] = await shown();
    assert.match(where, new RegExp(`^client-${whose} `));
    assert.match(await lab.told(), new RegExp(`^client-${whose}:`));
    assert.ok(Number(await lab.level("input")) > 0);
  }
  await page.getByLabel("Name or number").fill("client-120");
  await page.locator(".connection").click();
  await lab.seek(1001);
  assert.match((await shown())[0], /^client-120 /);
  await done();
});

for (const [width, height] of [[1440, 900], [1280, 720]]) {
  test(`at ${width} by ${height} the connections of a busy server, the vessels and the loop are in view`, async () => {
    const { lab, done } = await openLab({ attributes: { src: busy(400, 12) }, context: { viewport: { width, height } } });
    await lab.seek(200);
    const { deck, bottoms } = await lab.element.evaluate((it) => {
      const root = /** @type {ShadowRoot} */ (it.shadowRoot);
      const box = (/** @type {string} */ part) => /** @type {Element} */ (root.querySelector(part)).getBoundingClientRect();
      const parts = [".vessel.output .vessel-wall", ".loop", ".others", ".live", ".connections li:nth-child(2)"];
      return { deck: box(".deck").top, bottoms: parts.map((part) => [part, box(part).bottom]) };
    });
    assert.ok(bottoms.every(([, bottom]) => Number(bottom) <= deck), `${JSON.stringify(bottoms)}, the controls begin at ${deck}`);
    await done();
  });
}

test("typing in the search of 300,000 records and 1,000 connections draws a screen of names and reads few records", async () => {
  const { page, lab, done } = await openLab({ attributes: { src: "/busy.jsonl" }, pages: { "/busy.jsonl": busy(300_000, 1000) }, state: "" });
  await page.locator("bufferevent-lab[data-state=ready]").waitFor();
  assert.ok((await lab.length()) >= 300_000);
  await lab.seek(150_000);
  const [where, words] = await Promise.all([".told-where > :first-child", ".told-words"].map((part) => lab.element.locator(part).boundingBox()));
  assert.ok(where && words && where.x + where.width + 8 <= words.x, "the number of a late step leaves the sentence alone");
  await page.getByLabel("Name or number").focus();
  const { rows, reads } = await lab.element.evaluate(async (it) => {
    const path = "pkg/bufferevent_wasm.js";
    const { Recording } = await import(new URL(path, document.baseURI).href);
    let reads = 0;
    for (const name of ["record", "records", "next", "previous"]) {
      const own = Recording.prototype[name];
      Recording.prototype[name] = function (/** @type {any[]} */ ...given) {
        reads++;
        return own.apply(this, given);
      };
    }
    const input = /** @type {any} */ (it).shadowRoot.querySelector(".connection-search");
    const rows = [];
    for (const typed of ["c", "cl", "cli", "client-9", "client-98", "client-987", "client-98", "9", "99", "", "5", "55"]) {
      input.value = typed;
      input.dispatchEvent(new Event("input"));
      rows.push(/** @type {any} */ (it).shadowRoot.querySelectorAll(".connection-name").length);
    }
    return { rows, reads };
  });
  assert.ok(rows.every((row) => row > 0 && row <= 100), rows.join());
  assert.ok(reads <= 10 * rows.length, `${reads} reads`);
  await done();
});

for (const [id, lang, colon] of /** @type {[string, "en" | "zh", string][]} */ ([["proxy", "en", ": "], ["evbuffer-chains", "en", ": "], ["proxy", "zh", "\uff1a"]])) {
  test(`of several bufferevents each step says whose it is, wherever it is told (${id}, ${lang})`, async () => {
    const { page, lab, done } = await openLab({ attributes: { lesson: id, lang } });
    const names = await lab.element.evaluate((it) => (/** @type {any} */ (it).seek(1e9), /** @type {any} */ (it).picture.names.bufferevents));
    assert.ok(Object.keys(names).length > 1);
    await lab.focus();
    await page.keyboard.press("3");
    const wrong = await lab.element.evaluate(
      (it, [names, colon]) => {
        const lab = /** @type {any} */ (it);
        const root = lab.shadowRoot;
        const wrong = [];
        let named = 0;
        for (lab.seek(1); lab.position < lab.length; lab.advance(1, "step")) {
          const { last, connections } = lab.picture;
          const name = last.connection === null || last.connection === undefined ? "" : names[last.connection];
          const told = root.querySelector(".told-words").textContent;
          const row = root.querySelector(".log-rows [aria-current] .row-words").textContent;
          const spoken = root.querySelector(".left > .scene").getAttribute("aria-label");
          const others = [...root.querySelectorAll(".left > .scene .small[data-acts] .small-name")].map((one) => one.textContent);
          const looked = Object.values(names).filter((one) => ![...root.querySelectorAll(".small-name")].some((small) => small.textContent === one));
          if (name) named++;
          if (told !== row || !spoken.endsWith(told)) wrong.push(`${lab.position}: ${told} / ${row} / ${spoken}`);
          if (name ? !told.startsWith(`${name}${colon}`) : Object.values(names).some((one) => told.startsWith(`${one}${colon}`))) wrong.push(`${lab.position}: ${told} is of ${name}`);
          if (connections.length > 1 && others.join() !== (looked.includes(name) ? "" : name)) wrong.push(`${lab.position}: lit is ${others}, it is of ${name}`);
          if (connections.length > 1 && !looked.some((one) => root.querySelector(".told-where").textContent.includes(one))) wrong.push(`${lab.position}: ${root.querySelector(".told-where").textContent}`);
        }
        if (named < 20) wrong.push(`${named} steps are somebody's`);
        return wrong.slice(0, 5);
      },
      [names, colon],
    );
    assert.deepEqual(wrong, []);
    await done();
  });
}
