/** Acting: as the peer, the application, the kernel or the clock, at the step that is shown. */
import { choice } from "./controls.js";
import { dataOf } from "./bytes.js";
import { button, h, say, set } from "./dom.js";

/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {import("../types.js").Text} Text */
/** @typedef {import("../player/player.js").Player} Player */

const GROUPS = /** @type {const} */ (["peer", "app", "kernel", "clock"]);
const ERRORS = ["EINTR", "EAGAIN", "ECONNRESET", "EPIPE", "ETIMEDOUT"];

/** @param {Element} form @param {string} name */
const value = (form, name) => /** @type {HTMLInputElement} */ (form.querySelector(`[name=${name}]`)).value;
/** @param {Element} form @param {string} name */
const number = (form, name) => Math.max(0, Math.floor(Number(value(form, name)) || 0));

/**
 * @param {Player} player
 * @param {() => Text} text
 */
export function createAct(player, text) {
  /** @type {(typeof GROUPS)[number]} */
  let group = "peer";
  const groups = choice(GROUPS, (chosen) => {
    group = chosen;
    player.dispatchEvent(new CustomEvent("change"));
  });
  const title = h("h2", { class: "act-title" });
  const hint = h("p", { class: "act-hint" });
  const fork = button("", () => player.dispatchEvent(new CustomEvent("fork")), { class: "fork" });
  const turn = button("", () => player.act({ turn: 1 }), { class: "turn" });
  const branches = h("div", { class: "branches", role: "group" });
  /** @type {{element: HTMLElement, words: (t: Text) => void}[]} */
  const worded = [];

  /** @param {(t: Text) => string} words @param {(form: Element) => void} act @param {...HTMLElement} fields */
  function action(words, act, ...fields) {
    const submit = h("button", { type: "submit" });
    /** @type {HTMLFormElement} */
    const form = h("form", { class: "action", onsubmit: (event) => (event.preventDefault(), act(form)) }, ...fields, submit);
    worded.push({ element: submit, words: (t) => say(submit, words(t)) });
    return form;
  }
  /** @param {string} name @param {(t: Text) => string} label @param {string} initial @param {string} [type] */
  function field(name, label, initial, type = "number") {
    const input = h("input", { name, type, value: initial, class: type === "number" ? "small" : "", min: type === "number" ? 0 : null, spellcheck: "false", autocomplete: "off" });
    const caption = h("span", { class: "label" });
    worded.push({ element: input, words: (t) => say(caption, label(t)) });
    return h("label", { class: "field" }, caption, input);
  }
  /** @param {string} name @param {(t: Text) => string} label @param {[string, (t: Text) => string][]} options */
  function pick(name, label, options) {
    const select = h("select", { name }, ...options.map(([value]) => h("option", { value })));
    const caption = h("span", { class: "label" });
    worded.push({
      element: select,
      words: (t) => {
        say(caption, label(t));
        options.forEach(([, words], index) => say(select.options[index], words(t)));
      },
    });
    return h("label", { class: "field" }, caption, select);
  }
  const directions = () =>
    pick("direction", (t) => t.act.ofDirection, [
      ["read", (t) => t.act.directions.read],
      ["write", (t) => t.act.directions.write],
    ]);

  const panels = {
    peer: [
      action((t) => t.act.send, (form) => player.act({ peer_send: dataOf(value(form, "text")) }), field("text", (t) => t.act.bytesToSend, "hello\\n", "text")),
      action((t) => t.act.receive, (form) => player.act({ peer_recv: number(form, "amount") }), field("amount", (t) => t.act.amount, "4096")),
      action((t) => t.act.shutdown, () => player.act({ peer_shutdown: true })),
      action((t) => t.act.reset, () => player.act({ peer_reset: true })),
    ],
    app: [
      action((t) => t.act.read, (form) => player.act({ read: number(form, "amount") }), field("amount", (t) => t.act.amount, "16")),
      action((t) => t.act.readAll, () => player.act({ read: "all" })),
      action((t) => t.act.write, (form) => player.act({ write: dataOf(value(form, "text")) }), field("text", (t) => t.act.textToWrite, "hello", "text")),
      action((t) => t.act.enable, (form) => player.act({ enable: [value(form, "direction")] }), directions()),
      action((t) => t.act.disable, (form) => player.act({ disable: [value(form, "direction")] }), directions()),
      action(
        (t) => t.act.marks,
        (form) => player.act({ set_watermark: { [value(form, "direction")]: { low: number(form, "low"), high: number(form, "high") } } }),
        directions(),
        field("low", (t) => t.act.low, "0"),
        field("high", (t) => t.act.high, "32"),
      ),
      action(
        (t) => t.act.timeouts,
        (form) => player.act({ set_timeouts: { read_ms: number(form, "read"), write_ms: number(form, "write") } }),
        field("read", (t) => t.act.readMs, "3000"),
        field("write", (t) => t.act.writeMs, "0"),
      ),
      action((t) => t.act.free, () => player.act({ free: true })),
    ],
    kernel: [
      action(
        (t) => t.act.capacities,
        (form) => player.change((simulation) => simulation.setKernel(number(form, "rx"), number(form, "tx")), 0),
        field("rx", (t) => t.act.rx, "128"),
        field("tx", (t) => t.act.tx, "128"),
      ),
      action(
        (t) => t.act.fail,
        (form) => player.act({ inject: { op: value(form, "op"), errno: value(form, "errno"), times: Math.max(1, number(form, "times")) } }),
        pick("op", (t) => t.act.call, [["read", () => "read()"], ["write", () => "write()"]]),
        pick("errno", (t) => t.act.error, ERRORS.map((name) => [name, () => name])),
        field("times", (t) => t.act.times, "1"),
      ),
    ],
    clock: [
      action((t) => t.act.advance, (form) => player.act({ advance_ms: number(form, "ms") }), field("ms", (t) => t.act.ms, "1000")),
      action((t) => t.act.turn, (form) => player.act({ turn: Math.max(1, number(form, "passes")) }), field("passes", (t) => t.act.passes, "1")),
    ],
  };
  const places = GROUPS.map((name) => h("div", { class: "actions", "data-group": name, hidden: name !== group }, ...panels[name]));
  const element = h(
    "section",
    { class: "act" },
    h("div", { class: "act-head" }, title, groups.element, hint, h("div", { class: "act-now" }, turn, fork)),
    ...places,
    branches,
  );

  /** @param {Frame} frame @param {import("../types.js").Source} source what the reader looks for */
  function update(frame, source) {
    element.hidden = source !== "simulation";
    if (element.hidden) return;
    const t = text();
    say(title, t.act.title);
    groups.update(group, t.act.title, t.act.groups);
    say(hint, frame.connection.freed ? t.act.gone : frame.position < frame.length ? t.act.forks : t.act.end);
    say(fork, t.act.fork);
    say(turn, t.act.turn);
    worded.forEach(({ words }) => words(t));
    places.forEach((place, index) => (place.hidden = GROUPS[index] !== group));
    drawBranches(t);
  }

  /** @param {Text} t */
  function drawBranches(t) {
    const all = player.simulation?.branches() ?? [];
    set(branches, "aria-label", t.act.branches);
    branches.hidden = all.length < 2;
    while (branches.childElementCount > all.length) branches.lastElementChild?.remove();
    all.forEach((branch, index) => {
      const place = /** @type {HTMLButtonElement} */ (branches.children[index] ?? branches.appendChild(button("", () => player.switchTo(index), { class: "branch" })));
      say(place, t.act.branch(branch.id));
      set(place, "aria-pressed", String(branch.current));
      set(place, "title", branch.label ? t.act.branched(branch.label, branch.at) : null);
    });
  }

  return { element, update };
}
