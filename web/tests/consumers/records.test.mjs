/** The same scenario gives the same records, byte for byte, natively and in wasm. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { before, test } from "node:test";
import { native, scenarios } from "./native.mjs";
import { root, web } from "./packages.mjs";

let lab;
before(async () => {
  lab = await web();
});

for (const [file, expected] of [["1.4/edge", 142], ["1.4/random", 300], ["2.1/edge", 144], ["2.1/random", 300], ["2.2/edge", 173], ["2.2/random", 300]]) {
  test(`records of ${file} are those of the native engine`, async () => {
    const given = scenarios(file);
    let compared = 0;
    let records = 0;
    for await (const lines of native(given, "records")) {
      const scenario = given[compared];
      const simulation = new lab.Simulation(JSON.stringify(scenario));
      assert.equal(simulation.truncated(), undefined, scenario.name);
      // A recording begins with its header and the picture it starts from.
      const ours = simulation.exportRecording().trimEnd().split("\n").slice(2);
      const at = ours.findIndex((line, index) => line !== lines[index]);
      assert.equal(ours[at], lines[at], `${scenario.name}, record ${at + 1}`);
      assert.equal(ours.length, lines.length, scenario.name);
      simulation.free();
      compared += 1;
      records += lines.length;
    }
    assert.equal(compared, expected);
    assert.ok(records > 10_000);
  });
}

test("traces of the recorded scenarios are libevent's", () => {
  const text = readFileSync(path.join(root, "core/tests/conformance/2.1/edge.jsonl"), "utf8");
  for (const line of text.trimEnd().split("\n")) {
    const { scenario, trace } = JSON.parse(line);
    const simulation = new lab.Simulation(JSON.stringify(scenario));
    const ours = simulation.trace().trimEnd().split("\n").map((entry) => JSON.parse(entry));
    assert.deepEqual(ours, trace, scenario.name);
    simulation.free();
  }
});

test("every record names a line of the engine's source", () => {
  const simulation = new lab.Simulation(lab.defaultScenario());
  const sources = new Map();
  for (const { file, line } of simulation.records(0, simulation.length)) {
    if (!sources.has(file)) sources.set(file, readFileSync(path.join(root, file), "utf8").split("\n"));
    assert.match(sources.get(file)[line - 1], /\S/, `${file}:${line}`);
  }
  assert.ok(sources.size > 3);
});
