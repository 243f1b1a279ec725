/** What comes from elsewhere: an address that answers late or never, bytes that are no text, a file that is dropped, and one of another kind. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { textOf } from "../../engine/bytes.js";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";

before(startBrowser);
after(stopBrowser);

const SCENARIO = '{"format":1,"dialect":"2.1","script":[{"peer_send":"hello"},{"turn":1}]}';
/** A file of the site, which answers in another way here. */
const HANGS = "scenario.schema.json";
const INSIDE = '<bufferevent-lab linked><p class="absent">The lab has not come</p></bufferevent-lab>';

test("what is waited for is named, with a way out, and after a while without a byte that is told as an error", async () => {
  let asked = () => {};
  const next = () => new Promise((resolve) => (asked = () => resolve(null)));
  let isAsked = next();
  const { page, lab, done } = await openLab({ body: INSIDE, pages: { [`/${HANGS}`]: () => asked() }, attributes: { src: HANGS }, state: "", clock: true });
  await page.evaluate(() => {
    Object.assign(window, { told: [] });
    document.querySelector("bufferevent-lab")?.addEventListener("error", (event) => /** @type {any} */ (window).told.push(/** @type {CustomEvent} */ (event).detail.message));
  });
  const wait = async () => {
    await isAsked;
    isAsked = next();
    await page.clock.runFor(1500);
    await lab.see(".waiting:not([hidden])");
  };
  await wait();
  assert.equal(await lab.text(".waiting p"), `Waiting for ${HANGS}`);
  assert.equal(await page.locator("p.absent").isVisible(), false, "its scripts have come");
  await page.clock.runFor(40_000);
  await page.waitForFunction(() => /** @type {any} */ (window).told.length > 0);
  assert.deepEqual(await page.evaluate(() => /** @type {any} */ (window).told), [`The recording cannot be read: ${HANGS}: nothing has come for 30 seconds`]);
  await lab.element.locator(".waiting").waitFor({ state: "hidden" });
  // Where there is something to see, it stays for whoever does not want to wait.
  await page.getByRole("button", { name: "Open the first lesson" }).click();
  await lab.state("ready");
  await lab.set({ src: HANGS });
  await wait();
  await page.getByRole("button", { name: "Stop waiting" }).click();
  await lab.element.locator(".waiting").waitFor({ state: "hidden" });
  await page.clock.runFor(40_000);
  assert.equal(await lab.element.locator(".notice").isVisible(), false);
  assert.equal(await lab.text(".lesson h2"), "Anatomy");
  // And while it is waited for, another lesson.
  await page.evaluate((name) => (location.hash = `src=${name}`), HANGS);
  await wait();
  await lab.element.locator("select.lesson-select").selectOption("low-watermark");
  await lab.element.locator(".lesson h2").getByText("Low watermark").waitFor();
  assert.equal(await lab.element.locator(".waiting").isVisible(), false);
  await done();
});

test("who does not want to wait for a lesson of the site waits no longer, though it cannot be broken off", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "anatomy" }, pages: { "/lessons/low-watermark.json": () => {} }, clock: true });
  await lab.set({ lesson: "low-watermark" });
  await page.clock.runFor(1500);
  await lab.see(".waiting:not([hidden])");
  await page.getByRole("button", { name: "Stop waiting" }).click();
  await lab.element.locator(".waiting").waitFor({ state: "hidden" });
  assert.equal(await lab.text(".lesson h2"), "Anatomy");
  await done();
});

test("bytes that are not UTF-8 are no text: it is said where they stop being it", () => {
  const bytes = (/** @type {string} */ text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  const refused = (/** @type {Uint8Array} */ given) => {
    try {
      return void textOf(given);
    } catch (error) {
      return /** @type {Error} */ (error).message;
    }
  };
  assert.equal(textOf(new TextEncoder().encode("\ufeffäöü 水")), "äöü 水");
  assert.equal(textOf(new Uint8Array()), "");
  assert.equal(refused(bytes('{"a":"\xff\xfe"}')), "what is here is no UTF-8 at line 1, column 7");
  assert.equal(refused(bytes('{\n"a":1,\n"b\xc3"}')), "what is here is no UTF-8 at line 3, column 4");
  assert.equal(refused(bytes("\xe6\xb0")), "what is here is no UTF-8 at line 1, column 2");
  for (const utf16 of ["\xff\xfe{\x00", "\xfe\xff\x00{", "{\x00\xff\xff", "\x00{\xff\xff"]) assert.equal(refused(bytes(utf16)), "this is UTF-16, and has to be UTF-8");
  // Not half of a character: what the programs say, too.
  for (const zeros of ["\x00\x00\xff", "\x00\x00\x00\x00\xff\xff"]) assert.equal(refused(bytes(zeros)), "this is no text: it begins with zero bytes");
});

test("what is no text is refused in words as a file, at an address and as progress", async () => {
  const bad = Buffer.from(SCENARIO.replace("hello", "h\xff\xfe"), "latin1");
  const answer = (/** @type {import("node:http").ServerResponse} */ response) => void response.writeHead(200, { "content-type": "application/json" }).end(bad);
  const { page, lab, done } = await openLab({ attributes: { lesson: "anatomy" }, body: "<bufferevent-lab></bufferevent-lab>", pages: { [`/${HANGS}`]: answer } });
  const says = async (/** @type {RegExp} */ words) => {
    await lab.element.locator(".notice:not([hidden]) p").getByText(words).waitFor();
    await page.getByRole("button", { name: "Dismiss" }).click();
  };
  await lab.element.locator("header input[type=file]").setInputFiles({ name: "bad.json", mimeType: "text/plain", buffer: bad });
  await says(/bad\.json: what is here is no UTF-8 at line 1, column \d+/);
  await lab.element.locator("header input[type=file]").setInputFiles({ name: "wide.json", mimeType: "text/plain", buffer: Buffer.from(`\ufeff${SCENARIO}`, "utf16le") });
  await says(/wide\.json: this is UTF-16, and has to be UTF-8/);
  for (const name of ["scenario", "src", "lesson"]) {
    await lab.open({ [name]: HANGS });
    await says(/schema\.json: what is here is no UTF-8/);
  }
  await page.evaluate((bytes) => {
    const lab = /** @type {any} */ (document.querySelector("bufferevent-lab"));
    const made = HTMLElement.prototype.click;
    // The chooser of the browser, which no page sees.
    HTMLElement.prototype.click = function () {
      if (!(this instanceof HTMLInputElement)) return made.call(this);
      const given = new DataTransfer();
      given.items.add(new File([Uint8Array.from(bytes)], "p.json"));
      this.files = given.files;
      this.dispatchEvent(new Event("change"));
      HTMLElement.prototype.click = made;
    };
    lab.shadowRoot.querySelector(".progress-dialog .import").click();
  }, [...bad]);
  await page.waitForTimeout(1500); console.log("NOTE", await lab.all(".notice p"));
  await lab.element.locator(".notice:not([hidden]) p").getByText(/What was done cannot be read from this file: p\.json: what is here is no UTF-8/).waitFor();
  await done();
});

test("what was done of the lessons is no file to play: it is said where it goes", async () => {
  const { lab, done } = await openLab();
  await lab.element.locator("header input[type=file]").setInputFiles({ name: "bufferevent-progress.json", mimeType: "text/plain", buffer: Buffer.from('{"progress":"bufferevent","version":1,"name":"","lessons":{}}') });
  await lab.element.locator(".notice:not([hidden]) p").getByText(/what somebody has done of the lessons.*then Import/).waitFor();
  await done();
});

/** @param {import("../support/lab.mjs").Lab} lab @param {string} type @param {string} [content] */
const drag = (lab, type, content = SCENARIO) =>
  lab.element.evaluate((it, [type, content]) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([content], "dropped.json"));
    const at = it.shadowRoot?.querySelector(".scene") ?? it;
    return !at.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, composed: true, cancelable: true }));
  }, [type, content]);

test("a file that is dropped anywhere on the lab is opened, and while it is over it that is seen", async () => {
  const { lab, done } = await openLab();
  const shade = lab.element.locator(".drop");
  assert.equal(await drag(lab, "dragenter"), true, "the browser is to leave it to the page");
  assert.equal(await drag(lab, "dragover"), true);
  await shade.getByText("Drop it here to open it").waitFor();
  await drag(lab, "dragleave");
  await shade.waitFor({ state: "hidden" });
  await drag(lab, "dragover");
  assert.equal(await drag(lab, "drop"), true);
  await lab.element.locator(".lesson-select").getByText("Your own scenario").waitFor({ state: "attached" });
  assert.equal(await shade.isVisible(), false);
  // What is no file, such as a word of the page, is not the lab's.
  const word = await lab.element.evaluate((it) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.setData("text/plain", "a word");
    return it.shadowRoot?.querySelector(".scene")?.dispatchEvent(new DragEvent("dragover", { dataTransfer, bubbles: true, composed: true, cancelable: true }));
  });
  assert.equal(word, true);
  // Without the button for files, files are not the lab's either.
  const length = await lab.length();
  await lab.set({ controls: "minimal" });
  assert.equal(await drag(lab, "dragover"), false);
  assert.equal(await drag(lab, "drop", SCENARIO.replace("hello", "hello again and again")), false);
  assert.equal(await shade.isVisible(), false);
  assert.equal(await lab.length(), length);
  await done();
});
