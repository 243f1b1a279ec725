/** What playing runs is run before somebody plays: only as long as it is there, and what goes wrong then is told. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { rehearse } from "../../views/rehearsal.js";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";

before(startBrowser);
after(stopBrowser);

test("what is played no more is asked nothing", async () => {
  const shown = (/** @type {object} */ track) => /** @type {any} */ ({ blank: false, player: { mode: "ready" }, frame: { track, revision: 0, connection: { number: 1, dialect: "2.1" }, start: 0 } });
  const gone = new Proxy({}, { get: (_, name) => assert.fail(`asked for ${String(name)}`) });
  let current = shown(gone);
  const twin = { update() {} };
  const scene = /** @type {any} */ ({ twin: () => ((current = shown({})), twin) });
  await rehearse(scene, () => current);
});

test("what goes wrong in a rehearsal is no secret", async () => {
  /** @type {() => void} */
  let release = () => {};
  const held = new Promise((resolve) => (release = () => resolve(null)));
  const rest = async (/** @type {import("node:http").ServerResponse} */ response, /** @type {Buffer} */ file) => {
    await held;
    response.writeHead(200, { "content-type": "application/wasm" }).end(file);
  };
  const { page, site, heard } = await openLab({ pages: { "/pkg/bufferevent_wasm_rest.wasm": rest }, first: true, alone: true });
  await page.evaluate(async (url) => {
    const { Simulation } = await import(`${url}pkg/bufferevent_wasm.js`);
    Simulation.prototype.records = () => {
      throw new Error("not as rehearsed");
    };
  }, site.url);
  const told = page.waitForEvent("pageerror");
  release();
  assert.match((await told).message, /not as rehearsed/);
  assert.ok(heard.every((line) => line.includes("not as rehearsed")), heard.join());
  await page.close();
});
