/** A Node program that uses the package, as CommonJS and as a module for bundlers. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { folder } from "./packages.mjs";

const lab = createRequire(import.meta.url)(path.join(folder("nodejs"), "bufferevent_wasm.js"));

test("a scenario is run, looked at from any point and searched", () => {
  const simulation = new lab.Simulation(lab.defaultScenario());
  const full = simulation.next(0, "in>=high");
  assert.equal(simulation.record(full).kind, "received");
  const { input, read } = simulation.picture(full).connections[0];
  assert.deepEqual([input.len, read.high], [64, 64]);
  const stopped = simulation.next(full, "kind:pressure_installed");
  assert.equal(simulation.picture(stopped).connections[0].valves.read, "high_mark");
  assert.equal(simulation.previous(stopped, "in>=high"), full);
  assert.equal(simulation.picture(0).connections.length, 0);
  assert.equal(simulation.record(0), undefined);
  assert.deepEqual(simulation.records(3, 5), [simulation.record(4), simulation.record(5)]);
});

test("acting in the past makes a branch and keeps the other", () => {
  const simulation = new lab.Simulation(lab.defaultScenario());
  const before = simulation.exportRecording();
  const at = simulation.act(10, '{"peer_shutdown":true}');
  assert.equal(simulation.record(at + 1).kind, "peer_shutdown");
  assert.deepEqual(simulation.branches().map(({ id, parent, current }) => [id, parent, current]), [
    [0, null, false],
    [1, 0, true],
  ]);
  simulation.switchTo(0);
  assert.equal(simulation.exportRecording(), before);
  assert.equal(simulation.setDialect("2.1"), 0);
  assert.equal(simulation.dialect, "2.1");
});

test("two libevents are compared moment by moment", () => {
  const simulation = new lab.Simulation(lab.defaultScenario());
  const other = simulation.inDialect("2.1");
  assert.equal(other.dialect, "2.1");
  assert.equal(simulation.branches().length, 1, "it is no branch of this one");
  assert.equal(simulation.counterpart(0, other), 0);
  assert.equal(simulation.counterpart(simulation.length, other), other.length);
  const parts = simulation.nextDifference(0, other);
  assert.ok(parts > 0 && parts <= simulation.length);
  assert.equal(simulation.nextDifference(0, simulation.inDialect("1.4")), undefined);
  assert.throws(() => simulation.inDialect("3.0"), /"3.0" is not one of/);
});

test("a recording comes back as it was, and damage is told", () => {
  const simulation = new lab.Simulation(lab.defaultScenario());
  const text = simulation.exportRecording();
  const recording = new lab.Recording(text);
  assert.equal(recording.damage, undefined);
  assert.deepEqual(recording.picture(40), simulation.picture(40));
  assert.equal(recording.exportRecording(), text);
  const cut = new lab.Recording(text.slice(0, -20));
  assert.match(cut.damage, /^line \d+: the file is cut off in this line$/);
  assert.equal(cut.length, recording.length - 1);
});

test("what is wrong is said in an Error", () => {
  const message = (make) => {
    try {
      make();
    } catch (error) {
      assert.ok(error instanceof Error);
      return error.message;
    }
    return assert.fail("nothing was wrong");
  };
  const simulation = new lab.Simulation(lab.defaultScenario());
  assert.equal(message(() => new lab.Simulation('{"format":1,"dialect":"1.4","scirpt":[]}')), 'unknown key "scirpt"; did you mean "script"?');
  assert.match(message(() => new lab.Simulation('{"format":1,\n"dialect')), /^line 2, column 8: /);
  assert.match(message(() => simulation.act(3, '{"set_timeouts":{"read_ms":1500}}')), /^set_timeouts.read_ms: 1500/);
  assert.match(message(() => simulation.next(0, "in>")), /^"in>" is no condition/);
  assert.match(message(() => simulation.setDialect("3.0")), /^"3.0" is not one of/);
  assert.equal(message(() => simulation.switchTo(7)), "there is no branch 7");
  assert.match(message(() => new lab.Recording("{}")), /^line 1: not the header/);
  assert.match(
    message(() => new lab.Recording('{"recording":"bufferevent","schema":99,"engine":"9"}')),
    /schema 99, this version reads schema 1/,
  );
});

test("a scenario that would never end is cut off", () => {
  const simulation = new lab.Simulation(
    '{"format":1,"dialect":"2.1","bufferevent":{"read":{"high":1}},"script":[{"peer_send":"xx"},{"turn":4294967295}]}',
  );
  assert.match(simulation.truncated(), /^stopped in step 2 of the script: more than 200000 records$/);
});

test("the timeline has a bucket a pixel and the lengths in it", () => {
  const simulation = new lab.Simulation(lab.defaultScenario());
  const series = simulation.series(1, 20);
  assert.equal(series.length, 20);
  assert.equal(Math.max(...series.map(({ inMax }) => inMax)), 64);
  assert.equal(series.at(-1).to, simulation.length);
});

test("the libevents that it can be are there, and each runs", () => {
  const dialects = lab.dialects();
  assert.deepEqual(dialects.map(({ name, libevent }) => [name, libevent]), [["1.4", "1.4.15"], ["2.1", "2.1.12"], ["2.2", "2.2.1-alpha"]]);
  for (const { name } of dialects) assert.equal(new lab.Simulation(lab.defaultScenario()).inDialect(name).dialect, name);
});

test("a lesson asks, and its scenarios answer", () => {
  const folder = new URL("../../../lessons/04-low-watermark/", import.meta.url);
  const file = (name) => JSON.parse(readFileSync(new URL(name, folder), "utf8"));
  const rules = file("lesson.json");
  const inline = (part) => ({ ...part, scenario: file(part.scenario) });
  const lesson = new lab.Lesson({ ...inline(rules), break: inline(rules.break), repair: inline(rules.repair), texts: { en: file("en.json"), zh: file("zh.json") } });
  assert.deepEqual([lesson.id, lesson.number, lesson.dialects], ["low-watermark", 4, ["1.4", "2.1", "2.2"]]);
  const simulation = new lab.Simulation(lesson.scenario("lesson"));
  for (const dialect of lesson.dialects) {
    simulation.setDialect(dialect);
    const asked = lesson.predictions(simulation);
    assert.deepEqual(asked.map(({ id, answer }) => [id, answer]), [["held", 0], ["header", "all"], ["rest", 5]]);
    for (const { ask, at } of asked) assert.ok(ask < at && at <= simulation.length);
  }
  assert.deepEqual(lesson.predictions(new lab.Simulation(lab.defaultScenario())), [], "of another scenario");
  const held = (furthest) => lesson.tasks(simulation, furthest).find(({ id }) => id === "held");
  assert.deepEqual([held(0), held(simulation.length)], [{ id: "held", reached: 0, of: 2 }, { id: "held", reached: 2, of: 2 }]);
  assert.equal(lesson.facts("2.1").all, 21);
  assert.equal(lesson.repair({ high: 16 }).holds, true);
  const { holds, failed, scenarios } = lesson.repair({ take: "all" }, "2.1");
  assert.deepEqual([holds, failed[0], scenarios.length], [false, { input: 0, goal: "heard" }, 3]);
  assert.equal(new lab.Simulation(scenarios[1]).dialect, "2.1");
  assert.throws(() => lesson.repair({ hihg: 16 }), /there is no field "hihg"; did you mean "high"\?/);
  assert.throws(() => lesson.repair({ high: 1.5 }), /high: expected a whole number, found 1.5/);
});

test("the package for bundlers is a module that Node can load", () => {
  const module = pathToFileURL(path.join(folder("bundler"), "bufferevent_wasm.js")).href;
  const program = `import * as lab from ${JSON.stringify(module)};
    console.log(new lab.Simulation(lab.defaultScenario()).length);`;
  const flags = ["--no-warnings", "--experimental-wasm-modules", "--input-type=module", "--eval", program];
  const length = new lab.Simulation(lab.defaultScenario()).length;
  assert.equal(Number(execFileSync(process.execPath, flags, { encoding: "utf8" })), length);
});
