/** A publication on any web server: live, back, behind, with holes, ended, and gone. */
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { Lab } from "../support/lab.mjs";
import { made, received, recording, snapshot } from "../support/recording.mjs";
import { GUARD, complaints, launch, pageWith, serveSite } from "../support/site.mjs";

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {(() => Promise<unknown>)[]} */
let ends = [];
before(async () => (browser = await launch()));
after(() => browser.close());
// Of a test that has failed, too: the run would wait for its server.
afterEach(async () => {
  await Promise.all(ends.map((end) => end()));
  ends = [];
});

const HELLO = { schema: 1, engine: "0.1.0", source: "other", dialect: "2.1", payload: "full" };

/** A folder that somebody publishes to, with a page that plays it. */
async function openPublished() {
  /** @type {Record<string, string>} */
  const pages = { "/test.html": pageWith('<bufferevent-lab src="pub/index.json"></bufferevent-lab>') };
  /** @type {string[]} */
  const asked = [];
  const folder = {
    asked,
    /** A segment of steps, each of which receives 5 bytes more. @param {string} name @param {number} after @param {number} steps */
    segment(name, after, steps) {
      const lines = Array.from({ length: steps }, (_, step) => (after + step === 0 ? made(1) : received(1, 5 * (after + step))));
      const connections = after > 0 ? [{ number: 1, dialect: "2.1", input: { len: 5 * (after - 1), runs: [] } }] : [];
      pages[`/pub/${name}.jsonl`] = recording([snapshot(connections, after), ...lines]);
      return { name: `${name}.jsonl`, run: 1, after, last: after + steps, from_us: 0, to_us: 0, bytes: 1000 };
    },
    /** @param {any[]} segments @param {object} [more] */
    index(segments, more = {}) {
      pages["/pub/index.json"] = JSON.stringify({ publication: "bufferevent", format: 1, schema: 1, hello: HELLO, run: 1, beat: 0, every_ms: 100, ended: false, dropped: 0, older: null, segments, ...more });
    },
    /** @param {string} name @param {any[]} segments @param {string | null} older */
    chapter(name, segments, older = null) {
      pages[`/pub/${name}.json`] = JSON.stringify({ publication: "bufferevent", format: 1, older, segments });
      return `${name}.json`;
    },
    /** @param {string} name */
    remove: (name) => delete pages[`/pub/${name}`],
  };
  const site = await serveSite({ pages });
  const profile = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en" });
  profile.setDefaultTimeout(GUARD);
  ends.push(site.close, () => profile.close());
  const page = await profile.newPage();
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  const lab = new Lab(page, page.locator("bufferevent-lab"));
  const open = () => page.goto(`${site.url}test.html`);
  const grown = (/** @type {number} */ length) => page.waitForFunction((length) => /** @type {any} */ (document.querySelector("bufferevent-lab")).length === length, length);
  const live = (/** @type {string} */ state) => page.locator(`bufferevent-lab[data-live=${state}]`).waitFor();
  return { folder, lab, open, grown, live, heard: complaints(page) };
}

test("a publication of another schema says so, and is not ready", async () => {
  const { folder, lab, open, heard } = await openPublished();
  folder.index([folder.segment("a", 0, 2)], { schema: 999 });
  await open();
  await lab.state("failed");
  assert.match(await lab.text(".notice"), /schema 999, this page reads schema 1/);
  assert.deepEqual(heard, []);
});

test("what is published is followed and sought back, each segment is fetched once, and where they meet nothing shows", async () => {
  const { folder, lab, open, grown, live, heard } = await openPublished();
  const first = folder.segment("a", 0, 4);
  folder.index([first]);
  await open();
  await live("connected");
  await lab.state("following");
  assert.equal(await lab.length(), 4);

  const second = folder.segment("b", 4, 3);
  folder.index([first, second]);
  await grown(7);
  assert.equal(await lab.at(), 7);
  await lab.seek(2);
  await lab.state("ready");

  // By now the first two are listed in a chapter.
  const third = folder.segment("c", 7, 2);
  folder.index([third], { older: folder.chapter("old", [first, second]) });
  await grown(9);
  assert.equal(await lab.at(), 2, "who looks back is left there");
  await lab.focus();
  await lab.page.keyboard.press("l");
  await lab.state("following");
  const { lost, connections } = await lab.picture();
  assert.deepEqual([lost, connections[0].input.len, connections[0].uncertain], [0, 40, false]);
  assert.deepEqual(["a", "b", "c"].map((name) => folder.asked.filter((path) => path === `/pub/${name}.jsonl`).length), [1, 1, 1]);
  assert.deepEqual(heard, []);
});

test("who comes late gets what was before; a segment that was removed is a gap; an end is said, and so is a server that is gone", async () => {
  const { folder, lab, open, grown, live, heard } = await openPublished();
  const all = ["a", "b", "c"].map((name, index) => folder.segment(name, 3 * index, 3));
  folder.index([all[2]], { older: folder.chapter("old", all.slice(0, 2), "gone.json") });
  folder.remove("b.jsonl");
  await open();
  await live("connected");
  assert.equal(await lab.length(), 6);
  assert.match(await lab.text(".live-status"), /3 records lost/);
  assert.equal((await lab.picture()).connections[0].input.len, 40);

  const last = folder.segment("d", 9, 1);
  folder.index([all[2], last], { ended: true });
  await grown(7);
  await live("ended");
  assert.match(await lab.text(".live-status"), /has ended/);
  assert.deepEqual(heard.filter((line) => !/404/.test(line)), []);
});

test("an index that cannot be reached is said while what came stays, and it goes on when it is back", async () => {
  const { folder, lab, open, grown, live } = await openPublished();
  const first = folder.segment("a", 0, 4);
  folder.index([first]);
  await open();
  await live("connected");
  folder.remove("index.json");
  await live("lost");
  assert.equal(await lab.length(), 4);
  folder.index([first, folder.segment("b", 4, 1)]);
  await grown(5);
  await live("connected");
});

test("taken out of the page it fetches nothing, and put back it goes on from there", async () => {
  const { folder, lab, open, grown, live, heard } = await openPublished();
  const first = folder.segment("a", 0, 4);
  // It waits for so long between two looks that none is under way when it is taken out, and none comes but by the page's clock.
  const every_ms = 3_600_000;
  folder.index([first], { every_ms });
  await lab.page.clock.install();
  await open();
  await live("connected");
  await lab.page.evaluate(() => {
    const lab = /** @type {HTMLElement} */ (document.querySelector("bufferevent-lab"));
    const { fetch } = globalThis;
    /** @type {unknown[]} */
    const fetched = [];
    globalThis.fetch = (what, how) => (fetched.push(what), fetch(what, how));
    Object.assign(globalThis, { lab, fetched });
  });
  const fetched = () => lab.page.evaluate(() => /** @type {any} */ (globalThis).fetched.length);
  await lab.page.clock.fastForward(2 * every_ms);
  assert.equal(await fetched(), 1, "while it is in the page");
  await live("lost");
  await lab.page.evaluate(() => /** @type {any} */ (globalThis).lab.remove());
  await lab.page.waitForFunction(() => /** @type {any} */ (globalThis).lab.dataset.live === "closed");
  folder.index([first, folder.segment("b", 4, 1)]);
  await lab.page.clock.fastForward(10 * every_ms);
  assert.equal(await fetched(), 1, "out of it");
  assert.equal(await lab.page.evaluate(() => /** @type {any} */ (globalThis).lab.length), 4);
  await lab.page.evaluate(() => document.querySelector("main")?.append(/** @type {any} */ (globalThis).lab));
  await grown(5);
  await live("connected");
  assert.deepEqual(heard, []);
});

test("an index of another format is refused with both versions", async () => {
  const { folder, lab, open } = await openPublished();
  folder.index([], { format: 2 });
  await open();
  await lab.see(".notice");
  assert.match(await lab.text(".notice"), /format 2.*reads format 1/);
});
