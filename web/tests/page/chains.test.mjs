/** The memory of buffers: what a move hands over and what it copies, a pull-up, 1.4's one block. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";

before(startBrowser);
after(stopBrowser);

const LESSON = new URL("../../../lessons/19-evbuffer-chains/", import.meta.url);

/** @typedef {import("../support/lab.mjs").Lab} Lab */

/** The position after the nth record of a kind about a connection. @param {Lab} lab @param {string} kind @param {number} connection */
async function positionOf(lab, kind, connection, nth = 1) {
  const file = await lab.element.evaluate((it) => /** @type {any} */ (it).exportRecording());
  const records = file.trim().split("\n").slice(2).map((/** @type {string} */ line) => JSON.parse(line));
  const found = records.filter((/** @type {any} */ record) => record.kind === kind && record.connection === connection)[nth - 1];
  assert.ok(found, `${kind} of ${connection}`);
  return found.seq;
}

/** Each buffer that is shown: its chains with their parts, and what was copied. @param {Lab} lab @param {string} place */
const rows = (lab, place) =>
  lab.element.locator(`${place} .chains-row`).evaluateAll((all) =>
    all.map((row) => {
      const parts = (/** @type {Element} */ chain) => [...chain.querySelectorAll(".chain-box > :not([hidden])")].map((part) => part.textContent).join("|");
      const chains = [...row.querySelectorAll(".chain[data-chain]")].map((chain) => (chain.hasAttribute("data-moved") ? "moved: " : "") + parts(chain));
      return [row.getAttribute("data-buffer"), ...chains, row.querySelector(".chains-copied")?.textContent].filter(Boolean).join(" / ");
    }),
  );

test("lesson 19: a move hands over the chain, with what was drained of it, and copies nothing; a write copies", async () => {
  const { lab, done } = await openLab({ attributes: { lesson: "evbuffer-chains" } });
  const moved = await positionOf(lab, "buffer_added", 2);
  await lab.seek(moved);
  const expected = ["1 input", "2 output / moved: 4|/index|966 free"];
  const shown = async () => (await rows(lab, ".left")).filter((row) => row !== "1 input");
  assert.deepEqual(await shown(), expected.slice(1));
  await lab.seek(await lab.length());
  await lab.seek(moved);
  assert.deepEqual(await shown(), expected.slice(1), "backwards as forwards");
  await lab.seek(await positionOf(lab, "buffer_added", 2, 2));
  assert.match((await rows(lab, ".left")).join(), /2 output \/ HTTP\/\|971 free \/ 5 B copied/);
  await lab.seek(moved);
  await lab.set({ lang: "zh" });
  assert.match((await lab.element.locator(".left .chain[data-moved] .chain-caption").textContent()) ?? "", /由 source .* 交来/);
  await done();
});

test("in the state panel: a pull-up copies what is not in the first chain yet; a recording has no memory", async () => {
  const scenario = await readFile(new URL("pullup.json", LESSON), "utf8");
  const { page, lab, done } = await openLab({ attributes: { scenario } });
  assert.equal(await lab.element.locator(".left .chains").isVisible(), false);
  await page.getByRole("tab", { name: "State" }).click();
  await lab.seek((await positionOf(lab, "buffer_pulled_up", 1)) - 1);
  assert.match((await rows(lab, ".state")).join(), /1 input \/ GET\u2423\|972 free \/ \/index\|970 free/);
  await lab.seek(await positionOf(lab, "buffer_pulled_up", 1));
  assert.deepEqual(await rows(lab, ".state"), ["1 input / GET\u2423/index|966 free / 6 B copied"]);
  assert.match(await lab.told(), /the first 10 bytes of input lie in one chain/);
  assert.equal(await lab.element.locator(".state .chain-box").first().getAttribute("aria-label"), "Number 1 of 976 bytes: 0 drained, 10 in it, 966 free");
  await done();
});

test("of 1.4 it is one block, which a move to another copies", async () => {
  const scenario = JSON.stringify({ ...JSON.parse(await readFile(new URL("scenario.json", LESSON), "utf8")), dialect: "1.4" });
  const { page, lab, done } = await openLab({ attributes: { scenario } });
  await page.getByRole("tab", { name: "State" }).click();
  await lab.seek(await positionOf(lab, "buffer_added", 2));
  assert.deepEqual(await rows(lab, ".state"), ["1 input / 4|/index|246 free", "2 output / /index|250 free / 6 B copied"]);
  assert.match((await lab.element.locator(".state .chains h2").textContent()) ?? "", /one block/);
  await done();
});

test("a pull-up is offered where libevent has one, and what it copies is seen", async () => {
  const scenario = { format: 2, dialect: "2.1", bufferevents: { it: {} }, script: [{ peer_send: "a".repeat(900) }, { turn: 1 }, { peer_send: "b".repeat(900) }, { turn: 1 }] };
  const { page, lab, done } = await openLab({ attributes: { scenario: JSON.stringify(scenario) } });
  const offered = () => lab.element.locator(".act [data-group=app] .act-pick option:not([disabled])").allTextContents();
  await lab.element.locator(".act .segments button[data-value=app]").click();
  assert.ok((await offered()).includes("Pull up"));
  await lab.seek(await lab.length());
  await lab.choose("app", "Pull up");
  await lab.fast(() => page.getByRole("button", { name: "Pull up" }).click());
  const { last } = await lab.picture();
  assert.deepEqual([last.kind, last.bytes], ["buffer_pulled_up", 1800], "as many as there are");
  await lab.element.locator('.dialect-field [data-value="1.4"]').click();
  assert.ok(!(await offered()).includes("Pull up"), "1.4 has one block");
  assert.equal(await page.getByRole("button", { name: "Pull up" }).isVisible(), false);
  await lab.open({ lesson: "high-watermark" });
  assert.ok(!(await offered()).includes("Pull up"), "the short form of a scenario has no word for it");
  await done();
});
