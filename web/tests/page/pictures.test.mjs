/** Pictures of the scene that a reader takes away: each look, with its caption, and the film of a span of steps. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";
import { STRICT } from "../support/site.mjs";

before(startBrowser);
after(stopBrowser);

const DRAWS = { csp: STRICT.replace("default-src 'self'", "default-src 'self'; img-src 'self' data:") };

/** @param {Awaited<ReturnType<typeof openLab>>} opened */
function sharing({ page }) {
  const saved = async (/** @type {string} */ what) => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator(`.share-${what}`).click()]);
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
  };
  const look = (/** @type {string} */ value) => page.locator(".picture-look").selectOption(value);
  return { saved, look, share: () => page.getByRole("button", { name: "Share" }).click() };
}

/** Size, and the ground's and some other colours, as the browser draws it. @param {import("playwright-core").Page} page @param {Buffer} bytes @param {string} type */
const drawn = (page, bytes, type) =>
  page.evaluate(
    async ([base64, type]) => {
      const image = new Image();
      image.src = `data:${type};base64,${base64}`;
      await image.decode();
      const canvas = Object.assign(document.createElement("canvas"), { width: image.naturalWidth, height: image.naturalHeight });
      const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      const colours = new Map();
      let tinted = 0;
      for (let at = 0; at < data.length; at += 4) {
        const [r, g, b] = data.subarray(at, at + 3);
        const key = `${r},${g},${b}`;
        colours.set(key, (colours.get(key) ?? 0) + 1);
        if (Math.max(r, g, b) - Math.min(r, g, b) > 24) tinted++;
      }
      const { width, height } = canvas;
      const at = (/** @type {number} */ x, /** @type {number} */ y) => data.subarray((y * width + x) * 4, (y * width + x) * 4 + 3).join();
      const edges = new Set(Array.from({ length: height }, (_, y) => [at(2, y), at(width - 3, y)]).flat());
      for (let x = 0; x < width; x++) for (const y of [2, height - 3]) edges.add(at(x, y));
      return { width, height, edge: [...edges].join(" "), ground: `${data[0]},${data[1]},${data[2]}`, colours: colours.size, tinted };
    },
    /** @type {[string, string]} */ ([bytes.toString("base64"), type]),
  );

test("the scene is an SVG and a PNG of one size, its caption below it, light, dark and for print", async () => {
  const opened = await openLab(DRAWS);
  const { page, lab, done } = opened;
  const { saved, look, share } = sharing(opened);
  await lab.seek(34);
  const scene = await lab.element.evaluate((it) => {
    const { clientWidth, clientHeight } = /** @type {Element} */ (it.shadowRoot?.querySelector(".scene svg.plumbing"));
    return { width: clientWidth, height: clientHeight };
  });
  const caption = (await lab.told()).replaceAll(/\s+/g, " ").trim();
  await share();
  const grounds = { light: "255,255,255", dark: "17,21,28", print: "255,255,255" };
  for (const [name, ground] of Object.entries(grounds)) {
    await look(name);
    const [svg, png] = [await saved("svg"), await saved("png")];
    assert.deepEqual([svg.name, png.name], ["bufferevent.svg", "bufferevent.png"]);
    const [vector, raster] = [await drawn(page, svg.bytes, "image/svg+xml"), await drawn(page, png.bytes, "image/png")];
    assert.deepEqual([raster.width, raster.height], [vector.width * 2, vector.height * 2], "two pixels for one");
    const around = 24;
    assert.equal(vector.width, scene.width + around);
    assert.ok(vector.height >= scene.height + around + 30 && vector.height <= scene.height + around + 100, `${vector.height} with the caption below ${scene.height}`);
    assert.equal(raster.edge, ground, `${name}: a margin on each side`);
    assert.equal(raster.ground, ground, name);
    assert.ok(raster.colours > 20, `${name}: not blank`);
    if (name === "print") assert.equal(raster.tinted, 0, "on paper there are shades of grey alone");
    else assert.ok(raster.tinted > 500, `${name} has its colours`);
    const read = await page.evaluate((text) => {
      const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
      const texts = Array.from(parsed.querySelectorAll("svg > text"), (it) => it.textContent);
      return { wrong: parsed.querySelector("parsererror")?.textContent, said: texts.join(" "), foreign: /color\(|var\(|class=|light-dark/.test(text) };
    }, svg.bytes.toString());
    assert.deepEqual(read, { wrong: undefined, said: caption, foreign: false });
  }
  await done();
});

test("the film has a moment for each step and what moves between them, says each, and every part lies within it", async () => {
  const opened = await openLab(DRAWS);
  const { page, lab, done } = opened;
  const { saved, share } = sharing(opened);
  await lab.seek(30);
  await share();
  await page.locator(".picture-steps").fill("4");
  const { name, bytes } = await saved("film");
  assert.equal(name, "bufferevent-film.png");
  const film = await page.evaluate(async (base64) => {
    const data = Uint8Array.from(atob(base64), (it) => it.charCodeAt(0));
    // What the browser itself reads, and plays.
    const decoder = new /** @type {any} */ (globalThis).ImageDecoder({ data, type: "image/png" });
    await decoder.tracks.ready;
    const { frameCount, animated, repetitionCount } = decoder.tracks.selectedTrack;
    const seen = new Set();
    let ms = 0;
    for (let frameIndex = 0; frameIndex < frameCount; frameIndex++) {
      const { image } = await decoder.decode({ frameIndex });
      ms += image.duration / 1000;
      const canvas = new OffscreenCanvas(image.displayWidth, image.displayHeight);
      const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
      context.drawImage(image, 0, 0);
      const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", pixels));
      seen.add(digest.join());
    }
    return { frameCount, animated, endless: repetitionCount === Infinity, distinct: seen.size, ms };
  }, bytes.toString("base64"));
  assert.equal(film.animated, true);
  assert.equal(film.endless, true);
  assert.ok(film.frameCount > 8, `${film.frameCount} frames`);
  assert.ok(film.distinct >= film.frameCount - 1, "each frame is another than the one before");
  assert.ok(film.ms > 4 * 900 + 2500, `${film.ms} ms`);
  assert.ok(bytes.length < 2_000_000, `${bytes.length} bytes`);
  assert.equal(await lab.at(), 30, "the reader is where he was");
  await done();
});

test("where a page's policy lets no picture be drawn, that is said, and the SVG is there all the same", async () => {
  const opened = await openLab({ csp: `${STRICT}; img-src 'self'` });
  const { page, lab, heard } = opened;
  const { saved, share } = sharing(opened);
  await lab.seek(5);
  await share();
  await page.locator(".share-png").click();
  await page.locator(".share-said", { hasText: "img-src data:" }).waitFor();
  assert.equal((await saved("svg")).name, "bufferevent.svg");
  assert.ok(heard.length > 0 && heard.every((line) => line.includes("img-src")), heard.join());
});
