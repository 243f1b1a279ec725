/** The scene: peer, kernel, bufferevent and application from left to right, the loop below. */
import { ROLES } from "../engine/roles.js";
import { momentSentence } from "../lang/sentences.js";
import { callbackArguments, callbackName } from "../lang/names.js";
import { preview } from "./bytes.js";
import { h, say, set } from "./dom.js";
import { createGauge } from "./gauge.js";
import { createLoop } from "./loop.js";
import { createTank } from "./tank.js";
import { createValve, shownValve } from "./valve.js";

/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").Shown} Shown */
/** @typedef {import("../types.js").Record} Record */
/** @typedef {import("../types.js").Text} Text */

/** The ways that bytes take, by the roles of their steps, and from which side their tokens come. */
const WAYS = { peer_to_kernel: -1, kernel_to_input: -1, buffer_to_application: -1, application_to_buffer: 1, output_to_kernel: 1, kernel_to_peer: 1 };
/** @typedef {keyof typeof WAYS} Way */

/** A token crosses in so many milliseconds. */
const TOKEN_MS = 240;
const LIFT_MS = 150;

/** @param {Commands} commands */
export function createScene(commands) {
  const gauges = {
    input: createGauge("input", (mark, bytes) => commands.mark("read", mark, bytes)),
    output: createGauge("output", (mark, bytes) => commands.mark("write", mark, bytes)),
  };
  const valves = { read: createValve("read"), write: createValve("write") };
  const tanks = { rx: createTank("rx"), tx: createTank("tx") };
  const pipes = { sent: createPipe(), received: createPipe(), taken: createPipe(), written: createPipe() };
  /** @type {{[way in Way]: HTMLElement}} */
  const tokens = {
    peer_to_kernel: pipes.sent.token,
    kernel_to_input: valves.read.token,
    buffer_to_application: pipes.taken.token,
    application_to_buffer: pipes.written.token,
    output_to_kernel: valves.write.token,
    kernel_to_peer: pipes.received.token,
  };
  const loop = createLoop();
  const callbacks = { read: createCallback(), event: createCallback(), write: createCallback() };
  const peer = { send: createPeerBox(), got: createPeerBox() };
  const names = ["peer", "kernel", "bufferevent", "app"].map((zone) => h("span", { class: `zone-name at-${zone}` }));

  const place = (/** @type {string} */ area, /** @type {Element[]} */ ...children) => h("div", { class: `at-${area}` }, ...children);
  const stage = h(
    "div",
    { class: "stage" },
    ...["peer", "kernel", "process"].map((zone) => h("div", { class: `zone backdrop at-${zone}`, "aria-hidden": "true" })),
    ...names,
    place("peer-in", peer.send.element),
    place("pipe-in", pipes.sent.element),
    place("kernel-in", tanks.rx.element),
    place("valve-in", valves.read.element),
    place("buffer-in", gauges.input.element),
    place("take-in", pipes.taken.element),
    place("peer-out", peer.got.element),
    place("pipe-out", pipes.received.element),
    place("kernel-out", tanks.tx.element),
    place("valve-out", valves.write.element),
    place("buffer-out", gauges.output.element),
    place("take-out", pipes.written.element),
    place("app-in", callbacks.read.element),
    place("app-mid", callbacks.event.element),
    place("app-out", callbacks.write.element),
  );
  const element = h("div", { class: "scene", role: "group" }, stage);

  /** @type {Animation[]} */
  let running = [];

  /** @param {Shown} shown */
  function update(shown) {
    const { frame, text: t } = shown;
    const { picture, connection, record, scales, capacities } = frame;
    const sentence = momentSentence(frame, shown.lang);
    running.splice(0).forEach((animation) => animation.finish());
    t.scene.zones.forEach((name, index) => say(names[index], name));
    set(element, "aria-label", frame.exists || frame.source === "simulation" ? t.scene.spoken(connection, sentence) : sentence);
    element.classList.toggle("absent", !frame.exists);
    element.classList.toggle("freed", connection.freed);
    const mine = record && record.connection === connection.number ? record : null;
    const moved = movement(mine);
    const through = (/** @type {Way} */ way) => (moved.way === way ? moved.words : "");

    const editable = frame.acts && frame.exists && !connection.freed;
    gauges.input.update({
      content: connection.input,
      scale: scales.input,
      low: connection.read.low,
      high: connection.read.high,
      enforced: true,
      added: moved.input,
      tripwire: connection.pressure ? "pressure" : connection.suspended !== 0 ? "suspended" : null,
      uncertain: connection.uncertain,
      editable,
      text: t,
    });
    gauges.output.update({
      content: connection.output,
      scale: scales.output,
      low: connection.write.low,
      high: connection.write.high,
      enforced: false,
      added: moved.output,
      tripwire: null,
      uncertain: connection.uncertain,
      editable,
      text: t,
    });

    for (const direction of /** @type {const} */ (["read", "write"])) {
      valves[direction].update(shownValve(frame, direction), through(direction === "read" ? "kernel_to_input" : "output_to_kernel"), t);
    }
    const kernel = connection.kernel;
    tanks.rx.update(kernel.tanks?.rx ?? null, capacities?.rx ?? null, scales.input.capacity);
    tanks.tx.update(kernel.tanks?.tx ?? null, capacities?.tx ?? null, scales.output.capacity);
    pipes.sent.update(through("peer_to_kernel"), false);
    pipes.received.update(through("kernel_to_peer"), true);
    pipes.taken.update(through("buffer_to_application"), false);
    pipes.written.update(through("application_to_buffer"), true);

    // Whoever does not know the kernel does not know the peer either, be it live or recorded.
    const known = kernel.tanks !== null;
    const backlog = kernel.tanks?.backlog ?? 0;
    peer.send.update(
      t.scene.peerSends,
      known ? `${kernel.peer_sent} B` : "?",
      !known ? "" : kernel.peer_reset ? t.scene.peerReset : backlog > 0 ? t.scene.peerBlocked(backlog) : kernel.peer_shutdown ? t.scene.peerEnded : "",
      backlog > 0 ? "blocked" : kernel.peer_reset || kernel.peer_shutdown ? "ended" : "free",
    );
    peer.got.update(t.scene.peerGot, known ? `${kernel.peer_received} B` : "?", !known ? "" : kernel.peer_sees ? t.scene.peerSees[kernel.peer_sees] : kernel.peer_got.len > 0 ? preview(kernel.peer_got, 12) : "", kernel.peer_sees ? "ended" : "free");

    const entered = picture.loop.entered?.connection === connection.number ? picture.loop.entered.callback : null;
    const counters = connection.counters;
    const fires = (/** @type {string} */ name) => entered !== null && callbackName(entered) === name;
    callbacks.read.update("readcb", "", connection.on_read, fires("readcb"), counters.read_callbacks, t);
    callbacks.write.update("writecb", "", connection.on_write, fires("writecb"), counters.write_callbacks, t);
    const told = entered !== null && typeof entered === "object" ? callbackArguments(entered) : "";
    callbacks.event.update("eventcb", told, connection.on_event, fires("eventcb"), counters.event_callbacks, t);

    loop.update(shown);
    if (frame.motion === "forward") tween(moved.way, mine?.kind === "callback_entered");
  }

  /** @param {Way | null} way that bytes took @param {boolean} lifts whether a callback was entered */
  function tween(way, lifts) {
    if (way) {
      const start = { transform: `translateX(${WAYS[way] * 36}px)`, opacity: 0.2 };
      running.push(tokens[way].animate([start, { transform: "none", opacity: 1 }], { duration: TOKEN_MS, easing: "ease-out" }));
    }
    if (lifts) {
      const box = Object.values(callbacks).find((callback) => callback.element.classList.contains("firing"));
      if (box) running.push(box.element.animate([{ transform: "none" }, { transform: "translateY(-4px)" }, { transform: "none" }], { duration: LIFT_MS * 2, easing: "ease-out" }));
    }
  }

  return { element, loop: loop.element, update };
}

/**
 * Which bytes of the buffers are of this step, and which way they took. Of those between buffers and application only what
 * it takes from input and writes to output is drawn.
 * @param {Record | null} record
 * @returns {{input: number, output: number, way: Way | null, words: string}}
 */
function movement(record) {
  const role = record && ROLES[record.kind];
  if (!role || !(role in WAYS)) return { input: 0, output: 0, way: null, words: "" };
  const way = /** @type {Way} */ (role);
  const bytes = "payload" in record ? record.payload.len : "bytes" in record ? record.bytes : 0;
  const buffer = "buffer" in record ? record.buffer : null;
  const drawn = buffer === null || buffer === (way === "buffer_to_application" ? "input" : "output");
  return {
    input: way === "kernel_to_input" || (way === "application_to_buffer" && buffer === "input") ? bytes : 0,
    output: way === "application_to_buffer" && buffer === "output" ? bytes : 0,
    way: drawn ? way : null,
    words: `${way === "buffer_to_application" ? "\u2212" : "+"}${bytes} B`,
  };
}

function createPipe() {
  const token = h("span", { class: "token" });
  const element = h("div", { class: "pipe" }, token, h("span", { class: "pipe-line", "aria-hidden": "true" }));
  return {
    element,
    token,
    /** @param {string} moved @param {boolean} back against the reading direction */
    update(moved, back) {
      say(token, moved);
      set(token, "data-moved", moved !== "");
      element.classList.toggle("back", back);
    },
  };
}

function createPeerBox() {
  const [title, amount, note] = [h("span", { class: "peer-title" }), h("output", { class: "peer-amount" }), h("span", { class: "peer-note" })];
  const element = h("div", { class: "peer-box" }, title, amount, note);
  return {
    element,
    /** @param {string} name @param {string} bytes @param {string} words @param {string} state */
    update(name, bytes, words, state) {
      say(title, name);
      say(amount, bytes);
      say(note, words);
      set(element, "data-state", state);
    },
  };
}

function createCallback() {
  const name = h("code", { class: "callback-name" });
  const count = h("output", { class: "callback-count" });
  const element = h("div", { class: "callback" }, name, count);
  return {
    element,
    /**
     * @param {string} callback @param {string} told @param {boolean} isSet @param {boolean} firing @param {number} calls
     * @param {Text} t
     */
    update(callback, told, isSet, firing, calls, t) {
      say(name, callback);
      say(count, firing && told ? told : isSet || calls > 0 ? t.scene.calls(calls) : t.scene.notSet);
      element.classList.toggle("unset", !isSet);
      element.classList.toggle("firing", firing);
    },
  };
}
