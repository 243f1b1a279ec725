/** The scene: peer, kernel, bufferevent and application from left to right, the loop below. */
import { momentSentence } from "../sentences/index.js";
import { callbackArguments, callbackName } from "../sentences/names.js";
import { preview } from "./bytes.js";
import { h, say, set } from "./dom.js";
import { createGauge } from "./gauge.js";
import { createLoop } from "./loop.js";
import { createTank } from "./tank.js";
import { createValve, shownValve } from "./valve.js";

/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {import("../types.js").Record} Record */
/** @typedef {import("../types.js").Text} Text */

/** A token crosses in so many milliseconds. */
const TOKEN_MS = 240;
const LIFT_MS = 150;

/**
 * @param {() => Text} text
 * @param {(direction: "read" | "write", mark: "low" | "high", bytes: number) => void} onMark
 */
export function createScene(text, onMark) {
  const gauges = {
    input: createGauge("input", text, (mark, bytes) => onMark("read", mark, bytes)),
    output: createGauge("output", text, (mark, bytes) => onMark("write", mark, bytes)),
  };
  const valves = { read: createValve("read", text), write: createValve("write", text) };
  const tanks = { rx: createTank("rx"), tx: createTank("tx") };
  const pipes = { sent: createPipe(), received: createPipe(), taken: createPipe(), written: createPipe() };
  const loop = createLoop(text);
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

  /** @param {Frame} frame */
  function update(frame) {
    const { picture, connection, record, scales, capacities } = frame;
    const t = text();
    running.splice(0).forEach((animation) => animation.finish());
    t.scene.zones.forEach((name, index) => say(names[index], name));
    set(element, "aria-label", frame.exists || frame.source === "simulation" ? t.scene.spoken(connection, momentSentence(frame)) : momentSentence(frame));
    element.classList.toggle("absent", !frame.exists);
    element.classList.toggle("freed", connection.freed);
    const mine = record && record.connection === connection.number ? record : null;
    const moved = movement(mine);

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
    });

    for (const direction of /** @type {const} */ (["read", "write"])) {
      valves[direction].update(shownValve(frame, direction), direction === "read" ? moved.through.received : moved.through.sent);
    }
    const kernel = connection.kernel;
    tanks.rx.update(kernel.tanks?.rx ?? null, capacities?.rx ?? null, scales.input.capacity);
    tanks.tx.update(kernel.tanks?.tx ?? null, capacities?.tx ?? null, scales.output.capacity);
    pipes.sent.update(moved.through.peer_sent, false);
    pipes.received.update(moved.through.peer_received, true);
    pipes.taken.update(moved.through.taken, false);
    pipes.written.update(moved.through.written, true);

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

    loop.update(frame);
    if (frame.motion === "forward") tween(mine);
  }

  /** @param {Record | null} record */
  function tween(record) {
    if (!record) return;
    const walks = {
      peer_sent: [pipes.sent.token, -1],
      received: [valves.read.token, -1],
      sent: [valves.write.token, 1],
      peer_received: [pipes.received.token, 1],
      buffer_drained: [record.buffer === "output" ? null : pipes.taken.token, -1],
      buffer_added: [record.buffer === "input" ? null : pipes.written.token, 1],
    };
    const [token, from] = walks[/** @type {keyof typeof walks} */ (record.kind)] ?? [null, 0];
    if (token) {
      const start = { transform: `translateX(${Number(from) * 36}px)`, opacity: 0.2 };
      running.push(/** @type {HTMLElement} */ (token).animate([start, { transform: "none", opacity: 1 }], { duration: TOKEN_MS, easing: "ease-out" }));
    }
    if (record.kind === "callback_entered") {
      const box = Object.values(callbacks).find((callback) => callback.element.classList.contains("firing"));
      if (box) running.push(box.element.animate([{ transform: "none" }, { transform: "translateY(-4px)" }, { transform: "none" }], { duration: LIFT_MS * 2, easing: "ease-out" }));
    }
  }

  return { element, loop: loop.element, update };
}

/** Which bytes are of this step, and between which two places they moved. @param {Record | null} record */
function movement(record) {
  const through = { peer_sent: "", received: "", taken: "", sent: "", peer_received: "", written: "" };
  const moved = { input: 0, output: 0, through };
  if (!record) return moved;
  const bytes = record.kind === "buffer_drained" ? record.bytes : record.payload?.len ?? 0;
  const words = `${record.kind === "buffer_drained" ? "\u2212" : "+"}${bytes} B`;
  if (record.kind === "received") [moved.input, through.received] = [bytes, words];
  else if (record.kind === "sent") through.sent = words;
  else if (record.kind === "peer_sent") through.peer_sent = words;
  else if (record.kind === "peer_received") through.peer_received = words;
  else if (record.kind === "buffer_drained" && record.buffer === "input") through.taken = words;
  else if (record.kind === "buffer_added" && record.buffer === "output") [moved.output, through.written] = [bytes, words];
  else if (record.kind === "buffer_added") moved.input = bytes;
  return moved;
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
