/** The connections of whatever is played, the busiest first. */
import { MOST_OTHERS } from "../state/shown.js";
import { button, h, say, set, style } from "./dom.js";
import { Ranking } from "./ranking.js";

/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").ConnectionPicture} ConnectionPicture */
/** @typedef {import("../types.js").Shown} Shown */
/** @typedef {import("../types.js").Text} Text */

/** More rows than a person looks at; the busiest are among them. */
const MOST_ROWS = 100;

/** @param {Commands} commands */
export function createLive(commands) {
  const title = h("h2", { class: "act-title" });
  const busiest = h("span", { class: "act-hint" });
  const none = h("p", { class: "note" });
  const search = createSearch(commands);
  const list = createConnections(commands);
  const element = h("section", { class: "live", hidden: true }, h("div", { class: "live-head" }, title, search.element, busiest), none, list.element);

  /** @param {Shown} shown */
  function update(shown) {
    const { frame, text: t } = shown;
    // Those of a simulation stand beside the one that is looked at, as long as they are few.
    const few = frame.source === "simulation" ? 1 + MOST_OTHERS : 1;
    element.hidden = frame.source !== "live" && frame.picture.connections.length <= few;
    if (element.hidden) return;
    say(title, t.live.title);
    const connections = shown.blank ? [] : frame.picture.connections.filter((it) => !it.freed || it.number === frame.connection.number);
    const found = connections.filter((it) => isCalled(it, shown.search, t));
    search.update(shown, connections.length);
    say(busiest, connections.length <= 1 ? "" : shown.search ? t.live.found(found.length, connections.length) : t.live.busiest);
    say(none, connections.length > 0 ? "" : t.live.none);
    list.update(shown, connections, found);
  }

  return { element, update };
}

/** Its name or number has this in it. @param {ConnectionPicture} connection @param {string} search @param {Text} t */
const isCalled = (connection, search, t) => t.scene.other(connection).toLowerCase().includes(search.trim().toLowerCase());

/** Which connections are listed, and whether the one that is looked at is followed. @param {Commands} commands */
function createSearch(commands) {
  const input = h("input", { type: "search", class: "connection-search", spellcheck: "false", autocomplete: "off", oninput: () => commands.search(input.value) });
  const follow = button("", () => commands.followOne(follow.getAttribute("aria-pressed") !== "true"), { class: "follow-one" });
  const element = h("div", { class: "row" }, input, follow);
  /** @param {Shown} shown @param {number} count */
  function update({ frame, player, search, text: t }, count) {
    element.hidden = count < 2;
    if (input.value !== search) input.value = search;
    set(input, "aria-label", t.live.search);
    set(input, "placeholder", t.live.search);
    say(follow, t.live.follow(t.scene.other(frame.connection)));
    set(follow, "title", t.live.follows);
    set(follow, "aria-pressed", String(player.follows));
  }
  return { element, update };
}

/** @param {Commands} commands */
function createConnections(commands) {
  const element = h("ul", { class: "connections" });
  let revision = -1;
  let ranking = new Ranking();
  /** The longest buffers so far: a scale that only grows, so that marks stand still. */
  let most = { input: 1, output: 1 };

  /** @param {Shown} shown @param {ConnectionPicture[]} connections all that there are @param {ConnectionPicture[]} found those to list */
  function update({ frame, text }, connections, found) {
    if (revision !== frame.revision) [revision, ranking, most] = [frame.revision, new Ranking(), { input: 1, output: 1 }];
    ranking.see(connections);
    if (!element.matches(":hover, :focus-within")) ranking.sort(connections);
    const rows = ranking.ranked(found).slice(0, MOST_ROWS);
    for (const it of rows) {
      most.input = Math.max(most.input, it.input.len, it.read.high * 1.2);
      most.output = Math.max(most.output, it.output.len);
    }
    const wanted = new Set(rows.map(({ number }) => String(number)));
    for (const row of [...element.children]) if (!wanted.has(/** @type {HTMLElement} */ (row).dataset.number ?? "")) row.remove();
    rows.forEach((connection, index) => {
      const row = element.querySelector(`[data-number="${connection.number}"]`) ?? createRow(connection.number, commands);
      if (element.children[index] !== row) element.insertBefore(row, element.children[index] ?? null);
      drawRow(/** @type {HTMLElement} */ (row.firstElementChild), connection, most, connection.number === frame.connection.number, text);
    });
  }

  return { element, update };
}

/** @param {number} number @param {Commands} commands */
function createRow(number, commands) {
  const gauges = h("span", { class: "mini", "aria-hidden": "true" }, h("span", { class: "mini-in" }), h("span", { class: "mini-out" }), h("span", { class: "mini-mark" }));
  const choice = button("", () => commands.only(number), { class: "connection" });
  choice.append(h("span", { class: "connection-name" }), gauges, h("span", { class: "connection-lengths" }));
  return h("li", { "data-number": number }, choice);
}

/** @param {HTMLElement} choice @param {ConnectionPicture} connection @param {{input: number, output: number}} most @param {boolean} chosen @param {Text} t */
function drawRow(choice, connection, most, chosen, t) {
  const { freed, uncertain, input, output, read } = connection;
  set(choice, "aria-pressed", String(chosen));
  const [name, gauges, lengths] = /** @type {HTMLElement[]} */ ([...choice.children]);
  say(name, `${t.scene.other(connection)}${uncertain ? " ?" : ""}`);
  set(name, "title", name.textContent);
  say(lengths, freed ? t.valve.read.freed : t.live.lengths(input.len, output.len));
  const [inBar, outBar, mark] = /** @type {HTMLElement[]} */ ([...gauges.children]);
  style(inBar, "inline-size", `${(input.len / most.input) * 100}%`);
  style(outBar, "inline-size", `${(output.len / most.output) * 100}%`);
  mark.hidden = read.high === 0;
  style(mark, "inset-inline-start", `${(read.high / most.input) * 100}%`);
}
