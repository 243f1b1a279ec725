/** The shape of the page: one value in, one update a view, commands the only way back. */
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";

before(startBrowser);
after(stopBrowser);

const WEB = new URL("../../", import.meta.url);
/** Each folder of the page, and the ones that its files may import from. @type {{[folder: string]: string[]}} */
const KNOWS = {
  lang: ["lang", "engine"],
  engine: ["engine", "pkg"],
  state: ["state", "engine", "lang"],
  views: ["views", "state", "engine", "lang"],
};
/** No function is longer than this. */
const LONGEST = 60;

/** The page's scripts below a folder. @param {string} folder */
async function scripts(folder) {
  const files = (await readdir(new URL(folder, WEB), { recursive: true })).filter((file) => file.endsWith(".js"));
  return Promise.all(files.map(async (file) => ({ file: `${folder}/${file}`, text: await readFile(new URL(`${folder}/${file}`, WEB), "utf8") })));
}

/** All scripts of the page. */
const everything = async () => [{ file: "lab.js", text: await readFile(new URL("lab.js", WEB), "utf8") }, ...(await Promise.all(Object.keys(KNOWS).map(scripts))).flat()];

test("views read one value and write nothing to it, whatever is shown", async () => {
  const { page, done } = await openLab();
  const walked = await page.evaluate(async () => {
    // Where the page's modules are is not for tsc to know.
    const load = (/** @type {string} */ path) => import(new URL(path, document.baseURI).href);
    const [{ State }, { commandsOf }, { createPlayerView }, { loadEngine }] = await Promise.all(["state/state.js", "state/commands.js", "views/player-view.js", "engine/engine.js"].map(load));
    /** All but what the engine made: that is asked, and never changed. @param {any} value */
    const freeze = (value) => {
      const proto = Object.getPrototypeOf(value ?? 0);
      if (proto !== Object.prototype && proto !== Array.prototype) return value;
      if (!Object.isFrozen(value)) Object.values(Object.freeze(value)).forEach(freeze);
      return value;
    };
    let drawing = false;
    let drawn = 0;
    /** @type {any} */
    let view = null;
    const show = (/** @type {any} */ shown) => {
      if (drawing) throw new Error("a view commanded while it was drawn");
      drawing = true;
      view?.update(freeze(shown));
      drawing = false;
      drawn++;
    };
    const state = new State({ lang: "en", theme: "auto" }, { show, tell: () => {} });
    const nothing = () => {};
    const take = nothing;
    const commands = commandsOf(state, { take, lang: (/** @type {any} */ lang) => state.set({ lang }), theme: nothing, compare: () => (state.player.comparing = !state.player.comparing), fork: nothing, save: nothing });
    view = createPlayerView(commands);
    document.body.append(view.element);
    state.set({});
    state.meet(await loadEngine());
    await state.meetLessons("");
    // Where a question waits for its answer, it is seeked past.
    const walk = (/** @type {string} */ unit) => {
      while (state.player.position < state.player.length) {
        const before = state.player.position;
        commands.step(1, unit);
        if (state.player.position === before) commands.seek(before + 1);
      }
    };
    for (const { id } of state.opener.lessons.slice(0, 3)) {
      await commands.lesson(id);
      for (const panel of ["lesson", "code", "log", "state"]) {
        commands.panel(panel);
        commands.jump("start");
        walk("step");
      }
      commands.compare();
      commands.jump("start");
      walk("pass");
      for (const { kind, choices } of state.shown.lesson.questions) {
        commands.draft(kind === "choose" || kind === "point" ? choices[0] : 1);
        commands.predict();
        commands.giveUp();
      }
      commands.part({ kind: "break" });
      commands.part({ kind: "repair", input: null });
      commands.repair(state.shown.lesson.repair.fields[0].id, 1);
      commands.tryRepair();
      commands.part({ kind: "lesson" });
      for (const dialog of ["progress", "share", "glossary", ""]) commands.dialog(dialog);
      commands.glossary("pass");
      commands.seekTerm("mark");
      commands.dialog("");
      state.set({ presents: true });
      commands.jump("start");
      for (let moment = 0; moment < 9; moment++) commands.stepMoment(1);
      commands.blackout();
      state.set({ presents: false, blackout: false });
      for (const { free } of commands.sheets().flatMap((/** @type {any} */ sheet) => sheet.hinges)) free();
      commands.act({ peer_send: "more" });
      commands.mark("read", "high", 8);
      for (const group of ["app", "kernel", "clock", "peer"]) commands.group(group);
      commands.branch(0);
      commands.deleteBranch(1);
      commands.editor(true);
      commands.edit(state.shown.editing);
      commands.compare();
      commands.lang("zh");
    }
    state.open((/** @type {any} */ opener) => opener.openRecording(state.player.track.exportRecording(), "it"));
    commands.jump("end");
    state.open((/** @type {any} */ opener) => opener.openRecording("no recording", "it"));
    commands.clearProgress();
    commands.help(true);
    commands.help(false);
    return drawn;
  });
  assert.ok(walked > 1000, String(walked));
  await done();
});

test("no folder imports from one above it", async () => {
  for (const [folder, knows] of Object.entries(KNOWS)) {
    for (const { file, text } of await scripts(folder)) {
      for (const [, path] of text.matchAll(/^(?:import|export) [^;]*?from "([^"]+)";/gms)) {
        const to = new URL(path, new URL(file, WEB)).pathname.slice(WEB.pathname.length).split("/")[0];
        assert.ok(knows.includes(to), `${file} imports from ${to}`);
      }
    }
  }
});

test(`no function of the page is longer than ${LONGEST} lines`, async () => {
  let seen = 0;
  for (const { file, text } of await everything()) {
    const lines = text.split("\n");
    for (const [index, line] of lines.entries()) {
      const [, indent, name] = /^( *)(?:export )?(?:async )?function (\w+)/.exec(line) ?? /^( *)(?:export )?const (\w+) = .*=> \(?\{$/.exec(line) ?? /^( +)(?:async |static |get |set )*(#?\w+)\([^;]*\) \{$/.exec(line) ?? [];
      if (name === undefined || ["if", "for", "while", "switch"].includes(name)) continue;
      seen++;
      const length = lines.slice(index + 1).findIndex((it) => it.startsWith(`${indent}}`)) + 2;
      assert.ok(length <= LONGEST, `${file}: ${name} has ${length} lines`);
    }
  }
  assert.ok(seen > 400, String(seen));
});

test("each name that a file exports is used by another one", async () => {
  const files = await everything();
  const tests = await Promise.all((await readdir(new URL("tests", WEB), { recursive: true })).filter((file) => file.endsWith(".mjs") && !file.includes("node_modules")).map((file) => readFile(new URL(`tests/${file}`, WEB), "utf8")));
  for (const { file, text } of files) {
    const others = [...files.filter((one) => one.file !== file).map((one) => one.text), ...tests];
    for (const [, name] of text.matchAll(/^export (?:async )?(?:const|function|class) (\w+)/gm)) {
      // What is exported for a test alone stands on its own there; what nobody uses in the page is no part of it.
      assert.ok(others.some((other) => new RegExp(`\\b${name}\\b`).test(other)), `${file}: ${name} is used nowhere else`);
    }
  }
});

test("no file of the page is longer than 400 lines", async () => {
  for (const { file, text } of await everything()) {
    // What is said is a list, as long as there is to say.
    if (!file.startsWith("lang/")) assert.ok(text.split("\n").length <= 401, file);
  }
});

test("no sheet of the element asks what is in something else to say how a part looks", async () => {
  const files = (await readdir(new URL("styles", WEB))).filter((file) => file.endsWith(".css") && file !== "gallery.css");
  const sheets = await Promise.all(files.map((file) => readFile(new URL(`styles/${file}`, WEB), "utf8")));
  assert.ok(sheets.some((text) => text.includes(":has(")));
  for (const [index, text] of sheets.entries()) {
    for (const [rule] of text.matchAll(/[^{};]*:has\([^{};]*(?=\{)/g)) {
      // Each node that comes anywhere below has the browser work out the styles of all of them: views say it by an attribute.
      const after = rule.split(",").filter((selector) => selector.includes(":has(")).map((selector) => selector.replace(/.*:has\((?:[^()]|\([^()]*\))*\)/s, ""));
      assert.ok(after.every((rest) => !/[\s>+~][^\s]/.test(rest.trimEnd())), `${files[index]}: ${rule.trim()}`);
    }
  }
});
