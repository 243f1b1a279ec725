/** Looking at other moments and back; no browser needed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Outlook } from "../../state/outlook.js";

/** A simulation of so many records, of which each stands at the same place in the other one. @param {number} length */
function simulation(length) {
  const run = {
    start: 0,
    length,
    rxCapacity: 16,
    txCapacity: 16,
    dialect: "2.1",
    picture: () => ({ connections: [], simulated: true }),
    record: () => undefined,
    next: () => undefined,
    series: () => [],
    began: () => 0,
    effect: () => null,
    counterpart: (/** @type {number} */ position) => position,
    nextDifference: () => undefined,
    partedBy: () => [],
    stepEnds: () => [],
    free() {},
    inDialect: () => simulation(length),
  };
  return /** @type {import("../../types.js").Simulation} */ (/** @type {unknown} */ (run));
}

test("what was looked at aside leaves the other scene where it was: its next step is seen to move", () => {
  const track = simulation(40);
  const outlook = new Outlook();
  outlook.comparison.dialects = ["1.4", "2.1"];
  outlook.comparison.on = true;
  outlook.begin(track, track);
  const rest = /** @type {const} */ ({ source: "simulation", acts: true, revision: 0 });
  const look = (/** @type {number} */ position) => outlook.look(track, position, { ...rest, motion: "forward" }, false);
  look(10);
  assert.equal(look(11).other?.motion, "forward");
  const film = outlook.span(track, [11, 15], rest, false);
  assert.deepEqual(film.map(({ other }) => other?.motion), ["still", "forward", "forward", "forward", "forward"]);
  assert.equal(look(12).other?.motion, "forward");
});
