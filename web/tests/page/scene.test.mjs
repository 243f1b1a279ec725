/** The scene on a real page: what is seen while it moves, in virtual time; how it fits; several bufferevents. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";
import { made, received, recording, snapshot } from "../support/recording.mjs";
import { highWatermark } from "../support/scenarios.mjs";

before(startBrowser);
after(stopBrowser);

/** @typedef {import("../support/lab.mjs").Lab} Lab */

/** Opens an input that fills to its mark, with a clock that stands still until it is told. @param {number} position */
async function openStopped(position) {
  const opened = await openLab({ attributes: { scenario: highWatermark } });
  await opened.page.clock.install({ time: 0 });
  await opened.page.clock.pauseAt(1000);
  await opened.lab.seek(position);
  await opened.lab.focus();
  return opened;
}

/** What is drawn. @param {Lab} lab */
const drawn = (lab) =>
  lab.element.evaluate((it) => {
    const root = /** @type {ShadowRoot} */ (it.shadowRoot);
    const level = (/** @type {string} */ name) => Number(root.querySelector(`.vessel.${name} .vessel-pool`)?.getAttribute("height"));
    const seen = (/** @type {string} */ selector) => getComputedStyle(/** @type {Element} */ (root.querySelector(selector))).visibility === "visible";
    return {
      rx: level("rx"),
      input: level("input"),
      token: seen(".token.read"),
      glow: Number(/** @type {SVGElement} */ (root.querySelector(".mark.read.high .mark-glow")).style.opacity),
      valve: root.querySelector(".valve.read .valve-drawing")?.getAttribute("data-drawn"),
      lifted: root.querySelector(".callback.read")?.hasAttribute("data-lifted"),
      moving: root.querySelector(".scene")?.hasAttribute("data-moving"),
    };
  });

/** The step that fills input to its mark, and the one that shuts the valve. */
const FILLS = 34;
const SHUTS = 37;

test("a read is seen: bytes leave, pass, enter; then the mark flashes", async () => {
  const { page, lab, done } = await openStopped(FILLS - 1);
  const from = await drawn(lab);
  await page.keyboard.press("ArrowRight");
  assert.deepEqual({ ...(await drawn(lab)), moving: false }, from, "it begins where it was");
  await page.clock.runFor(90);
  const leaving = await drawn(lab);
  assert.ok(leaving.rx < from.rx && leaving.input === from.input && leaving.token, "they leave, and are on their way");
  await page.clock.runFor(150);
  const entering = await drawn(lab);
  assert.ok(entering.input > from.input && entering.glow === 0, "they enter");
  await page.clock.runFor(360);
  const flashing = await drawn(lab);
  assert.ok(flashing.glow > 0.3 && !flashing.token && flashing.valve === "open", "the mark is crossed");
  await page.clock.runFor(300);
  const over = await drawn(lab);
  assert.deepEqual([over.moving, over.glow, over.rx], [false, 0, from.rx]);
  assert.ok(Math.abs(over.input - 2 * from.input) < 0.2);
  await done();
});

test("the valve turns, its reason with it; then the callback lifts", async () => {
  const { page, lab, done } = await openStopped(SHUTS - 1);
  await page.keyboard.press("ArrowRight");
  assert.equal((await drawn(lab)).valve, "open");
  await page.clock.runFor(60);
  assert.deepEqual(await lab.all(".valve.read tspan"), ["open", "reading"]);
  await page.clock.runFor(200);
  assert.equal((await drawn(lab)).valve, "closed");
  assert.deepEqual(await lab.all(".valve.read tspan"), ["stopped", "high mark"]);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  assert.equal((await drawn(lab)).lifted, false);
  await page.clock.runFor(200);
  assert.equal((await drawn(lab)).lifted, true);
  await done();
});

test("a second key press ends what moves where it was going; a seek moves nothing", async () => {
  const { page, lab, done } = await openStopped(FILLS - 1);
  const from = await drawn(lab);
  await page.keyboard.press("ArrowRight");
  await page.clock.runFor(60);
  await page.keyboard.press("ArrowRight");
  const ended = await drawn(lab);
  assert.ok(ended.rx === from.rx && Math.abs(ended.input - 2 * from.input) < 0.2 && !ended.token);
  await lab.seek(FILLS - 1);
  assert.deepEqual(await drawn(lab), from);
  await done();
});

test("faster than four steps a second levels move, and no bytes on their way", async () => {
  const { page, lab, done } = await openStopped(FILLS - 1);
  const from = await drawn(lab);
  await page.locator("select.speed").selectOption("4");
  await lab.element.evaluate((it) => /** @type {any} */ (it).play());
  await page.clock.runFor(150);
  await page.clock.runFor(60);
  const halfway = await drawn(lab);
  assert.equal(await lab.at(), FILLS);
  assert.ok(halfway.input > from.input && halfway.input < 2 * from.input && !halfway.token, JSON.stringify(halfway));
  await done();
});

test("what changes around a moment does not end its movement", async () => {
  const { page, lab, done } = await openStopped(FILLS - 1);
  await page.keyboard.press("ArrowRight");
  await page.clock.runFor(120);
  const before = await drawn(lab);
  await page.keyboard.press("2");
  assert.deepEqual(await drawn(lab), before);
  await done();
});

for (const [width, height, share] of /** @type {const} */ ([[1440, 900, 0.5], [1280, 720, 0.5], [768, 1024, 0], [360, 740, 0]])) {
  for (const lang of ["en", "zh"]) {
    test(`at ${width}x${height}, ${lang}: the scene has its share, and no words stand on others or are cut`, async () => {
      const { page, lab, done } = await openLab({ attributes: { lesson: "high-watermark", lang }, context: { viewport: { width, height }, reducedMotion: "reduce" } });
      const wrong = new Set();
      const told = await lab.element.evaluate((it) => {
        const lab = /** @type {any} */ (it);
        const box = lab.shadowRoot.querySelector(".told");
        const cut = [];
        for (lab.seek(0); lab.position < lab.length; lab.advance(1, "step")) if (box.scrollHeight > box.clientHeight) cut.push(`${lab.position}: ${box.scrollHeight} of ${box.clientHeight} px`);
        return cut;
      });
      assert.deepEqual(told, []);
      for (const position of [0, 7, 24, 34, 37, 39, 45, 64, 131]) {
        await lab.seek(position);
        for (const problem of await overlaps(lab)) wrong.add(`${position}: ${problem}`);
      }
      assert.deepEqual([...wrong], []);
      const box = await lab.element.locator(".scene").boundingBox();
      const deck = await lab.element.locator(".deck").boundingBox();
      assert.ok(box && deck && box.height >= share * height, `${box?.height} of ${height}`);
      if (share > 0) assert.ok(box.y + box.height <= deck.y + 1, "nothing of it is below the fold");
      if (width === 1440) assert.ok(((await lab.element.locator(".vessel.input .vessel-room").boundingBox())?.height ?? 0) >= 140);
      for (const zone of await lab.element.locator(".plumbing .zone-name").all()) assert.ok(await zone.isVisible());
      assert.ok(new Set(await lab.all(".plumbing .zone-name")).size === 4, "all four zones are named");
      assert.ok(page);
      await done();
    });
  }
}

/** Words of the drawing that meet, or that leave it. @param {Lab} lab */
const overlaps = (lab) =>
  lab.element.evaluate((it) => {
    const root = /** @type {ShadowRoot} */ (it.shadowRoot);
    const drawing = /** @type {Element} */ (root.querySelector(".plumbing")).getBoundingClientRect();
    // Bytes stand where their level is; a note stands on them.
    const words = [...root.querySelectorAll(".plumbing text:not(.byte, .byte-text, .token-words)")].flatMap((text) => (text.children.length > 0 ? [...text.children] : [text]));
    const boxes = words
      .map((text) => ({ words: text.textContent ?? "", box: /** @type {SVGGraphicsElement} */ (text).getBoundingClientRect(), seen: text.checkVisibility({ visibilityProperty: true }) }))
      .filter(({ words, seen }) => words.trim() !== "" && seen);
    const problems = boxes.filter(({ words, box }) => words.endsWith("\u2026") || box.left < drawing.left - 1 || box.right > drawing.right + 1 || box.top < drawing.top - 1 || box.bottom > drawing.bottom + 1).map(({ words }) => `${words} is cut`);
    boxes.forEach((one, index) => {
      for (const other of boxes.slice(index + 1)) {
        // Lines of text may touch by their empty upper and lower parts.
        const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
        const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
        if (across > 1 && down > 5) problems.push(`${one.words} meets ${other.words}`);
      }
    });
    return problems;
  });

test("vessels of one scale say it once; where a small mark stands beside a large output each says its own, and both are seen", async () => {
  for (const viewport of [{ width: 1440, height: 900 }, { width: 360, height: 740 }]) {
    const { lab, done } = await openLab({ attributes: { lesson: "high-watermark" }, context: { viewport, reducedMotion: "reduce" } });
    await lab.seek(34);
    assert.match(await lab.text(".scene-scale"), /200 B/);
    assert.deepEqual(new Set(await lab.all(".vessel-scale")), new Set([""]));
    const scenario = { format: 1, dialect: "2.1", bufferevent: { read: { high: 10 } }, app: { on_read: [[{ write: "x".repeat(4000) }]] }, script: [{ disable: ["write"] }, { peer_send: "0123456789" }, { turn: 1 }] };
    await lab.open({ scenario: JSON.stringify(scenario) });
    await lab.seek(await lab.length());
    const scales = await lab.element.evaluate((it) => Object.fromEntries(["input", "output"].map((name) => [name, it.shadowRoot?.querySelector(`.vessel.${name} .vessel-scale`)?.textContent])));
    assert.equal(scales.input, "\u2195 20 B");
    assert.match(scales.output ?? "", /^\u2195 \d{4,} B$/);
    assert.doesNotMatch(await lab.text(".scene-scale"), /\d/);
    const { room, water } = await lab.element.evaluate((it) => {
      const heightOf = (/** @type {string} */ part) => Number(it.shadowRoot?.querySelector(`.vessel.input .vessel-${part}`)?.getAttribute("height"));
      return { room: heightOf("room"), water: heightOf("pool") };
    });
    assert.ok(Math.abs(water - room / 2) < 1, `${water} of ${room}`);
    assert.deepEqual(await overlaps(lab), []);
    await done();
  }
});

test("a low mark is seen over the water, in a small vessel too", async () => {
  const { lab, done } = await openLab({ attributes: { lesson: "proxy" }, context: { reducedMotion: "reduce" } });
  await lab.seek(90);
  const marks = await lab.element.evaluate((it) => {
    const root = /** @type {ShadowRoot} */ (it.shadowRoot);
    return [".mark.write.low", ".small .vessel.output .mark.low"].map((name) => {
      const [halo, line] = ["halo", "line"].map((part) => /** @type {SVGElement} */ (root.querySelector(`${name} .mark-${part}`)));
      const water = /** @type {Element} */ (halo.closest(".small")?.querySelector(".output .vessel-water") ?? root.querySelector(".stage .vessel.output .vessel-water"));
      const above = (water.compareDocumentPosition(halo) & halo.compareDocumentPosition(line) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
      const [wide, narrow] = [halo, line].map((path) => parseFloat(getComputedStyle(path).strokeWidth));
      return { above, apart: wide > narrow, solid: getComputedStyle(halo).opacity, same: halo.getAttribute("d") === line.getAttribute("d") };
    });
  });
  assert.deepEqual(marks, Array(2).fill({ above: true, apart: true, solid: "1", same: true }));
  await done();
});

test("one other bufferevent says as much as its vessels do, and is not cut at any width", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "proxy" }, context: { reducedMotion: "reduce" } });
  await lab.seek(90);
  assert.deepEqual(await lab.all(".small-words:last-child > span"), ["output", "16 B", "lo 8", "open"]);
  const sizes = [[1440, 900], [1280, 720], [1024, 768], [900, 800], [768, 1024], [360, 740]];
  for (const [width, height, compares] of [...sizes, [1440, 900, 1], [1600, 900, 1]]) {
    await page.setViewportSize({ width, height });
    // Beside another libevent there is room for the amounts alone.
    if (compares) await lab.set({ compare: "" });
    const { card, others, words } = await lab.element.evaluate((it) => {
      const box = (/** @type {string} */ name) => /** @type {Element} */ (it.shadowRoot?.querySelector(name)).getBoundingClientRect().toJSON();
      return { card: box(".small"), others: box(".others"), words: [...(it.shadowRoot?.querySelector(".small")?.querySelectorAll(".small-words > span") ?? [])].filter((one) => one.checkVisibility() && one.textContent).map((one) => one.getBoundingClientRect().toJSON()) };
    });
    const within = (/** @type {any} */ inner, /** @type {any} */ outer) => inner.left >= outer.left - 1 && inner.right <= outer.right + 1 && inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1;
    assert.ok(within(card, others) && words.length >= (compares ? 2 : 4) && words.every((one) => within(one, card)), `${width}: ${JSON.stringify({ card, others, words })}`);
  }
  await done();
});

const three = [made(1), made(2), made(3), received(1, 5), received(2, 5)];
const drained = (/** @type {number} */ number, /** @type {number} */ bytes, /** @type {number} */ len) => [number, "buffer_drained", { buffer: "input", bytes, len }];
const added = (/** @type {number} */ number, /** @type {number} */ len) => [number, "buffer_added", { buffer: "output", payload: { len: 5, bytes: "hello" }, len }];

test("other bufferevents stand beside the one that is looked at; bytes are seen to go to them, and a click looks at one", async () => {
  const { page, lab, done } = await openLab({ attributes: { src: recording([snapshot(), ...three, drained(1, 5, 0), added(2, 5)]) } });
  await page.clock.install({ time: 0 });
  await page.clock.pauseAt(1000);
  const small = (/** @type {number} */ number, /** @type {string} */ side) => lab.element.locator(`[data-connection="${number}"] .vessel.${side}`);
  await lab.seek(6);
  assert.deepEqual(await lab.all(".small-name"), ["#2", "#3"]);
  assert.equal(await small(2, "input").getAttribute("data-length"), "5");
  await lab.focus();
  await page.keyboard.press("ArrowRight");
  await page.clock.runFor(150);
  const flight = lab.element.locator(".flight");
  assert.equal(await flight.textContent(), "5 B");
  const [token, from, to] = await Promise.all([flight, lab.element.locator(".callback.program"), small(2, "output")].map((it) => it.boundingBox()));
  assert.ok(token && from && to && token.x > from.x && token.x < to.x, "it is between your code and the other");
  await page.clock.runFor(300);
  assert.equal(await flight.isVisible(), false);
  assert.equal(await small(2, "output").getAttribute("data-length"), "5");

  await lab.element.locator("[data-connection='2']").click();
  assert.deepEqual(await lab.all(".small-name"), ["#1", "#3"]);
  assert.equal(await lab.level("output"), 5);
  await done();
});

test("of many others some are shown, and the rest is counted", async () => {
  const { lab, done } = await openLab({ attributes: { src: recording([snapshot(), ...Array.from({ length: 12 }, (_, index) => made(index + 1))]) } });
  await lab.seek(12);
  assert.equal((await lab.all(".small-name")).length, 6);
  assert.equal(await lab.text(".others-more"), "and 5 more");
  await done();
});

test("of what the peer has received nothing is unknown in a simulation", async () => {
  const { lab, done } = await openLab({ attributes: { lesson: "what-write-does" } });
  await lab.seek(await lab.length());
  await lab.still();
  const bytes = (await lab.all(".vessel.got .byte")).join("");
  assert.ok(bytes.length >= 33 && !bytes.includes("?"), bytes);
  assert.equal(await lab.element.locator(".vessel.got .byte-unknown").count(), 0);
  await done();
});

test("what the peer received is looked up once, however often one comes by", async () => {
  const { page, lab, done, site } = await openLab({ attributes: { lesson: "slow-client" } });
  const [length, looks] = await page.evaluate(async (url) => {
    const { Simulation } = await import(`${url}pkg/bufferevent_wasm.js`);
    const { previous } = Simulation.prototype;
    let count = 0;
    Simulation.prototype.previous = function (/** @type {any[]} */ ...asked) {
      if (String(asked[1]).includes("peer_received")) count++;
      return previous.apply(this, asked);
    };
    const lab = /** @type {any} */ (document.querySelector("bufferevent-lab"));
    const looks = [0, 1].map(() => {
      count = 0;
      for (let position = 0; position <= lab.length; position++) lab.seek(position);
      return count;
    });
    return [lab.length, looks];
  }, site.url);
  assert.ok(looks[0] > 0 && looks[0] <= 2 * length, `${looks[0]} of ${length}`);
  assert.equal(looks[1], 0);
  assert.notEqual(await lab.text(".vessel.got"), "");
  await done();
});

test("the lens shows what a vessel holds now, though its bytes stand where others stood; an open one closes as they change", async () => {
  const scenario = {
    format: 2,
    dialect: "2.1",
    bufferevents: { a: { on_read: [[]] } },
    timers: { empty: { after_ms: 100, do: [[{ drain: "all", of: "a" }]] } },
    script: [{ peer_send: "a".repeat(900) }, { turn: 1 }, { advance_ms: 100 }, { turn: 1 }, { peer_send: "b".repeat(900) }, { turn: 1 }],
  };
  const { lab, done } = await openLab({ attributes: { scenario: JSON.stringify(scenario) }, context: { reducedMotion: "reduce" } });
  // Where each of both is all that input holds, long after it came.
  const [first, second] = await lab.element.evaluate((it) => {
    const lab = /** @type {any} */ (it);
    const held = Array.from({ length: lab.length + 1 }, (_, at) => (lab.seek(at), lab.picture.connections[0]?.input));
    const found = held.map((input) => (input?.len === 900 ? input.runs[0].bytes[0] : null));
    return [found.lastIndexOf("a"), found.lastIndexOf("b")];
  });
  assert.ok(first > 0 && second > first, `${first}, ${second}`);
  const lens = lab.element.locator(".lens").first();
  const byte = lab.element.locator(".byte[data-ask*='\"input\"']").first();
  await lab.seek(first);
  await byte.focus();
  assert.match(await lens.innerText(), /a/);
  await lab.seek(second);
  assert.equal(await lens.isVisible(), false, "what it shows is not there any more");
  await byte.blur();
  await byte.focus();
  assert.doesNotMatch(await lens.innerText(), /a/);
  assert.match(await lens.innerText(), /b/);
  await done();
});
