/** What a page gives an element that it cannot use, by attributes, properties and methods: each is told in words, and nothing else happens. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { attributeOf } from "../../state/given.js";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";

before(startBrowser);
after(stopBrowser);

/** @typedef {any} Element as a program has it */

/** What an element tells from now on. @param {import("../support/lab.mjs").Lab} lab */
const listen = (lab) =>
  lab.element.evaluate((it) => {
    Object.assign(window, { told: [] });
    it.addEventListener("error", (event) => /** @type {any} */ (window).told.push(/** @type {CustomEvent} */ (event).detail.message));
  });
/** @param {import("playwright-core").Page} page @returns {Promise<string[]>} */
const told = (page) => page.evaluate(() => /** @type {any} */ (window).told.splice(0));

test("act throws in words what it cannot do, and leaves everything as it is", async () => {
  const { lab, done } = await openLab();
  await lab.seek(40);
  const found = await lab.element.evaluate((it) => {
    const lab = /** @type {Element} */ (it);
    const length = lab.length;
    return [undefined, null, {}, "x", '{"turn":1}', 5, [], [{ turn: 1 }], { x: 1 }, { turn: -1 }, { peer_send: 5 }, { turn: 1, peer_send: "x" }, { turn: 10n }].map((step) => {
      try {
        lab.act(step);
        return "nothing was thrown";
      } catch (error) {
        return lab.position === 40 && lab.length === length ? /** @type {Error} */ (error).message : "it is elsewhere";
      }
    });
  });
  const said = [/^undefined is no step of a script: it is an object, such as/, /^null is no step/, /^an object without a key/, /^“x” is no step/, /^“{"turn":1}” is no step/, /^5 is no step/, /^a list is no step/, /^a list is no step/, /unknown key "x"/, /turn.*-1/, /peer_send.*5/, /peer_send|turn/, /which is JSON/];
  found.forEach((message, index) => assert.match(message, said[index]));
  assert.ok(found.every((message) => !/reading|undefined \(/.test(message)), String(found));
  // What was thrown is the program's to tell.
  assert.equal(await lab.element.locator(".notice").isVisible(), false);
  assert.equal(await lab.element.evaluate((it) => (/** @type {Element} */ (it).act({ peer_send: "hello" }), it.getAttribute("data-state"))), "playing");
  await done();
});

test("an attribute with a wrong value is told once, and what comes nearest is done", async () => {
  const { lab, page, done } = await openLab();
  await listen(lab);
  for (const [name, value, said, at] of /** @type {[string, string, RegExp, number?][]} */ ([
    ["step", "3.5", /“step”: “3\.5” is no number of steps/, 4],
    ["step", "-1", /“step”: “-1” is no number of steps/, 0],
    ["step", "1e9", /“step”: 1e9 is beyond the end/, await lab.length()],
    ["position", "abc", /“position”: “abc” is no number of steps/, await lab.length()],
    ["controls", "bogus", /“controls”: there is no “bogus”; there are full, minimal, none/],
    ["theme", "pink", /“theme”: there is no “pink”; there are auto, light, dark/],
  ])) {
    await lab.set({ [name]: value });
    const [words, ...more] = await told(page);
    assert.match(words, said);
    assert.deepEqual(more, []);
    await lab.see(".notice:not([hidden])");
    if (at !== undefined) assert.equal(await lab.at(), at, value);
    await page.getByRole("button", { name: "Dismiss" }).click();
    // The same again is nothing new.
    await lab.set({ [name]: value });
    assert.deepEqual(await told(page), []);
  }
  await lab.set({ step: "7", controls: "full", theme: "dark" });
  assert.deepEqual([await told(page), await lab.at()], [[], 7]);
  // What was wrong from the beginning is told together.
  await lab.element.evaluate((it) => {
    const next = document.createElement("bufferevent-lab");
    for (const [name, value] of [["lessons", "4,,6"], ["step", "x"], ["controls", "some"]]) next.setAttribute(name, value);
    next.addEventListener("error", (event) => /** @type {any} */ (window).told.push(/** @type {CustomEvent} */ (event).detail.message));
    const ready = new Promise((resolve) => next.addEventListener("ready", resolve, { once: true }));
    it.replaceWith(next);
    return ready;
  });
  const [all, ...rest] = await told(page);
  assert.deepEqual(rest, []);
  for (const words of ["“controls”: there is no “some”", "“lessons”: a comma has no lesson beside it", "“step”: “x” is no number of steps"]) assert.ok(all.includes(words), all);
  assert.match(await lab.text(".lesson h2"), /Low watermark/);
  await done();
});

test("a property that is set to what it does not take throws in words, and none becomes an address", async () => {
  for (const [name, value, said] of /** @type {[string, unknown, RegExp][]} */ ([
    ["src", [1, 2], /^a list is no src: it is an address/],
    ["src", 5, /^5 is no src/],
    ["src", [], /^a list is no src/],
    ["scenario", 5, /^5 is no scenario: it is an address, JSON or/],
    ["scenario", [], /^a list is no scenario/],
    ["run", true, /^true is no run/],
    ["live", 5, /^5 is no live: it is an address/],
    ["live", {}, /^an object is no live/],
    ["lessons", {}, /^an object is no lessons: it is a list/],
    ["lessons", [[]], /^a list is no lessons/],
    ["lesson", Symbol("x"), /^Symbol\(x\) is no lesson/],
    ["lesson", () => {}, /is no lesson/],
    ["step", {}, /^an object is no step: it is a number of steps/],
    ["theme", 5, /^5 is no theme/],
    ["scenario", { turn: 10n }, /no scenario: it cannot be written as JSON/],
  ])) {
    assert.throws(() => attributeOf(name, value), (error) => error instanceof TypeError && said.test(error.message), `${name} ${String(value)}`);
  }
  for (const [name, value, text] of /** @type {[string, unknown, string | null][]} */ ([["lesson", 4, "4"], ["lesson", null, null], ["src", undefined, null], ["live", new URL("ws://a/ws"), "ws://a/ws"], ["lessons", [4, "leftovers"], "4,leftovers"], ["lessons", [], ""], ["src", [{ a: 1 }, {}], '{"a":1}\n{}'], ["step", 3, "3"]])) {
    assert.equal(attributeOf(name, value), text);
  }
  const { lab, page, heard, done } = await openLab();
  const found = await lab.element.evaluate((it) => {
    try {
      return void (/** @type {Element} */ (it).scenario = 5);
    } catch (error) {
      return [/** @type {Error} */ (error).message, it.hasAttribute("scenario")];
    }
  });
  assert.deepEqual(found, ["5 is no scenario: it is an address, JSON or a scenario as an object", false]);
  // Set before the element is defined, it keeps nothing else from being set.
  await lab.element.evaluate((it) => {
    const next = Object.assign(document.implementation.createHTMLDocument().createElement("bufferevent-lab"), { src: 5, lesson: 6 });
    it.replaceWith(next);
  });
  await page.locator("bufferevent-lab[lesson='6'][data-state=ready]").waitFor();
  assert.match(heard.splice(0).join(), /5 is no src/);
  await done();
});

test("every property and every method takes whatever it is given, or refuses it in words", async () => {
  const { lab, page } = await openLab();
  const found = await lab.element.evaluate((it) => {
    const throws = () => {
      throw new TypeError("not today");
    };
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const odd = [undefined, null, true, NaN, -1, 1.5, -0, Infinity, 10n, Symbol("odd"), "", "odd", "\ud800", "x".repeat(1e5), throws, [], [Symbol("odd")], new Array(3), {}, { toString: throws, valueOf: throws, toJSON: throws }, Object.create(null), { toJSON: () => undefined }, new Map(), new Date(NaN), new Proxy({}, { get: throws, ownKeys: throws, getPrototypeOf: throws }), new Proxy([], { get: throws }), proxy];
    const lab = /** @type {Element} */ (it);
    const own = Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(lab))).filter(([name]) => !/Callback$|^constructor$/.test(name));
    /** @type {string[]} */
    const said = [];
    const attempt = (/** @type {string} */ name, /** @type {() => unknown} */ act) => {
      try {
        act();
      } catch (error) {
        said.push(`${name}: ${error instanceof Error ? error.message : "no error"}`);
      }
    };
    for (const [name, { set, value }] of own) {
      for (const [index, given] of odd.entries()) {
        if (set) attempt(`${name} = ${index}`, () => (lab[name] = given));
        else if (value) for (const all of [[given], [1, given]]) attempt(`${name}(${index})`, () => value.apply(lab, all));
      }
      if (set) lab.removeAttribute(name);
    }
    return { said, names: own.map(([name]) => name) };
  });
  for (const name of ["lesson", "scenario", "run", "src", "live", "lessons", "step", "position", "controls", "theme", "compare", "advance", "seek", "act"]) assert.ok(found.names.includes(name), name);
  assert.ok(found.said.length > 150, String(found.said.length));
  const words = /: .*( is no |this is no | needs |cannot|nothing is simulated|unknown key|must be)/;
  assert.deepEqual(found.said.filter((one) => !words.test(one) || /Cannot |not a function|not iterable|reading '/.test(one.replace(/JSON: .*/, "JSON")) || one.length > 400), []);
  // It is still there, and does what it is told.
  await lab.open({ lesson: "anatomy" });
  await lab.state("ready");
  assert.equal(await lab.element.evaluate((it) => (/** @type {Element} */ (it).seek(3), /** @type {Element} */ (it).position)), 3);
  await page.close();
});
