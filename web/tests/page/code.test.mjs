/** The Code panel: the reader's program, the path of libevent's callback, and the engine, the same step marked in each. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";
import { index } from "../support/learner.mjs";
import { made, received, recording, snapshot } from "../support/recording.mjs";
import { lessonScenarios } from "../support/scenarios.mjs";

before(startBrowser);
after(stopBrowser);

const PROXY = {
  format: 2,
  dialect: "2.1",
  bufferevents: {
    client: {
      read: { high: 8 },
      enable: ["read", "write"],
      on_read: [[{ if: { input_at_least: 1 }, then: [{ write: "hi" }, { move_to: "server" }], else: [] }], [{ disable: ["read"] }, { free: true }]],
    },
    server: { enable: ["read", "write"], on_write: [[]], on_event: [[]] },
  },
  timers: { tick: { after_ms: 5, do: [[{ write: "late", of: "server" }]] } },
  script: [{ peer_send: "one", of: "client" }, { turn: 1 }, { advance_ms: 5 }, { turn: 1 }, { peer_send: "two", of: "client" }, { turn: 1 }, { write: "x", of: "server" }, { turn: 2 }],
};
/** Nothing of the code moves. */
const CALM = /** @type {const} */ ({ reducedMotion: "reduce" });
/** No kernel fails so when it is told to. */
const REFUSED = { format: 1, dialect: "2.1", app: { on_read: [[{ read: 1 }], []] }, script: [{ peer_send: "xy" }, { turn: 1 }, { inject: { op: "read", errno: "ETIMEDOUT" } }, { peer_send: "z" }, { turn: 1 }] };

/** @param {object} scenario @param {string} [part] */
async function openCode(scenario, part = "program", more = {}) {
  const opened = await openLab({ attributes: { scenario: JSON.stringify(scenario) }, ...more });
  await look(opened.lab, part);
  return opened;
}

/** The same of another scenario, on the same page. @param {import("../support/lab.mjs").Lab} lab @param {object} scenario @param {string} part @param {{[name: string]: string}} [more] */
async function renewCode(lab, scenario, part, more = {}) {
  await lab.renew({ scenario: JSON.stringify(scenario), ...more });
  await look(lab, part);
}

/** @param {import("../support/lab.mjs").Lab} lab @param {string} part */
async function look(lab, part) {
  await lab.focus();
  await lab.page.keyboard.press("2");
  await lab.page.locator(`.code-parts [data-value=${part}]`).evaluate((button) => /** @type {HTMLElement} */ (button).click());
}

/**
 * At each step which function of the program the marked lines are in, and which callback the engine runs.
 * @param {import("../support/lab.mjs").Lab} lab
 */
const marked = (lab) =>
  lab.element.evaluate((it) => {
    const lab = /** @type {any} */ (it);
    const found = [];
    for (let position = 1; position <= lab.length; position++) {
      lab.seek(position);
      const { loop } = lab.picture;
      const lines = [...lab.shadowRoot.querySelectorAll(".program-part .line code")].map((line) => line.textContent);
      const current = [...lab.shadowRoot.querySelectorAll(".program-part .line")].map((line, index) => (line.hasAttribute("aria-current") ? index : -1)).filter((index) => index >= 0);
      let head = current[0] ?? -1;
      while (head > 0 && !/^(static void|int main)/.test(lines[head])) head--;
      found.push({ position, within: lines[head] ?? "", marked: current.map((index) => lines[index].trim()), entered: loop.entered?.callback ?? null });
    }
    return found;
  });

/** @param {any} callback */
const nameOf = (callback) => (callback === "read" ? /on_read|_read/ : callback === "write" ? /on_write|_write/ : "event" in callback ? /on_event|_event/ : "application" in callback ? /tick|timer/ : /on_input|on_output|_input|_output/);

test("the line that runs is in the callback that runs, or in main()", async () => {
  let callbacks = 0;
  const { lab, done } = await openLab({ context: CALM });
  for (const scenario of [...lessonScenarios().filter((_, index) => index % 5 === 0), PROXY]) {
    await renewCode(lab, scenario, "program");
    const steps = await marked(lab);
    for (const { position, within, marked: lines, entered } of steps) {
      const wanted = entered === null ? /^int main/ : nameOf(entered);
      assert.match(within, wanted, `${scenario.name} at ${position}: ${lines}`);
      assert.ok(lines.length > 0);
    }
    callbacks += steps.filter(({ entered }) => entered !== null).length;
  }
  assert.ok(callbacks > 30, String(callbacks));
  await done();
});

test("an action of a branch that C has no line for is marked by what is around it", async () => {
  const { page, done } = await openLab();
  const spans = await page.evaluate(async () => {
    const path = "state/code.js";
    const { spanOf } = await import(new URL(path, document.baseURI).href);
    const spans = [{ place: "app.on_read", first: 1, last: 9 }, { place: "app.on_read[2]", first: 3, last: 5 }];
    return ["app.on_read[2].then[0]", "app.on_read[2]", "app.on_read[1][0]", "app.on_write[0]", "script[1]", "x]y", undefined].map((place) => spanOf(spans, place)?.first ?? null);
  });
  assert.deepEqual(spans, [3, 3, 1, null, null, null, null]);
  await done();
});

/** The line of the program that is marked where bytes are taken from input. @param {import("../support/lab.mjs").Lab} lab @returns {Promise<string>} */
const lineThatTakes = (lab) =>
  lab.element.evaluate((it) => {
    const lab = /** @type {any} */ (it);
    for (lab.seek(1); lab.position < lab.length && lab.picture.last.kind !== "buffer_drained"; lab.advance(1, "step"));
    return lab.shadowRoot.querySelector(".program-part .line[aria-current] code").textContent.trim();
  });

test("what no kernel can be made to do is said by its place, and the program is there to be read", async () => {
  const { lab, done } = await openCode(REFUSED, "program", { context: CALM });
  assert.match(await lab.text(".program-part .note"), /To be read: no real kernel can play this\. script\[2\]\.inject: a real kernel cannot be made to fail with ETIMEDOUT\./);
  assert.match(await lineThatTakes(lab), /^(take|bufferevent_read)\(bev, .*1\);$/);
  await done();
});

test("what has no form in C has its own lines, the one that runs marked", async () => {
  const scenario = { format: 2, dialect: "2.1", bufferevents: { a: { on_read: [[{ drain: 1 }, { write_line: "> " }]] } }, script: [{ peer_send: "x" }, { turn: 1 }] };
  const { lab, done } = await openCode(scenario, "program", { context: CALM });
  assert.match(await lab.text(".program-part .note"), /No C program can play this: .*write_line: a C program has a line only within/);
  assert.equal(await lineThatTakes(lab), '{"drain":1}');
  await done();
});

for (const lang of ["en", "zh"]) {
  test(`every lesson has its program as C, whatever a real kernel can be made to do (${lang})`, async () => {
    const { lab, done } = await openLab({ context: CALM, attributes: { lesson: "slow-client", lang } });
    for (const lesson of index().filter(({ test }) => !test)) {
      await lab.renew({ lesson: lesson.id, lang });
      await look(lab, "program");
      const lines = await lab.all(".program-part .line code");
      assert.ok(lines.includes("int main(void)"), lesson.id);
      const note = lab.element.locator(".program-part .note");
      if (await note.isVisible()) assert.match(await note.innerText(), lang === "en" ? /^To be read: no real kernel can play this\. [\w.[\]]+: / : /^仅供阅读/, lesson.id);
    }
    await done();
  });
}

test("a source that comes once one has gone back to where nothing ran is not marked", async () => {
  const { page, lab, done } = await openLab({ context: CALM });
  let go = () => {};
  const held = new Promise((resolve) => void (go = () => resolve(undefined)));
  await page.route(/\/source\//, async (route) => (await held, route.continue()));
  await look(lab, "engine");
  await lab.seek(5);
  await lab.seek(0);
  const told = await lab.text(".engine-part .code-file");
  const source = page.waitForResponse(/\/source\/.*\.rs$/);
  go();
  await (await source).finished();
  await page.evaluate(() => new Promise((done) => setTimeout(done)));
  assert.equal(await lab.text(".engine-part .code-file"), told);
  assert.equal(await lab.element.locator(".engine-part .line[aria-current]").count(), 0);
  await done();
});

test("beside another panel the head names the function of libevent that the line stands for at that step", async () => {
  // It has a place where the window is high.
  const { page, lab, done } = await openLab({ attributes: { lesson: "anatomy" }, context: { ...CALM, viewport: { width: 1440, height: 1100 } } });
  // One line of the engine that stands for two of them.
  const steps = await lab.element.evaluate((it) => {
    const lab = /** @type {any} */ (it);
    /** @type {{[line: string]: {[name: string]: number}}} */
    const found = {};
    for (lab.seek(1); lab.position < lab.length; lab.advance(1, "step")) {
      const { file, line, function: name } = lab.picture.last;
      (found[`${file}:${line}`] ??= {})[name] ??= lab.position;
    }
    return Object.values(found).find((names) => Object.keys(names).length > 1);
  });
  assert.ok(steps);
  for (const [name, position] of Object.entries(steps)) {
    await lab.seek(position);
    await page.waitForFunction((name) => document.querySelector("bufferevent-lab")?.shadowRoot?.querySelector(".peek .code-libevent a")?.textContent === name, name);
  }
  await done();
});

test("a recording says that it has no program, and still has its path", async () => {
  const { lab, page, done } = await openLab({ attributes: { src: recording([snapshot(), made(7), received(7, 5)]) } });
  await lab.focus();
  await page.keyboard.press("2");
  assert.match(await lab.text(".program-part .note"), /no program/);
  assert.equal(await page.locator(".program-part .code-scroll").isVisible(), false);
  await page.getByRole("button", { name: "The path" }).click();
  assert.match(await lab.text(".path-part .note"), /None of libevent/);
  await done();
});

test("a program is written once a branch, a libevent and a length of the script", async () => {
  const { lab, page, done } = await openCode(PROXY);
  await page.evaluate(async () => {
    const path = "pkg/bufferevent_wasm.js";
    const { Simulation } = await import(new URL(path, document.baseURI).href);
    const { asC } = Simulation.prototype;
    Object.assign(globalThis, { written: 0 });
    Simulation.prototype.asC = function (/** @type {any} */ dialect) {
      /** @type {any} */ (globalThis).written++;
      return asC.call(this, dialect);
    };
  });
  const written = () => page.evaluate(() => /** @type {any} */ (globalThis).written);
  await lab.walk();
  assert.equal(await written(), 0, "what is shown was written when it was opened");
  await lab.seek(20);
  await page.keyboard.press("f");
  assert.equal(await written(), 1, "another branch");
  await lab.walk();
  assert.ok((await written()) <= 2, "the last step runs one pass more");
  const before = await written();
  await page.locator(".branches button").first().click();
  await lab.seek(10);
  assert.equal(await written(), before, "the first branch is kept");
  await done();
});

for (const lang of ["en", "zh"]) {
  test(`each step inside a callback of libevent has a path in words, with what this step decided marked (${lang})`, async () => {
    let decisions = 0;
    const { lab, done } = await openLab({ context: CALM });
    for (const scenario of [...lessonScenarios().slice(0, 3), PROXY]) {
      await renewCode(lab, scenario, "path", { lang });
      const { wrong, decided } = await lab.element.evaluate((it) => {
        const lab = /** @type {any} */ (it);
        const root = lab.shadowRoot;
        const wrong = [];
        let decided = 0;
        for (let position = 1; position <= lab.length; position++) {
          lab.seek(position);
          const { loop } = lab.picture;
          const walks = [...root.querySelectorAll(".walk")];
          const inside = loop.running !== null && typeof loop.running.event !== "object" && loop.running.event !== "finalizer";
          if (inside && walks.length === 0) wrong.push(`${position}: no path`);
          const words = walks.map((walk) => walk.textContent).join(" ");
          if (/undefined|null/.test(words)) wrong.push(`${position}: ${words}`);
          if (root.querySelectorAll(".choice.next").length > walks.length) wrong.push(`${position}: several are next`);
          const current = root.querySelectorAll(".choice[aria-current]");
          decided += current.length > 0 ? 1 : 0;
          for (const choice of current) if (!choice.querySelector("[data-taken]")) wrong.push(`${position}: ${choice.textContent} went no way`);
          for (const choice of root.querySelectorAll(".choice.passed, .choice.ahead, .choice.next")) if (choice.querySelector("[data-taken]")) wrong.push(`${position}: ${choice.textContent}`);
        }
        return { wrong, decided };
      });
      assert.deepEqual(wrong, []);
      decisions += decided;
    }
    assert.ok(decisions > 0, "nothing was decided");
    await done();
  });
}

test("a choice leads to the step that decided it, and the function is one that this libevent runs", async () => {
  const scenario = lessonScenarios().find(({ name }) => name === "high-watermark") ?? lessonScenarios()[0];
  for (const [dialect, watch] of [["1.4", "bufferevent_read_pressure_cb"], ["2.1", "bufferevent_inbuf_wm_cb"]]) {
    const { lab, page, done } = await openCode({ ...scenario, dialect }, "path");
    const names = await lab.element.evaluate((it) => {
      const lab = /** @type {any} */ (it);
      const names = new Set();
      for (let position = 1; position <= lab.length; position++) {
        lab.seek(position);
        for (const name of lab.shadowRoot.querySelectorAll(".walk-head .code-function")) names.add(name.textContent);
      }
      for (lab.seek(0); lab.position < lab.length && lab.picture.last?.kind !== "callback_entered"; lab.advance(1, "step"));
      return [...names];
    });
    assert.ok(names.includes("bufferevent_readcb") && names.includes(watch), names.join());
    const step = page.locator(".choice-step:visible").first();
    const name = await step.innerText();
    await step.click();
    assert.equal(`Step ${await lab.at()}`, name);
    await done();
  }
});

for (const [width, height, columns] of [[1440, 900, 1], [1100, 900, 3], [360, 740, 1]]) {
  test(`nothing of the code is cut at the edge, ${width} px wide`, async () => {
    const { lab, page, done } = await openCode(PROXY, "program", { context: { viewport: { width, height }, reducedMotion: "reduce" } });
    await lab.seek(30);
    for (const part of ["program", "path", "engine"]) {
      await page.locator(`.code-parts [data-value=${part}]`).evaluate((button) => /** @type {HTMLElement} */ (button).click());
      await page.locator(`.${part}-part .code-scroll`).waitFor();
      if (part === "engine") await lab.see(".engine-part .line[aria-current]");
      const cut = await page.locator(`.${part}-part .code-scroll, .${part}-part .code-head`).evaluateAll((all) => all.filter((it) => it.scrollWidth > it.clientWidth).map((it) => it.className));
      assert.deepEqual(cut, [], part);
      const long = await page.locator(`.${part}-part .line code`).evaluateAll((all) => all.filter((it) => it.scrollWidth > it.clientWidth + 1).map((it) => it.textContent));
      assert.deepEqual(long, [], part);
      assert.equal(await page.locator(".code-part:visible").count(), columns);
    }
    await done();
  });
}
