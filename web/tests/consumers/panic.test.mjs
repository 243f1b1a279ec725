/** A panic of the engine. In a process of its own: of a second one in the same wasm nothing but a `RuntimeError` is left. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { web } from "./packages.mjs";

const lab = await web();

test("a panic is an Error that says where, is told to the handler, and leaves the rest usable", () => {
  const before = new lab.Simulation(lab.defaultScenario());
  /** @type {string[]} */
  const told = [];
  lab.setPanicHandler((/** @type {string} */ message) => {
    told.push(message);
    throw new Error("what the handler throws hides nothing");
  });
  assert.throws(
    () => lab.panicOnPurpose(),
    (thrown) => {
      assert.ok(thrown instanceof Error && !(thrown instanceof WebAssembly.RuntimeError));
      assert.match(thrown.message, /^the engine panicked at wasm\/src\/panic\.rs:\d+: on purpose$/);
      assert.deepEqual(told, [thrown.message]);
      return true;
    },
  );
  lab.setPanicHandler(undefined);
  before.picture(10);
  assert.equal(new lab.Simulation(lab.defaultScenario()).length, before.length);
});
