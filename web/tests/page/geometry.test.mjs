/** Where things stand in the scene, and how its bytes fill it; no browser needed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fullHeight, Scale, scaleFor, scalesFor, sharedScale } from "../../state/scale.js";
import { bandsOf } from "../../views/scene/bands.js";
import { fit, wrap } from "../../views/scene/fit.js";
import { bytesAt, COLUMN_BELOW, layout, leastHeight, levelY, tapTo } from "../../views/scene/geometry.js";
import { TAG_HEIGHT, tagsOf } from "../../views/scene/mark.js";
import { tripWordsY } from "../../views/scene/plumbing.js";
import { lengthOf, pathOf, pointAt } from "../../views/scene/path.js";

/** @typedef {import("../../views/scene/geometry.js").Box} Box */
const WIDTHS = [280, 320, 360, 599, 600, 680, 728, 820, 980, 1400];
/** @param {Box} one @param {Box} other */
const meet = (one, other) => one.x < other.x + other.w && other.x < one.x + one.w && one.y < other.y + other.h && other.y < one.y + one.h;

for (const [width, low] of /** @type {[number, boolean][]} */ ([...WIDTHS.map((width) => [width, false]), [500, true], [528, true], [628, true], [820, true]])) {
  test(`in a width of ${width} nothing stands on anything else, or outside${low ? ", where there is little height either" : ""}`, () => {
    for (const [height, full] of [[0, 200], [400, 200], [580, 5000], [900, 50]]) {
      const { vessels, captions, callers, valves, column, ...all } = layout(width, height, full, low);
      assert.equal(all.height, Math.max(height, leastHeight(width, full, low)));
      assert.ok(!low || (!column && leastHeight(width, full, true) <= 280), "across, and all of it on a phone that is held sideways");
      const boxes = [...Object.values(vessels), ...Object.values(callers), valves.read.box, valves.write.box, ...(column ? [] : Object.values(captions))];
      boxes.forEach((one, index) => {
        assert.ok(one.x >= 0 && one.x + one.w <= width && one.y >= 0 && one.y + one.h <= all.height && one.w >= 30, JSON.stringify(one));
        boxes.slice(index + 1).forEach((other) => assert.ok(!meet(one, other), `${JSON.stringify(one)} meets ${JSON.stringify(other)}`));
      });
      for (const name of /** @type {const} */ (["backlog", "rx", "input", "output", "tx", "got"])) assert.ok(!meet(captions[name], vessels[name]), name);
    }
  });
}

for (const width of WIDTHS) {
  test(`in a width of ${width} each pipe leads from a floor over the next rim`, () => {
    const { vessels, pipes, taps } = layout(width, 600, 200);
    for (const [way, from, to] of /** @type {const} */ ([["arrive", "backlog", "rx"], ["read", "rx", "input"], ["put", "output", "tx"], ["receive", "tx", "got"]])) {
      const [start, end] = [pipes[way][0], pipes[way].at(-1) ?? [0, 0]];
      assert.ok(start[0] > vessels[from].x && start[0] < vessels[from].x + vessels[from].w && start[1] === vessels[from].y + vessels[from].h, way);
      assert.ok(end[0] > vessels[to].x && end[0] < vessels[to].x + vessels[to].w && end[1] - vessels[to].y === 2, way);
    }
    assert.equal(taps.take[0][1], vessels.input.y + vessels.input.h);
    assert.equal((taps.write.at(-1) ?? [0, 0])[1], vessels.output.y + 2);
  });
}

test("a vessel is at least 140 px high where a page of 1440x900 leaves its scene 580 px, and 66 anywhere", () => {
  assert.ok(layout(980, 450, 200).vessels.input.h >= 140);
  for (const width of WIDTHS.filter((width) => width >= COLUMN_BELOW)) assert.ok(layout(width, 0, 200).vessels.rx.h >= 66);
});

test("in a column the vessels stand in the order of the flow", () => {
  const { vessels, callers } = layout(320, 0, 200);
  const tops = [vessels.backlog, vessels.rx, vessels.input, callers.read, vessels.output, vessels.tx, vessels.got].map(({ y }) => y);
  assert.deepEqual(tops, [...tops].sort((a, b) => a - b));
});

test("in a column what a vessel is called stands as far below its zone's name everywhere", () => {
  for (const width of [320, 383, 560]) {
    const { zones, captions, vessels } = layout(width, 640, 200);
    const named = zones.filter(({ zone }) => zone !== 3).map(({ label: [, y] }) => y);
    const between = /** @type {const} */ (["backlog", "rx", "input", "output", "tx", "got"]).map((name, index) => captions[name].y - named[index]);
    assert.equal(new Set(between).size, 1, `${between}`);
    assert.ok(Math.abs(captions.input.y - vessels.input.y) < 12);
  }
});

test("what takes and writes is whoever runs", () => {
  for (const width of [320, 980]) {
    const at = layout(width, 600, 200);
    for (const caller of /** @type {const} */ (["program", "read", "write", "event"])) {
      const { x, y, w, h } = at.callers[caller];
      const [endX, endY] = tapTo(at, "take", caller).at(-1) ?? [0, 0];
      const [startX, startY] = tapTo(at, "write", caller)[0];
      for (const [px, py] of [[endX, endY], [startX, startY]]) assert.ok(px >= x && px <= x + w && py >= y && py <= y + h, `${caller} at ${width}`);
    }
  }
});

test("a level is as high as its bytes, and a height means so many", () => {
  const vessel = { x: 0, y: 20, w: 100, h: 200 };
  assert.equal(levelY(vessel, 0, 100), 220);
  assert.equal(levelY(vessel, 64, 100), 220 - 128);
  assert.equal(levelY(vessel, 300, 100), 20, "never above the rim");
  for (const bytes of [0, 1, 50, 99, 100]) assert.equal(bytesAt(vessel, levelY(vessel, bytes, 100), 100), bytes);
  assert.equal(bytesAt(vessel, 900, 100), 0);
});

test("the height of a vessel is of the series 1, 2, 5, and far marks do not flatten the rest", () => {
  assert.deepEqual([1, 10, 11, 20, 21, 51, 128, 4096].map(fullHeight), [10, 10, 20, 20, 50, 100, 200, 5000]);
  assert.equal(scaleFor(128, [64, 0]), 200);
  assert.equal(scaleFor(40, [64]), 100, "there is room above a mark");
  assert.equal(scaleFor(40, [65536]), 50);
  assert.equal(scaleFor(10, [10, 512]), 20, "nor does one that stands a little beyond what comes");
  assert.equal(scaleFor(0, [512]), 1000, "where nothing comes a mark is what there is to see");
  assert.equal(scaleFor(0, []), 10);
});

/** Of each vessel the highest level, and its marks. @param {Partial<import("../../state/scale.js").Needs>} needs @returns {import("../../state/scale.js").Needs} */
const needing = (needs) => {
  const nothing = { most: 0, limits: [] };
  return { backlog: nothing, rx: nothing, input: nothing, output: nothing, tx: nothing, got: nothing, ...needs };
};

test("vessels have one scale as long as all can be read in it, and those of a way share what they can", () => {
  const near = scalesFor(needing({ rx: { most: 32, limits: [32] }, input: { most: 64, limits: [16, 64] }, output: { most: 20, limits: [] } }));
  assert.equal(sharedScale(near), 100);
  const small = scalesFor(needing({ rx: { most: 25, limits: [] }, input: { most: 10, limits: [10] }, output: { most: 65536, limits: [] }, tx: { most: 65536, limits: [] } }));
  assert.equal(sharedScale(small), null);
  assert.deepEqual(small, { backlog: 50, rx: 50, input: 50, output: 100000, tx: 100000, got: 100000 });
  const alone = scalesFor(needing({ rx: { most: 60000, limits: [] }, input: { most: 10, limits: [10] } }));
  assert.deepEqual([alone.rx, alone.input], [100000, 20], "a mark of 10 and an input of 10 are seen beside whatever there is");
  const one = scalesFor(needing({ rx: { most: 128, limits: [128] }, input: { most: 64, limits: [1, 64] } }));
  assert.equal(sharedScale(one), 200, "a mark of 1 beside 64 bytes is seen in no scale");
});

test("what a track grows by has its place in the scales, of marks the highest, and those that stay are the same value", () => {
  const scale = new Scale();
  const bucket = (/** @type {object} */ held) => /** @type {import("../../types.js").Bucket} */ ({ inMax: 0, outMax: 0, rxMax: null, txMax: null, backlogMax: null, peerReceived: 0, low: 0, high: 0, writeLow: 0, writeHigh: 0, ...held });
  scale.grow(bucket({ inMax: 10, high: 10 }));
  const before = scale.fulls;
  scale.grow(bucket({ inMax: 3 }));
  assert.equal(scale.fulls, before);
  scale.grow(bucket({ outMax: 65536 }));
  assert.deepEqual([scale.fulls.input, scale.fulls.output], [20, 100000]);
  const most = { inMax: 20000, outMax: 60000, rxMax: 60000 };
  const live = new Scale();
  live.grow(bucket({ ...most, low: 4 }));
  const once = live.fulls;
  for (let low = 1; low < 3000; low++) live.grow(bucket({ low }));
  const whole = new Scale();
  whole.grow(bucket({ ...most, low: 2999 }));
  assert.deepEqual([once.input, live.fulls], [100000, whole.fulls], "the same as of a track that is looked at whole");
});

test("each of up to 64 bytes is a cell, the newest on top, this step's on their own", () => {
  const vessel = { w: 240, h: 200 };
  const [old, fresh] = bandsOf(48, 16, vessel, 100);
  assert.deepEqual([old.from, old.to, old.fresh, fresh.from, fresh.to, fresh.fresh], [0, 32, false, 32, 48, true]);
  assert.deepEqual(fresh.cells.map(({ byte }) => byte), Array.from({ length: 16 }, (_, index) => 32 + index));
  for (const band of [old, fresh]) {
    const area = band.cells.reduce((sum, { w, h }) => sum + w * h, 0);
    assert.ok(Math.abs(area - ((band.to - band.from) / 100) * vessel.h * vessel.w) < 1e-6, "they fill the band");
    const heights = band.cells.map(({ y }) => y);
    assert.deepEqual(heights, [...heights].sort((a, b) => a - b), "from the lowest row up");
  }
  assert.deepEqual(bandsOf(65, 0, vessel, 100)[0].cells, []);
  assert.deepEqual(bandsOf(20, 0, vessel, 5000)[0].cells, [], "too low to be seen");
  const [low] = bandsOf(32, 0, { w: 120, h: 66 }, 200);
  assert.deepEqual([low.cells.length, low.read], [32, false], "too low for glyphs, each is a cell");
  assert.ok(old.read && fresh.read);
  assert.deepEqual(bandsOf(0, 0, vessel, 100), []);
});

test("the tags of two marks never cover each other, stand in the order of their lines, and none is under the vessel", () => {
  for (const [low, high] of [[200, 200], [200, 190], [190, 200], [120, 20], [50, 49], [49, 50], [10, 120], [120, 150]]) {
    const tags = tagsOf(low, high, 200);
    const told = `${low} ${high}: ${JSON.stringify(tags)}`;
    assert.ok(Math.abs(tags.low - tags.high) >= TAG_HEIGHT && Math.max(tags.low, tags.high) <= 200, told);
    assert.equal(tags.low < tags.high, low < high, told);
  }
  assert.deepEqual(tagsOf(10, 120, 200), { low: 10, high: 120 }, "a high mark below the low one stays there");
  assert.deepEqual(tagsOf(120, 20, 200), { low: 120, high: 20 }, "those that do not meet stand at their lines");
});

test("no line cuts the words of the tripwire", () => {
  const vessel = { x: 0, y: 100, w: 200, h: 200 };
  for (const [trip, low] of [[193, 300], [193, 185], [193, 190], [101, 300], [101, 120], [280, 280], [285, 270]]) {
    const y = tripWordsY(trip, low, vessel);
    const told = `${trip} ${low}: ${y}`;
    for (const line of [trip, trip + 7, low]) assert.ok(line < y - 11 || line > y + 3, told);
    assert.ok(y > vessel.y + 8 && y < vessel.y + vessel.h, told);
  }
});

test("a line has a length, and points along it", () => {
  const line = /** @type {const} */ ([[0, 0], [0, 10], [30, 10]]);
  assert.equal(lengthOf(line), 40);
  assert.deepEqual([0, 5, 25, 40, 99].map((along) => pointAt(line, along)), [[0, 0], [0, 5], [15, 10], [30, 10], [30, 10]]);
  assert.equal(pathOf(line), "M0 0L0 10L30 10");
});

test("words are cut or wrapped to a width, Chinese anywhere", () => {
  const measure = (/** @type {string} */ words) => [...words].length * 10;
  assert.equal(fit("evbuffer_drain", 80, measure), "evbuffe\u2026");
  assert.equal(fit("short", 80, measure), "short");
  assert.equal(fit("none", 5, measure), "");
  assert.deepEqual(wrap("the server cannot see", 100, measure), ["the server", "cannot see"]);
  assert.deepEqual(wrap("\u670d\u52a1\u5668\u770b\u4e0d\u5230", 40, measure), ["\u670d\u52a1\u5668\u770b", "\u4e0d\u5230"]);
});
