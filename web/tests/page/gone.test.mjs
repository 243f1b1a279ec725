/** An element that is taken out of a page for good leaves nothing behind: whatever it listened to outside of itself has forgotten it. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";

before(startBrowser);
after(stopBrowser);

/** What may be taken out: each with what tells that it has begun. */
const KINDS = [
  { attributes: { lesson: "low-watermark" }, begun: "ready" },
  { attributes: { lesson: "high-watermark", linked: "" }, begun: "ready" },
  { attributes: { lesson: "leftovers", autoplay: "", compare: "" }, begun: "ready" },
  { attributes: { live: "nowhere/ws" }, begun: "livestate" },
];

/** How many listeners window and document have. @param {import("playwright-core").CDPSession} session */
async function listening(session) {
  const counts = [];
  for (const expression of ["window", "document"]) {
    const { result } = await session.send("Runtime.evaluate", { expression });
    const { listeners } = await session.send("DOMDebugger.getEventListeners", { objectId: result.objectId ?? "" });
    counts.push(listeners.length);
  }
  return counts;
}

test("elements that were made and taken out again are collected, and window and document have no listener more", async () => {
  const { page, heard, done } = await openLab();
  const session = await page.context().newCDPSession(page);
  await page.evaluate(() => document.querySelector("bufferevent-lab")?.remove());
  const before = await listening(session);
  await page.evaluate(async (kinds) => {
    /** @type {WeakRef<Element>[]} */
    const made = [];
    const once = async (/** @type {typeof kinds[number]} */ { attributes, begun }) => {
      const lab = document.createElement("bufferevent-lab");
      for (const [name, value] of Object.entries(attributes)) lab.setAttribute(name, value);
      const began = new Promise((resolve) => lab.addEventListener(begun, resolve, { once: true }));
      document.body.append(lab);
      await began;
      // Moved first, which is no end.
      document.body.prepend(lab);
      lab.remove();
      made.push(new WeakRef(lab));
    };
    for (let time = 0; time < 5; time++) for (const kind of kinds) await once(kind);
    Object.assign(window, { made });
  }, KINDS);
  const alive = () => page.evaluate(() => /** @type {any} */ (window).made.filter((/** @type {WeakRef<Element>} */ one) => one.deref()).length);
  // What the last ones have begun, a timer or a fetch, ends by itself.
  let left = 20;
  for (let round = 0; round < 50 && left > 1; round++) {
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 100))));
    await session.send("HeapProfiler.collectGarbage");
    left = await alive();
  }
  assert.ok(left <= 1, `${left} of 20 are still there`);
  assert.deepEqual(await listening(session), before);
  await session.detach();
  assert.ok(heard.splice(0).every((line) => line.includes("nowhere/ws")));
  await done();
});

test("an element that comes back listens again: to its address and to the wish for less motion", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "high-watermark", linked: "" } });
  await lab.seek(40);
  await page.evaluate(async () => {
    const one = document.querySelector("bufferevent-lab");
    one?.remove();
    await new Promise((resolve) => setTimeout(resolve));
    document.body.append(one ?? "");
  });
  assert.equal(await lab.at(), 40);
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.evaluate(() => (location.hash = "lesson=low-watermark&step=7"));
  await page.waitForFunction(() => /** @type {any} */ (document.querySelector("bufferevent-lab")).position === 7);
  // Where it changed while the element was out of the page, it is followed on the way back.
  await page.evaluate(async () => {
    const one = document.querySelector("bufferevent-lab");
    one?.remove();
    location.hash = "lesson=low-watermark&step=9";
    await new Promise((resolve) => addEventListener("hashchange", resolve, { once: true }));
    document.body.append(one ?? "");
  });
  await page.waitForFunction(() => /** @type {any} */ (document.querySelector("bufferevent-lab")).position === 9);
  await done();
});
