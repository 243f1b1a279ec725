/** A live server: how the connection to it stands; and the connections of whatever is played, the busiest first. */
import { button, h, say, set, style } from "./dom.js";

/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {import("../types.js").Text} Text */
/** @typedef {import("../types.js").Live} Live */

/** More rows than a person looks at; the busiest are among them. */
const MOST_ROWS = 100;
/** They change places this often at most, and never under a hand. */
const SORT_EVERY_MS = 1000;

/** @param {Live} live @param {string} url @param {Text} t */
export function liveWords(live, url, t) {
  switch (live.state) {
    case "connecting":
      return t.live.connecting(url);
    case "connected":
      return live.lost > 0 ? t.live.lossy(live.lost, live.lostMore) : t.live.connected;
    case "other_schema":
      return t.live.schema(live.problem ?? "");
    case "refused":
    case "malformed":
      return t.live.refused(live.problem ?? "");
    default:
      return t.live.lost;
  }
}

/**
 * @param {() => Text} text
 * @param {(url: string) => void} connect
 * @param {(connection: number) => void} choose
 */
export function createLive(text, connect, choose) {
  const url = h("input", { name: "url", type: "text", spellcheck: "false", autocomplete: "off", value: defaultAddress() });
  const label = h("span", { class: "label" });
  const go = h("button", { type: "submit" });
  const form = h("form", { class: "connect", onsubmit: (event) => (event.preventDefault(), connect(url.value.trim())) }, h("label", { class: "field" }, label, url), go);
  const status = h("p", { class: "live-status", role: "status" });
  const title = h("h2", { class: "act-title" });
  const busiest = h("span", { class: "act-hint" });
  const list = h("ul", { class: "connections" });
  const none = h("p", { class: "note" });
  const element = h("section", { class: "live", hidden: true }, h("div", { class: "live-head" }, title, busiest, status, form), none, list);

  /** What is known of the list's order and scale belongs to this track. @type {import("../types.js").Track | null} */
  let track = null;
  /** The longest buffers so far: a scale that only grows, so that marks stand still. */
  let most = { input: 1, output: 1 };
  /** What each connection had moved when it was looked at last, and how lively it is. @type {Map<number, {moved: number, heat: number}>} */
  const activity = new Map();
  /** Where each connection stands in the list. @type {Map<number, number>} */
  let order = new Map();
  let sortedAt = 0;

  /** @param {Frame | null} frame */
  function forget(frame) {
    track = frame?.track ?? null;
    most = { input: 1, output: 1 };
    activity.clear();
    order.clear();
    sortedAt = 0;
  }

  /**
   * @param {Frame | null} frame
   * @param {import("../types.js").Source} source what the reader looks for, though it may not be there yet
   * @param {Live | null} live
   * @param {string} address
   */
  function update(frame, source, live, address) {
    element.hidden = source !== "live" && (frame?.picture.connections.length ?? 0) < 2;
    if (element.hidden) return;
    if (track !== (frame?.track ?? null)) forget(frame);
    const t = text();
    say(label, t.live.address);
    say(go, t.live.connect);
    form.hidden = source !== "live";
    say(status, live ? liveWords(live, address, t) : "");
    set(status, "data-live", live?.state ?? null);
    say(title, t.live.title);
    const shows = source === frame?.source;
    const connections = frame && shows ? [...frame.picture.connections].filter((it) => !it.freed || it.number === frame.connection.number) : [];
    say(busiest, connections.length > 1 ? t.live.busiest : "");
    say(none, connections.length > 0 ? "" : live ? t.live.none : t.live.start);
    for (const { number, counters } of connections) {
      const moved = counters.received + counters.sent;
      const before = activity.get(number) ?? { moved, heat: 0 };
      activity.set(number, { moved, heat: before.heat * 0.9 + (moved - before.moved) });
    }
    if (performance.now() - sortedAt > SORT_EVERY_MS && !list.matches(":hover, :focus-within")) {
      sortedAt = performance.now();
      const busiest = [...connections].sort((a, b) => heat(b.number) - heat(a.number) || b.counters.received - a.counters.received || a.number - b.number);
      order = new Map(busiest.map(({ number }, place) => [number, place]));
    }
    const place = (/** @type {number} */ number) => order.get(number) ?? order.size + number;
    const shown = connections.sort((a, b) => place(a.number) - place(b.number)).slice(0, MOST_ROWS);
    for (const it of shown) {
      most.input = Math.max(most.input, it.input.len, it.read.high * 1.2);
      most.output = Math.max(most.output, it.output.len);
    }
    const wanted = new Set(shown.map(({ number }) => String(number)));
    for (const row of [...list.children]) if (!wanted.has(/** @type {HTMLElement} */ (row).dataset.number ?? "")) row.remove();
    shown.forEach((connection, index) => {
      const row = list.querySelector(`[data-number="${connection.number}"]`) ?? createRow(connection.number);
      if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
      const choice = /** @type {HTMLElement} */ (row.firstElementChild);
      set(choice, "aria-pressed", String(connection.number === frame?.connection.number));
      const [name, gauges, lengths] = /** @type {HTMLElement[]} */ ([...choice.children]);
      say(name, `#${connection.number}${connection.uncertain ? " ?" : ""}`);
      say(lengths, t.live.lengths(connection.input.len, connection.output.len));
      const [input, output, mark] = /** @type {HTMLElement[]} */ ([...gauges.children]);
      style(input, "inline-size", `${(connection.input.len / most.input) * 100}%`);
      style(output, "inline-size", `${(connection.output.len / most.output) * 100}%`);
      mark.hidden = connection.read.high === 0;
      style(mark, "inset-inline-start", `${(connection.read.high / most.input) * 100}%`);
    });
  }

  /** @param {number} number */
  const heat = (number) => activity.get(number)?.heat ?? 0;

  /** @param {number} number */
  function createRow(number) {
    const gauges = h("span", { class: "mini", "aria-hidden": "true" }, h("span", { class: "mini-in" }), h("span", { class: "mini-out" }), h("span", { class: "mini-mark" }));
    const choice = button("", () => choose(number), { class: "connection" });
    choice.append(h("span", { class: "connection-name" }), gauges, h("span", { class: "connection-lengths" }));
    return h("li", { "data-number": number }, choice);
  }

  return { element, update, url };
}

/** Where the server that serves this page would be. */
function defaultAddress() {
  const { protocol, host } = location;
  return protocol.startsWith("http") && host ? `${protocol === "https:" ? "wss" : "ws"}://${host}/ws` : "ws://127.0.0.1:8080/ws";
}
