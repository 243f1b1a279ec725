/** What the service worker decides, where a browser cannot be brought to it: no room, a server behind something that answers for it. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";

const SCRIPT = readFileSync(new URL("../../worker.js", import.meta.url), "utf8");
const HERE = "http://lab/folder/";
const digest = (/** @type {string} */ text) => createHash("sha256").update(text).digest("hex");

/** @param {{[path: string]: string}} files */
function listed(files) {
  const digests = Object.fromEntries(Object.entries(files).map(([path, text]) => [path, digest(text)]));
  return { ...files, "site.json": JSON.stringify({ version: digest(JSON.stringify(digests)), files: digests }) };
}
const bundle = (/** @type {string} */ mark) => listed({ "index.html": `page ${mark}`, "lab.js": `script ${mark}` });

/** A worker in a world of its own: what the server has, what is kept, and how it is asked. @param {{[path: string]: string | number | null}} server null for no answer, a number for a status */
async function started(server) {
  /** @type {Map<string, Response>} */
  const kept = new Map();
  const world = { server, room: true, kept };
  const put = async (/** @type {string} */ key, /** @type {Response} */ answer) => {
    if (!world.room) throw new DOMException("there is no room", "QuotaExceededError");
    kept.set(key, answer);
  };
  const store = {
    put,
    match: async (/** @type {string} */ key) => kept.get(key)?.clone(),
    keys: async () => Array.from(kept.keys(), (url) => ({ url })),
    delete: async (/** @type {string} */ key) => kept.delete(key),
  };
  /** @type {{[type: string]: (event: any) => void}} */
  const listeners = {};
  const answered = async (/** @type {any} */ asked) => {
    const found = world.server[(asked.url ?? asked).slice(HERE.length) || "index.html"];
    if (found === null) throw new TypeError("nobody answers");
    return typeof found === "string" ? new Response(found) : new Response("", { status: found ?? 404 });
  };
  const globals = { caches: { open: async () => store, delete: async () => kept.clear() }, location: new URL(`${HERE}worker.js`), fetch: answered, crypto, Response, Request, Headers, TextDecoder, URL, setTimeout: () => {} };
  const self = {
    addEventListener: (/** @type {string} */ type, /** @type {any} */ listener) => (listeners[type] = listener),
    skipWaiting: async () => {},
    clients: { matchAll: async () => [], claim: async () => {} },
    registration: { unregister: async () => {} },
  };
  vm.runInNewContext(SCRIPT, { ...globals, self });
  const happen = async (/** @type {string} */ type) => {
    /** @type {Promise<unknown>[]} */
    const waits = [];
    listeners[type]({ waitUntil: (/** @type {Promise<unknown>} */ it) => waits.push(it) });
    await Promise.all(waits);
  };
  await happen("install");
  await happen("activate");
  /** The text that a request is answered with; none where the worker lets it pass. @param {string} path @param {{opens?: string, page?: string}} [by] */
  const ask = async (path, { opens, page = "" } = {}) => {
    /** @type {Promise<Response> | null} */
    let answer = null;
    const request = { method: "GET", url: HERE + path, mode: opens ? "navigate" : "cors" };
    listeners.fetch({ request, clientId: page, resultingClientId: opens, respondWith: (/** @type {Promise<Response>} */ it) => (answer = it) });
    return answer === null ? null : (await /** @type {Promise<Response>} */ (answer)).text();
  };
  return Object.assign(world, { ask });
}

test("where there is no room for an update, it is shown all the same, and the old one is no longer mixed in", async () => {
  const world = await started(bundle("old"));
  assert.equal(await world.ask("", { opens: "a" }), "page old");
  Object.assign(world, { server: bundle("new"), room: false });
  assert.equal(await world.ask("", { opens: "b" }), "page new");
  assert.equal(await world.ask("lab.js", { page: "b" }), "script new");
  assert.equal(await world.ask("lab.js", { page: "a" }), "script old", "the page that was open stays what it is");
});

test("what answers for a server that is gone is none; without a server the last bundle is whole", async () => {
  const world = await started(bundle("old"));
  for (const status of [502, 503, null]) {
    world.server = { "index.html": status, "lab.js": status, "site.json": status };
    assert.equal(await world.ask("?lessons=1", { opens: `${status}` }), "page old", String(status));
    assert.equal(await world.ask("lab.js", { page: `${status}` }), "script old");
  }
  // The list of an update, and then nobody any more.
  world.server = { ...bundle("new"), "lab.js": null };
  assert.equal(await world.ask("index.html", { opens: "c" }), "page old");
});

test("files that are not those of the list are never kept", async () => {
  const world = await started(bundle("old"));
  world.server = { ...bundle("new"), "lab.js": "script of nobody" };
  assert.equal(await world.ask("index.html", { opens: "a" }), "page new", "what the server has");
  assert.equal(await world.ask("lab.js", { page: "a" }), "script of nobody");
  for (const answer of world.kept.values()) assert.doesNotMatch(await answer.clone().text(), /nobody/);
});

test("what a server says of itself passes, and so does all that is no file of a bundle", async () => {
  const world = await started({ ...bundle("old"), ws: "", healthz: "", metrics: "", "mine.html": "mine", "mine.jsonl": "records" });
  for (const path of ["ws", "healthz", "metrics", "metrics?x=1.js", "site.json", "worker.js"]) {
    assert.equal(await world.ask(path, { page: "a" }), null, path);
    assert.equal(await world.ask(path, { opens: "a" }), null, path);
  }
  assert.equal(await world.ask("mine.html", { opens: "m" }), "mine");
  assert.equal(await world.ask("lab.js", { page: "m" }), "script old", "from the server");
  world.server = { ...world.server, "lab.js": "script changed", "mine.jsonl": "more" };
  assert.equal(await world.ask("lab.js", { page: "m" }), "script changed", "a page that is not the lab's");
  assert.equal(await world.ask("mine.jsonl", { page: "a" }), "more");
});
