/** What a simulation leaves out, since it would do the same: told in the sentence, in the log and in both languages. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { engine } from "../support/engine.mjs";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";

before(startBrowser);
after(stopBrowser);

const SCENARIO = JSON.stringify({ format: 1, dialect: "2.1", script: [{ turn: 100 }, { turn: 3 }] });

test("passes of a turn that would do the same are told where it ends, and nowhere else", async () => {
  const { Simulation } = await engine();
  const first = Number(new Simulation(SCENARIO).endOf(1));
  const { page, lab, done } = await openLab({ attributes: { scenario: SCENARIO } });
  await lab.seek(first);
  assert.match(await lab.told(), /The other 84 passes of this turn are not made/);
  await lab.focus();
  await page.keyboard.press("3");
  const row = () => lab.text(".log button[aria-current=step] .row-words");
  assert.match(await row(), /The other 84 passes of this turn are not made/);
  await lab.element.evaluate((it) => it.setAttribute("lang", "zh"));
  assert.match(await lab.told(), /这一步余下的 84 轮不再运行/);
  assert.match(await row(), /这一步余下的 84 轮不再运行/);
  await lab.seek(first - 1);
  assert.doesNotMatch(await lab.told(), /84/);
  await lab.seek(await lab.length());
  assert.doesNotMatch(await lab.told(), /不再运行/);
  await done();
});
