/** No sentence claims what the state denies: each kind of step, in every state it comes in, in both languages. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { momentSentence, parts, sentence } from "../../lang/sentences.js";
import { engine } from "../support/engine.mjs";
import { index, lessonOf } from "../support/learner.mjs";
import { edgeScenarios, lessonScenarios, picturesOf } from "../support/scenarios.mjs";

/** Kinds that no scenario gives: they need other kinds of bufferevents, calls that scenarios do not have, or a live server. */
const ELSEWHERE = ["buffer_callback_set", "buffer_edited", "connect_undecided", "filter_called", "filter_made", "filter_ran", "loop_exit_requested"];

const high = { low: 0, high: 4 };
/** What the recorded scenarios leave out. */
const FURTHER = [
  // Only the end of file waits; only an error waits; both, in both orders.
  { script: [{ peer_shutdown: true }, { turn: 1 }] },
  { bufferevent: { enable: ["read", "write"] }, script: [{ peer_reset: true }, { turn: 1 }] },
  { script: [{ peer_shutdown: true }, { peer_reset: true }, { peer_shutdown: true }, { peer_send: "late" }, { turn: 2 }] },
  // Bytes are left before the end of file, in rx and outside it.
  { kernel: { rx_capacity: 4, tx_capacity: 4 }, script: [{ peer_send: "0123456789" }, { peer_shutdown: true }, { turn: 9 }] },
  // tx has no room, with and without something to read.
  { kernel: { rx_capacity: 8, tx_capacity: 2 }, bufferevent: { enable: ["read", "write"] }, script: [{ write: "0123456789" }, { turn: 2 }, { peer_send: "x" }, { turn: 1 }, { peer_recv: 1 }, { turn: 1 }] },
  // Input at its high mark is drained, or the mark goes away.
  ...[{ read: 1 }, { set_watermark: { read: { low: 0, high: 0 } } }, { set_watermark: { read: { low: 0, high: 9 } } }].map((then) => ({
    bufferevent: { read: high },
    script: [{ peer_send: "0123456789" }, { turn: 2 }, then, { turn: 2 }, { disable: ["read"] }, { read: "all" }, { turn: 1 }],
  })),
  // Nobody is to be called.
  { app: { on_read: null, on_write: null }, bufferevent: { read: { low: 4 } }, script: [{ peer_send: "01" }, { turn: 1 }, { peer_send: "2345" }, { turn: 1 }, { write: "x" }, { turn: 2 }] },
  // Timers that are set, start anew, are taken away, run out.
  { bufferevent: { read: { timeout_ms: 3000 }, write: { timeout_ms: 2000 } }, script: [{ turn: 1 }, { peer_send: "a" }, { turn: 1 }, { set_timeouts: { read_ms: 0, write_ms: 1000 } }, { write: "b" }, { turn: 2 }, { set_timeouts: { read_ms: 1000, write_ms: 0 } }, { advance_ms: 5000 }, { turn: 2 }] },
  // Calls that fail, one after another; a bufferevent that is freed with something in it.
  { script: [{ inject: { op: "read", errno: "EINTR", times: 1 } }, { inject: { op: "read", errno: "ECONNRESET", times: 2 } }, { peer_send: "abc" }, { turn: 3 }, { free: true }, { peer_send: "d" }, { turn: 1 }] },
  { app: { on_read: [[]], on_event: [[{ free: true }]] }, script: [{ peer_send: "abc" }, { turn: 1 }, { peer_shutdown: true }, { turn: 2 }] },
  { bufferevent: { enable: [] }, script: [{ disable: ["write"] }, { turn: 1 }] },
].flatMap((scenario) => ["1.4", "2.1", "2.2"].map((dialect) => ({ format: 1, ...scenario, dialect, app: { on_event: [[]], .../** @type {any} */ (scenario).app } })));

/**
 * @typedef {{step: any, before: any, after: any, was: any, is: any, tx: number}} Moment a step with the pictures before
 *   and after it, its connection in both, and the size of the kernel's send queue
 */

/** The event that a step is about. @param {any} connection @param {any} step */
const eventOf = (connection, { event }) => {
  const own = typeof event === "object" ? connection?.timers?.find((/** @type {any} */ { number }) => number === event.application) : connection?.[event];
  return own?.event ?? { armed: false, active: null, deadline_us: null };
};
/** The figures in a sentence. @param {string} words */
const figures = (words) => [...words.matchAll(/(?<![\w.])\d+/g)].map(Number);
/** @param {any} callback */
const kindOf = (callback) => (typeof callback === "string" ? callback : "event");
const waits = (/** @type {any} */ { armed, active, deadline_us }) => armed || active !== null || deadline_us !== null;
const events = (/** @type {any} */ picture) => [...picture.connections.flatMap((/** @type {any} */ it) => [it.read.event, it.write.event]), ...picture.loop.application_events.map((/** @type {any} */ it) => it.event)];
const LENGTHS = { input: "input", received: "input", sent: "output", output: "output" };

/**
 * What a sentence says, in each language, and when that is so. Whoever adds words that say something of the state adds
 * a line here.
 * @type {[en: RegExp, zh: RegExp, isSo: (moment: Moment, words: string) => boolean][]}
 */
const CLAIMS = [
  [/There is something to read/, /有数据可读/, ({ is }) => is.kernel.tanks.rx > 0 && !is.kernel.peer_reset],
  [/Only the end of file waits/, /只有文件尾在等候/, ({ is }) => is.kernel.tanks.rx === 0 && is.kernel.peer_shutdown && !is.kernel.peer_reset],
  [/an error waits/, /有错误在等候/, ({ is }) => is.kernel.peer_reset],
  [/tx has room/, /tx 有空位/, ({ is, tx }) => is.kernel.tanks.tx < tx && !is.kernel.peer_reset],
  [/the handle is (readable\.|readable and)/, /句柄可读/, ({ is }) => is.connecting || is.kernel.tanks.rx > 0 || is.kernel.peer_shutdown || is.kernel.peer_reset],
  [/(handle is|and) writable\./, /可写。/, ({ is, tx }) => is.kernel.tanks.tx < tx || is.kernel.peer_reset],

  [/Input has reached its high mark/, /输入达到了高水位/, ({ is }) => is.read.high > 0 && is.input.len >= is.read.high],
  [/a high mark so large is none to 1\.4/, /高水位太大，1\.4/, ({ is }) => is.dialect === "1.4" && is.read.high > 0x7fffffff && is.input.len < is.read.high],
  [/Input is below its high mark again/, /输入又低于高水位/, ({ is }) => is.read.high > 0 && is.input.len < is.read.high],
  [/Input has no high mark any more/, /输入不再有高水位/, ({ is }) => is.read.high === 0],
  [/There is no high mark/, /^没有高水位/, ({ is }) => is.read.high === 0],
  [/room for \d+ bytes? below the high mark/, /距高水位还有/, ({ is }, words) => figures(words)[0] === is.read.high - is.input.len],
  [/high mark is \d+:.*(has to stop)/, /高水位是 \d+：.*必须停止/, ({ is }) => is.input.len >= is.read.high && is.read.high > 0],
  [/high mark is \d+:.*not reached/, /高水位是 \d+：.*没有达到/, ({ is }) => is.input.len < is.read.high],
  [/enough for readcb|not enough yet for readcb/, /对 readcb (已经足|还不)够/, ({ is, step }) => is.input.len >= is.read.low === step.reached],
  [/(low enough|still too much) for writecb/, /对 writecb (已经够低|还太多)/, ({ is, step }) => is.output.len <= is.write.low === step.reached],
  [/(grows|shrinks) from \d+ to \d+/, /从 \d+ (增|减)至 \d+/, ({ was, is, step }, words) => {
    const name = LENGTHS[/** @type {"input"} */ (step.buffer ?? step.kind)];
    return String(figures(words).slice(-2)) === String([was[name].len, is[name].len]);
  }],

  [/is pending and waits for its handle/, /处于等待状态/, ({ is, step }) => eventOf(is, step).armed],
  [/no longer waits for its handle/, /不再等候句柄/, ({ is, step }) => !eventOf(is, step).armed],
  [/was waiting for this/, /等到了/, ({ was, before, step }) => waits(eventOf(was, step)) || before.last?.kind === "event_disarmed" || before.last?.kind === "timer_expired"],
  [/is active and queued/, /被激活，排队/, ({ is, step }) => (step.event === "finalizer" ? is.freed : step.event === "deferred" ? is.deferred_queued : eventOf(is, step).active !== null)],
  [/its timer (runs|starts anew)/, /定时器(开始|重新)计时/, ({ is, step }) => eventOf(is, step).deadline_us !== null],
  [/no longer needs its timer|timer has run out/, /不再需要定时器|定时器到期/, ({ is, step }) => eventOf(is, step).deadline_us === null],
  [/internal callback runs/, /内部回调开始执行/, ({ after }) => after.loop.running !== null],
  [/control is back in the loop/, /控制权回到循环/, ({ after }) => after.loop.running === null],
  [/your code runs/, /你的代码在执行/, ({ after }) => after.loop.entered !== null],
  [/control is back in libevent/, /控制权回到 libevent/, ({ after }) => after.loop.entered === null],

  [/no event became active by it/, /没有事件因此被激活/, ({ after }) => after.loop.polled === 0],
  [/none has run out/, /没有到期的/, ({ after }) => after.loop.expired === 0],
  [/No event is left active/, /没有剩余的激活事件/, ({ after }) => events(after).every((/** @type {any} */ { active }) => active === null)],
  [/No event is pending/, /没有任何事件在等待/, ({ after }) => !events(after).some(waits)],
  [/after \d+ user callbacks?\.$/, /共执行 \d+ 次/, ({ after }, words) => figures(words)[0] === after.loop.callbacks],

  [/is due\.$/, /(?<!本)应调用/, ({ is, step }) => !step.connection || (is[`on_${kindOf(step.callback)}`] && !is.freed)],
  [/but none is set/, /但没有设置/, ({ is, step }) => !is[`on_${kindOf(step.callback)}`]],
  [/only means: later/, /稍后再试/, ({ is, step }) => is[step.call].ended === null],
  [/this is the end of file/, /到达文件尾/, ({ is }) => is.read.ended === "eof" && (is.kernel.peer_shutdown || is.kernel.peer_reset)],

  [/rx now holds \d+/, /rx 现有 \d+/, ({ is }, words) => figures(words)[1] === is.kernel.tanks.rx],
  [/\d+ wait outside/, /\d+ 字节在外等候/, ({ is }, words) => figures(words)[2] === is.kernel.tanks.backlog && is.kernel.tanks.backlog > 0],
  [/on an ended connection/, /在已结束的连接上/, ({ is }) => is.kernel.peer_shutdown || is.kernel.peer_reset],
  [/tx now holds \d+/, /tx 现有 \d+/, ({ is }, words) => figures(words)[1] === is.kernel.tanks.tx],
  [/nothing is left in rx/, /rx 中没有剩余/, ({ is }) => is.kernel.tanks.rx + is.kernel.tanks.backlog === 0 && !is.kernel.peer_reset],
  [/still to be read, then comes the end of file/, /待读，然后是文件尾/, ({ is }, words) => figures(words)[0] === is.kernel.tanks.rx + is.kernel.tanks.backlog && !is.kernel.peer_reset],
  [/reset already, nothing changes/, /早已重置，什么也不变/, ({ is }) => is.kernel.peer_reset],
  [/what was on its way is dropped/, /途中的数据全部丢弃/, ({ is }) => is.kernel.tanks.rx + is.kernel.tanks.tx + is.kernel.tanks.backlog === 0],
  [/both buffers are empty, only writing is enabled/, /两个缓冲区都为空，只启用了写/, ({ is }) => is.input.len + is.output.len === 0 && is.write.enabled && !is.read.enabled],
  [/both buffers were empty/, /两个缓冲区都为空，没有丢失/, ({ was }) => was.input.len + was.output.len === 0],
];

/** One says the same for each 20 of its 65,000 bytes, and is most of all there is: its first bytes do. @param {any} scenario */
const shortened = (scenario) => ({ ...scenario, script: scenario.script.map((/** @type {any} */ step) => (step.peer_send?.length > 10_000 ? { ...step, peer_send: step.peer_send.slice(0, 10_000) } : step)) });

test("no sentence claims what the state denies", async () => {
  const [said, kinds, wrong] = [new Set(), new Set(), /** @type {string[]} */ ([])];
  for (const scenario of [...lessonScenarios(), ...edgeScenarios().map(shortened), ...FURTHER]) {
    const tx = scenario.kernel?.tx_capacity ?? 65536;
    let before = /** @type {any} */ ({ connections: [], loop: {}, last: null });
    for (const after of picturesOf(scenario)) {
      const step = after.last;
      kinds.add(step.kind);
      // What is about no connection is about one of the application's own timers.
      const find = (/** @type {any} */ picture) => (!step.connection ? { timers: picture.loop.application_events ?? [] } : picture.connections.find((/** @type {any} */ { number }) => number === step.connection));
      const moment = { step, before, after, was: find(before), is: find(after), tx };
      for (const [index, lang] of /** @type {const} */ (["en", "zh"]).entries()) {
        const words = momentSentence({ record: step, picture: after, source: "simulation" }, lang);
        assert.equal(words, sentence(step, (step.connection && moment.is) || null, lang, after), "the log says the same");
        for (const claim of CLAIMS) {
          const pattern = /** @type {RegExp} */ (claim[index]);
          if (!pattern.test(words)) continue;
          said.add(pattern);
          if (!claim[2](moment, words)) wrong.push(`${scenario.name || JSON.stringify(scenario.script)}, ${scenario.dialect}, step ${after.seq}: ${words}`);
        }
      }
      before = after;
    }
  }
  assert.deepEqual(wrong.slice(0, 20), [], `${wrong.length} in all`);
  const silent = CLAIMS.flatMap(([en, zh]) => [en, zh]).filter((pattern) => !said.has(pattern));
  assert.deepEqual(silent, [], "each claim is made somewhere");
  assert.deepEqual([...kinds, ...ELSEWHERE].sort(), await kindsOfSteps());
});

test("of a connection of which nothing is known, nothing is claimed", async () => {
  const live = { rx: null, kernel: { tanks: null, peer_shutdown: false, peer_reset: false }, read: { high: 0 }, input: { len: 0 } };
  for (const connection of [null, live]) {
    for (const lang of /** @type {const} */ (["en", "zh"])) {
      for (const [readable, writable] of [[true, true], [true, false], [false, true], [false, false]]) {
        const words = parts(/** @type {any} */ ({ kind: "ready", readable, writable }), /** @type {any} */ (connection), lang).join("");
        assert.doesNotMatch(words, /something|nothing|end of file|error|tx|数据|文件尾|错误/);
      }
    }
  }
});

test("of bytes that move in a pair, no kernel is told; an event of the application's own has no buffers", () => {
  const payload = { len: 5, bytes: "hello" };
  for (const lang of /** @type {const} */ (["en", "zh"])) {
    const said = (/** @type {any} */ step) => parts(step, null, lang).join("");
    for (const step of [{ kind: "received", input: 5 }, { kind: "sent", output: 0 }]) {
      assert.doesNotMatch(said({ ...step, payload, function: "be_pair_transfer" }), /kernel|内核/);
      assert.match(said({ ...step, payload, function: "evbuffer_read" }), /kernel|内核/);
    }
    assert.doesNotMatch(said({ kind: "callback_due", callback: { application: [1, 2] }, input: 0, output: 0 }), /input|output|输入|输出/);
  }
});

test("a recording says that something came before only if something did", () => {
  const loop = { pass: 0 };
  const before = (/** @type {any} */ picture) => momentSentence({ record: null, picture: /** @type {any} */ (picture), source: "recording" }, "en");
  assert.match(before({ seq: 0, loop, connections: [] }), /nothing came before/);
  for (const picture of [{ seq: 3, loop, connections: [] }, { seq: 0, loop: { pass: 8 }, connections: [] }, { seq: 0, loop, connections: [{}] }]) assert.match(before(picture), /is not in it/);
});

test("where records are missing, the picture is not said to follow from the step", () => {
  const record = /** @type {any} */ ({ seq: 7, connection: 1, kind: "pressure_removed", function: "" });
  const picture = /** @type {any} */ ({ seq: 90, connections: [{ number: 1, read: { high: 0 } }] });
  const words = momentSentence({ record, picture, source: "recording" }, "en");
  assert.match(words, /No high mark holds input any more.* Then records are missing/, "nor is the picture asked");
});

test("a pass that only a simulation breaks off is not said to end because somebody asked", () => {
  const endless = JSON.parse(readFileSync(new URL("../../../lessons/06-high-watermark/break.json", import.meta.url), "utf8"));
  const asking = { format: 2, dialect: "2.1", bufferevents: { it: { enable: ["read"], on_read: [[{ loop_break: true }]] } }, script: [{ peer_send: "x" }, { turn: 1 }] };
  for (const [what, run, asked] of /** @type {[string, object, boolean][]} */ ([["endless", { ...endless, dialect: "2.1" }, false], ["asking", asking, true]])) {
    const ends = picturesOf(run).filter(({ last }) => last?.kind === "pass_ended" && last.reason === "broken");
    assert.ok(ends.length > 0, what);
    for (const picture of ends) {
      assert.equal(/asked for a break/.test(momentSentence({ record: picture.last, picture, source: "simulation" }, "en")), asked, what);
      assert.equal(/要求中断/.test(momentSentence({ record: picture.last, picture, source: "simulation" }, "zh")), asked, what);
    }
  }
});

async function kindsOfSteps() {
  const types = await readFile(new URL("../../../wasm/types.d.ts", import.meta.url), "utf8");
  const step = types.slice(types.indexOf("export type Step ="));
  return [...step.slice(0, step.indexOf(";")).matchAll(/"kind": "(\w+)"/g)].map(([, kind]) => kind).sort();
}

test("no question comes where the sentence says how much the next read takes", async () => {
  const { Lesson, Simulation } = await engine();
  let asked = 0;
  for (const { id } of index()) {
    const data = lessonOf(id);
    const lesson = new Lesson(data);
    for (const scenario of [data.scenario, ...(data.predictions ?? []).map((one) => one.scenario)].filter(Boolean)) {
      for (const dialect of lesson.dialects) {
        const simulation = new Simulation(JSON.stringify({ ...scenario, dialect }));
        for (const { id: question, ask } of lesson.predictions(simulation)) {
          asked++;
          assert.notEqual(simulation.record(ask)?.kind, "read_bounded", `${id}: ${question} in ${dialect}`);
        }
      }
    }
  }
  assert.ok(asked > 100, String(asked));
});
