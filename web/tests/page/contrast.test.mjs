/**
 * Nothing that is shown vanishes with forced colours (high contrast): each part of the page is looked at in two states
 * that it must tell apart. A part that tells something new is added to `PLACES` or `PARTS`.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";
import { difference } from "../support/pixels.mjs";
import { made, received, recording, snapshot } from "../support/recording.mjs";

before(startBrowser);
after(stopBrowser);

/** @typedef {import("../support/lab.mjs").Lab} Lab */
/** @typedef {(lab: Lab) => Promise<unknown>} Do */

/** 64 bytes, taken from the peer, written by the application, left in the kernel. */
const LEVELS = JSON.stringify({
  format: 1,
  dialect: "1.4",
  kernel: { rx_capacity: 64, tx_capacity: 64 },
  bufferevent: { read: { low: 48, high: 64 } },
  script: [{ peer_send: "x".repeat(64) }, { turn: 1 }, { write: "y".repeat(64) }, { peer_send: "z".repeat(64) }, { turn: 1 }, { write: "w".repeat(64) }],
});
const EMPTY = JSON.stringify({ format: 1, dialect: "1.4", kernel: { rx_capacity: 64, tx_capacity: 64 }, script: [] });

/** @param {number} position @returns {Do} */
const at = (position) => (lab) => lab.seek(position);
/** Where a condition is met first. @param {string} condition @param {number} [further] @returns {Do} */
const where = (condition, further = 0) => async (lab) => {
  await lab.element.evaluate(
    (it, [condition, further]) => {
      const lab = /** @type {any} */ (it);
      const [kind, field, value] = /** @type {string} */ (condition).split(" ");
      for (lab.seek(1); lab.position < lab.length; lab.advance(1, "step")) {
        const { last } = lab.picture;
        if (last.kind === kind && (field === undefined || String(last[field]) === value)) break;
      }
      lab.seek(lab.position + Number(further));
    },
    /** @type {const} */ ([condition, further]),
  );
};
/** @param {string} key @returns {Do} */
const key = (key) => async (lab) => (await lab.focus(), await lab.page.keyboard.press(key));
/** @param {string} choice @returns {Do} */
const answer = (choice) => async (lab) => {
  await lab.open({ lesson: "high-watermark" });
  await lab.element.getByRole("button", { name: "Go to the question" }).click();
  if (!choice) return;
  await lab.element.locator(`.prediction-choice[value=${choice}]`).check();
  await lab.element.locator("button.check").click();
};
/** All questions are answered, so that the tasks are there. @type {Do} */
const told = async (lab) => {
  for (let asked = await lab.element.locator(".question-list button").count(); asked > 0; asked--) {
    await lab.element.locator(".question-list button:not([data-phase=told])").first().click();
    if (await lab.element.locator(".go-there").isVisible()) await lab.element.locator(".go-there").click();
    await lab.element.locator(".give-up").click();
  }
};
/** @param {boolean} is @returns {Do} */
const done = (is) => (lab) => lab.element.evaluate((it, is) => void it.shadowRoot?.querySelector(".tasks li")?.toggleAttribute("data-done", is), is);
/** What a part would look like with another style. @param {string} css @returns {Do} */
const styled = (css) => (lab) =>
  lab.element.evaluate((it, css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    /** @type {ShadowRoot} */ (it.shadowRoot).adoptedStyleSheets.push(sheet);
  }, css);
/** @type {Do} */
const asItIs = async () => {};
/** @param {...Do} steps @returns {Do} */
const both = (...steps) => async (lab) => {
  for (const step of steps) await step(lab);
};

/**
 * What is looked at; how to get to one state, and from there to the other; how many pixels must differ at least.
 * @typedef {{name: string, part: string, one: Do, other: Do, scenario?: string, least?: number}} Part
 */

/** What another place of a run shows or another style: the player serves for the next as well. By what is played. @type {Part[]} */
const PLACES = [
  { name: "the level of input", part: ".vessel.input .vessel-room", scenario: LEVELS, one: at(5), other: where("received", 0), least: 2000 },
  { name: "the level of output", part: ".vessel.output .vessel-room", scenario: LEVELS, one: at(5), other: where("buffer_added"), least: 2000 },
  { name: "the level of rx", part: ".vessel.rx .vessel-room", scenario: LEVELS, one: at(1), other: where("peer_sent"), least: 500 },
  { name: "the level of tx", part: ".vessel.tx .vessel-room", scenario: LEVELS, one: at(1), other: where("sent"), least: 500 },
  { name: "what came in this step", part: ".vessel.input .vessel-fresh", scenario: LEVELS, one: where("received"), other: where("received", 1), least: 100 },
  { name: "the low mark", part: ".mark.read.low .mark-flag", scenario: LEVELS, one: at(20), other: styled(".mark.low .mark-flag { visibility: hidden }") },
  { name: "the high mark", part: ".mark.read.high .mark-flag", scenario: LEVELS, one: at(20), other: styled(".mark.high .mark-flag { visibility: hidden }") },
  { name: "the low mark's flag and the high mark's", part: ".mark.read.high .mark-flag", scenario: LEVELS, one: at(20), other: styled(".mark.high .mark-flag { fill: Canvas }") },
  { name: "a valve at rest", part: ".valve.write .valve-drawing", scenario: LEVELS, one: at(5), other: where("event_armed event write") },
  { name: "the room beyond the high mark", part: ".vessel.input .vessel-room", one: at(6), other: styled(".vessel-beyond { visibility: hidden !important }") },
  { name: "an open valve and a closed one", part: ".valve.read .valve-drawing", one: where("event_armed event read"), other: where("pressure_installed"), least: 100 },
  { name: "the tripwire", part: ".tripwire", one: where("pressure_installed"), other: where("pressure_installed", -1), least: 60 },
  { name: "the callback that runs", part: ".callback.read", one: at(1), other: where("callback_entered"), least: 300 },
  { name: "which way a pipe goes", part: ".pipe.read .pipe-arrow", one: at(1), other: styled(".pipe-arrow { visibility: hidden }") },
  { name: "an arrow of the loop and a black square", part: ".stations", one: at(1), other: styled(".station::before { border-color: CanvasText !important }"), least: 60 },
  { name: "where the loop is", part: ".stations .station:nth-child(1)", one: at(1), other: where("pass_began"), least: 60 },
  { name: "an event that is pending", part: ".chips .chip:nth-child(1) .chip-dot", one: at(1), other: where("event_armed event read") },
  { name: "an event that is active", part: ".chips .chip:nth-child(1) .chip-dot", one: where("event_armed event read"), other: where("event_activated event read") },
  { name: "an event that runs", part: ".chips .chip:nth-child(1)", one: where("event_activated event read"), other: where("event_run event read") },
  { name: "the position on the timeline", part: ".timeline-area", one: at(1), other: at(60), least: 60 },
  { name: "what cannot be pressed", part: ".transport .back", one: at(0), other: at(3), least: 20 },
];

/** @type {Part[]} */
const PARTS = [
  { name: "bytes that are not known", part: ".vessel.rx .vessel-room", one: at(5), other: (lab) => lab.set({ src: recording([snapshot(), made(1), received(1, 5)]) }), least: 300 },
  { name: "a tab that is chosen", part: ".tabs button:nth-child(1)", one: key("1"), other: key("2"), least: 60 },
  { name: "a segment that is chosen", part: ".dialect-field button:nth-child(1)", one: asItIs, other: (lab) => lab.element.locator(".dialect-field button").nth(1).click(), least: 300 },
  { name: "a choice that is made", part: ".prediction .choices label:nth-child(1) input", one: answer(""), other: (lab) => lab.element.locator(".prediction-choice").first().check(), least: 20 },
  { name: "the right answer and one that is not chosen", part: ".prediction .choices label:nth-child(2)", one: answer(""), other: answer("stops"), least: 300 },
  { name: "the wrong answer and one that is not chosen", part: ".prediction .choices label:nth-child(1)", one: answer(""), other: answer("on"), least: 20 },
  { name: "the right answer and the wrong one", part: ".prediction .choices label:nth-child(2)", one: answer("stops"), other: (lab) => lab.element.evaluate((it) => it.shadowRoot?.querySelector(".prediction .choices label:nth-child(2)")?.setAttribute("data-answer", "wrong")), least: 300 },
  { name: "the right answer chosen and not chosen", part: ".prediction .choices label:nth-child(2) input", one: answer("stops"), other: (lab) => lab.element.locator(".prediction .choices label:nth-child(2) input").evaluate((input) => void Object.assign(input, { checked: false })), least: 20 },
  { name: "a task that is done", part: ".tasks li:nth-child(1) .tick", one: both(told, done(false)), other: done(true), least: 20 },
  { name: "the line of code that ran", part: ".code-scroll .line[data-looked-at]", one: both(key("2"), where("received"), (lab) => lab.see(".code-scroll .line[aria-current]"), (lab) => lab.element.evaluate((it) => it.shadowRoot?.querySelector(".code-scroll .line[aria-current]")?.setAttribute("data-looked-at", ""))), other: (lab) => lab.element.evaluate((it) => it.shadowRoot?.querySelector("[data-looked-at]")?.removeAttribute("aria-current")), least: 300 },
  { name: "the step in the log", part: ".log-rows li:nth-child(2) button", one: both(key("3"), at(3)), other: at(2), least: 300 },
  { name: "what changed in the state", part: ".state tr:nth-child(1) td:nth-child(2)", one: both(key("4"), at(1)), other: (lab) => lab.element.evaluate((it) => it.shadowRoot?.querySelector(".state tbody td")?.setAttribute("data-changed", "")), least: 20 },
  { name: "a timeline with records and one without", part: ".timeline .lanes", scenario: EMPTY, one: asItIs, other: async (lab) => (await lab.open({ lesson: "high-watermark" }), await lab.see(".prediction")), least: 2000 },
  { name: "what has the focus", part: ".transport", one: at(3), other: (lab) => lab.tabTo("button.play"), least: 60 },
];

for (const [mode, context] of /** @type {const} */ ([
  ["a light palette", { forcedColors: "active", colorScheme: "light" }],
  ["a dark palette", { forcedColors: "active", colorScheme: "dark" }],
])) {
  test(`with forced colours each part tells its states apart: ${mode}`, async () => {
    const vanished = [];
    const judge = await openLab({ body: "", state: "" });
    await judge.page.goto("about:blank");
    const { page, lab, done } = await openLab({ context: { ...context, reducedMotion: "reduce" } });
    /** @type {{played: string, sheets: number} | null} */
    let left = null;
    for (const it of [...PLACES, ...PARTS]) {
      const { name, part, one, other, scenario, least = 12 } = it;
      const played = scenario ?? "";
      if (PLACES.includes(it) && left?.played === played) await lab.element.evaluate((it, sheets) => void (/** @type {ShadowRoot} */ (it.shadowRoot).adoptedStyleSheets.length = sheets), left.sheets);
      else {
        await lab.renew(scenario ? { scenario } : { lesson: "high-watermark" });
        // Words say the same in every colour; what is looked at is the rest.
        await styled("* { -webkit-text-fill-color: transparent !important; } input { caret-color: transparent; }")(lab);
        left = { played, sheets: await lab.element.evaluate((it) => it.shadowRoot?.adoptedStyleSheets.length ?? 0) };
      }
      await one(lab);
      const place = lab.element.locator(part).first();
      const find = async () => {
        await place.scrollIntoViewIfNeeded();
        return /** @type {{x: number, y: number, width: number, height: number}} */ (await place.boundingBox());
      };
      const first = await find();
      /** @param {{x: number, y: number}} where */
      const look = ({ x, y }) => page.screenshot({ clip: { ...first, x, y }, animations: "disabled" });
      const before = await look(first);
      await other(lab);
      // It may have moved, as what is above it has.
      const differ = await difference(judge.page, before, await look(await find()));
      if (differ < least) vanished.push(`${name}: ${differ} pixels`);
    }
    await done();
    await judge.page.context().close();
    assert.deepEqual(vanished, []);
  });
}
