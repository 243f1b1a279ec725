/** The element as others use it: every attribute a property, objects, two copies, and what is there without its files. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";

before(startBrowser);
after(stopBrowser);

const SCENARIO = { format: 1, dialect: "2.1", script: [{ peer_send: "hello" }, { turn: 1 }] };
const ready = (/** @type {import("playwright-core").Page} */ page) => page.locator("bufferevent-lab[data-state=ready]").waitFor();

test("every attribute is a property that can be set, and none is a method", async () => {
  const { lab, done } = await openLab();
  const found = await lab.element.evaluate((it) => {
    const lab = /** @type {any} */ (it);
    const names = [...lab.constructor.observedAttributes, "autoplay", "linked"].filter((name) => name !== "live");
    return names.map((name) => {
      const flag = typeof lab[name] === "boolean";
      const [value, before] = [{ lesson: "anatomy", step: 3, position: 4, theme: "dark", controls: "none", lang: "zh", lessons: [1, 2], scenario: "{}", run: "{}", src: "{}" }[name] ?? flag, typeof lab[name]];
      lab[name] = value;
      const set = lab.getAttribute(name);
      lab[name] = flag ? false : null;
      return [name, before === "function", set === (flag ? "" : String(value)), name === "lang" || !lab.hasAttribute(name)];
    });
  });
  assert.ok(found.length > 12);
  assert.deepEqual(found, found.map(([name]) => [name, false, true, true]));
  await done();
});

test("step and position go there, also when they say the same again", async () => {
  const { lab, done } = await openLab({ attributes: { lesson: "anatomy", step: "4" } });
  const at = await lab.element.evaluate((it) => {
    const lab = /** @type {any} */ (it);
    const seen = [lab.position];
    const see = (/** @type {() => void} */ act) => (act(), seen.push(lab.position));
    see(() => (lab.step = 7));
    see(() => (lab.position = 9));
    see(() => lab.advance(1, "step"));
    see(() => lab.advance(-1, "step"));
    see(() => lab.seek(2));
    see(() => (lab.position = 9));
    see(() => lab.setAttribute("position", "3"));
    let told = "";
    lab.addEventListener("error", (/** @type {CustomEvent} */ event) => (told = event.detail.message), { once: true });
    see(() => (lab.step = "soon"));
    return [...seen, told];
  });
  assert.match(at.pop(), /.step.: .soon. is no number of steps/);
  assert.deepEqual(at, [4, 7, 9, 10, 9, 2, 9, 3, 3]);
  await done();
});

test("what is set before the element is defined counts", async () => {
  const { page, done } = await openLab({ state: "", body: "", pages: { "/test.html": '<!doctype html><html lang="en"><link rel="icon" href="icon.svg"><title>late</title><body></body></html>' } });
  await page.evaluate(async (scenario) => {
    const lab = Object.assign(document.createElement("bufferevent-lab"), { scenario, position: 3, compare: true, controls: "minimal", lang: "zh" });
    document.body.append(lab);
    await import(new URL("lab.js", document.baseURI).href);
  }, SCENARIO);
  await ready(page);
  const found = await page.evaluate(() => {
    const lab = /** @type {any} */ (document.querySelector("bufferevent-lab"));
    return [lab.position, lab.compare, lab.controls, lab.lang, lab.getAttribute("position"), Object.keys(lab)];
  });
  assert.deepEqual(found, [3, true, "minimal", "zh", "3", []]);
  await done();
});

test("a lesson, a scenario and the lines of a recording are taken as objects", async () => {
  const { lab, done, page } = await openLab();
  const lesson = JSON.parse(await readFile(`${process.env.BUFFEREVENT_SITE}/lessons/anatomy.json`, "utf8"));
  const found = await lab.element.evaluate(
    async (it, [scenario, lesson]) => {
      const lab = /** @type {any} */ (it);
      const opened = async (/** @type {object} */ given) => {
        const told = new Promise((resolve) => ["ready", "error"].forEach((type) => lab.addEventListener(type, (/** @type {CustomEvent} */ event) => resolve(event.detail?.message ?? type), { once: true })));
        Object.assign(lab, given);
        return [await told, lab.length];
      };
      const seen = [await opened({ scenario })];
      const lines = lab.exportRecording().trim().split("\n").map((/** @type {string} */ line) => JSON.parse(line));
      return [...seen, await opened({ src: lines }), await opened({ lesson })];
    },
    [SCENARIO, lesson],
  );
  const [, length] = found[0];
  assert.ok(length > 5);
  assert.deepEqual(found.map(([told]) => told), ["ready", "ready", "ready"]);
  assert.equal(found[1][1], length);
  assert.notEqual(found[2][1], length);
  assert.match(await page.locator("bufferevent-lab").getAttribute("lesson") ?? "", /^\{/);
  await done();
});

test("an object that became text on its way is no address", async () => {
  const { lab, heard, done } = await openLab();
  for (const [name, said] of ["lesson", "scenario", "src"].map((name) => [name, new RegExp(`the attribute ${name} was set to an object`)])) {
    const told = lab.element.evaluate((it) => new Promise((resolve) => it.addEventListener("error", (event) => resolve(/** @type {CustomEvent} */ (event).detail.message), { once: true })));
    await lab.set({ [name]: String({}) });
    assert.match(await told, said);
  }
  assert.deepEqual(heard, []);
  await done();
});

test("a second copy on the page leaves the first one the element", async () => {
  const { page, done } = await openLab();
  const same = await page.evaluate(async () => {
    const first = customElements.get("bufferevent-lab");
    // A page that has the element from another place has its files from there too.
    const [, file] = /export \* from "(.*)"/.exec(await (await fetch("lab.js")).text()) ?? [];
    const second = await import(new URL(`${file}?again`, document.baseURI).href);
    return [first !== second.BuffereventLab, customElements.get("bufferevent-lab") === first];
  });
  assert.deepEqual(same, [true, true]);
  await done();
});

for (const [what, answer, said] of /** @type {const} */ ([
  ["is not there", { status: 404, body: "" }, /lab\.css: 404/],
  ["is a script", { contentType: "text/javascript", body: "export default 1" }, /lab\.css: this is text\/javascript/],
  ["cannot be reached", null, /lab\.css: .*fetch/],
])) {
  test(`words stand where a sheet ${what}, below what stands in the element`, async () => {
    const { page, heard } = await openLab({ state: "", body: "", pages: { "/test.html": '<!doctype html><html lang="en"><link rel="icon" href="icon.svg"><title>late</title><body></body></html>' } });
    await page.route("**/lab.css", (route) => (answer ? route.fulfill(answer) : route.abort()));
    const told = await page.evaluate(async () => {
      const lab = document.createElement("bufferevent-lab");
      lab.innerHTML = "<p>a picture of it</p>";
      document.body.append(lab);
      const told = new Promise((resolve) => lab.addEventListener("error", (event) => resolve(/** @type {CustomEvent} */ (event).detail.message)));
      await import(new URL("lab.js", document.baseURI).href);
      return told;
    });
    assert.match(told, said);
    assert.match(told, /could not be loaded/);
    await page.getByRole("alert").getByText(told).waitFor();
    await page.getByText("a picture of it").waitFor();
    assert.ok(((await page.locator("bufferevent-lab").boundingBox())?.height ?? 0) > 40);
    assert.ok(heard.every((line) => line.includes("lab.css")), String(heard));
    // Put into the page again once the file is there, it is what it should be.
    await page.unroute("**/lab.css");
    await page.evaluate(() => document.body.append(document.querySelector("bufferevent-lab") ?? ""));
    await ready(page);
    assert.equal(await page.getByText("a picture of it").isVisible(), false);
    await page.context().close();
  });
}

test("an engine that could not be fetched once is fetched again for the next element, and for the same one put back", async () => {
  const { page } = await openLab({ state: "", body: "", pages: { "/test.html": '<!doctype html><html lang="en"><link rel="icon" href="icon.svg"><title>late</title><body></body></html>' } });
  await page.route("**/*.wasm", (route) => route.fulfill({ status: 503, body: "" }));
  await page.evaluate(async () => {
    const lab = document.createElement("bufferevent-lab");
    document.body.append(lab);
    await import(new URL("lab.js", document.baseURI).href);
  });
  await page.locator("bufferevent-lab[data-state=failed]").waitFor();
  await page.unroute("**/*.wasm");
  await page.evaluate(() => document.body.append(document.createElement("bufferevent-lab")));
  await page.locator("bufferevent-lab + bufferevent-lab[data-state=ready]").waitFor();
  await page.evaluate(() => document.body.append(document.querySelector("bufferevent-lab") ?? ""));
  await page.locator("bufferevent-lab + bufferevent-lab[data-state=ready]").waitFor();
  assert.equal(await page.locator("bufferevent-lab[data-state=ready]").count(), 2);
  assert.equal(await page.locator("bufferevent-lab .notice:visible").count(), 0, "nothing says that it failed");
  await page.context().close();
});

test("what stands in the element is seen where its script never comes", async () => {
  const { page } = await openLab({ state: "", body: "<bufferevent-lab><p>a picture of it</p></bufferevent-lab>", pages: { "/lab.js": "throw new Error('not here')" } });
  await page.getByText("a picture of it").waitFor();
  await page.context().close();
});

test("the page opened as a file says what it lacks, in both languages", async () => {
  const { page } = await openLab();
  await page.goto(pathToFileURL(`${process.env.BUFFEREVENT_SITE}/index.html`).href);
  for (const words of [/a web server has to send/, /须由网络服务器提供/]) await page.getByText(words).waitFor();
  await page.context().close();
});
