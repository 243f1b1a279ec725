/** The element in pages of every kind, and what pages ask of it: wherever it is put, whenever it is asked, whatever it is given. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";

before(startBrowser);
after(stopBrowser);

const SCENARIO = { format: 1, dialect: "2.1", script: [{ peer_send: "hello" }, { turn: 1 }] };
const LAB = '<bufferevent-lab lesson="high-watermark" step="40" controls="minimal"></bufferevent-lab>';

/** A page with elements that are ready. @param {string} body @param {Parameters<typeof openLab>[0]} [options] */
async function opened(body, options = {}) {
  const found = await openLab({ body, ...options });
  await found.page.waitForFunction(() => [...document.querySelectorAll("bufferevent-lab")].every((lab) => lab.getAttribute("data-state") === "ready"));
  return found;
}

test("it is as wide as its place wherever a place goes by what is in it", async () => {
  /** Each with the least that it must leave the element of a window of 1000 px. @type {[string, string, number][]} */
  const places = [
    ["a block", LAB, 980],
    ["a row that is flexible", `<div style="display:flex"><h1>Hello</h1>${LAB}</div>`, 700],
    ["a column whose middle is its axis", `<div style="display:flex;flex-direction:column;align-items:center">${LAB}</div>`, 980],
    ["a grid that centres", `<div style="display:grid;place-items:center">${LAB}</div>`, 980],
    ["a float", `<div style="overflow:hidden">${LAB.replace(" ", ' style="float:left" ')}</div>`, 980],
    ["a place of its own", `<div style="position:relative;height:900px">${LAB.replace(" ", ' style="position:absolute" ')}</div>`, 980],
    ["a cell of a table", `<table><tr><td>${LAB}</td></tr></table>`, 900],
    ["a line", LAB.replace(" ", ' style="display:inline-block" '), 980],
    ["a dialog", `<dialog open>${LAB}</dialog>`, 900],
    ["a figure as wide as its picture", `<figure style="width:fit-content;margin:0">${LAB}<figcaption>Reading stops</figcaption></figure>`, 900],
    ["lines from top to bottom", `<style>body{margin:0!important}</style><div style="writing-mode:vertical-rl">${LAB}</div>`, 900],
    ["a page that begins with a flexible body", `<style>body{display:flex;place-items:center;min-height:100vh}</style><div id="root">${LAB}</div>`, 900],
  ];
  const pages = Object.fromEntries(places.map(([, body], at) => [`/place${at}.html`, `<!doctype html><html lang="en"><meta charset="utf-8"><title>place</title><link rel="icon" href="icon.svg"><body style="margin:8px">${body}<script type="module" src="lab.js"></script></body></html>`]));
  const { page, site, done } = await openLab({ pages, csp: "", context: { viewport: { width: 1000, height: 900 } } });
  for (const [at, [where, , least]] of places.entries()) {
    await page.goto(`${site.url}place${at}.html`);
    await page.locator("bufferevent-lab[data-state=ready]").waitFor();
    const { width, height } = (await page.locator("bufferevent-lab").boundingBox()) ?? { width: 0, height: 0 };
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(width >= least && height < 1600 && beyond <= 0, `${where}: ${width}x${height}, and the page is ${beyond} px wider than its window`);
  }
  await done();
});

test("on a page that runs from right to left it is as on one that runs from left to right", async () => {
  /** Where every text of the element stands. @param {import("playwright-core").Page} page */
  const texts = (page) =>
    page.locator("bufferevent-lab").evaluate((lab) => {
      const walker = document.createTreeWalker(/** @type {ShadowRoot} */ (lab.shadowRoot), NodeFilter.SHOW_TEXT);
      const [range, found] = [document.createRange(), /** @type {string[]} */ ([])];
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (!node.textContent?.trim()) continue;
        range.selectNodeContents(node);
        const { x, y, width } = range.getBoundingClientRect();
        if (width > 0) found.push(`${node.textContent} ${Math.round(x)} ${Math.round(y)}`);
      }
      return found;
    });
  const [left, right] = [await opened(LAB), await opened(`<div dir="rtl" lang="ar">${LAB}</div>`)];
  const expected = await texts(left.page);
  assert.ok(expected.some((text) => text.startsWith("main()")) && expected.length > 40, expected.join("\n"));
  assert.deepEqual(await texts(right.page), expected);
  await Promise.all([left.done(), right.done()]);
});

test("in another document it looks as it did", async () => {
  const { page, done } = await opened(LAB);
  const found = await page.evaluate(async () => {
    const lab = /** @type {HTMLElement} */ (document.querySelector("bufferevent-lab"));
    const frame = Object.assign(document.createElement("iframe"), { style: `width: ${lab.clientWidth + 16}px; height: 800px; border: 0` });
    const looks = () => [lab.shadowRoot?.querySelector(".told")?.clientHeight, getComputedStyle(/** @type {Element} */ (lab.shadowRoot?.querySelector(".scene"))).display];
    const before = looks();
    document.body.append(frame);
    const there = /** @type {Document} */ (frame.contentDocument);
    there.body.append(lab);
    while (lab.shadowRoot?.adoptedStyleSheets.length === 0) await new Promise(requestAnimationFrame);
    return [lab.ownerDocument === there, before, looks()];
  });
  assert.deepEqual(found, [true, [52, "flex"], [52, "flex"]]);
  await done();
});

test("whatever its methods are given, they do it or say what is wrong, and it goes on", async () => {
  const { page, done } = await opened(LAB);
  const wrong = await page.evaluate(() => {
    const lab = /** @type {any} */ (document.querySelector("bufferevent-lab"));
    const given = [undefined, null, NaN, Infinity, -Infinity, -1, 1.5, 1e12, "", "abc", "5", {}, [], [3], true, () => {}, Symbol("x"), 5n];
    const found = [];
    for (const method of ["seek", "advance", "act"]) {
      for (const value of given) {
        for (const rest of [[], [value]]) {
          lab.seek(20);
          try {
            lab[method](value, ...rest);
          } catch (error) {
            if (!(error instanceof TypeError) || error.message.length < 10) found.push([method, typeof value, String(error)]);
          }
          const { position, length } = lab;
          if (!Number.isInteger(position) || position < 0 || position > length) found.push([method, typeof value, position]);
          lab.pause();
          lab.seek(20);
          lab.advance(1, "step");
          if (lab.position !== 21) found.push([method, typeof value, "stands still"]);
        }
      }
    }
    return found;
  });
  assert.deepEqual(wrong, []);
  const said = await page.evaluate(() => {
    const lab = /** @type {any} */ (document.querySelector("bufferevent-lab"));
    return [() => lab.seek(NaN), () => lab.seek("abc"), () => lab.advance(0), () => lab.advance(1, "mile")].map((call) => {
      try {
        return call();
      } catch (error) {
        return /** @type {Error} */ (error).message;
      }
    });
  });
  assert.deepEqual(said, ["NaN is no position: it is a number of steps", "\u201cabc\u201d is no position: it is a number of steps", "0 is no direction: it is 1 or -1", "\u201cmile\u201d is no unit: there are moment, step, callback, pass"]);
  await done();
});

test("what it is asked before there is something to show is done in its order once there is", async () => {
  const { page, done } = await opened(LAB);
  const found = await page.evaluate(async (scenario) => {
    const seen = [];
    const told = (/** @type {any} */ lab) => new Promise((resolve) => lab.addEventListener("ready", () => queueMicrotask(resolve), { once: true }));
    for (const first of [{ scenario }, { lesson: "anatomy" }]) {
      const lab = /** @type {any} */ (Object.assign(document.createElement("bufferevent-lab"), first));
      lab.seek(3);
      document.body.append(lab);
      lab.advance(1, "step");
      lab.act({ peer_send: "more" });
      await told(lab);
      await new Promise(setTimeout);
      seen.push([lab.position > 4, lab.exportExperiment().includes("more")]);
      // Of what it is opening, too.
      lab.lesson = "low-watermark";
      lab.seek(5);
      await told(lab);
      await new Promise(setTimeout);
      seen.push(lab.position);
      lab.remove();
    }
    return seen;
  }, SCENARIO);
  assert.deepEqual(found, [[true, true], 5, [true, true], 5]);
  await done();
});

test("whoever is told that it is ready asks, and it is done: what was asked before, too", async () => {
  const { page, done } = await opened(LAB);
  const found = await page.evaluate(async (scenario) => {
    const lab = /** @type {any} */ (Object.assign(document.createElement("bufferevent-lab"), { scenario }));
    /** What is there as soon as it is ready, and once it has been asked for another position there. @param {() => void} ask */
    const told = (ask) =>
      new Promise((resolve) => {
        const at = () => {
          const asked = lab.position;
          lab.seek(2);
          resolve([asked, lab.position]);
        };
        lab.addEventListener("ready", at, { once: true });
        ask();
        lab.seek(3);
      });
    const seen = [await told(() => document.body.append(lab)), await told(() => (lab.lesson = "low-watermark"))];
    lab.remove();
    return seen;
  }, SCENARIO);
  assert.deepEqual(found, [[3, 2], [3, 2]]);
  await done();
});

test("nothing is done to what cannot be acted on, and whoever tries is told", async () => {
  const { page, done } = await opened(LAB);
  const said = await page.evaluate(async () => {
    const lab = /** @type {any} */ (document.querySelector("bufferevent-lab"));
    const recording = lab.exportRecording();
    const ready = new Promise((resolve) => lab.addEventListener("ready", resolve, { once: true }));
    lab.src = recording;
    await ready;
    return [() => lab.act({ turn: 1 }), () => lab.fork()].map((call) => {
      try {
        return call();
      } catch (error) {
        return /** @type {Error} */ (error).message;
      }
    });
  });
  assert.deepEqual(said, Array(2).fill("nothing is simulated here: a recording and a live server can only be looked at"));
  await done();
});

test("what stands in it is seen until there is something to play, and stays where that never comes", async () => {
  const { page, heard, done } = await opened(LAB);
  const found = await page.evaluate(async (scenario) => {
    const seen = [];
    for (const [name, value] of /** @type {[string, any][]} */ ([["live", `ws://${location.host}/none`], ["scenario", "none.json"], ["scenario", "{bad"], ["lesson", "none"], ["src", "{}"], ["scenario", scenario]])) {
      const lab = /** @type {any} */ (document.createElement("bufferevent-lab"));
      lab.innerHTML = "<p>a picture of it</p>";
      const heard = /** @type {string[]} */ ([]);
      for (const type of ["ready", "error", "livestate"]) lab.addEventListener(type, (/** @type {CustomEvent} */ event) => heard.push(event.detail?.state ?? type));
      lab[name] = value;
      document.body.append(lab);
      while (!["ready", "error", "refused"].some((type) => heard.includes(type))) await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
      seen.push([name, heard.at(-1), lab.firstChild.getBoundingClientRect().height > 0, heard.includes("ready")]);
      lab.remove();
    }
    return seen;
  }, SCENARIO);
  assert.deepEqual(found, [["live", "refused", true, false], ["scenario", "error", true, false], ["scenario", "error", true, false], ["lesson", "error", true, false], ["src", "error", true, false], ["scenario", "ready", false, true]]);
  heard.splice(0);
  await done();
});

test("a place in the page around is none in what is shown", async () => {
  const { page, lab, done } = await openLab({ body: '<h2 id="more">More</h2><a href="#more">More</a><bufferevent-lab lesson="high-watermark" linked></bufferevent-lab>' });
  const length = await lab.length();
  const hash = () => page.evaluate(() => location.hash);
  await page.waitForFunction(() => location.hash.startsWith("#lesson="));
  await page.locator('a[href="#more"]').click();
  await page.waitForFunction(() => location.hash === "#more");
  assert.equal(await lab.length(), length, "the lesson stays");
  assert.equal(await page.locator("bufferevent-lab .notice:visible").count(), 0, "and nothing is told of it");
  await page.reload();
  await lab.state("ready");
  assert.deepEqual([await lab.length(), await hash()], [length, "#more"]);
  await lab.set({ step: "12" });
  await page.waitForFunction(() => location.hash === "#lesson=high-watermark&step=12");
  await done();
});

test("what cannot be fetched is named", async () => {
  const { page, heard, done } = await opened(LAB);
  await page.route("**/lost.json", (route) => route.abort());
  const said = await page.evaluate(async () => {
    const lab = /** @type {any} */ (document.querySelector("bufferevent-lab"));
    const seen = [];
    for (const scenario of ["lost.json", "https://[", "[]"]) {
      const told = new Promise((resolve) => lab.addEventListener("error", (/** @type {CustomEvent} */ event) => resolve(event.detail.message), { once: true }));
      lab.scenario = scenario;
      seen.push(await told);
    }
    return seen;
  });
  assert.match(said[0], /lost\.json: Failed to fetch/);
  assert.match(said[1], /https:\/\/\[: /);
  assert.doesNotMatch(said[2], /fetch/);
  heard.splice(0);
  await done();
});
