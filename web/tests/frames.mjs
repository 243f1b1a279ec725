/**
 * Pictures of the scene while the lesson of the high watermark plays at 1x up to where input drains, in target/screenshots/frames: one every so many
 * milliseconds while something moves, and one of each stand still. Time is virtual: the same pictures each time.
 */
import { mkdir, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { launch, serveSite } from "./support/site.mjs";

const folder = `${process.env.BUFFEREVENT_SCREENSHOTS ?? fileURLToPath(new URL("../../target/screenshots", import.meta.url))}/frames`;
const EVERY_MS = 60;
const LAST = 68;

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const site = await serveSite();
const browser = await launch();
const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en" })).newPage();
await page.clock.install({ time: 0 });
await page.goto(site.url);
await page.locator("bufferevent-lab").evaluate((lab) => lab.setAttribute("lesson", "high-watermark"));
await page.locator("bufferevent-lab[data-state=ready]").waitFor();
await page.clock.pauseAt(60_000);
const scene = page.locator(".left > .scene");
const state = () => page.locator("bufferevent-lab").evaluate((lab) => ({ at: lab.position, playing: lab.dataset.state === "playing", moves: lab.shadowRoot.querySelector(".scene").hasAttribute("data-moving") }));
const play = () => page.locator("bufferevent-lab").evaluate((lab) => lab.play());
await play();
let moved = false;
for (let [count, ms] = [0, 0]; ; ms += EVERY_MS) {
  const { at, playing, moves } = await state();
  if (at >= LAST) break;
  // Where a lesson asks its question, it goes on after it.
  if (!playing) await play();
  if (moves || moved) await scene.screenshot({ path: `${folder}/${String(++count).padStart(3, "0")}-step-${at}-${ms}-ms.png` });
  moved = moves;
  await page.clock.runFor(EVERY_MS);
}
await browser.close();
await site.close();
console.log(folder);
