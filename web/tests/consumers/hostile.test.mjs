/** Every function of the package with what nobody should give it: it works, or it throws an `Error` in words. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { web } from "./packages.mjs";

const lab = await web();

/** An object that cannot be written as JSON. */
const circle = {};
circle.circle = circle;

function revoked() {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** What somebody may give by mistake. */
const WRONG = {
  undefined: undefined,
  null: null,
  true: true,
  NaN,
  "-1": -1,
  "0.5": 0.5,
  "2**53": 2 ** 53,
  Infinity,
  "a bigint": 10n ** 30n,
  "a symbol": Symbol("wrong"),
  "an empty text": "",
  "a text": "fate",
  "half a character": "\ud800",
  "JSON that is cut off": '{"format":1',
  "deep JSON": "[".repeat(100_000),
  "a huge text": "x".repeat(1 << 21),
  "an object": {},
  "an object of another kind": { format: 1, turn: "often" },
  "an object in a circle": circle,
  "an object without text": { toJSON: () => undefined },
  "an object that throws": { toJSON: () => { throw new TypeError("not today"); } },
  "a list": [1, "two", null],
  "a huge list": new Array(100_000).fill(7),
  "a date": new Date(0),
  "a map": new Map([[1, 2]]),
  "a function": () => 3,
  "a function that throws": () => { throw new TypeError("not today"); },
  "a text of digits": "12",
  "an object that is no text": { toString: () => { throw new TypeError("not today"); }, valueOf: () => { throw new TypeError("not today"); } },
  "an object without a prototype": Object.create(null),
  "a proxy of nothing": revoked(),
  "a proxy that throws": new Proxy({}, { get: () => { throw new TypeError("not today"); } }),
};

/** A good value for each place of an argument, so that a wrong one beside it is reached. */
const GOOD = [[], [3], [3, "crossing"], [3, 1, { kind: "valve", direction: "read" }], ["2.1"], [{ turn: 1 }]];

/** Socket enough for `Live`. */
class Socket {
  send() {}
  close() {}
}

/** A lesson of one question and one number, with everything inline. */
const LESSON = {
  format: 1,
  number: 0,
  id: "one",
  test: true,
  predictions: [{ id: "room", kind: "number", scenario: { format: 1, dialect: "1.4", script: [{ peer_send: "abc" }, { turn: 1 }] }, ask: { before: "kind:received" }, figure: "in", at: { at: "kind:received" }, wrong: [{ id: "none", value: 0 }] }],
  texts: {},
};

const simulation = () => new lab.Simulation(lab.defaultScenario());

/** The objects of each class, and how they are made. */
const MADE = {
  Simulation: simulation,
  Recording: () => {
    const from = simulation();
    const text = from.exportRecording();
    from.free();
    return new lab.Recording(text);
  },
  Live: () => new lab.Live("ws://127.0.0.1:1/", () => {}),
  Lesson: () => new lab.Lesson(LESSON),
};

beforeEach(() => {
  globalThis.WebSocket = Socket;
});

/** Calls, and holds what is thrown to be an `Error` with words. */
function attempt(name, call) {
  try {
    call();
  } catch (thrown) {
    assert.ok(thrown instanceof Error, `${name} threw ${String(thrown)}`);
    // The browser's own words, which name neither what was given nor what for, come as another kind of error.
    // Of a class, wasm-bindgen asks the browser whether it is one: a proxy of nothing answers that itself.
    const isOurs = thrown.constructor === Error || /^Class constructor|'getPrototypeOf'/.test(thrown.message);
    assert.ok(isOurs, `${name}: ${thrown.constructor.name}: ${thrown.message}`);
    assert.match(thrown.message, /\p{L}{2}.* .*\p{L}{2}/su, `${name} says nothing`);
    assert.doesNotMatch(thrown.message, /panicked|memory access|unreachable|undefined is not|reading '/, `${name}: ${thrown.message}`);
  }
}

/** The methods, getters and setters that a program can see. */
function members(made) {
  const all = Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(made)));
  return all.filter(([name]) => !name.startsWith("__") && !["constructor", "free"].includes(name));
}

/** Arguments of which one is wrong and those before it are good. */
function* wrongArguments() {
  for (const [name, wrong] of Object.entries(WRONG)) {
    for (const good of GOOD) yield [`${good.length} good and ${name}`, [...good, wrong]];
    yield [`${name}, thrice`, [wrong, wrong, wrong]];
  }
}

/** The exported functions that are no class, start nothing, and do not panic because that is what they are for. */
const FUNCTIONS = Object.entries(lab).filter(([name, it]) => typeof it === "function" && !(name in MADE) && !["default", "initSync", "panicOnPurpose"].includes(name));

test("exported functions", () => {
  assert.ok(FUNCTIONS.length >= 6, `${FUNCTIONS.length} functions`);
  for (const [name, call] of FUNCTIONS) for (const [what, given] of wrongArguments()) attempt(`${name}(${what})`, () => call(...given));
  lab.setPanicHandler(undefined);
});

for (const [name, make] of Object.entries(MADE)) {
  test(`new ${name}`, () => {
    for (const [what, given] of wrongArguments()) attempt(`new ${name}(${what})`, () => new lab[name](...given).free());
    attempt(`new ${name}()`, () => new lab[name]().free());
    attempt(`${name}()`, () => lab[name]());
  });

  test(`every method of a ${name}`, () => {
    let made = make();
    const found = members(made);
    assert.ok(found.length >= (name === "Lesson" ? 7 : 10), `${found.length} members`);
    for (const [member, { value, get }] of found) {
      if (get) attempt(`${name}.${member}`, () => made[member]);
      else if (member === Symbol.dispose) continue;
      else for (const [what, given] of wrongArguments()) attempt(`${name}.${member}(${what})`, () => value.apply(made, given));
      // What was done to it does not make the next one slow.
      made.free();
      made = make();
    }
    made.free();
  });

  test(`a ${name} after free()`, () => {
    const made = make();
    made.free();
    for (const [member, { get }] of members(made)) {
      assert.throws(() => (get ? made[member] : made[member](0, "crossing", {})), (thrown) => thrown instanceof Error && !(thrown instanceof WebAssembly.RuntimeError) && thrown.message.includes(" "), `${name}.${member}`);
    }
    attempt("free() again", () => made.free());
    const other = simulation();
    for (const method of ["counterpart", "nextDifference", "partedBy"]) attempt(method, () => other[method](0, made));
    assert.equal(other.length > 0, true);
    other.free();
  });

  test(`methods of a ${name} on something else`, () => {
    const made = make();
    for (const [member, { value, get }] of members(made)) {
      for (const wrong of [{}, 7, "text"]) attempt(`${name}.${member} of ${wrong}`, () => (get ?? value).call(wrong, 0, "crossing"));
    }
    made.free();
  });
}

test("after all this the engine goes on", () => {
  const made = simulation();
  assert.equal(made.picture(made.length).seq, made.length);
  made.free();
});

test("objects are taken where JSON text is", () => {
  const scenario = JSON.parse(lab.defaultScenario());
  const made = new lab.Simulation(scenario);
  const text = simulation();
  assert.equal(made.exportRecording(), text.exportRecording());
  assert.equal(made.act(made.length, { turn: 1 }), text.act(text.length, '{"turn":1}'));
  assert.equal(made.exportRecording(), text.exportRecording());
});

test("errors name what was given", () => {
  const said = (call) => {
    try {
      call();
    } catch (thrown) {
      return thrown.message;
    }
    return "";
  };
  assert.equal(said(() => new lab.Simulation(undefined)), "this is no scenario: undefined, neither an object nor its JSON text");
  assert.match(said(() => new lab.Simulation(circle)), /^this is no scenario: .*circular/i);
  assert.equal(said(() => new lab.Simulation({ format: 1 })), said(() => new lab.Simulation('{"format":1}')));
  assert.equal(said(() => new lab.Recording({})), "the recording is an object, and no text");
  assert.equal(said(() => simulation().next(0, 7)), "the condition is 7, and no text");
  assert.equal(said(() => simulation().next(0, -Infinity)), "the condition is -Infinity, and no text");
  assert.equal(said(() => simulation().next(0, 1e300)), "the condition is 1e+300, and no text");
  for (const [given, named] of [[Symbol("three"), "a symbol"], [10n, "a bigint"], ["12", "a text"], [undefined, "undefined"], [null, "null"], [NaN, "NaN"], [[3], "a list"], [{}, "an object"]]) {
    assert.equal(said(() => simulation().picture(given)), `the position is ${named}, and no number`);
    assert.equal(said(() => simulation().switchTo(given)), `the branch is ${named}, and no whole number from 0 to 4294967295`);
  }
  assert.equal(said(() => simulation().next(0, "callback", Symbol("three"))), "`to` is a symbol, and no number");
  assert.equal(said(() => new lab.Lesson(LESSON).tasks(simulation(), 10n)), "the position is a bigint, and no number");
  assert.equal(said(() => simulation().setDialect(2.1)), "the dialect is 2.1, and no text");
  assert.equal(said(() => lab.setPanicHandler("ring")), "the handler is a text, and no function");
  assert.equal(said(() => new lab.Live("ws://127.0.0.1:1/")), "onChange is no function");
  // In JSON's words, not in Rust's; and a list is no object with its values.
  const list = "expected an object, found a list";
  const header = "line 1: not the header of a recording: ";
  assert.equal(said(() => new lab.Recording('["bufferevent",1,"0.1.0"]')), `${header}${list}`);
  assert.equal(said(() => new lab.Recording("")), `${header}the text ends where a value should be`);
  assert.equal(said(() => lab.Simulation.restore([1, 0, []])), list);
  assert.equal(said(() => simulation().why(0, 1, ["valve", "read"])), `this is no question: ${list}`);
  assert.equal(said(() => new lab.Simulation("")), "line 1: the text ends where a value should be");
});

test("without WebSocket, Live says so", () => {
  delete globalThis.WebSocket;
  assert.throws(() => new lab.Live("ws://127.0.0.1:1/", () => {}), /^Error: there is no WebSocket here/);
});
