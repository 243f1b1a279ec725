/** What runs inside what: nobody is said to have called what libevent called. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { calledNow, stackOf } from "../../views/scene/stack.js";
import { engine } from "../support/engine.mjs";
import { edgeScenarios, lessonScenarios } from "../support/scenarios.mjs";

/** What an application calls of an event is of an event of its own. */
const INTERNAL = /^(event_(add|del|active)|event_remove_timer|bufferevent_read_pressure_cb|bufferevent_inbuf_wm_cb|bufferevent_(un)?suspend_read_|bufferevent_(readcb|writecb|trigger_nolock_|run_\w+)|be_pair_transfer)$/;

/** @param {any} simulation @param {number} position @param {"simulation" | "recording"} source */
function frameAt(simulation, position, source) {
  const picture = simulation.picture(position);
  const record = simulation.record(position) ?? null;
  const connection = picture.connections.find((/** @type {any} */ { number }) => number === (record?.connection ?? 1)) ?? picture.connections[0];
  return /** @type {any} */ ({ track: simulation, source, position, picture, record, connection });
}

test("what libevent does within a call stands behind the call that the program made", async () => {
  const { Simulation } = await engine();
  let [within, unknown] = [0, 0];
  for (const scenario of [...lessonScenarios(), ...edgeScenarios()]) {
    const simulation = new Simulation(JSON.stringify(scenario));
    for (let position = 1; position <= Math.min(simulation.length, 150); position++) {
      const frame = frameAt(simulation, position, "simulation");
      if (!frame.connection) continue;
      const frames = stackOf(frame);
      const user = frames.findLastIndex((/** @type {{user: boolean}} */ { user }) => user);
      const [called, inner] = user === -1 ? [] : frames.slice(user + 1);
      if (!called) continue;
      const own = typeof (/** @type {any} */ (frame.record).event) === "object";
      assert.ok(own || !INTERNAL.test(called.name), `${scenario.name} at ${position}: ${frames.map(({ name }) => name)}`);
      if (inner) within++;
      if (called.name === "\u2026") unknown++;
      else assert.equal(calledNow(frame), called.name);
    }
    simulation.free();
  }
  assert.ok(within > 300, String(within));
  assert.ok(unknown < within / 50, `${unknown} of ${within}`);
});

test("of a recording nobody knows which call that was, and it is not guessed", async () => {
  const { Simulation } = await engine();
  const scenario = { format: 1, dialect: "1.4", bufferevent: { read: { high: 4 } }, app: { on_read: [[]] }, script: [{ peer_send: "abcdef" }, { turn: 1 }, { read: 2 }] };
  const simulation = new Simulation(JSON.stringify(scenario));
  const end = simulation.length;
  assert.deepEqual(stackOf(frameAt(simulation, end, "simulation")).map(({ name }) => name), ["main()", "evbuffer_drain", "event_add"]);
  assert.deepEqual(stackOf(frameAt(simulation, end, "recording")).map(({ name }) => name), ["main()", "\u2026", "event_add"]);
  assert.equal(calledNow(frameAt(simulation, end, "recording")), "");
});
