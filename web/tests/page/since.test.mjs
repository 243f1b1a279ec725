/** Since when time counts: from what is seen first, and anew where a live server was started anew. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Since } from "../../state/since.js";

/** A live track of records at these times, with what its last picture says. @param {number[]} times */
function trackOf(times) {
  const track = {
    start: 0,
    now: times.at(-1) ?? 0,
    get length() {
      return times.length;
    },
    record: (/** @type {number} */ position) => (position > 0 && position <= times.length ? { time_us: times[position - 1] } : undefined),
    picture: () => ({ time_us: track.now }),
    /** @param {number[]} more @param {number} [now] */
    grow(more, now) {
      times.push(...more);
      track.now = now ?? times.at(-1) ?? 0;
    },
  };
  return /** @type {any} */ (track);
}

test("after a restart time counts from there, and before it as it did", () => {
  const [since, track] = [new Since(), trackOf([5_000_000, 5_200_000])];
  since.begin(track);
  assert.equal(since.at(2, 5_200_000), 5_000_000);
  track.grow([5_400_000]);
  since.grew(track);
  // The new server had run for 30 ms when it was connected to.
  track.grow([30_000, 45_000]);
  since.grew(track);
  assert.equal(45_000 - since.at(5, 45_000), 15_000, "not 0, and not less");
  assert.equal(since.at(3, 5_400_000), 5_000_000);
  track.grow([90_000]);
  since.grew(track);
  assert.equal(since.at(6, 90_000), 30_000);
  track.grow([10_000]);
  since.grew(track);
  assert.equal(since.at(7, 10_000), 10_000, "and again");
});

test("a server that was started anew soon after it was connected to counts from then", () => {
  const [since, track] = [new Since(), trackOf([5_000_000, 9_000_000])];
  since.begin(track);
  // It had run for longer than the first one had when it was connected to.
  track.grow([6_000_000]);
  since.grew(track);
  assert.equal(since.at(3, 6_000_000), 6_000_000);
  assert.equal(since.at(2, 9_000_000), 5_000_000);
});

test("in a file a restart is found where one looks, by few records, however long it is", () => {
  const times = [...Array.from({ length: 60_000 }, (_, index) => 5_000_000 + index), ...Array.from({ length: 40_000 }, (_, index) => 30_000 + index)];
  const [since, track] = [new Since(), trackOf(times)];
  let asked = 0;
  const { record } = track;
  track.record = (/** @type {number} */ position) => (asked++, record(position));
  since.begin(track);
  assert.equal(since.at(59_999, 5_059_998), 5_000_000);
  assert.equal(since.at(70_000, 39_999), 30_000);
  assert.equal(since.at(60_001, 30_000), 30_000, "the first after it");
  assert.equal(since.at(60_000, 5_059_999), 5_000_000, "the last before it");
  assert.ok(asked < 50, `${asked} records were asked for`);
});

test("a server that says nothing yet, but how it stands, counts from the first step that comes, however long it was idle", () => {
  const [since, track] = [new Since(), trackOf([])];
  since.begin(track);
  track.grow([], 7_000_000);
  since.grew(track);
  assert.equal(since.at(0, 7_000_000), 7_000_000);
  track.grow([7_100_000]);
  since.grew(track);
  assert.equal(since.at(1, 7_100_000), 7_100_000);
  // Started anew, with a picture and no record of it so far.
  track.grow([], 2_000);
  since.grew(track);
  assert.equal(since.at(1, 2_000), 2_000);
});
