/** Who asks once all is laid out; no browser needed: one stands in that tells of it when it is told to. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

/** @type {() => void} */
let layOut = () => {};
/** What a browser would say on its console. @type {unknown[]} */
let reported = [];
/** @type {Set<unknown>} */
const observed = new Set();

Object.assign(globalThis, {
  document: { documentElement: {} },
  reportError: (/** @type {unknown} */ error) => reported.push(error),
  ResizeObserver: class {
    /** @param {(entries: {target: unknown}[]) => void} tell */
    constructor(tell) {
      layOut = () => tell([...observed].map((target) => ({ target })));
    }
    observe = (/** @type {unknown} */ element) => observed.add(element);
    unobserve = (/** @type {unknown} */ element) => observed.delete(element);
  },
});
const { onceLaidOut, whenSized } = await import("../../views/laid-out.js");

beforeEach(() => {
  reported = [];
  observed.clear();
});

test("all ask before any of them changes something, and each that waits once", () => {
  /** @type {string[]} */
  const done = [];
  const ask = (/** @type {string} */ who) => () => (done.push(`${who} asks`), () => void done.push(`${who} acts`));
  onceLaidOut("a", ask("none: another was wanted since"));
  onceLaidOut("a", ask("a"));
  whenSized(/** @type {any} */ ({}), ask("b"));
  layOut();
  assert.deepEqual(done, ["b asks", "a asks", "b acts", "a acts"]);
  layOut();
  assert.deepEqual(done.slice(4), ["b asks", "b acts"]);
});

test("one that fails is reported, and keeps nobody from what is theirs", () => {
  /** @type {string[]} */
  const done = [];
  const fail = (/** @type {string} */ why) => () => {
    throw why;
  };
  onceLaidOut("a", fail("a cannot ask"));
  onceLaidOut("b", () => fail("b cannot act"));
  onceLaidOut("c", () => (done.push("c asks"), () => void done.push("c acts")));
  layOut();
  assert.deepEqual(done, ["c asks", "c acts"]);
  assert.deepEqual(reported, ["a cannot ask", "b cannot act"]);
  onceLaidOut("a", () => void done.push("a asks again"));
  layOut();
  assert.deepEqual(done.slice(2), ["a asks again"]);
});
