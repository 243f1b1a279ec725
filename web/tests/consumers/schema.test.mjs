/** The schema and the reader agree on shapes: what is read is valid, and what has another shape is not. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import Ajv2020 from "ajv/dist/2020.js";
import { root, variable, web } from "./packages.mjs";

const lab = await web();
const site = variable("BUFFEREVENT_SITE");
const read = (/** @type {string} */ file) => JSON.parse(readFileSync(path.join(site, file), "utf8"));
const isValid = new Ajv2020({ strict: false }).compile(read("scenario.schema.json"));

/** Every scenario that was recorded of the real libraries. */
function recorded() {
  const folder = path.join(root, "core/tests/conformance");
  const files = readdirSync(folder, { recursive: true }).map(String).filter((name) => name.endsWith(".jsonl"));
  const lines = files.flatMap((name) => readFileSync(path.join(folder, name), "utf8").split("\n"));
  return lines.filter((line) => line.startsWith('{"scenario":')).map((line) => JSON.parse(line).scenario);
}

/** Every scenario within the lessons. */
function taught() {
  /** @type {object[]} */
  const found = [];
  const look = (/** @type {any} */ value) => {
    if (value === null || typeof value !== "object") return;
    if ("dialect" in value && "script" in value) found.push(value);
    Object.values(value).forEach(look);
  };
  for (const file of readdirSync(path.join(site, "lessons"))) look(read(`lessons/${file}`));
  return found;
}

/** One of format 2 in which most keys are. @returns {any} */
const program = () => ({
  format: 2,
  dialect: "2.1",
  priorities: 2,
  limits: { records: 10 },
  bufferevents: {
    a: {
      socket: { rx_capacity: 5 },
      connect: "pending",
      read: { high: 10 },
      deferred: true,
      on_read: [
        [
          { if: { output_of: "b", at_least: 3 }, then: [{ write: "x" }], else: [] },
          { readline: "crlf", repeat: true, then: [{ write_line: { bytes: "\u00ff" } }] },
          { trigger: "read", defer: true },
          { trigger_event: ["eof"] },
          { drain: "all" },
        ],
      ],
      on_write: null,
    },
    b: { filter_over: "a", input_filter: "rot13" },
  },
  timers: { t: { after_ms: 5, do: [[{ add_timer: "t", after_ms: 3 }]] } },
  script: [{ peer_send: "x", of: "a" }, { peer_accept: true, of: "a" }, { turn: 3 }],
});

test("what is read is valid, and so is what is written of it", () => {
  const all = [...recorded(), ...taught(), program()];
  assert.ok(all.length > 2200, `${all.length} scenarios`);
  for (const scenario of all) {
    const simulation = new lab.Simulation(scenario);
    for (const one of [scenario, JSON.parse(simulation.scenario())]) assert.ok(isValid(one), `${JSON.stringify(isValid.errors?.[0])} of ${JSON.stringify(one)}`);
    simulation.free();
  }
});

test("what has another shape is refused by both", () => {
  /** @type {((it: any) => unknown)[]} */
  const breaks = [
    (it) => (it.format = 3),
    (it) => (it.dialect = "1.5"),
    (it) => delete it.bufferevents,
    (it) => (it.colour = 1),
    (it) => (it.priorities = 0),
    (it) => (it.limits.records = 0.5),
    (it) => (it.bufferevents.a.socket.rx_capacity = 0),
    (it) => (it.bufferevents.a.socket.rx_capacity = 2 ** 32),
    (it) => (it.bufferevents.a.connect = "maybe"),
    (it) => (it.bufferevents.a.deferred = "yes"),
    (it) => (it.bufferevents.a.on_read[0][0].of = "a"),
    (it) => (it.bufferevents.a.on_read[0][1].then[0].write_line.bytes = "\u0100"),
    (it) => (it.bufferevents.a.on_read[0][2].then = []),
    (it) => (it.bufferevents.a.on_read[0][3] = { trigger_event: ["oef"] }),
    (it) => (it.bufferevents.a.on_read[0][4] = { drain: "most" }),
    (it) => (it.bufferevents[""] = {}),
    (it) => (it.timers.t.do = null),
    (it) => (it.script[0] = {}),
    (it) => (it.script[1] = { peer_accept: true, peer_refuse: true, of: "a" }),
  ];
  assert.equal(lab.scenarioProblem(program()), undefined);
  for (const breakIt of breaks) {
    const scenario = program();
    breakIt(scenario);
    assert.notEqual(lab.scenarioProblem(scenario), undefined, `the reader takes ${breakIt}`);
    assert.equal(isValid(scenario), false, `the schema takes ${breakIt}`);
  }
});
