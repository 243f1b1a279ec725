/** The timeline: what is drawn of a stretch, how it is moved, and how little work that is. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";
import { Survey } from "../../engine/survey.js";
import { paint } from "../../views/timeline/paint.js";

before(startBrowser);
after(stopBrowser);

/** Longer than one can draw a step of it a pixel. */
const LONG = 200_000;

/** From which step to which the timeline shows. @param {import("../support/lab.mjs").Lab} lab */
async function stretch(lab) {
  const [from, to] = (await lab.text(".timeline-note")).match(/\d+/g) ?? [];
  return [Number(from), Number(to)];
}

/** Counts the work of drawing from here on. @param {import("playwright-core").Page} page */
const countWork = (page) =>
  page.evaluate(async () => {
    const { Recording } = await import(new URL("pkg/bufferevent_wasm.js", document.baseURI).href);
    const work = { records: 0, calls: 0, frames: 0 };
    Object.assign(window, { work });
    const { series } = Recording.prototype;
    Recording.prototype.series = function (/** @type {number} */ connection, /** @type {number} */ buckets, from = 0, to = this.length) {
      work.records += to - from;
      return series.call(this, connection, buckets, from, to);
    };
    for (const name of /** @type {const} */ (["fillRect", "rect", "arc", "lineTo", "moveTo", "fillText"])) {
      const draws = /** @type {any} */ (CanvasRenderingContext2D.prototype)[name];
      /** @type {any} */ (CanvasRenderingContext2D.prototype)[name] = function (/** @type {any[]} */ ...given) {
        work.calls++;
        return draws.apply(this, given);
      };
    }
    const { clearRect } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.clearRect = function (...given) {
      work.frames++;
      clearRect.apply(this, given);
    };
  });

/** A track of so many records that says which were asked for. @param {number} length @param {number} [start] */
function counted(length, start = 0) {
  const asked = /** @type {[from: number, to: number][]} */ ([]);
  const series = (/** @type {number} */ _, /** @type {number} */ count, /** @type {number} */ from, /** @type {number} */ to) => {
    asked.push([from, to]);
    const edge = (/** @type {number} */ index) => from + Math.floor((index * (to - from)) / count);
    return Array.from({ length: Math.min(count, to - from) }, (_, index) => ({ at: edge(index) + 1, to: edge(index + 1) }));
  };
  return { asked, track: /** @type {any} */ ({ start, length, series }) };
}

test("of a stretch that is moved only what comes into it is looked at, and it is the same as if all of it were", () => {
  const { track, asked } = counted(5003, 3);
  const [moved, of] = [new Survey(), { connection: 1, revision: 1 }];
  for (const [from, news] of /** @type {const} */ ([[1000, [[993, 2003]]], [1035, [[2003, 2043]]], [940, [[933, 1033]]], [3000, [[2993, 4003]]], [4003, [[4003, 4993], [4993, 5003]]], [3990, [[3983, 4003]]]])) {
    asked.length = 0;
    const buckets = moved.buckets(track, of, { from, to: from + 1000 }, 100);
    assert.deepEqual(asked, news, `from ${from}`);
    assert.deepEqual(buckets, new Survey().buckets(track, of, { from, to: from + 1000 }, 100));
    assert.ok(buckets[0].at <= from + 1 && buckets.every(({ at, to }, index) => at <= to && at === (buckets[index - 1]?.to ?? at - 1) + 1));
    assert.ok((buckets.at(-1)?.to ?? 0) >= from + 1000);
  }
});

test("a stretch is looked at anew where its track went another way, and its end each time: it may go on", () => {
  const { track, asked } = counted(95);
  const survey = new Survey();
  const look = (/** @type {number} */ revision, /** @type {number} */ connection = 1) => (survey.buckets(track, { connection, revision }, { from: 1, to: track.length }, 10), asked.splice(0));
  assert.deepEqual(look(1), [[0, 90], [90, 95]]);
  assert.deepEqual(look(1), [[90, 95]]);
  track.length = 100;
  assert.deepEqual(look(1), [[90, 100]]);
  assert.deepEqual(look(2), [[0, 90], [90, 100]]);
  assert.deepEqual(look(2, 7), [[0, 90], [90, 100]]);
});

test("all of a track is looked at once, until it went on or another way, or there is other room", () => {
  const { track, asked } = counted(95);
  const survey = new Survey();
  const look = (/** @type {number} */ revision, count = 100) => (survey.buckets(track, { connection: 1, revision }, { from: 0, to: track.length }, count), asked.splice(0).length);
  assert.deepEqual([look(1), look(1)], [1, 0]);
  track.length = 96;
  assert.deepEqual([look(1), look(1)], [1, 0]);
  assert.deepEqual([look(2), look(2), look(2, 50), look(2, 50)], [1, 0, 1, 0]);
});

test("of a long stretch that is moved only what comes into it is summed up, and each column has all of its records", () => {
  const { track } = counted(64_000);
  const { series } = track;
  track.series = (/** @type {any[]} */ ...given) => series(...given).map((/** @type {any} */ one) => ({ ...one, inMin: one.at % 7, inMax: one.at % 97, outMin: 0, outMax: 0, rxMax: null, txMax: one.at % 3 ? null : one.at % 89, low: one.at % 5, reads: one.at % 11, lost: 0 }));
  const [survey, of] = [new Survey(), { connection: 1, revision: 1 }];
  const look = (/** @type {number} */ from, /** @type {number} */ to) => survey.buckets(track, of, { from, to }, 100);
  const first = look(0, 32_000);
  // Ten leaves of 32 records each are a column.
  assert.deepEqual([first.length, first[0].at, first[0].to, first[99].to], [100, 1, 320, 32_000]);
  const leaves = track.series(1, 10, 320, 640);
  const each = (/** @type {string} */ name) => leaves.map((/** @type {any} */ leaf) => leaf[name]);
  const { inMin, inMax, txMax, low, reads } = first[1];
  assert.deepEqual([inMin, inMax, txMax, low, reads], [Math.min(...each("inMin")), Math.max(...each("inMax")), Math.max(...each("txMax")), each("low").at(-1), each("reads").reduce((/** @type {number} */ sum, /** @type {number} */ one) => sum + one, 0)]);
  const moved = look(3200, 35_200);
  assert.ok(moved.slice(0, -10).every((bucket, index) => bucket === first[index + 10]), "the same columns are the same values");
  assert.deepEqual(moved, new Survey().buckets(track, of, { from: 3200, to: 35_200 }, 100));
  track.length = 64_010;
  assert.equal(look(32_010, 64_010).at(-1)?.to, 64_010, "what the track grew by is there");
});

test("keys, the wheel and the strip below move and stretch what is shown", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "high-watermark" } });
  const length = await lab.length();
  await lab.seek(40);
  await lab.focus();
  assert.deepEqual(await stretch(lab), [0, length]);
  await page.keyboard.press("z");
  await page.keyboard.press("z");
  const [from, to] = await stretch(lab);
  assert.ok(from <= 40 && 40 <= to && Math.abs(to - from - length / 4) <= 2, `${from} to ${to}`);
  await page.keyboard.press("End");
  assert.deepEqual(await lab.at(), length);
  assert.ok((await stretch(lab))[1] === length, "it goes where the cursor goes");
  await page.keyboard.press("x");
  await page.keyboard.press("x");
  await page.keyboard.press("x");
  assert.deepEqual(await stretch(lab), [0, length]);
  const area = await lab.element.locator(".timeline-area").boundingBox();
  assert.ok(area);
  await page.mouse.move(area.x + area.width / 2, area.y + 20);
  await page.mouse.wheel(0, -600);
  const near = await stretch(lab);
  assert.ok(near[1] - near[0] < length / 3, String(near));
  await page.mouse.wheel(9000, 0);
  assert.equal((await stretch(lab))[1], length);
  const strip = await lab.element.locator(".minimap").boundingBox();
  assert.ok(strip);
  await page.mouse.click(strip.x + 2, strip.y + 5);
  assert.equal((await stretch(lab))[0], 0);
  await page.mouse.click(area.x + area.width - 1, area.y + 20);
  assert.ok(Math.abs((await lab.at()) - (await stretch(lab))[1]) <= 1);
  await done();
});

test("what comes after an open question is veiled until it is answered", async () => {
  const { lab, done } = await openLab({ attributes: { lesson: "high-watermark" } });
  /** How many pixels of levels and events there are right of the cursor: they have a hue. */
  const future = () =>
    lab.element.evaluate((it) => {
      const [canvas, cursor] = [".lanes", ".cursor"].map((name) => /** @type {HTMLElement} */ (it.shadowRoot?.querySelector(name)));
      const drawn = /** @type {HTMLCanvasElement} */ (canvas);
      const copy = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(drawn.width, drawn.height).getContext("2d", { willReadFrequently: true }));
      copy.drawImage(drawn, 0, 0);
      const { data, width } = copy.getImageData(0, 0, drawn.width, drawn.height);
      const left = cursor.getBoundingClientRect().x - canvas.getBoundingClientRect().x + 9;
      let count = 0;
      for (let at = 0; at < data.length; at += 4) {
        const hue = Math.max(data[at], data[at + 1], data[at + 2]) - Math.min(data[at], data[at + 1], data[at + 2]);
        if ((at / 4) % width > left && data[at + 3] > 60 && hue > 40) count++;
      }
      return count;
    });
  assert.equal(await future(), 0);
  await lab.element.getByRole("button", { name: "Go to the question" }).click();
  await lab.see(".choices");
  assert.equal(await future(), 0, "nor while it is asked");
  const questions = await lab.element.locator(".question-list button").count();
  for (let answered = 0; answered < questions; answered++) {
    assert.equal(await future(), 0, "nor while another is ahead");
    await lab.element.locator(".question-list button:not([data-phase=told])").first().click();
    const goThere = lab.element.locator(".go-there");
    if (await goThere.isVisible()) await goThere.click();
    await lab.element.locator(".give-up").click();
  }
  await lab.seek(10);
  assert.ok((await future()) > 500);
  await done();
});

test("what has no step yet is not veiled: there is no question to it", () => {
  const words = { lanes: { input: "in", output: "out", events: "ev" }, veiled: "not to be seen", legend: {} };
  const colours = { input: "", output: "", kernel: "", firing: "", error: "", ink: "", paper: "" };
  const told = (/** @type {number} */ to, /** @type {number} */ veiled) => {
    const texts = /** @type {string[]} */ ([]);
    const context = new Proxy({}, { get: (_, name) => (name === "fillText" ? (/** @type {string} */ text) => texts.push(text) : () => ({ width: 10 })), set: () => true });
    const picture = { buckets: [], stretch: { from: 0, to }, full: 10, veiled };
    paint(/** @type {any} */ (context), picture, /** @type {any} */ ({ width: 900, rows: "wide", colours, text: { controls: words }, part: (/** @type {number} */ at) => at / Math.max(to, 1) }));
    return texts;
  };
  assert.ok(told(10, 4).includes("not to be seen"));
  for (const to of [0, 10]) assert.ok(!told(to, Infinity).includes("not to be seen"));
});

test("a dashed mark is seen over the bytes that reach above it", () => {
  const colours = { input: "", output: "", kernel: "", firing: "", error: "", ink: "ink", paper: "paper" };
  /** @type {{strokeStyle?: string, lineWidth?: number, dashes?: number[]}} */
  const pen = {};
  const strokes = /** @type {string[]} */ ([]);
  const context = new Proxy(pen, {
    get: (_, name) => (name === "setLineDash" ? (/** @type {number[]} */ dashes) => void (pen.dashes = dashes) : name === "stroke" ? () => strokes.push(`${pen.strokeStyle} ${pen.lineWidth} ${pen.dashes}`) : () => ({ width: 10 })),
  });
  const bucket = { at: 1, to: 10, inMin: 20, inMax: 20, outMin: 0, outMax: 0, low: 16, high: 0, writeLow: 0, writeHigh: 0 };
  const picture = { buckets: [bucket], stretch: { from: 0, to: 10 }, full: 50, veiled: Infinity };
  paint(/** @type {any} */ (context), /** @type {any} */ (picture), /** @type {any} */ ({ width: 900, rows: "wide", colours, text: { controls: { lanes: {}, legend: {} } }, part: (/** @type {number} */ at) => at / 10 }));
  const dashed = strokes.indexOf("ink 1 4,3");
  assert.ok(dashed > 0, String(strokes));
  assert.equal(strokes[dashed - 1], "paper 1 ", "on a line that hides what is behind its gaps");
});

for (const width of [360, 1120, 1240, 1280, 1440]) {
  test(`at ${width} px no page is wider than its window, however many steps the timeline has`, async () => {
    const { page, lab, done } = await openLab({ context: { viewport: { width, height: 900 } } });
    await lab.openLong(20_000);
    await lab.seek(9_000);
    const [own, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(own <= window, `${own} px in ${window}`);
    await done();
  });
}

test("buttons do what the keys do, as far as there is something to do", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "high-watermark" } });
  const length = await lab.length();
  await lab.seek(60);
  const [nearer, farther] = [page.getByRole("button", { name: "The timeline nearer" }), page.getByRole("button", { name: "The timeline farther" })];
  assert.equal(await farther.isDisabled(), true);
  await nearer.click();
  const [from, to] = await stretch(lab);
  assert.ok(to - from <= length / 2 + 1 && from <= 60 && 60 <= to, `${from} to ${to}`);
  await farther.click();
  assert.deepEqual(await stretch(lab), [0, length]);
  await done();
});

test("the marks of writing stand in the lane of output", async () => {
  const scenario = { format: 1, dialect: "2.1", app: { on_read: [[{ echo: "> " }]], on_write: [[]] }, script: [{ peer_send: "x".repeat(60) }, { turn: 3 }] };
  /** Dark pixels in the lane of output, where marks are. @param {object} write */
  const dark = async (write) => {
    const { lab, done } = await openLab({ attributes: { scenario: JSON.stringify({ ...scenario, bufferevent: { write } }) } });
    const count = await lab.element.evaluate((it) => {
      const canvas = /** @type {HTMLCanvasElement} */ (it.shadowRoot?.querySelector(".lanes"));
      const copy = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true }));
      copy.drawImage(canvas, 0, 0);
      // The gutter has words; the lane of output is from 28 to 52.
      const { data } = copy.getImageData(30, 29, canvas.width - 30, 22);
      let dark = 0;
      for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 128 && data[at] + data[at + 1] + data[at + 2] < 160) dark++;
      return dark;
    });
    await done();
    return count;
  };
  const [none, low, both] = [await dark({}), await dark({ low: 20 }), await dark({ low: 20, high: 40 })];
  assert.ok(low - none > 100 && both - low > 100, `${none}, ${low}, ${both}`);
});

test(`${LONG} records are moved and stretched with the work of a screen, not of all of them`, async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "high-watermark" } });
  await lab.openLong(LONG);
  await lab.seek(LONG / 2);
  await lab.focus();
  await countWork(page);
  await page.keyboard.press("z");
  await page.keyboard.press("x");
  await page.evaluate(() => Object.assign(/** @type {any} */ (window).work, { records: 0, calls: 0, frames: 0 }));
  for (const key of "zzzzzzzzzzzzzxxxxxxxxxxxxx") {
    await page.keyboard.press(key);
    // Keys that come within a frame are drawn in one.
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  }
  const { records, calls, frames } = await page.evaluate(() => /** @type {any} */ (window).work);
  assert.ok(frames >= 20, String(frames));
  assert.ok(records / frames < 50_000, `${records} records in ${frames} frames`);
  assert.ok(calls / frames < 8000, `${calls} calls in ${frames} frames`);
  assert.match(await lab.text(".timeline-note"), /each column many steps/);
  await done();
});

test("where a column is several steps it is said what its pale part is: in the legend, as a tip, and to who hears it", async () => {
  const script = Array.from({ length: 300 }, () => [{ peer_send: "hello" }, { turn: 1 }]).flat();
  const { lab, done } = await openLab({ attributes: { scenario: JSON.stringify({ format: 1, dialect: "2.1", app: { on_read: [[{ echo: "" }]] }, script }) } });
  assert.ok((await lab.length()) > 4000);
  const pale = lab.element.locator(".legend li", { has: lab.page.locator(".key.pale") });
  const heard = () =>
    lab.element.evaluate((it) => {
      const slider = it.shadowRoot?.querySelector(".scrubber");
      return it.shadowRoot?.getElementById(slider?.getAttribute("aria-describedby") ?? "")?.textContent ?? null;
    });
  assert.equal(await pale.textContent(), "pale: at times");
  assert.equal(await pale.isVisible(), true);
  assert.match((await heard()) ?? "", /^In the timeline a column is several steps\./);
  assert.equal(await lab.element.locator(".timeline-area").getAttribute("title"), await heard());
  await lab.element.evaluate((it) => it.setAttribute("lang", "zh"));
  assert.equal(await pale.textContent(), "浅色：有时");
  assert.match((await heard()) ?? "", /^时间轴的一列含多步。/);
  // Nearer, each step has a column of its own.
  await lab.focus();
  for (let press = 0; press < 8; press++) await lab.page.keyboard.press("z");
  await pale.waitFor({ state: "hidden" });
  assert.equal(await heard(), null);
  await done();
});

test("wherever the timeline has its legend, all of it is seen", async () => {
  const { page, lab, done } = await openLab();
  const widths = [1120, 1239, 1240, 1280, 1440];
  const cut = [];
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    const { shown, over } = await lab.element.evaluate((it) => {
      const [legend, foot] = [".legend", ".timeline-foot"].map((selector) => /** @type {Element} */ (it.shadowRoot?.querySelector(selector)).getBoundingClientRect());
      const all = [...(it.shadowRoot?.querySelectorAll(".legend > li") ?? [])].filter((key) => getComputedStyle(key).display !== "none");
      const keys = all.map((key) => key.getBoundingClientRect());
      return { shown: keys.length >= 6 && keys.every(({ width, top }) => width > 0 && top < legend.bottom), over: legend.right - foot.right };
    });
    if (!shown || over > 0) cut.push(`${width}: ${shown ? `${over} px are cut off` : "not all of it is there"}`);
  }
  assert.deepEqual(cut, []);
  await done();
});

test("when the system's colours are others, so are those of the timeline, at once", async () => {
  const { page, lab, done } = await openLab();
  const seen = () => lab.element.evaluate((it) => /** @type {HTMLCanvasElement} */ (it.shadowRoot?.querySelector("canvas.lanes")).toDataURL());
  const light = await seen();
  for (const how of /** @type {const} */ ([{ colorScheme: "dark" }, { forcedColors: "active" }])) {
    const before = await seen();
    await page.emulateMedia(how);
    await page.waitForFunction((before) => /** @type {any} */ (document.querySelector("bufferevent-lab"))?.shadowRoot.querySelector("canvas.lanes").toDataURL() !== before, before);
  }
  await page.emulateMedia({ colorScheme: "light", forcedColors: "none" });
  await page.waitForFunction((light) => /** @type {any} */ (document.querySelector("bufferevent-lab"))?.shadowRoot.querySelector("canvas.lanes").toDataURL() === light, light);
  await done();
});
