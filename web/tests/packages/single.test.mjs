/** The page as one file, as whoever was given it opens it: no server, no network. */
import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { GUARD, complaints, launch } from "../support/site.mjs";

const FILE = process.env.BUFFEREVENT_SINGLE;
if (!FILE) throw new Error("BUFFEREVENT_SINGLE is not set: run `cargo xtask test`");

let browser, folder;
before(async () => {
  browser = await launch();
  // Alone in its folder.
  folder = mkdtempSync(path.join(tmpdir(), "single-"));
  copyFileSync(FILE, path.join(folder, "lab.html"));
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

test("the page as one file plays a lesson, opens another and shows the engine's sources, and asks for nothing", async () => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: "en" });
  page.setDefaultTimeout(GUARD);
  const [heard, asked] = [complaints(page), []];
  page.on("request", (request) => asked.push(request.url()));
  await page.context().setOffline(true);
  const { href } = pathToFileURL(path.join(folder, "lab.html"));
  await page.goto(`${href}#lesson=high-watermark`);
  await page.locator("bufferevent-lab[data-state=ready]").waitFor();
  const seen = await page.evaluate(async () => {
    const lab = /** @type {any} */ (document.querySelector("bufferevent-lab"));
    const all = (/** @type {string} */ selector) => [...lab.shadowRoot.querySelectorAll(selector)];
    const length = lab.length;
    lab.seek(length);
    const full = lab.picture.at ?? lab.position;
    all("[role=tab]").find((tab) => tab.id.endsWith("-code-tab")).click();
    all(".code-parts [data-value=engine]")[0].click();
    while (!all(".engine-part .line").length) await new Promise((resolve) => setTimeout(resolve, 20));
    const other = new Promise((resolve) => lab.addEventListener("ready", resolve, { once: true }));
    lab.setAttribute("lesson", "anatomy");
    await other;
    lab.advance(1, "step");
    return { length, full: Boolean(full), position: lab.position > 0, lessons: all(".lesson-select option").length, left: document.querySelectorAll(".absent, link[href]:not([href^='data:'])").length };
  });
  assert.ok(seen.length > 50 && seen.full && seen.position && seen.lessons > 15, JSON.stringify(seen));
  assert.equal(seen.left, 0, "what only a server could answer is left out");
  assert.deepEqual(asked.filter((url) => !url.startsWith("data:") && !url.startsWith("blob:") && url.split("#")[0] !== href), []);
  assert.deepEqual(heard, []);
  await page.close();
});
