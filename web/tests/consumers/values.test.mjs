/** What goes into the package and what comes out of it: plain objects, positions, counts, questions, letters of any language. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { web } from "./packages.mjs";

const lab = await web();
/** @type {InstanceType<typeof lab.Simulation>} */
let simulation;
beforeEach(() => {
  simulation = new lab.Simulation(lab.defaultScenario());
});

/** @param {() => unknown} call what fails @returns {string} with which words */
function message(call) {
  try {
    call();
  } catch (thrown) {
    assert.ok(thrown instanceof Error);
    return thrown.message;
  }
  return assert.fail("nothing was wrong");
}

test("a picture is a plain object with lists", () => {
  const picture = simulation.picture(simulation.length);
  assert.equal(Object.getPrototypeOf(picture), Object.prototype);
  assert.ok(Array.isArray(picture.connections));
  assert.equal(picture.connections[0].valves.read, "open");
});

test("positions that are not there stand for the nearest that is", () => {
  for (const position of [-1, 0.5, Infinity, 1e300]) {
    simulation.picture(position);
    simulation.series(position, 2 ** 32 - 1, position, position);
    simulation.records(position, 0);
    simulation.next(position, "callback");
    simulation.previous(position, "callback");
    assert.ok(simulation.placeOf(position) <= 8);
    assert.ok((simulation.endOf(position) ?? 0) <= simulation.length);
  }
  assert.equal(simulation.record(0), undefined);
  assert.equal(simulation.record(1e300), undefined);
});

test("what is no number is no position", () => {
  const other = new lab.Simulation(lab.defaultScenario());
  const refused = [
    () => simulation.picture(NaN),
    () => simulation.connection(NaN, 1),
    () => simulation.record(NaN),
    () => simulation.next(NaN, "callback"),
    () => simulation.previous(NaN, "callback"),
    () => simulation.act(NaN, { turn: 1 }),
    () => simulation.effect(NaN),
    () => simulation.remember(NaN),
    () => simulation.placeOf(NaN),
    () => simulation.memory(NaN),
    () => simulation.running(NaN),
    () => simulation.counterpart(NaN, other),
    () => simulation.nextDifference(NaN, other),
    () => simulation.path(NaN),
    () => simulation.why(NaN, 1, { kind: "called", callback: "read" }),
  ];
  for (const call of refused) assert.equal(message(call), "the position is NaN, and no number", String(call));
  const others = /** @type {const} */ ([
    ["the connection", () => simulation.connection(0, NaN)],
    ["the connection", () => simulation.series(NaN, 10)],
    ["the connection", () => simulation.why(0, NaN, { kind: "called", callback: "read" })],
    ["the step", () => simulation.endOf(NaN)],
    ["`from`", () => simulation.records(NaN, 0)],
    ["`from`", () => simulation.series(1, 10, NaN)],
    ["`to`", () => simulation.records(0, NaN)],
    ["`to`", () => simulation.next(0, "callback", NaN)],
    ["`to`", () => simulation.series(1, 10, 0, NaN)],
  ]);
  for (const [what, call] of others) assert.equal(message(call), `${what} is NaN, and no number`, String(call));
});

test("a count is a whole number and never another one", () => {
  for (const bad of [-1, 0.5, 4_294_967_297, NaN, Infinity]) {
    /** @type {[string, () => unknown][]} */
    const refused = [
      ["the branch", () => simulation.switchTo(bad)],
      ["the branch", () => simulation.deleteBranch(bad)],
      ["the receive queue's size", () => simulation.setKernel(bad, 9)],
      ["the send queue's size", () => simulation.setKernel(7, bad)],
      ["the number of buckets", () => simulation.series(1, bad)],
    ];
    for (const [what, call] of refused) assert.equal(message(call), `${what} is ${bad}, and no whole number from 0 to 4294967295`);
  }
});

test("a question is an object or its text, and anything else an error in words", () => {
  const end = simulation.length;
  const question = { kind: "called", callback: "read" };
  const answer = simulation.why(end, 1, question);
  assert.equal(answer.reasons[0].reason, "called");
  assert.deepEqual(simulation.why(end, 1, JSON.stringify(question)), answer);
  assert.deepEqual(simulation.why(end, 9, question), { reasons: [], uncertain: false });
  for (const bad of [undefined, 3, "", { kind: "fate" }]) assert.match(message(() => simulation.why(end, 1, bad)), /^this is no question: /);
});

test("a recording is the simulation that it was made of, at each position", () => {
  const recording = new lab.Recording(simulation.exportRecording());
  assert.equal(recording.damage, undefined);
  for (let position = 0; position <= simulation.length; position += 1) assert.deepEqual(recording.picture(position), simulation.picture(position));
});

test("a recording is read as it was written, whatever its letters", () => {
  const made = new lab.Simulation({ format: 2, dialect: "2.1", bufferevents: { größe: {} }, script: [{ peer_send: "Grüße, 世界", of: "größe" }, { turn: 1 }] });
  const written = made.exportRecording();
  assert.ok(written.includes("größe"));
  assert.deepEqual(new lab.Recording(written).picture(made.length), made.picture(made.length));
});

test("a wrong number in a scenario is named by its key", () => {
  assert.equal(message(() => new lab.Simulation({ format: 1, dialect: "1.4", script: [{ turn: -1 }] })), "script[0].turn: -1 is below 0");
});

/** A lesson of one question, with everything inline. */
const LESSON = {
  format: 1,
  number: 0,
  id: "one",
  test: true,
  predictions: [
    {
      id: "room",
      kind: "number",
      scenario: { format: 1, dialect: "1.4", script: [{ peer_send: "abc" }, { turn: 1 }] },
      ask: { before: "kind:received" },
      figure: "in",
      at: { at: "kind:received" },
      wrong: [{ id: "none", value: 0 }],
    },
  ],
  facts: { sent: { figure: "rx", at: { at: "kind:peer_sent" }, scenario: "room" } },
  texts: {},
};

test("a lesson is an object or its text, and anything else an error in words", () => {
  for (const given of [LESSON, JSON.stringify(LESSON)]) {
    const lesson = new lab.Lesson(given);
    const room = new lab.Simulation(lesson.scenario("room"));
    const [asked] = lesson.predictions(room);
    assert.deepEqual([asked.answer, asked.wrong], [3, [{ id: "none", value: 0 }]]);
    assert.deepEqual(lesson.facts("2.1"), { sent: 3 });
    assert.deepEqual(lesson.tasks(room, 0), []);
    assert.equal(message(() => lesson.repair({})), "repair: this lesson has nothing to repair");
    assert.match(message(() => lesson.facts("9")), /^"9" is not one of/);
  }
  /** @type {Record<string, unknown>} */
  const circle = {};
  circle.lesson = circle;
  for (const bad of [undefined, 3, "", circle, []]) assert.match(message(() => new lab.Lesson(bad)), /^(lesson\.json|this is no lesson): /);
  assert.equal(message(() => new lab.Lesson({ ...LESSON, taks: null })), 'lesson.json: unknown key "taks"; did you mean "tasks"?');
});
