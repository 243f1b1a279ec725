/** Makes the pictures by which others show the site, anew: `node web/tests/card.mjs` writes web/card.png and web/icon-*.png. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { launch, serveSite } from "./support/site.mjs";

const WEB = new URL("../", import.meta.url);
const at = (/** @type {string} */ name) => fileURLToPath(new URL(name, WEB));
const icon = await readFile(at("icon.svg"), "utf8");

const CARD = `<!doctype html><meta charset="utf-8"><style>
  body { margin: 0; inline-size: 1200px; block-size: 630px; overflow: hidden; background: #fff; color: #14181f; font: 28px/36px system-ui, sans-serif; }
  header { display: flex; align-items: center; gap: 28px; padding: 36px 48px 20px; }
  svg { inline-size: 84px; flex: none; }
  h1 { margin: 0; font-size: 56px; line-height: 60px; letter-spacing: -0.03em; }
  p { margin: 4px 0 0; color: #4d5562; }
  bufferevent-lab { zoom: 1.25; margin-inline: 18px; }
</style><header>${icon}<div><h1>bufferevent lab</h1><p>libevent's bufferevent, one step at a time, forwards and backwards</p></div></header>
<bufferevent-lab lesson="high-watermark" step="34" controls="none" theme="light" lang="en"></bufferevent-lab><script type="module" src="lab.js"></script>`;

const site = await serveSite({ csp: "", pages: { "/card.html": CARD } });
const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1200, height: 630 }, colorScheme: "light", reducedMotion: "reduce", locale: "en" });
await page.goto(`${site.url}card.html`);
await page.locator("bufferevent-lab[data-state=ready]").waitFor();
await page.screenshot({ path: at("card.png") });
// The larger one may be cut to any shape: what it shows lies well within.
for (const [size, share] of [[192, 1], [512, 0.7]]) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>body { margin: 0; block-size: ${size}px; display: grid; place-content: center; background: ${share < 1 ? "#fff" : "transparent"}; } svg { inline-size: ${size * share}px; }</style>${icon}`);
  await page.screenshot({ path: at(`icon-${size}.png`), omitBackground: true });
}
await browser.close();
await site.close();
