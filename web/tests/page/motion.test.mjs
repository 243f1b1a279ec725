/** What moves in the scene, and in which order, in virtual time; no browser needed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { scalesOf } from "../../state/scale.js";
import { Movement } from "../../views/scene/clock.js";
import { crossedBetween, interimAt, liftOf, planOf, transfersBetween } from "../../views/scene/motion.js";
import { freshOf } from "../../views/scene/still.js";

/** @typedef {import("../../views/scene/still.js").Still} Still */

/** A moment: levels, and what was counted up to it. @param {Partial<Still["levels"]>} levels @param {Partial<Still>} [more] @returns {Still} */
const still = (levels, more = {}) => ({
  number: 1,
  fulls: scalesOf(200),
  levels: { backlog: 0, rx: 0, input: 0, output: 0, tx: 0, got: 0, ...levels },
  contents: /** @type {any} */ ({}),
  capacities: null,
  fresh: {},
  counted: { received: 0, sent: 0, peerReceived: 0 },
  marks: { read: { low: 0, high: 64 }, write: { low: 0, high: 0 } },
  tripwire: false,
  suspended: 0,
  valves: { read: "open", write: "idle" },
  caller: null,
  ...more,
});
const counted = (received = 0, sent = 0, peerReceived = 0) => ({ counted: { received, sent, peerReceived } });

/** The read that fills input to its high mark, while more waits outside. */
const before = still({ backlog: 72, rx: 128, input: 32 }, counted(32));
const after = still({ backlog: 40, rx: 128, input: 64 }, { ...counted(64), valves: { read: "high_mark", write: "idle" }, tripwire: true });
const plan = planOf(before, after, true, 1, 2000);
const at = (/** @type {number} */ ms) => interimAt(plan, before, ms);

/** When something is first so. @param {(interim: ReturnType<typeof at>) => boolean} holds */
const when = (holds) => Array.from({ length: Math.ceil(plan.length) + 2 }, (_, ms) => ms).find((ms) => holds(at(ms))) ?? Infinity;

test("the source falls, then the target rises, then the mark flashes, then the valve turns", () => {
  const falls = when(({ levels }) => (levels.rx ?? 128) < 127);
  const rises = when(({ levels }) => (levels.input ?? 32) > 33);
  const full = when(({ levels }) => levels.input === 64);
  const flashes = when(({ flash }) => flash > 0.05);
  const turns = when(({ turned }) => turned > 0.01);
  const order = [falls, rises, full, flashes, turns];
  assert.deepEqual(order, [...order].sort((a, b) => a - b), String(order));
  assert.ok(falls < 60 && rises > 100 && full <= 300, `one transfer is over in 300 ms: ${order}`);
  assert.deepEqual(at(flashes).flashing, ["read_high"]);
});

test("no byte passes a closed valve: it opens first, and turns to what it is then once they have passed", () => {
  for (const [gate, from, to] of /** @type {const} */ ([
    ["read", still({ rx: 8 }, { valves: { read: "not_waiting", write: "idle" } }), still({ input: 8 }, { ...counted(8), valves: { read: "high_mark", write: "idle" } })],
    ["write", still({ output: 8 }, { valves: { read: "open", write: "idle" } }), still({ tx: 8 }, { ...counted(0, 8), valves: { read: "open", write: "idle" } })],
  ])) {
    const plan = planOf(from, to, true, 1, 570);
    assert.ok(plan.length <= 570, gate);
    let [opened, passed] = [false, false];
    for (let ms = 0; ms <= plan.length; ms++) {
      const { ways, passed: through, opened: open, turned } = interimAt(plan, from, ms);
      assert.deepEqual(through, [gate]);
      const moves = Object.values(ways).some(({ head, tail }) => head > 0 && tail < 1);
      assert.ok(!moves || (open === 1 && turned === 0), `${gate} at ${ms}: bytes pass, open ${open}, turned ${turned}`);
      opened ||= open > 0 && open < 1;
      passed ||= moves;
    }
    assert.ok(opened && passed, gate);
    assert.equal(interimAt(plan, from, Infinity).turned, 1, gate);
  }
  assert.deepEqual(planOf(before, after, true, 1, 570).opened, [], "one that is open stays so");
});

test("the room that a read makes is filled after it", () => {
  assert.deepEqual(transfersBetween(before, after), [["read", 32], ["arrive", 32]]);
  assert.ok(when(({ levels }) => (levels.backlog ?? 72) < 71) > when(({ levels }) => (levels.rx ?? 128) < 110));
});

test("what is between two vessels is in the pipe: no byte is there twice, and none is missing", () => {
  for (let ms = 0; ms <= plan.length; ms += 10) {
    const { levels, ways } = at(ms);
    const moving = Object.values(ways).reduce((sum, { bytes, head, tail }) => sum + bytes * (head - tail), 0);
    const sum = ["backlog", "rx", "input"].reduce((all, name) => all + (levels[/** @type {"rx"} */ (name)] ?? 0), moving);
    assert.ok(Math.abs(sum - 232) < 1e-9, `${ms}: ${sum}`);
  }
});

test("a movement ends where the next moment is", () => {
  const { done, levels, flashing, turned } = at(Infinity);
  assert.deepEqual([done, levels.backlog, levels.rx, levels.input, flashing, turned], [true, 40, 128, 64, [], 1]);
});

test("each kind of step moves what it moves", () => {
  const none = still({});
  assert.deepEqual(transfersBetween(none, still({ backlog: 72, rx: 128 })), [["pour", 200], ["arrive", 128]]);
  assert.deepEqual(transfersBetween(still({ input: 64 }), still({ input: 48 })), [["take", 16]]);
  assert.deepEqual(transfersBetween(none, still({ output: 20 })), [["write", 20]]);
  assert.deepEqual(transfersBetween(still({ output: 20 }), still({ output: 5, tx: 15 }, counted(0, 15))), [["put", 15]]);
  assert.deepEqual(transfersBetween(still({ tx: 15 }), still({ got: 15 }, counted(0, 0, 15))), [["receive", 15]]);
  assert.deepEqual(transfersBetween(still({ rx: null, backlog: null, tx: null, got: null }), still({ rx: null, backlog: null, tx: null, got: null, input: 9 }, counted(9))), [["read", 9]]);
  // Several steps at once: it came, was read, taken and written on.
  assert.deepEqual(transfersBetween(still({ rx: 8 }), still({ output: 8 }, counted(8))).map(([way]) => way), ["read", "take", "write"]);
});

test("what nobody brings or takes still ends at its level", () => {
  const dropped = planOf(still({ input: 30, output: 10 }), still({ output: 0, input: 0 }, counted()), true, 1, 2000);
  const end = interimAt(dropped, still({ input: 30, output: 10 }), Infinity).levels;
  assert.deepEqual([end.input, end.output], [0, 0]);
});

test("a mark is crossed by a level, and not by being moved", () => {
  const marks = { read: { low: 16, high: 64 }, write: { low: 8, high: 0 } };
  assert.deepEqual(crossedBetween(still({ input: 10 }, { marks }), still({ input: 20 }, { marks })), ["read_low"]);
  assert.deepEqual(crossedBetween(still({ input: 64 }, { marks }), still({ input: 0 }, { marks })), ["read_low", "read_high"]);
  assert.deepEqual(crossedBetween(still({ output: 20 }, { marks }), still({ output: 8 }, { marks })), ["write_low"]);
  assert.deepEqual(crossedBetween(still({ input: 20 }), still({ input: 20 }, { marks })), []);
});

test("it is over in the time there is, and without tokens sooner", () => {
  assert.ok(planOf(before, after, true, 1, 600).length <= 600);
  const twice = planOf(before, after, true, 2, 2000);
  assert.ok(Math.abs(twice.length - plan.length / 2) < 1e-9, "at twice the speed it takes half as long");
  const quick = planOf(before, after, false, 8, 75);
  assert.ok(quick.length <= 75 && !quick.tokens && quick.crossed.length === 0);
  assert.equal(interimAt(quick, before, 1).turned, 1, "valves do not wait for it");
  const halfway = interimAt(quick, before, quick.length / 2);
  assert.ok((halfway.levels.input ?? 0) > 32 && (halfway.levels.input ?? 99) < 64, "levels still move");
  assert.equal(planOf(after, after, true, 1, 600).length, 0, "where nothing changes, nothing takes time");
});

/** A clock that stands still until it is told. */
function handClock() {
  let [now, asked] = [0, 0];
  /** @type {Map<number, () => void>} */
  const frames = new Map();
  return {
    now: () => now,
    ask: (/** @type {() => void} */ frame) => (frames.set(++asked, frame), asked),
    cancel: (/** @type {number} */ id) => void frames.delete(id),
    pass(/** @type {number} */ ms) {
      now += ms;
      const due = [...frames.values()];
      frames.clear();
      due.forEach((frame) => frame());
    },
    waiting: () => frames.size,
  };
}

test("who ran is down when the next moves; who drains is up while bytes go; who is called comes up once they have come", () => {
  const full = still({ input: 64 }, { caller: "read" });
  const lifts = (/** @type {Still} */ from, /** @type {Still} */ to) => {
    const plan = planOf(from, to, true, 1, 2000);
    return [0, plan.length / 2, Infinity].map((ms) => interimAt(plan, from, ms)).map((interim) => /** @type {const} */ (["program", "read"]).map((kind) => liftOf(from, to, kind, interim)));
  };
  assert.deepEqual(lifts(full, still({ input: 48 }, { caller: "program" })), [[1, 0], [1, 0], [1, 0]], "main() drains after readcb returned");
  assert.deepEqual(lifts(full, still({ input: 64, rx: 8 })), [[0, 0], [0, 0], [0, 0]], "the peer sends");
  const [began, , ended] = lifts(still({ rx: 8 }), still({ input: 8 }, { ...counted(8), caller: "read" }));
  assert.deepEqual([began, ended], [[0, 0], [0, 1]], "bytes come, then readcb is called");
  assert.equal(liftOf(full, full, "read", null), 1);
});

test("the next movement ends the one before it, at its end", () => {
  const clock = handClock();
  const movement = new Movement(clock);
  /** @type {string[]} */
  const drawn = [];
  const draw = (/** @type {string} */ name) => (/** @type {number} */ ms) => (drawn.push(`${name} ${ms}`), ms >= 300);
  movement.run(draw("first"));
  clock.pass(100);
  movement.run(draw("second"));
  clock.pass(40);
  assert.deepEqual(drawn, ["first 0", "first 100", "first Infinity", "second 0", "second 40"]);
  clock.pass(400);
  assert.equal(movement.running, false);
  assert.equal(clock.waiting(), 0, "nothing asks for frames when nothing moves");
  movement.finish();
  assert.equal(drawn.length, 6, "an ended movement is not ended again");
});

test("which bytes are of this step", () => {
  const step = (/** @type {any} */ record) => freshOf(record, record.backlog ?? 0);
  assert.deepEqual(step({ kind: "received", payload: { len: 32 } }), { input: 32 });
  assert.deepEqual(step({ kind: "peer_sent", payload: { len: 200 }, backlog: 72 }), { backlog: 72, rx: 128 });
  assert.deepEqual(step({ kind: "peer_sent", payload: { len: 10 }, backlog: 82 }), { backlog: 10, rx: 0 }, "rx was full before");
  assert.deepEqual(step({ kind: "peer_sent", payload: { len: 10 }, lost: true }), {});
  assert.deepEqual(step({ kind: "sent", payload: { len: 5 } }), { tx: 5 });
  assert.deepEqual(step({ kind: "buffer_added", buffer: "output", payload: { len: 5 } }), { output: 5 });
  assert.deepEqual(step({ kind: "pass_began" }), {});
});
