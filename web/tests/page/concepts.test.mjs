/** The concept test, as somebody does it: half of it before the course and half after, its score in what is exported. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";
import { answer, answersOf, goToQuestion, lessonOf, noPlaceholders } from "../support/learner.mjs";

before(startBrowser);
after(stopBrowser);

const CALM = /** @type {const} */ ({ reducedMotion: "reduce" });
const KEPT = "bufferevent-lab:progress";

/** Answers what a half asks from its first to its last question, the first that has choices wrongly, and the first that wants a number. @param {import("../support/lab.mjs").Lab} lab @param {any} answers @param {string[]} ids @returns {Promise<string>} the score */
async function doHalf(lab, answers, ids) {
  const rules = Object.fromEntries((lessonOf("concepts").predictions ?? []).map((one) => [one.id, one]));
  let right = 0;
  const missed = [ids.find((id) => rules[id].choices), ids.find((id) => !rules[id].choices)];
  for (const [index, id] of ids.entries()) {
    await goToQuestion(lab);
    const { answer: truth } = answers[id];
    const wrong = !missed.includes(id) ? undefined : rules[id].choices ? rules[id].choices.find((one) => one.id !== truth)?.id : Number(truth) + 1;
    await answer(lab, rules[id].kind, wrong ?? truth);
    // What measures does not teach: the first answer is taken, a number like a choice, and no hint leads to another.
    await lab.see(`.prediction[data-phase=${wrong === undefined ? "right" : "wrong"}]`);
    assert.equal(await lab.element.locator(".check:visible").count(), 0, `${id} can be answered once`);
    // All are of one libevent, which is shown: nothing is said of it.
    assert.doesNotMatch(await lab.text(".verdict"), /in libevent/, id);
    assert.ok((await lab.text(".verdict")).length > 20, id);
    await noPlaceholders(lab, id);
    right += wrong === undefined ? 1 : 0;
    if (index + 1 < ids.length) await lab.element.locator(".next-question").click();
  }
  assert.ok(right < ids.length, "somebody who knows not all");
  return `${right}/${ids.length}`;
}

test("the concept test, half before and half after, each with its score, on the page and in the export", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "concepts" }, context: CALM });
  const answers = await answersOf(lab, lessonOf("concepts"));
  const all = Object.keys(answers);
  assert.equal(all.length, 16);
  // Which are asked before is drawn, and stays so from the first answer on.
  await goToQuestion(lab);
  await page.locator(".give-up").click();
  const kept = JSON.parse((await page.evaluate((key) => localStorage.getItem(key), KEPT)) ?? "{}");
  const { drawn } = kept.lessons.concepts;
  assert.equal(drawn.before.length, 8);
  assert.deepEqual([...drawn.before, ...drawn.after].sort(), [...all].sort(), "each question is in one half");

  // From here on the same for every run.
  const halves = { before: all.filter((_, index) => index % 2 === 0), after: all.filter((_, index) => index % 2 === 1) };
  kept.lessons.concepts = { answers: {}, tasks: [], repaired: false, drawn: halves };
  await page.evaluate(([key, text]) => localStorage.setItem(key, text), [KEPT, JSON.stringify(kept)]);
  await page.reload();
  await lab.state("ready");
  const before = await doHalf(lab, answers, halves.before);
  assert.match(await lab.text(".test-score p"), new RegExp(`^${before.split("/")[0]} right of 8 answered; there are 8`));
  await page.locator(".other-half").click();
  const after = await doHalf(lab, answers, halves.after);
  assert.match(await lab.text(".test-score p"), new RegExp(`^${after.split("/")[0]} right of 8`));
  assert.equal(await lab.element.locator(".next-lesson:visible, .previous-lesson:visible").count() > 0, true, "a way on from the last question");

  await page.locator(".progress-button").click();
  const [file] = await Promise.all([page.waitForEvent("download"), page.locator(".export-json").click()]);
  const exported = JSON.parse(await readFile(await file.path(), "utf8"));
  assert.deepEqual(exported.scores, { concepts: { before, after } });
  await done();
});
