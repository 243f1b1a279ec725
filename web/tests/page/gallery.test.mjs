/** The gallery shows every attribute and every event of the element, live and as it says. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { GUARD, STRICT, complaints, launch, serveSite } from "../support/site.mjs";

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serveSite>>} */
let site;
before(async () => {
  browser = await launch();
  // It has the lab's own page in it.
  site = await serveSite({ csp: STRICT.replace("frame-ancestors 'none'", "frame-ancestors 'self'") });
});
after(async () => {
  await browser.close();
  await site.close();
});

/** @param {string} [path] */
async function open(path = "gallery.html") {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en", permissions: ["clipboard-read", "clipboard-write"] });
  context.setDefaultTimeout(GUARD);
  const page = await context.newPage();
  const heard = complaints(page);
  await page.goto(`${site.url}${path}`);
  await page.locator("main section").first().waitFor();
  return { page, heard, close: () => context.close() };
}

/** @param {import("playwright-core").Page} page @param {string} kind */
const named = (page, kind) => page.locator(`section[data-kind=${kind}]`).evaluateAll((all) => all.map((it) => /** @type {HTMLElement} */ (it).dataset.name ?? "").sort());

test("every attribute that the element has is there, and every event of its types", async () => {
  const { page, close } = await open();
  const { BuffereventLab } = await import(new URL("../../lab.js", import.meta.url).href);
  assert.deepEqual(await named(page, "attribute"), [...BuffereventLab.observedAttributes, "autoplay", "linked"].sort());
  const types = readFileSync(new URL("../../../npm/lab/lab.d.ts", import.meta.url), "utf8");
  const events = [.../** @type {string} */ (/interface LabEventMap \{(.*?)\n\}/s.exec(types)?.[1]).matchAll(/^ {2}(\w+): /gm)].map(([, name]) => name);
  assert.ok(events.length > 4);
  assert.deepEqual(await named(page, "event"), events.sort());
  await close();
});

test("elements come when the reader comes, each is what its code says, and every event is heard", async () => {
  const { page, heard, close } = await open();
  await page.locator("bufferevent-lab[data-state=ready]").first().waitFor();
  assert.ok((await page.locator("bufferevent-lab").count()) <= 2, "nothing is loaded that is not near");
  for (const section of await page.locator("main > section").all()) {
    const [kind, name] = [await section.getAttribute("data-kind"), await section.getAttribute("data-name")];
    await section.locator(".figure").scrollIntoViewIfNeeded();
    // A server is asked for only when the reader wants it, and here there is none.
    if (await section.locator(".connect").count()) continue;
    const framed = { linked: /^index\.html#lesson=low-watermark&step=12/, present: /^index\.html#lesson=high-watermark&step=34.*&present=1/ }[name ?? ""];
    if (framed) {
      await section.frameLocator("iframe").locator("bufferevent-lab[data-state=ready]").waitFor();
      assert.match((await section.locator(".address").textContent()) ?? "", framed);
      continue;
    }
    const lab = section.locator("bufferevent-lab");
    await section.locator(`bufferevent-lab${name === "error" ? "[data-state=failed]" : "[data-state=ready], bufferevent-lab[data-state=playing]"}`).first().waitFor();
    const code = (await section.locator("> .code code").textContent()) ?? "";
    const asked = await lab.evaluate((it, code) => {
      const written = new DOMParser().parseFromString(code, "text/html").querySelector("bufferevent-lab");
      const all = (/** @type {Element | null} */ element) => Object.fromEntries(Array.from(element?.attributes ?? [], ({ name, value }) => [name, value]).filter(([name]) => !name.startsWith("data-")));
      return [all(it), all(written)];
    }, code);
    assert.deepEqual(asked[0], asked[1], String(name));
    if (kind === "attribute") assert.ok(name && name in asked[0], `${name} is not shown`);
    if (kind === "event" && name !== "ready" && name !== "error") {
      await lab.evaluate((it) => {
        const lab = /** @type {any} */ (it);
        while (lab.position < lab.length) lab.advance(1, "step");
      });
    }
    if (kind === "event") await section.locator(".heard li:not(.nothing)").first().waitFor();
  }
  // Problems that were asked for.
  assert.deepEqual(heard, []);
  await close();
});

test("a value that is tried is that of the element and of the code, and the code can be copied", async () => {
  const { page, close } = await open("gallery.html?lang=zh#attribute-controls");
  const section = page.locator("#attribute-controls");
  await section.locator("bufferevent-lab[data-state=ready]").waitFor();
  await section.getByRole("button", { name: "minimal" }).click();
  assert.equal(await section.locator("bufferevent-lab").getAttribute("controls"), "minimal");
  await section.locator("> .code .copy").click();
  const copied = await page.waitForFunction(() => navigator.clipboard.readText());
  assert.equal(await copied.jsonValue(), '<bufferevent-lab lesson="high-watermark" controls="minimal"></bufferevent-lab>');
  assert.equal(await page.locator("html").getAttribute("lang"), "zh-Hans");
  assert.ok(await section.evaluate((it) => it.getBoundingClientRect().top < 900), "what the address points at is in sight");
  await page.getByRole("link", { name: "实验室" }).click();
  await page.locator("bufferevent-lab[data-state=ready]").waitFor();
  assert.equal(await page.locator('footer a[href^="gallery.html"]').count(), 2, "both lead to each other");
  await close();
});

test("icons and the card are as large as they say, and the manifest leads to the page", async () => {
  const { page, close } = await open();
  const sizes = await page.evaluate(async () => {
    const manifest = await (await fetch("site.webmanifest")).json();
    const start = (await fetch(manifest.start_url)).ok;
    const size = async (/** @type {string} */ src) => {
      const image = new Image();
      image.src = src;
      await image.decode();
      return `${image.naturalWidth}x${image.naturalHeight}`;
    };
    const icons = manifest.icons.filter((/** @type {any} */ { sizes }) => sizes !== "any");
    return { start, card: await size("card.png"), icons: await Promise.all(icons.map(async (/** @type {any} */ it) => [it.sizes, await size(it.src)])) };
  });
  assert.equal(sizes.start, true);
  assert.equal(sizes.card, "1200x630");
  assert.equal(sizes.icons.length, 2);
  for (const [said, is] of sizes.icons) assert.equal(is, said);
  await close();
});
