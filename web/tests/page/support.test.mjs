/** What one test leaves to the next: a profile serves many. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";

before(startBrowser);
after(stopBrowser);

test("whoever comes after a test that stopped its page's clock has one whose time passes", async () => {
  for (const stops of [true, false]) {
    const { page, done } = await openLab();
    if (stops) {
      await page.clock.install({ time: 0 });
      await page.clock.pauseAt(1000);
    }
    const passes = page.evaluate(() => new Promise((later) => setTimeout(() => later(true))));
    const stands = page.evaluate(async () => {
      const { port1, port2 } = new MessageChannel();
      // Messages come whatever the clock says: so many of them that a timer would have been long before.
      for (let message = 0; message < 1000; message++) {
        await new Promise((later) => ((port1.onmessage = later), port2.postMessage(null)));
      }
      return false;
    });
    assert.equal(await Promise.race([passes, stands]), !stops);
    passes.catch(() => "its page was left");
    await done();
  }
});
