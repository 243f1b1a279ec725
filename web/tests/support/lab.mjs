/** One page with a player on it, and what a test asks of it. */
import assert from "node:assert/strict";
import { GUARD, complaints, launch, pageWith, serveSite } from "./site.mjs";

/** @typedef {import("playwright-core").BrowserContextOptions} ContextOptions */
/** @typedef {import("playwright-core").Page} Page */
/** `page` is the one that served last, left on nothing; `clock`: a test has its time in hand. @typedef {{options: string, profile: import("playwright-core").BrowserContext, busy: boolean, clock: boolean, page?: Page}} Profile */

/** Of all files of tests that run in this process. @type {Promise<import("playwright-core").Browser> | null} */
let browser = null;
/** How many of them need it still. */
let users = 0;
/** @type {(() => Promise<unknown>)[]} */
let servers = [];
/** The site as most tests want it. @type {ReturnType<typeof serveSite> | null} */
let plain = null;
/**
 * Profiles serve again, emptied, and so does their page: what they have fetched need not come again, and a page in a new process
 * costs as much as all that it shows. @type {Profile[]}
 */
let profiles = [];
/** So long a test may have its page, in milliseconds: one that waits in the page for what never comes ends then, and is named. */
const HELD = 3 * GUARD;
const VIEWPORT = { width: 1440, height: 900 };
/** What a test may have listened to on its page. */
const EVENTS = /** @type {const} */ (["console", "dialog", "download", "pageerror", "popup", "request", "requestfailed", "requestfinished", "response", "websocket", "worker"]);

export async function startBrowser() {
  users += 1;
  await (browser ??= launch());
}

export async function stopBrowser() {
  users -= 1;
  if (users > 0) return;
  await (await browser)?.close();
  browser = null;
  await Promise.all(servers.map((close) => close()));
  [servers, profiles, plain] = [[], [], null];
}

/** @param {Parameters<typeof serveSite>[0]} [options] none for the site that tests share */
async function siteOf(options) {
  const site = options ? await serveSite(options) : await (plain ??= serveSite({ pages: { "/test.html": pageWith("<bufferevent-lab></bufferevent-lab>") } }));
  if (!servers.includes(site.close)) servers.push(site.close);
  return site;
}

/** A profile that nobody has used, as far as a page can tell, and a page of it. @param {ContextOptions} context @param {boolean} clock @param {string} origin */
async function profileOf({ viewport = VIEWPORT, colorScheme = "light", forcedColors = "none", reducedMotion = "no-preference", ...context }, clock, origin) {
  const options = JSON.stringify(context);
  const own = profiles.find((one) => !one.busy && one.options === options) ?? (await newProfile(options, context));
  own.busy = true;
  if (clock) await own.profile.clock.install();
  const { page = await own.profile.newPage() } = own;
  const session = await own.profile.newCDPSession(page);
  await session.send("Storage.clearDataForOrigin", { origin, storageTypes: "all" });
  await session.send("Page.resetNavigationHistory");
  await session.detach();
  // What a page may change is the page's: so a profile serves those of any size and colours.
  await page.emulateMedia({ media: null, colorScheme, forcedColors, reducedMotion });
  const now = page.viewportSize();
  if (viewport && (now?.width !== viewport.width || now.height !== viewport.height)) await page.setViewportSize(viewport);
  return { own, page };
}

/** @param {string} options @param {ContextOptions} context */
async function newProfile(options, context) {
  const profile = await (await /** @type {NonNullable<typeof browser>} */ (browser)).newContext({ viewport: VIEWPORT, locale: "en", ...context });
  profile.setDefaultTimeout(GUARD);
  /** @type {Profile} */
  const own = { options, profile, busy: true, clock: false };
  profiles.push(own);
  const { clock } = profile;
  const install = clock.install.bind(clock);
  clock.install = (how) => ((own.clock = true), install(how));
  profile.on("close", () => (profiles = profiles.filter((one) => one !== own)));
  return own;
}

/** Takes from a page what a test did to it, but for scripts that the test has it start with. @param {Page} page */
async function leave(page) {
  for (const event of EVENTS) page.removeAllListeners(event);
  await page.unrouteAll({ behavior: "ignoreErrors" });
  // What it does as it is left is done before the next one comes.
  await page.goto("about:blank");
  await page.mouse.move(0, 0);
}

/**
 * Opens a page with one player in a profile that is as good as fresh; `done` fails if the console complained.
 * @param {{attributes?: Record<string, string>, context?: ContextOptions, csp?: string,
 *   body?: string, pages?: Record<string, string | import("./site.mjs").Answer>, state?: string, first?: boolean, alone?: boolean, clock?: boolean}} [options] `first` opens what somebody sees who asked for nothing,
 *   `alone` without waiting for what it does not need of the engine; `clock`: the page's time can be let run by `page.clock`.
 *   The page serves again unless the test closes it: scripts that a test has it start with are the test's to dispose of.
 */
export async function openLab({ attributes = {}, context = {}, csp, body, pages, state = "ready", first = false, alone = false, clock = false } = {}) {
  const common = csp === undefined && body === undefined && pages === undefined;
  const site = await siteOf(common ? undefined : { csp, pages: { "/test.html": pageWith(body ?? "<bufferevent-lab></bufferevent-lab>"), ...pages } });
  const { own, page } = await profileOf(context, clock, new URL(site.url).origin);
  const heard = complaints(page);
  const watchdog = setTimeout(() => page.close({ reason: `a test has had this page for ${HELD / 1000} seconds` }), HELD).unref();
  // Most tests are about the lesson with the most in it.
  const names = Object.keys(attributes).some((name) => ["lesson", "scenario", "src", "live"].includes(name));
  const given = names || body !== undefined || first ? attributes : { lesson: "high-watermark", ...attributes };
  const script = await page.addInitScript((given) => {
    addEventListener("DOMContentLoaded", () => {
      const lab = document.querySelector("bufferevent-lab");
      for (const [name, value] of Object.entries(given)) lab?.setAttribute(name, value);
    });
  }, given);
  await page.goto(`${site.url}test.html`);
  const lab = new Lab(page, page.locator("bufferevent-lab").first());
  if (state) await lab.state(state);
  // What is asked for before the rest of the engine is there is answered, and the browser complains of how.
  if (state === "ready" && !alone) await lab.whole();
  const done = async () => {
    clearTimeout(watchdog);
    assert.deepEqual(heard, []);
    await Promise.all(own.profile.pages().map((one) => (one === page ? script.dispose() : one.close())));
    // Its pages are told what time it is for as long as it is open: whoever came next would wait for ever.
    if (own.clock) return own.profile.close();
    if (!page.isClosed()) await leave(page);
    own.page = page.isClosed() ? undefined : page;
    own.busy = false;
  };
  return { page, lab, done, heard, site };
}

export class Lab {
  /** @param {import("playwright-core").Page} page @param {import("playwright-core").Locator} element */
  constructor(page, element) {
    this.page = page;
    this.element = element;
  }

  /** Waits until the player is in this state. @param {string} state */
  state(state) {
    return this.page.locator(`bufferevent-lab[data-state=${state}]`).first().waitFor();
  }

  /**
   * Does something after which it plays, if only for a moment: where the machine is busy that is over before one looks.
   * @param {() => Promise<unknown>} act
   */
  async plays(act) {
    const seen = await this.element.evaluateHandle((it) => {
      const seen = { playing: false };
      const look = () => (seen.playing ||= /** @type {HTMLElement} */ (it).dataset.state === "playing");
      new MutationObserver(look).observe(it, { attributes: true, attributeFilter: ["data-state"] });
      return seen;
    });
    await act();
    await this.page.waitForFunction((seen) => seen.playing, seen);
  }

  /** Waits until all of the engine is there. */
  whole() {
    return this.page.evaluate(async () => (await import(new URL("pkg/bufferevent_wasm.js", document.baseURI).href)).loadRest());
  }

  /** Puts another player in its place, as if the page had just been opened. @param {Record<string, string>} attributes */
  async renew(attributes) {
    await this.element.evaluate((lab, given) => {
      localStorage.clear();
      const next = document.createElement("bufferevent-lab");
      for (const [name, value] of Object.entries(given)) next.setAttribute(name, value);
      lab.replaceWith(next);
    }, attributes);
    await this.state("ready");
  }

  at() {
    return this.element.evaluate((lab) => /** @type {any} */ (lab).position);
  }

  length() {
    return this.element.evaluate((lab) => /** @type {any} */ (lab).length);
  }

  picture() {
    return this.element.evaluate((lab) => /** @type {any} */ (lab).picture);
  }

  /** @param {number} position */
  seek(position) {
    return this.element.evaluate((lab, to) => /** @type {any} */ (lab).seek(to), position);
  }

  /** Steps from the start to the end. */
  walk() {
    return this.element.evaluate((it) => {
      const lab = /** @type {any} */ (it);
      lab.seek(0);
      while (lab.position < lab.length) lab.advance(1, "step");
    });
  }

  /** @param {Record<string, string>} attributes */
  async set(attributes) {
    await this.element.evaluate((lab, given) => Object.entries(given).forEach(([name, value]) => lab.setAttribute(name, value)), attributes);
  }

  /** Opens something else, and waits until it is there. @param {Record<string, string>} attributes one of them a source */
  async open(attributes) {
    await this.element.evaluate(async (lab, given) => {
      const there = new Promise((resolve) => ["ready", "error"].forEach((type) => lab.addEventListener(type, () => resolve(type), { once: true })));
      for (const [name, value] of Object.entries(given)) lab.setAttribute(name, value);
      await there;
    }, attributes);
  }

  /** Opens what is shown as a recording, again and again until there are so many records. @param {number} count */
  async openLong(count) {
    // Made in the page: it is too long to be handed over.
    await this.element.evaluate((it, count) => {
      const lab = /** @type {any} */ (it);
      const [header, start, ...records] = lab.exportRecording().trim().split("\n");
      const lines = Array.from({ length: count }, (_, index) => records[index % records.length].replace(/"seq":\d+/, `"seq":${index + 1}`));
      const given = new DataTransfer();
      given.items.add(new File([[header, start, ...lines].join("\n"), "\n"], "long.jsonl"));
      const input = lab.shadowRoot.querySelector("input[type=file]");
      input.files = given.files;
      input.dispatchEvent(new Event("change"));
    }, count);
    await this.page.waitForFunction((count) => /** @type {any} */ (document.querySelector("bufferevent-lab")).length === count, count);
  }

  focus() {
    return this.element.evaluate((lab) => /** @type {HTMLElement} */ (lab.shadowRoot?.querySelector(".lab")).focus());
  }

  /** Presses Tab until this has the focus. @param {string} selector */
  async tabTo(selector) {
    for (let press = 0; press < 80; press++) {
      const there = await this.element.evaluate((lab, wanted) => lab.shadowRoot?.activeElement?.matches(wanted) ?? false, selector);
      if (there) return;
      await this.page.keyboard.press("Tab");
    }
    assert.fail(`Tab does not lead to ${selector}`);
  }

  /** @param {string} selector */
  see(selector) {
    return this.element.locator(selector).first().waitFor();
  }

  /** @param {string} selector */
  async text(selector) {
    return (await this.element.locator(selector).first().textContent()) ?? "";
  }

  /** @param {string} selector */
  all(selector) {
    return this.element.locator(selector).allTextContents();
  }

  told() {
    return this.text(".told-words");
  }

  /** How many bytes a vessel holds, or `unknown`. @param {import("../../views/scene/geometry.js").Vessel} name */
  async level(name) {
    const length = await this.element.locator(`.vessel.${name}`).first().getAttribute("data-length");
    return length === "unknown" ? length : Number(length);
  }

  /** Waits until nothing in the scene moves. */
  still() {
    return this.element.locator(".scene:not([data-moving])").first().waitFor();
  }

  /** @param {"read" | "write"} direction */
  valve(direction) {
    return this.element.locator(`.valve.${direction}`).getAttribute("data-reason");
  }

  /** Acts by the controls for it, and waits until what it does is seen. @param {string} _ what @param {any} step */
  async act(_, step) {
    const [group, name, values] =
      "peer_send" in step ? ["peer", "Send", { text: step.peer_send }]
      : "set_watermark" in step ? ["app", "Set marks", step.set_watermark.read]
      : assert.fail(`no such action: ${JSON.stringify(step)}`);
    await this.choose(group, name);
    const form = this.element.locator(`.act [data-group=${group}] form:not([hidden])`);
    for (const [field, value] of Object.entries(values)) await form.locator(`[name=${field}]`).fill(String(value));
    await this.fast(() => form.getByRole("button", { name }).click());
  }

  /** Chooses what to do. @param {string} group @param {string} name */
  async choose(group, name) {
    await this.element.locator(`.act .segments button[data-value=${group}]`).click();
    await this.element.locator(`.act [data-group=${group}] .act-pick`).selectOption({ label: name });
  }

  /** Does something that plays up to its effect, as fast as that goes. @param {() => Promise<void>} act */
  async fast(act) {
    const speed = (/** @type {string} */ value) =>
      this.element.evaluate((lab, value) => {
        const select = /** @type {HTMLSelectElement} */ (lab.shadowRoot?.querySelector("select.speed"));
        select.value = value;
        select.dispatchEvent(new Event("change"));
      }, value);
    await speed("8");
    await act();
    await this.state("ready");
    await speed("1");
  }
}
