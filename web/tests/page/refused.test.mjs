/** What the engine refuses, in the reader's language: a scenario, a stop condition, a recording, a program. */
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { languages } from "../../lang/index.js";
import { wrongIn } from "../../lang/problem.js";
import { said as chinese } from "../../lang/zh/engine.js";
import { engine } from "../support/engine.mjs";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";

before(startBrowser);
after(stopBrowser);

const { en, zh } = languages;
const CHINESE = { locale: "zh-CN" };
/** What is left of words once what somebody wrote, in quotes, and names of the language are taken out. @param {string} words */
const english = (words) => words.replace(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, "").match(/[a-z]{3,}(?: [a-z]+)+/g) ?? [];

/** All words of this kind below a folder. @param {string} folder @param {string} ending @param {RegExp} kind */
async function wordsIn(folder, ending, kind) {
  const root = new URL(folder, import.meta.url);
  const files = (await readdir(root, { recursive: true })).filter((file) => file.endsWith(ending) && !file.includes("node_modules"));
  const texts = await Promise.all(files.map(async (file) => (await readFile(new URL(file, root), "utf8")).split("\nmod tests {")[0]));
  return texts.flatMap((text) => [...text.matchAll(kind)].map(([, literal]) => /** @type {string} */ (JSON.parse(literal))));
}

test("all that the engine, or the page as the engine does, says of something wrong can be said in Chinese, with the same gaps", async () => {
  const ofEngine = await wordsIn("../../../core/src/", ".rs", /\b(?:said|phrase)!\(\s*("(?:[^"\\]|\\.)*")/g);
  const ofPage = (await Promise.all(["engine/", "state/", "views/"].map((folder) => wordsIn(`../../${folder}`, ".js", /\btelling\(\s*("(?:[^"\\]|\\.)*")/g)))).flat();
  assert.ok(ofEngine.length > 100 && ofPage.length >= 10, `${ofEngine.length} ${ofPage.length}`);
  const words = [...ofEngine, ...ofPage];
  assert.deepEqual(words.filter((it) => !Object.hasOwn(chinese, it)), []);
  const gaps = (/** @type {string} */ text) => (text.match(/\{\d?\}/g) ?? []).length;
  for (const [said, here] of Object.entries(chinese)) assert.equal(gaps(here), gaps(said), said);
});

/** Each is refused, in another way. */
const SCENARIOS = [
  "{",
  '{"format":1',
  '{"format":1,"dialect":"2.1","script":[],}',
  '{"format":3,"dialect":"2.1","script":[]}',
  '{"format":1,"script":[]}',
  '{"format":1,"dialect":"9","script":[]}',
  '{"format":1,"dialect":"2.1","script":[{"turn":1,"write":"x"}]}',
  '{"format":1,"dialect":"2.1","script":[{"turn":-1}]}',
  '{"format":1,"dialect":"2.1","script":[{"turn":1.5}]}',
  '{"format":1,"dialect":"2.1","script":[{"write":5}]}',
  '{"format":1,"dialect":"2.1","script":{}}',
  '{"format":1,"dialect":"2.1","bufferevent":{"read":{"hihg":5}},"script":[]}',
  '{"format":1,"dialect":"2.1","kernel":{"tx_capacity":0},"script":[]}',
  '{"format":1,"dialect":"1.4","bufferevent":{"read":{"timeout_ms":1500}},"script":[]}',
  '{"format":2,"dialect":"1.4","bufferevents":{"a":{"deferred":true}},"script":[]}',
  '{"format":2,"dialect":"2.1","bufferevents":{"a":{"pair_with":"a"}},"script":[]}',
  '{"format":2,"dialect":"2.1","bufferevents":{"a":{"filter_over":"a"}},"script":[]}',
  '{"format":2,"dialect":"2.1","bufferevents":{"a":{},"b":{}},"script":[{"write":"x"}]}',
  '{"format":2,"dialect":"2.1","bufferevents":{"a":{}},"script":[{"write":"x","of":"b"}]}',
];
const CONDITIONS = ["sometimes", "callback:raed", "kind:recieved", "in>3 or out>4", "in>3 && out>4", "event:oef", "valve:read=opne", "in>>3", "with inputt=9", "callbak"];
const RECORDINGS = ["", "nothing", "{}", '{"recording":"other","schema":1,"engine":"0"}', '{"recording":"bufferevent","schema":99,"engine":"0"}'];

test("what is refused is told in English as the message has it, and in Chinese without English words", async () => {
  const { Simulation, Recording, scenarioProblem, defaultScenario } = await engine();
  const thrown = (/** @type {() => unknown} */ act) => {
    try {
      act();
    } catch (error) {
      return /** @type {Error} */ (error);
    }
    return assert.fail(`nothing was thrown by ${act}`);
  };
  const simulation = new Simulation(defaultScenario());
  const errors = [
    ...SCENARIOS.map((scenario) => thrown(() => new Simulation(scenario))),
    ...CONDITIONS.map((condition) => thrown(() => simulation.next(0, condition))),
    ...RECORDINGS.map((text) => thrown(() => new Recording(text))),
    thrown(() => simulation.switchTo(9)),
    thrown(() => simulation.deleteBranch(0)),
    thrown(() => simulation.act(0, '{"wriet":"x"}')),
  ];
  for (const error of errors) {
    assert.equal(wrongIn(error, en.text), error.message);
    const words = wrongIn(error, zh.text);
    assert.match(words, /\p{Script=Han}/u, error.message);
    assert.deepEqual(english(words), [], `${error.message}: ${words}`);
  }
  for (const scenario of SCENARIOS) {
    const problem = scenarioProblem(scenario);
    assert.ok(problem);
    assert.equal(wrongIn(problem, en.text), problem.message);
  }
});

test("in Chinese a recording that is damaged, a run that is cut short and a C program that cannot be are told in Chinese", async () => {
  const { Simulation, Recording, defaultScenario } = await engine();
  const whole = new Simulation(defaultScenario()).exportRecording();
  const damaged = new Recording(`${whole}{"seq":1}\n${whole.split("\n")[3].slice(0, 9)}`);
  const cut = new Simulation('{"format":2,"dialect":"2.1","limits":{"records":20},"bufferevents":{"a":{}},"script":[{"peer_send":"x"},{"turn":9}]}');
  const small = new Simulation('{"format":1,"dialect":"2.1","kernel":{"tx_capacity":4},"app":{"on_write":[[{"write":"ab"}]]},"script":[{"write":"0123456789"},{"turn":3}]}');
  const refused = (() => {
    try {
      return void small.asC();
    } catch (error) {
      return /** @type {Error & {said: import("../../types.js").Said}} */ (error);
    }
  })();
  for (const [message, said] of [[damaged.damage, damaged.damageSaid], [cut.truncated(), cut.truncatedSaid()], [refused?.message, refused?.said]]) {
    assert.ok(message && said, String(message));
    assert.equal(wrongIn({ message, said }, en.text), message);
    const words = wrongIn({ message, said }, zh.text);
    assert.match(words, /\p{Script=Han}/u, words);
    assert.deepEqual(english(words), [], words);
  }
});

/** What a server may say, one message after the other, of which the last is not taken; and why it ends the connection. */
const HELLO = { kind: "hello", schema: 1, engine: "0.1.0", source: "00", dialect: "1.4", payload: "full" };
const PICTURE = { seq: 4 };
const SERVERS = /** @type {{says: unknown[], closes?: string}[]} */ ([
  { says: [{ ...HELLO, schema: 7 }] },
  { says: ["<html>"] },
  { says: ["{"] },
  { says: [[1]] },
  { says: [{ kind: "cry" }] },
  { says: [{ kind: "hello", schema: 1 }] },
  { says: [{ ...HELLO, engine: 5 }] },
  { says: [{ ...HELLO, dialect: "3" }] },
  { says: [HELLO, { kind: "records", records: [{ seq: 5, time_us: 1, kind: "sang", function: "f", file: "a.rs", line: 1 }] }] },
  { says: [HELLO, { kind: "records", records: [5] }] },
  { says: [HELLO, { kind: "gap", lost: -1 }] },
  { says: [HELLO, { kind: "records", records: [] }] },
  { says: [HELLO, { kind: "snapshot_part", connections: [] }] },
  ...[{ loop: { running: [1] } }, { names: { events: [1] } }, { names: { events: { x: 1 } } }].map((wrong) => ({ says: [HELLO, { kind: "snapshot", picture: { ...PICTURE, ...wrong } }] })),
  ...[{ active: 1, kind: "polled" }, { kind: "polled", active: 1, active_: 2 }, { kind: "received", payload: [1, 2] }, { kind: "received", payload: { len: 1, bytes: "世" } }].map((wrong) => ({ says: [HELLO, { kind: "records", records: [{ seq: 5, time_us: 1, function: "f", file: "a.rs", line: 1, ...wrong }] }] })),
  { says: [HELLO, { kind: "snapshot", picture: PICTURE, more: true }, { kind: "records", records: [] }] },
  { says: [HELLO, { kind: "snapshot", picture: PICTURE }, { kind: "records", records: [{ seq: 9, time_us: 1, kind: "loop_exit_requested", function: "f", file: "a.rs", line: 1 }] }] },
  ...["", "this server lets no viewer in", "there are 64 viewers already", "no answer to pings", "what was sent was not taken in time"].map((closes) => ({ says: [], closes })),
  { says: [HELLO, { kind: "snapshot", picture: PICTURE }], closes: "" },
]);

test("why a live server is not connected is told in English as the problem has it, and in Chinese without English words", async () => {
  const { Live } = await engine();
  class Socket {
    static last = /** @type {any} */ (null);
    constructor() {
      Socket.last = this;
    }
    send() {}
    close() {}
  }
  const before = globalThis.WebSocket;
  globalThis.WebSocket = /** @type {any} */ (Socket);
  try {
    for (const { says, closes } of SERVERS) {
      const live = new Live("ws://127.0.0.1:1/ws", () => {});
      for (const message of says) Socket.last.onmessage({ data: typeof message === "string" ? message : JSON.stringify(message) });
      if (closes !== undefined) Socket.last.onclose({ reason: closes });
      const { problem: message, problemSaid: said } = live;
      assert.ok(message && said, JSON.stringify({ says, closes }));
      assert.equal(wrongIn({ message, said }, en.text), message);
      const words = wrongIn({ message, said }, zh.text);
      assert.match(words, /\p{Script=Han}/u, message);
      assert.deepEqual(english(words), [], `${message}: ${words}`);
      live.free();
    }
  } finally {
    globalThis.WebSocket = before;
  }
});

const HEADLESS = '{"recording":"bufferevent","schema":7,"engine":"0.1.0"}\n';

for (const [lang, words] of /** @type {const} */ ([
  ["en", { stop: '"recieved" is no kind of step: did you mean "received"?', line: 'Line 1: bufferevent.read: unknown key "hihg"; did you mean "high"?', recording: "The recording cannot be read: line 1: the recording has schema 7, this version reads schema 1", toRead: "To be read: no real kernel can play this. kernel.tx_capacity: a real socket cannot be given exactly this size." }],
  ["zh", { stop: '没有 "recieved" 这种步骤：是不是想写 "received"？', line: '第 1 行：bufferevent.read：没有 "hihg" 这个键；是不是想写 "high"？', recording: "无法读取这份录制：第 1 行：这份录制是第 7 版，本页面读取第 1 版", toRead: "仅供阅读：真实的内核无法演示它。kernel.tx_capacity：真实的套接字无法恰好设为这个大小。" }],
])) {
  test(`a reader of ${lang} reads no reason in another language, and what is there is said anew when the language is another`, async () => {
    const other = lang === "en" ? "zh" : "en";
    const { lab, page, done } = await openLab({ attributes: { lesson: "high-watermark", lang } });
    const speak = (/** @type {string} */ lang) => lab.element.evaluate((it, lang) => it.setAttribute("lang", lang), lang);
    await lab.element.locator("select.stop").selectOption("own");
    await lab.element.locator("input.expression").fill("kind:recieved");
    await page.keyboard.press("Tab");
    const stop = () => lab.text(".stop-problem");
    assert.equal(await stop(), words.stop);
    await speak(other);
    assert.notEqual(await stop(), words.stop);
    await speak(lang);
    assert.equal(await stop(), words.stop);

    await lab.element.locator(".act .edit").click();
    await lab.element.locator(".editor-text").fill('{"format":1,"dialect":"2.1","bufferevent":{"read":{"hihg":5}},"script":[]}');
    assert.equal(await lab.text(".editor-status"), words.line);
    await page.keyboard.press("Escape");

    await lab.element.locator("input[type=file]").setInputFiles({ name: "it.jsonl", mimeType: "text/plain", buffer: Buffer.from(HEADLESS) });
    await lab.see(".notice:not([hidden])");
    assert.equal(await lab.text(".notice p"), words.recording);
    await speak(other);
    assert.notEqual(await lab.text(".notice p"), words.recording);
    await speak(lang);
    assert.equal(await lab.text(".notice p"), words.recording);
    await lab.open({ scenario: '{"format":1,"dialect":"2.1","kernel":{"tx_capacity":4},"app":{"on_write":[[{"write":"ab"}]]},"script":[{"write":"0123456789"},{"turn":3}]}' });
    await lab.focus();
    await page.keyboard.press("2");
    await lab.see(".code-body .note:not([hidden])");
    assert.equal(await lab.text(".code-body .note"), words.toRead);
    await done();
  });
}
