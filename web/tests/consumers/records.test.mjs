/** The same scenario gives the same records, byte for byte, and the same pictures natively and in wasm. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { before, test } from "node:test";
import { root, variable, web } from "./packages.mjs";

let lab;
before(async () => {
  lab = await web();
});

/** The scenarios of a recorded file. */
function scenarios(file) {
  const text = readFileSync(path.join(root, "core/tests/conformance", `${file}.jsonl`), "utf8");
  return text.trimEnd().split("\n").map((line) => JSON.parse(line).scenario);
}

/** What the native engine gives for each scenario: lists of lines. @param {"records" | "pictures"} what */
async function* native(given, what) {
  const program = spawn(variable("BUFFEREVENT_SCENARIO"), [`--${what}`, "-"], { stdio: ["pipe", "pipe", "inherit"] });
  program.stdin.end(given.map((scenario) => JSON.stringify(scenario) + "\n").join(""));
  let lines;
  for await (const line of createInterface({ input: program.stdout, crlfDelay: Infinity })) {
    if (line.startsWith('{"scenario":')) {
      if (lines) yield lines;
      lines = [];
    } else {
      lines.push(line);
    }
  }
  yield lines;
  if (program.exitCode === null) await once(program, "exit");
  assert.equal(program.exitCode, 0);
}

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

for (const file of ["1.4/edge", "2.1/edge", "2.2/edge"]) {
  test(`pictures of ${file} are those of the native fold, at every step and in any order`, async () => {
    const given = scenarios(file);
    let compared = 0;
    for await (const lines of native(given, "pictures")) {
      const scenario = given[compared];
      const simulation = new lab.Simulation(JSON.stringify(scenario));
      const check = (at) => assert.deepEqual(simulation.picture(at), JSON.parse(lines[at - 1]), `${scenario.name}, step ${at}`);
      for (let at = 1; at <= lines.length; at++) check(at);
      for (let at = lines.length; at >= 1; at--) check(at);
      simulation.free();
      compared += 1;
    }
    assert.equal(compared, given.length);
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
