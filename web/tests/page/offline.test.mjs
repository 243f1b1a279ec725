/** The served page without its server, and after an update: never old while there is a server, never of two bundles. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { after, afterEach, before, test } from "node:test";
import { GUARD, launch, pageWith, serveSite } from "../support/site.mjs";

const SITE = process.env.BUFFEREVENT_SITE ?? "";
const digest = (/** @type {string} */ text) => createHash("sha256").update(text).digest("hex");
const read = (/** @type {string} */ name) => readFile(`${SITE}/${name}`, "utf8");

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {(() => Promise<unknown>)[]} */
let ends = [];
before(async () => void (browser = await launch()));
after(() => browser.close());
afterEach(async () => {
  await Promise.all(ends.map((end) => end()));
  ends = [];
});

/** A small bundle in the site's place: the worker does not care what is in one, and the site's hundreds of files are not asked for twice. @param {string} mark */
async function bundle(mark) {
  const files = {
    "index.html": `<!doctype html><html lang="en"><meta charset="utf-8"><title>${mark}</title><script type="module" src="page.js"></script><script type="module" src="lab.js"></script>`,
    "lab.js": `import { later } from "./other.js"; globalThis.made = ["${mark}", later, await (await fetch("lessons/1.json")).json()];`,
    "other.js": `export const later = "${mark}";`,
    "lessons/1.json": JSON.stringify(mark),
    "lessons/2.json": JSON.stringify(mark),
    "page.js": await readFile(new URL("../../offline.js", import.meta.url), "utf8"),
  };
  return withList(files);
}

/** @param {{[path: string]: string}} files */
async function withList(files) {
  const list = Object.fromEntries(Object.entries(files).map(([path, text]) => [path, digest(text)]));
  const all = { ...files, "worker.js": await read("worker.js"), "site.json": JSON.stringify({ version: digest(JSON.stringify(list)), files: list }) };
  return Object.fromEntries(Object.entries(all).map(([path, text]) => [`/${path}`, text]));
}

/** The connection ends within the answer. @param {import("node:http").ServerResponse} response */
function breaksOff(response) {
  response.writeHead(200, { "content-length": 1000 });
  response.write('{"version": "', () => response.destroy());
}

/** A site whose files can be changed, and a page on it that has been there once. @param {{[path: string]: string}} files */
async function visited(files) {
  const pages = { ...files };
  const site = await serveSite({ pages });
  const context = await browser.newContext();
  context.setDefaultTimeout(GUARD);
  ends.push(site.close, () => context.close());
  const page = await context.newPage();
  await page.goto(site.url);
  await kept(page);
  return { pages, site, context, page };
}

/** Waits until the page has a worker. @param {import("playwright-core").Page} page */
const kept = (page) => page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated");
/** @param {import("playwright-core").Page} page */
const made = async (page) => (await page.waitForFunction(() => /** @type {any} */ (globalThis).made)).jsonValue();
/** @param {import("playwright-core").Page} page @param {string} path */
const ask = (page, path) => page.evaluate(async (path) => (await fetch(path)).text(), path);

test("after one visit the lab's own page works without its server, a lesson that was not opened and a link's fragment included", async () => {
  const site = await serveSite();
  const context = await browser.newContext({ locale: "en" });
  context.setDefaultTimeout(GUARD);
  ends.push(site.close, () => context.close());
  const page = await context.newPage();
  await page.goto(site.url);
  await kept(page);
  await site.close();
  await page.goto(`${site.url}?lessons=1,2,6#lesson=high-watermark&step=9`);
  await page.locator("bufferevent-lab[data-state=ready]").waitFor();
  await page.reload();
  await page.locator("bufferevent-lab[data-state=ready]").waitFor();
  assert.equal(await page.evaluate(() => /** @type {any} */ (document.querySelector("bufferevent-lab")).position), 9);
  await page.goto(`${site.url}index.html`);
  await page.locator("bufferevent-lab[data-state=ready]").waitFor();
});

test("a new bundle is shown at the next load; a page that is open stays what it is", async () => {
  const { pages, site, page, context } = await visited(await bundle("old"));
  await page.reload();
  assert.deepEqual(await made(page), ["old", "old", "old"]);
  Object.assign(pages, await bundle("new"));
  assert.equal(await ask(page, "lessons/2.json"), '"old"', "the open page has no file of another bundle");
  const other = await context.newPage();
  await other.goto(site.url);
  assert.deepEqual(await made(other), ["new", "new", "new"]);
  assert.equal(await ask(page, "lessons/2.json"), '"old"', "nor once the other is kept");
  await page.reload();
  assert.deepEqual(await made(page), ["new", "new", "new"]);
  await site.close();
  await page.reload();
  assert.deepEqual(await made(page), ["new", "new", "new"]);
});

test("an update that is under way mixes nothing: without a server it is the old bundle, with one what it sends", async () => {
  const { pages, site, page } = await visited(await bundle("old"));
  const next = await bundle("new");
  // The list is there before the files are.
  pages["/site.json"] = next["/site.json"];
  await page.reload();
  assert.deepEqual(await made(page), ["old", "old", "old"], "what the server has");
  await site.close();
  await page.reload();
  assert.deepEqual(await made(page), ["old", "old", "old"]);
});

test("an update that breaks off half-way leaves the old bundle whole, and is the new one once it is", async () => {
  const { pages, site, page } = await visited(await bundle("old"));
  const next = await bundle("new");
  Object.assign(pages, next);
  for (const path of ["/site.json", "/lab.js"]) {
    Object.assign(pages, { [path]: breaksOff });
    await page.reload();
    assert.deepEqual(await made(page), ["old", "old", "old"], path);
    assert.equal(await ask(page, "lessons/2.json"), '"old"', "whatever has come of the new one");
    pages[path] = next[path];
  }
  await page.reload();
  assert.deepEqual(await made(page), ["new", "new", "new"]);
  await site.close();
  await page.reload();
  assert.deepEqual(await made(page), ["new", "new", "new"]);
});

test("what stands in the bundle's place is shown, and where it has no list nothing is kept any more", async () => {
  const { pages, page } = await visited(await bundle("old"));
  const elsewhere = "<!doctype html><title>elsewhere</title>";
  Object.assign(pages, { "/index.html": elsewhere, "/site.json": elsewhere });
  await page.reload();
  assert.equal(await page.title(), "elsewhere", "who answers for every address has no list");
  pages["/site.json"] = null;
  await page.reload();
  assert.equal(await page.title(), "elsewhere");
  await page.waitForFunction(async () => (await navigator.serviceWorker.getRegistrations()).length === 0 && !(await caches.has("bufferevent-lab")));
});

test("nothing but the bundle is kept: what a server says of itself and pages of others are asked for each time", async () => {
  const said = { "/healthz": "one", "/metrics": "one", "/ws": "one", "/mine.jsonl": "one" };
  const { pages, page, site, context } = await visited({ ...(await bundle("old")), ...said, "/mine.html": pageWith("mine") });
  const embedder = await context.newPage();
  await embedder.goto(`${site.url}mine.html`);
  for (const path of Object.keys(said)) pages[path] = "two";
  Object.assign(pages, await bundle("new"));
  for (const path of Object.keys(said)) assert.equal(await ask(page, path.slice(1)), "two", path);
  assert.match(await ask(embedder, "other.js"), /new/, "a page that is not the lab's has what the server has");
  await embedder.goto(`${site.url}metrics`);
  assert.equal(await embedder.textContent("body"), "two");
  const keys = await page.evaluate(async () => (await (await caches.open("bufferevent-lab")).keys()).map(({ url }) => url));
  assert.ok(keys.length > 5);
  assert.deepEqual(keys.filter((url) => /healthz|metrics|ws|mine/.test(url)), []);
});

test("an embedder's page registers no worker", async () => {
  const site = await serveSite({ pages: { "/mine.html": pageWith("<bufferevent-lab></bufferevent-lab>") } });
  const context = await browser.newContext();
  context.setDefaultTimeout(GUARD);
  ends.push(site.close, () => context.close());
  const page = await context.newPage();
  await page.goto(`${site.url}mine.html`);
  await page.locator("bufferevent-lab[data-state=ready]").waitFor();
  assert.equal(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length), 0);
});

test("bundles that nobody has open are dropped", async () => {
  const { pages, page } = await visited(await bundle("one"));
  for (const mark of ["two", "three"]) {
    Object.assign(pages, await bundle(mark));
    await page.reload();
    assert.deepEqual(await made(page), [mark, mark, mark]);
  }
  const versions = await page.evaluate(async () => (await (await caches.open("bufferevent-lab")).keys()).filter(({ url }) => url.includes("?version=")).length);
  assert.ok(versions <= 3, `${versions} bundles`);
});
