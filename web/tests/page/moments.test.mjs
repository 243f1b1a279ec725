/** What Play stops at: moment by moment, nothing happens through what looks closed. No browser needed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { momentTarget } from "../../engine/track.js";
import { isOpen } from "../../views/scene/still.js";
import { engine } from "../support/engine.mjs";
import { index, lessonOf } from "../support/learner.mjs";

const { Simulation } = await engine();
const DIALECTS = /** @type {const} */ (["1.4", "2.1", "2.2"]);

/** Each moment of a run, with the one before it. @param {any} track */
function* moments(track) {
  for (let [from, to] = [0, momentTarget(track, 0, 1)]; from < track.length; [from, to] = [to, momentTarget(track, to, 1)]) yield { from, to };
}

/** What the scene says of the read valve of each. @param {any} track @param {number} position @returns {Map<number, {valve: string, received: number}>} */
function reading(track, position) {
  const picture = track.picture(position);
  const runs = (/** @type {any} */ { number }) => picture.loop.running?.event === "read" && picture.loop.running.connection === number;
  return new Map(picture.connections.map((/** @type {any} */ one) => [one.number, { valve: runs(one) ? "running" : one.valves.read, received: one.counters.received }]));
}

for (const { id } of index()) {
  test(`${id}: what is read comes through a valve that was seen to open`, () => {
    const { scenario, dialects = DIALECTS } = /** @type {any} */ (lessonOf(id));
    if (!scenario) return;
    for (const dialect of dialects) {
      const track = new Simulation(JSON.stringify({ ...scenario, dialect }));
      for (const { from, to } of moments(track)) {
        const before = reading(track, from);
        for (const [number, { received }] of reading(track, to)) {
          const was = before.get(number);
          if (was && received > was.received) assert.ok(isOpen(/** @type {any} */ (was.valve)), `${dialect}, ${from} to ${to}: read through ${was.valve}`);
        }
      }
      track.free();
    }
  });
}
