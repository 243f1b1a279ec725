/** All that is known of the moment, as tables. */
import { callbackName, cause, eventName, suspends, what } from "../lang/names.js";
import { createChains } from "./chains.js";
import { h, say, set, sized } from "./dom.js";
import { valveOf } from "./scene/still.js";

/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {import("../types.js").Shown} Shown */
/** @typedef {import("../types.js").Text} Text */
/** @typedef {string | number | boolean | null | undefined} Value */

export function createState() {
  const sections = h("div", { class: "state" });
  const none = h("p", { class: "note" });
  const tables = { pair: createTable(), connection: createTable(), loop: createTable(), counters: createTable() };
  const chains = createChains(() => true);
  sections.append(none, ...Object.values(tables).map((table) => table.element), chains.element);

  /** @param {Shown} shown */
  function update(shown) {
    const { frame, text: t } = shown;
    chains.update(shown);
    // Before a simulation's only connection is made, it is known what it will be; elsewhere there is just nobody.
    const nobody = !frame.exists && frame.source !== "simulation";
    none.hidden = !nobody;
    say(none, t.state.nobody);
    for (const name of /** @type {const} */ (["pair", "connection", "counters"])) tables[name].element.hidden = nobody;
    const other = frame.other && tablesOf(frame.other, t);
    for (const [name, { title, columns, rows }] of Object.entries(tablesOf(frame, t))) {
      const theirs = other?.[/** @type {keyof typeof tables} */ (name)].rows;
      // Where the other libevent has something else, both stand in the cell.
      const cell = (/** @type {string} */ own, /** @type {number} */ row, /** @type {number} */ column) => (theirs && theirs[row][column] !== own ? `${own} \u2260 ${theirs[row][column]}` : own);
      tables[/** @type {keyof typeof tables} */ (name)].update(title, columns, rows.map((cells, row) => cells.map((own, column) => cell(own, row, column))));
    }
  }

  return { element: sections, update };
}

/**
 * @param {Frame} frame
 * @param {Text} t
 */
function tablesOf(frame, t) {
  const { connection: c, picture } = frame;
  const { rows } = t.state;
  const show = (/** @type {Value} */ value) => (value === null || value === undefined ? t.state.none : value === true ? t.state.yes : value === false ? t.state.no : String(value));
  const size = (/** @type {Value} */ value) => (typeof value === "number" ? `${value} B` : t.state.unknown);
  const mark = (/** @type {number} */ value) => (value === 0 ? t.state.none : `${value} B`);
  const duration = (/** @type {number | null} */ us) => (us === null ? t.state.none : t.time(us));
  const both = (/** @type {(direction: "read" | "write") => string} */ of) => [of("read"), of("write")];

  const pair = [
    [rows.buffer, size(c.input.len), size(c.output.len)],
    [rows.low, ...both((d) => mark(c[d].low))],
    [rows.high, ...both((d) => mark(c[d].high))],
    [rows.enabled, ...both((d) => show(c[d].enabled))],
    [rows.valve, ...both((d) => t.valve[d][valveOf(frame, d)])],
    [rows.armed, ...both((d) => show(c[d].event.armed))],
    [rows.active, ...both((d) => (c[d].event.active === null ? t.state.none : cause(Number(c[d].event.active))))],
    [rows.timeout, ...both((d) => duration(c[d].timeout_us))],
    [rows.timer, ...both((d) => duration(c[d].event.deadline_us === null ? null : Number(c[d].event.deadline_us) - Math.max(picture.time_us, frame.clockStart)))],
    [rows.ended, ...both((d) => show(c[d].ended))],
    [rows.kernel, `rx ${size(c.kernel.tanks?.rx)}`, `tx ${size(c.kernel.tanks?.tx)}`],
  ];
  const connection = [
    [rows.dialect, c.dialect],
    [rows.callbacks, [c.on_read && "readcb", c.on_write && "writecb", c.on_event && "eventcb"].filter(Boolean).join(", ") || t.state.none],
    [rows.pressure, show(c.pressure)],
    [rows.suspended, suspends(c.suspended).map((name) => `BEV_${name}`).join("|") || t.state.no],
    [rows.deferred, show(c.deferred_queued)],
    [rows.backlog, size(c.kernel.tanks?.backlog)],
    [rows.what, c.what === null ? t.state.none : what(c.what)],
    [rows.freed, show(c.freed)],
    [rows.dropped, size(c.dropped)],
  ];
  const loop = picture.loop;
  const looping = [
    [rows.time, t.time(Math.max(picture.time_us - frame.clockStart, 0))],
    [rows.pass, String(loop.pass)],
    [rows.station, loop.station === "idle" ? t.state.none : t.scene.stations[loop.station]],
    [rows.running, loop.running ? eventName(loop.running.event, picture.names) : t.state.none],
    [rows.entered, loop.entered ? callbackName(loop.entered.callback, picture.names) : t.state.none],
    [rows.callbacksInPass, String(loop.callbacks)],
    [rows.lost, String(picture.lost)],
  ];
  const k = c.counters;
  const counters = [
    [rows.bytes, `${k.received} B`, `${k.sent} B`],
    [rows.calls, String(k.reads), String(k.writes)],
    [rows.calledBack, String(k.read_callbacks), String(k.write_callbacks)],
    [rows.stopped, String(k.stopped), "\u2013"],
  ];
  const [sides, facts] = [["", t.state.reading, t.state.writing], [t.state.name, t.state.value]];
  return {
    pair: { title: `${t.state.connection} ${c.number}`, columns: sides, rows: pair },
    connection: { title: "", columns: facts, rows: connection },
    loop: { title: t.state.loop, columns: facts, rows: looping },
    counters: { title: t.state.counters, columns: sides, rows: counters },
  };
}

function createTable() {
  const caption = h("caption", {});
  const head = h("tr", {});
  const body = h("tbody", {});
  const element = h("table", {}, caption, h("thead", {}, head), body);
  return {
    element,
    /** @param {string} title @param {string[]} columns @param {string[][]} rows */
    update(title, columns, rows) {
      say(caption, title);
      caption.hidden = title === "";
      sized(head, columns.length, (index) => (columns[index] === "" ? h("td", {}) : h("th", { scope: "col" })));
      columns.forEach((name, index) => say(head.children[index], name));
      sized(body, rows.length, () => h("tr", {}, h("th", { scope: "row" })));
      rows.forEach((cells, index) => {
        const row = body.children[index];
        sized(row, cells.length, () => h("td", {}));
        cells.forEach((cell, column) => {
          const place = row.children[column];
          if (column > 0) set(place, "data-changed", place.textContent !== "" && place.textContent !== cell ? true : null);
          say(place, cell);
        });
      });
    },
  };
}
