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
  assert.match(await lab.told(), /nothing ran in the last 16: 84 more of this turn would do the same, and are not made\.$/);
  for (const width of [1440, 1280, 768, 360]) {
    await page.setViewportSize({ width, height: 800 });
    const room = await lab.element.locator(".told").evaluate((told) => [told.scrollHeight, told.clientHeight]);
    assert.ok(room[0] <= room[1], `at ${width} px it is cut off: ${room}`);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await lab.focus();
  await page.keyboard.press("3");
  const row = () => lab.text(".log button[aria-current=step] .row-words");
  assert.match(await row(), /84 more of this turn would do the same/);
  await lab.element.evaluate((it) => it.setAttribute("lang", "zh"));
  assert.match(await lab.told(), /这一步余下的 84 轮再运行也一样，不再运行/);
  assert.match(await row(), /这一步余下的 84 轮再运行也一样，不再运行/);
  await lab.seek(first - 1);
  assert.doesNotMatch(await lab.told(), /84/);
  await lab.seek(await lab.length());
  assert.doesNotMatch(await lab.told(), /不再运行/);
  await done();
});
