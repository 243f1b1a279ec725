/** What one can do at a step, as data: a form each. */
import { ERRORS } from "../engine/vocabulary.js";
import { dataOf } from "./bytes.js";

/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").Text} Text */
/** @typedef {(text: Text) => string} Words */

/**
 * @typedef {object} Field
 * @property {string} name
 * @property {Words} label
 * @property {string} [initial]
 * @property {"number" | "text"} [type]
 * @property {[value: string, words: Words][]} [options] it is a choice of these
 */

/**
 * @typedef {object} Action
 * @property {Words} words
 * @property {Field[]} [fields]
 * @property {(commands: Commands, values: {[field: string]: string}) => void} run
 * @property {(connection: import("../types.js").ConnectionPicture, values: {[field: string]: string}) => {[field: string]: number}} [now] what its
 *   fields are at the moment: they show it until somebody types
 * @property {(frame: import("../types.js").Frame) => boolean} [there] whether it can be done at this moment; it can, unless said
 * @property {boolean} [restarts] it changes the set-up, and the script runs again
 */

/** @param {string} value */
const number = (value) => Math.max(0, Math.floor(Number(value) || 0));

/** @type {Field} */
const DIRECTION = {
  name: "direction",
  label: ({ act }) => act.ofDirection,
  options: [
    ["read", ({ act }) => act.directions.read],
    ["write", ({ act }) => act.directions.write],
  ],
};
/** @param {string} initial @returns {Field} */
const amount = (initial) => ({ name: "amount", label: ({ act }) => act.amount, initial });
/** @param {string} name @param {Words} label @param {string} initial @returns {Field} */
const figure = (name, label, initial) => ({ name, label, initial });
/** @param {Words} label @param {string} initial @returns {Field} */
const bytes = (label, initial) => ({ name: "text", label, initial, type: "text" });

/** @type {{[group in import("../state/shown.js").Group]: Action[]}} */
export const ACTIONS = {
  peer: [
    { words: ({ act }) => act.send, fields: [bytes(({ act }) => act.bytesToSend, "hello\\n")], run: ({ act }, { text }) => act({ peer_send: dataOf(text) }) },
    { words: ({ act }) => act.receive, fields: [amount("4096")], run: ({ act }, { amount }) => act({ peer_recv: number(amount) }) },
    { words: ({ act }) => act.shutdown, run: ({ act }) => act({ peer_shutdown: true }) },
    { words: ({ act }) => act.reset, run: ({ act }) => act({ peer_reset: true }) },
  ],
  app: [
    { words: ({ act }) => act.read, fields: [amount("16")], run: ({ act }, { amount }) => act({ read: number(amount) }) },
    { words: ({ act }) => act.readAll, run: ({ act }) => act({ read: "all" }) },
    // 1.4 has one block, and a scenario of the short form no word for it: there bufferevents have no names.
    {
      words: ({ act }) => act.pullup,
      fields: [amount("0")],
      now: ({ input }) => ({ amount: input.len }),
      there: ({ connection, picture }) => connection.dialect !== "1.4" && picture.names !== undefined,
      run: ({ act }, { amount }) => act({ pullup: number(amount) }),
    },
    { words: ({ act }) => act.write, fields: [bytes(({ act }) => act.textToWrite, "hello")], run: ({ act }, { text }) => act({ write: dataOf(text) }) },
    { words: ({ act }) => act.enable, fields: [DIRECTION], run: ({ act }, { direction }) => act({ enable: [direction] }) },
    { words: ({ act }) => act.disable, fields: [DIRECTION], run: ({ act }, { direction }) => act({ disable: [direction] }) },
    {
      words: ({ act }) => act.marks,
      fields: [DIRECTION, figure("low", ({ act }) => act.low, "0"), figure("high", ({ act }) => act.high, "0")],
      now: (connection, { direction }) => ({ low: connection[direction === "write" ? "write" : "read"].low, high: connection[direction === "write" ? "write" : "read"].high }),
      run: ({ act }, { direction, low, high }) => act({ set_watermark: { [direction]: { low: number(low), high: number(high) } } }),
    },
    {
      words: ({ act }) => act.timeouts,
      fields: [figure("read", ({ act }) => act.readMs, "3000"), figure("write", ({ act }) => act.writeMs, "0")],
      run: ({ act }, { read, write }) => act({ set_timeouts: { read_ms: number(read), write_ms: number(write) } }),
    },
    { words: ({ act }) => act.free, run: ({ act }) => act({ free: true }) },
  ],
  kernel: [
    {
      words: ({ act }) => act.capacities,
      fields: [figure("rx", ({ act }) => act.rx, "128"), figure("tx", ({ act }) => act.tx, "128")],
      run: ({ kernel }, { rx, tx }) => kernel(number(rx), number(tx)),
      restarts: true,
    },
    {
      words: ({ act }) => act.fail,
      fields: [
        { name: "op", label: ({ act }) => act.call, options: [["read", () => "read()"], ["write", () => "write()"]] },
        { name: "errno", label: ({ act }) => act.error, options: ERRORS.map((name) => [name, () => name]) },
        figure("times", ({ act }) => act.times, "1"),
      ],
      run: ({ act }, { op, errno, times }) => act({ inject: { op, errno, times: Math.max(1, number(times)) } }),
    },
  ],
  clock: [
    { words: ({ act }) => act.advance, fields: [figure("ms", ({ act }) => act.ms, "1000")], run: ({ act }, { ms }) => act({ advance_ms: number(ms) }) },
    { words: ({ act }) => act.turn, fields: [figure("passes", ({ act }) => act.passes, "1")], run: ({ act }, { passes }) => act({ turn: Math.max(1, number(passes)) }) },
  ],
};
