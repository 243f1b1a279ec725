/** Pictures of the page to look at, in target/screenshots: `node web/tests/screenshots.mjs`. */
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { launch, serveSite } from "./support/site.mjs";

const folder = process.env.BUFFEREVENT_SCREENSHOTS ?? fileURLToPath(new URL("../../target/screenshots", import.meta.url));
const only = process.argv.slice(2);
await mkdir(folder, { recursive: true });

const SIZES = { wide: { width: 1440, height: 900 }, narrow: { width: 360, height: 740 }, tall: { width: 360, height: 1900 }, middle: { width: 900, height: 900 } };

/** @type {{[mode: string]: import("playwright-core").BrowserContextOptions}} */
const MODES = { light: { colorScheme: "light" }, dark: { colorScheme: "dark" }, forced: { forcedColors: "active", colorScheme: "dark" }, "forced-light": { forcedColors: "active", colorScheme: "light" } };

/** @type {{name: string, attributes?: Record<string, string>, then?: (page: import("playwright-core").Page) => Promise<void>}[]} */
const SHOTS = [
  { name: "start" },
  ...["anatomy", "low-watermark", "high-watermark"].map((lesson) => ({ name: `${lesson}-hinge`, attributes: { lesson }, then: hinge })),
  { name: "lesson-5-stopped", then: (page) => find(page, "kind:pressure_installed") },
  { name: "lesson-5-callback", then: (page) => find(page, "callback:read") },
  { name: "lesson-5-drained", then: (page) => find(page, "kind:buffer_drained") },
  { name: "code", then: async (page) => (await hinge(page), await panel(page, 1)) },
  { name: "log", then: async (page) => (await hinge(page), await panel(page, 2)) },
  { name: "state", then: async (page) => (await hinge(page), await panel(page, 3)) },
  { name: "chinese", attributes: { lang: "zh" }, then: hinge },
  { name: "verdict", then: async (page) => (await answer(page, "on"), await hinge(page)) },
  { name: "act", then: async (page) => (await hinge(page), await page.locator("bufferevent-lab .act .segments button").nth(1).click()) },
];

async function hinge(page) {
  await page.keyboard.press("Tab");
  await page.locator("bufferevent-lab").evaluate((lab) => lab.shadowRoot.querySelector(".lab").focus());
  await page.keyboard.press("]");
}

async function answer(page, choice) {
  await page.getByRole("button", { name: "Go to the question" }).click();
  await page.locator(`.prediction-choice[value=${choice}]`).check();
  await page.locator("button.check").click();
}

async function find(page, condition) {
  await page.locator("bufferevent-lab").evaluate((lab, text) => {
    const stop = lab.shadowRoot.querySelector("select.stop");
    stop.value = "own";
    const field = lab.shadowRoot.querySelector("input.expression");
    field.value = text;
    field.dispatchEvent(new Event("change"));
    lab.shadowRoot.querySelector(".lab").focus();
  }, condition);
  await page.keyboard.press("n");
}

async function panel(page, index) {
  await page.keyboard.press(String(index + 1));
  await page.waitForLoadState("networkidle");
}

const site = await serveSite();
const browser = await launch();
for (const [size, viewport] of Object.entries(SIZES)) {
  for (const [mode, colours] of Object.entries(MODES)) {
    const context = await browser.newContext({ viewport, ...colours, reducedMotion: "reduce", locale: "en" });
    for (const { name, attributes = {}, then } of SHOTS) {
      const file = `${name}-${size}-${mode}`;
      if (only.length > 0 && !only.some((part) => file.includes(part))) continue;
      const page = await context.newPage();
      page.on("console", (message) => message.type() === "error" && console.error(file, message.text()));
      page.on("pageerror", (error) => console.error(file, error.stack));
      await page.goto(site.url);
      await page.locator("bufferevent-lab[data-state=ready]").waitFor({ timeout: 15_000 });
      await page.evaluate((given) => {
        const lab = document.querySelector("bufferevent-lab");
        for (const [name, value] of Object.entries(given)) lab.setAttribute(name, value);
      }, attributes);
      await then?.(page);
      await page.screenshot({ path: `${folder}/${file}.png` });
      await page.close();
    }
    await context.close();
  }
}
await browser.close();
await site.close();
console.log(folder);
