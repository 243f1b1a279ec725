/** Since when time counts: in a recording with several runs of an engine, wherever one looks first. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";
import { made, received, recording, snapshot } from "../support/recording.mjs";

before(startBrowser);
after(stopBrowser);

/** A run of an engine: what it recorded, with its clock moved by so many milliseconds. @param {number} ms */
function run(ms) {
  const [, ...lines] = recording([snapshot(), made(1), received(1, 5), received(1, 10)]).trim().split("\n");
  const moved = (/** @type {any} */ it) => ({ ...it, time_us: it.time_us + ms * 1000 });
  return lines.map((line) => JSON.parse(line)).map((it) => JSON.stringify(it.snapshot ? { snapshot: moved(it.snapshot) } : moved(it)));
}

test("each of three runs in a file counts from its own start, and a direct look at the last is as right as a walk", async () => {
  const [header] = recording([]).split("\n");
  // The second ran for longer before it was recorded than the first, and the third for a shorter time than either.
  const text = `${[header, ...run(0), ...run(3000), ...run(-4000)].join("\n")}\n`;
  const { lab, done } = await openLab({ attributes: { src: text } });
  // At the end of a run there is the picture that the next begins with; the end of the third is looked at before anything else.
  for (const [position, time] of /** @type {const} */ ([[9, "2 ms"], [4, "0 ms"], [5, "1 ms"], [6, "0 ms"], [1, "0 ms"], [2, "1 ms"], [3, "0 ms"], [7, "0 ms"], [8, "1 ms"]])) {
    await lab.seek(position);
    assert.equal(await lab.text(".told-where > :nth-child(2)"), time, `step ${position}`);
  }
  await done();
});
