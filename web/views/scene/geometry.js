/**
 * Where things stand in the scene, from its size alone. Pure; all lengths are pixels.
 *
 * Bytes fall into a vessel over its rim and leave it through its floor. Across, each row reads from peer to application and
 * back; where there is no room for that, the vessels stand in one column in the order of the flow.
 */

/** @typedef {import("./path.js").Point} Point */
/** @typedef {{x: number, y: number, w: number, h: number}} Box */
/** @typedef {"backlog" | "rx" | "input" | "output" | "tx" | "got"} Vessel */
/** @typedef {"program" | "read" | "write" | "event"} Caller whose code runs: the program's own, or that of a callback */
/** @typedef {"arrive" | "read" | "put" | "receive"} FixedWay */
/** @typedef {{box: Box, reason: Box}} ValvePlace */

/**
 * @typedef {object} Layout
 * @property {boolean} column all vessels in one column
 * @property {number} width
 * @property {number} height
 * @property {{zone: number, box: Box, label: Point, end: boolean}[]} zones by the index of their name; `end`: it ends at its point
 * @property {{[vessel in Vessel]: Box}} vessels the inside of each
 * @property {{[vessel in Vessel]: Box}} captions where name and amount stand
 * @property {{[way in FixedWay]: Point[]}} pipes
 * @property {{read: ValvePlace, write: ValvePlace}} valves
 * @property {{[caller in Caller]: Box}} callers
 * @property {{take: Point[], write: Point[]}} taps from input towards the application, and from it to output
 */

/** Narrower than this, the vessels stand in one column; where there is little height, only from this on. */
export const COLUMN_BELOW = 600;
const LOW_COLUMN_BELOW = 500;
/** A valve's drawing is a circle of this radius. */
const VALVE_RADIUS = 15;
/** The pipe stands so far above the rim that it reaches over. */
const OVER_RIM = 9;
/** And so far below the floor. */
const BELOW_FLOOR = 11;
const CALLER = { height: 46, low: 36 };

/** @param {number} from @param {number} to @param {number} part */
const between = (from, to, part) => from + (to - from) * Math.min(Math.max(part, 0), 1);

/**
 * @param {number} width
 * @param {number} height what there is; a scene that needs more says so in its layout
 * @param {number} full how many bytes the whole height of the largest vessel is: the more, the longer are the figures
 * @param {boolean} [low] there is little height: a phone that is held sideways
 * @returns {Layout}
 */
export const layout = (width, height, full, low = false) => (isColumn(width, low) ? inColumn(width, height) : across(width, height, full, low));

/** @param {number} width @param {boolean} low */
const isColumn = (width, low) => width < (low ? LOW_COLUMN_BELOW : COLUMN_BELOW);

/** The least height that shows everything. @param {number} width @param {number} full @param {boolean} [low] */
export const leastHeight = (width, full, low = false) =>
  isColumn(width, low) ? COLUMN_LEAST : ROWS.head + 2 * ((low ? ROWS.low : ROWS.lowest) + captionHeight(width, full) + ROWS.rim + ROWS.floor) + ROWS.gap + ROWS.foot;

/** Of the layout across: above the rows, around each vessel, and the lowest vessel that can be read. */
const ROWS = { head: 28, rim: 18, floor: 22, gap: 4, foot: 4, lowest: 66, low: 42 };
/** A name and an amount stand beside each other where the kernel's zone is so wide and figures are short, else one over the other. */
const ONE_LINE = { width: 112, full: 500 };
/** @param {number} width */
const outerWidth = (width) => (width < COLUMN_BELOW ? between(76, 88, tightness(width)) : between(88, 132, (width - COLUMN_BELOW) / 400));
/** From 0, as narrow as it may be, to 1. @param {number} width */
const tightness = (width) => (width - LOW_COLUMN_BELOW) / (COLUMN_BELOW - LOW_COLUMN_BELOW);
/** @param {number} width @param {number} full */
const captionHeight = (width, full) => (outerWidth(width) < ONE_LINE.width || full > ONE_LINE.full ? 36 : 22);

/** What stands beside what, across: where each zone begins, and how wide things are. @param {number} width */
function columnsOf(width) {
  const [room, tight] = [(width - COLUMN_BELOW) / 400, tightness(width)];
  const sized = (/** @type {number} */ least, /** @type {number} */ usual, /** @type {number} */ most) => (width < COLUMN_BELOW ? between(least, usual, tight) : between(usual, most, room));
  const [outer, pipe, valve, gutter, code, pad] = [outerWidth(width), sized(26, 30, 44), sized(82, 94, 128), sized(66, 74, 112), sized(78, 104, 160), sized(6, 8, 16)];
  const kernel = outer + pipe;
  const process = kernel + outer + valve;
  const codeX = width - pad - code;
  // A pipe rises between a zone's edge and its vessel.
  const [inner, riser] = [pad + 2, pad + 10];
  const bufferX = process + riser + 8;
  return { outer, valve, code, pad, kernel, process, codeX, inner, riser, bufferX, buffer: codeX - gutter - bufferX };
}

/** What stands above what, across. @param {number} width @param {number} height @param {number} full @param {boolean} low */
function rowsOf(width, height, full, low) {
  const captions = captionHeight(width, full);
  const tall = Math.max(height, leastHeight(width, full, low));
  const vesselHeight = (tall - ROWS.head - ROWS.gap - ROWS.foot) / 2 - captions - ROWS.rim - ROWS.floor;
  const upper = ROWS.head + captions + ROWS.rim;
  return { captions, tall, vesselHeight, caller: low ? CALLER.low : CALLER.height, rims: [upper, upper + vesselHeight + ROWS.floor + ROWS.gap + captions + ROWS.rim] };
}

/** @typedef {ReturnType<typeof columnsOf>} Columns */
/** @typedef {ReturnType<typeof rowsOf>} Rows */

/** @param {number} width @param {number} height @param {number} full @param {boolean} low @returns {Layout} */
function across(width, height, full, low) {
  const [columns, rows] = [columnsOf(width), rowsOf(width, height, full, low)];
  const { outer, pad, kernel, process, codeX, code } = columns;
  const vessels = vesselsAcross(columns, rows);
  const zoneOf = (/** @type {number} */ index, /** @type {number} */ x, /** @type {number} */ w) => zone(index, { x, y: 0, w, h: rows.tall }, pad);
  return {
    column: false,
    width,
    height: rows.tall,
    zones: [zoneOf(0, 0, outer), zoneOf(1, kernel, outer), zoneOf(2, process, codeX - pad - process), zoneOf(3, codeX - pad, code + 2 * pad)],
    vessels,
    captions: captionsAcross(columns, rows),
    pipes: {
      arrive: rightwards(vessels.backlog, vessels.rx),
      read: rightwards(vessels.rx, vessels.input),
      put: leftwards(vessels.output, vessels.tx),
      receive: leftwards(vessels.tx, vessels.got),
    },
    valves: { read: valveAcross(columns, rows, 0), write: valveAcross(columns, rows, 1) },
    ...codeAcross(columns, rows, vessels),
  };
}

/** @param {Columns} columns @param {Rows} rows @returns {Layout["vessels"]} */
function vesselsAcross({ outer, kernel, inner, riser, bufferX, buffer }, { rims, vesselHeight }) {
  const vessel = (/** @type {number} */ x, /** @type {number} */ w, /** @type {0 | 1} */ row) => ({ x, y: rims[row], w, h: vesselHeight });
  return {
    backlog: vessel(inner, outer - 2 * inner, 0),
    rx: vessel(kernel + riser, outer - riser - inner, 0),
    input: vessel(bufferX, buffer, 0),
    output: vessel(bufferX, buffer, 1),
    tx: vessel(kernel + inner, outer - riser - inner, 1),
    got: vessel(inner, outer - riser - inner, 1),
  };
}

/** @param {Columns} columns @param {Rows} rows @returns {Layout["captions"]} */
function captionsAcross({ outer, kernel, pad, bufferX, buffer }, { rims, captions }) {
  const caption = (/** @type {number} */ x, /** @type {number} */ w, /** @type {0 | 1} */ row) => ({ x, y: rims[row] - captions - ROWS.rim, w, h: captions });
  return {
    backlog: caption(pad, outer - 2 * pad, 0),
    rx: caption(kernel + pad, outer - 2 * pad, 0),
    input: caption(bufferX, buffer, 0),
    output: caption(bufferX, buffer, 1),
    tx: caption(kernel + pad, outer - 2 * pad, 1),
    got: caption(pad, outer - 2 * pad, 1),
  };
}

/** @param {Columns} columns @param {Rows} rows @param {0 | 1} row @returns {ValvePlace} */
function valveAcross({ outer, kernel, valve }, { rims, vesselHeight }, row) {
  const x = kernel + outer + valve / 2;
  const y = rims[row] + vesselHeight + BELOW_FLOOR - VALVE_RADIUS - 1;
  return { box: { x: x - VALVE_RADIUS, y, w: 2 * VALVE_RADIUS, h: 2 * VALVE_RADIUS }, reason: { x: kernel + outer + 4, y: y - 70, w: valve - 8, h: 66 } };
}

/** The code beside the buffers, and how bytes get there and back. @param {Columns} columns @param {Rows} rows @param {Layout["vessels"]} vessels @returns {Pick<Layout, "callers" | "taps">} */
function codeAcross({ codeX, code, pad }, { rims, vesselHeight, caller: height }, { input, output }) {
  const caller = (/** @type {number} */ y) => ({ x: codeX, y, w: code, h: height });
  const low = (/** @type {0 | 1} */ row) => rims[row] + vesselHeight + BELOW_FLOOR + 6 - height;
  const high = (/** @type {0 | 1} */ row) => rims[row] - OVER_RIM - 6;
  const [inputFloor, outputRim, end] = [rims[0] + vesselHeight + BELOW_FLOOR, rims[1] - OVER_RIM, codeX - pad / 2 - 6];
  return {
    callers: { program: caller(high(0)), read: caller(low(0)), write: caller(high(1)), event: caller(low(1)) },
    taps: {
      take: [[right(input) - 14, bottom(input)], [right(input) - 14, inputFloor], [end, inputFloor]],
      write: [[end, outputRim], [right(output) - 16, outputRim], [right(output) - 16, output.y + 2]],
    },
  };
}

/** @param {number} index @param {Box} box @param {number} pad */
const zone = (index, box, pad) => ({ zone: index, box, label: /** @type {Point} */ ([box.x + pad, box.y + 19]), end: false });
/** @param {Box} box */
const right = ({ x, w }) => x + w;
/** @param {Box} box */
const bottom = ({ y, h }) => y + h;

/** From the floor of one, along below, up beside the other and over its rim. @param {Box} from @param {Box} to @returns {Point[]} */
function rightwards(from, to) {
  const [start, floor, riser, rim] = [right(from) - 14, bottom(from) + BELOW_FLOOR, to.x - 10, to.y - OVER_RIM];
  return [[start, bottom(from)], [start, floor], [riser, floor], [riser, rim], [to.x + 14, rim], [to.x + 14, to.y + 2]];
}

/** The same the other way. @param {Box} from @param {Box} to @returns {Point[]} */
function leftwards(from, to) {
  const [start, floor, riser, rim] = [from.x + 14, bottom(from) + BELOW_FLOOR, right(to) + 10, to.y - OVER_RIM];
  return [[start, bottom(from)], [start, floor], [riser, floor], [riser, rim], [right(to) - 14, rim], [right(to) - 14, to.y + 2]];
}

/** Of the layout in one column: between vessels, where a valve is, around the callbacks, the callbacks. */
const COLUMN = { gap: 22, valve: 38, tap: 25, callers: 42, pad: 6, lowest: 40, share: 6.8, caption: 4 };
const COLUMN_FIXED = 2 * (COLUMN.gap + COLUMN.valve + COLUMN.tap + COLUMN.pad) + COLUMN.callers;
const COLUMN_LEAST = COLUMN_FIXED + COLUMN.share * COLUMN.lowest;

/** @param {number} width @param {number} height @returns {Layout} */
function inColumn(width, height) {
  const tall = Math.max(height, COLUMN_LEAST);
  const unit = (tall - COLUMN_FIXED) / COLUMN.share;
  const text = Math.max(96, width * 0.29);
  const gutter = 66;
  const [x, w] = [text + 6, width - text - 6 - gutter];
  const { gap, valve, tap, callers, pad } = COLUMN;
  let y = pad;
  /** @param {number} part @param {number} after @returns {Box} */
  const next = (part, after) => {
    const box = { x, y, w, h: unit * part };
    y += box.h + after;
    return box;
  };
  const backlog = next(1, gap);
  const rx = next(1, valve);
  const input = next(1.4, tap);
  const row = y;
  y += callers + tap;
  const output = next(1.4, valve);
  const tx = next(1, gap);
  const got = next(1, 0);
  const vessels = { backlog, rx, input, output, tx, got };
  const pipeX = x + 24;
  /** @param {Box} from @param {Box} to @returns {Point[]} */
  const down = (from, to) => [[pipeX, bottom(from)], [pipeX, to.y + 2]];
  /** @param {Box} above @returns {ValvePlace} */
  const valveBelow = (above) => {
    const box = { x: pipeX - VALVE_RADIUS, y: bottom(above) + valve / 2 - VALVE_RADIUS, w: 2 * VALVE_RADIUS, h: 2 * VALVE_RADIUS };
    return { box, reason: { x: right(box) + 8, y: box.y - 3, w: width - right(box) - 12, h: box.h + 6 } };
  };
  const each = (width - 4 - 6 * 3) / 4;
  /** @param {number} index @returns {Box} */
  const caller = (index) => ({ x: 2 + index * (each + 6), y: row, w: each, h: callers });
  const { zones, captions } = namesInColumn(vessels, { width, tall, text, row });
  return {
    column: true,
    width,
    height: tall,
    zones,
    vessels,
    captions,
    pipes: { arrive: down(backlog, rx), read: down(rx, input), put: down(output, tx), receive: down(tx, got) },
    valves: { read: valveBelow(rx), write: valveBelow(output) },
    callers: { program: caller(0), read: caller(1), event: caller(2), write: caller(3) },
    taps: { take: [[pipeX, bottom(input)], [pipeX, row - tap / 2]], write: [[pipeX, row + callers + tap / 2], [pipeX, output.y + 2]] },
  };
}

/**
 * The zones around the vessels of a column, and what each vessel is called in them: as far below the name of its zone everywhere.
 * @param {Layout["vessels"]} vessels
 * @param {{width: number, tall: number, text: number, row: number}} at `row`: where the callbacks stand
 * @returns {Pick<Layout, "zones" | "captions">}
 */
function namesInColumn(vessels, { width, tall, text, row }) {
  const { backlog, rx, input, output, tx } = vessels;
  /** @param {number} index @param {number} top @param {number} end */
  const band = (index, top, end) => zone(index, { x: 0, y: top, w: width, h: end - top }, 8);
  const [half, middle] = [COLUMN.gap / 2, COLUMN.valve / 2];
  const bands = {
    backlog: band(0, 0, bottom(backlog) + half - 2),
    rx: band(1, bottom(backlog) + half + 2, bottom(rx) + 6),
    input: band(2, bottom(rx) + middle + 12, bottom(input) + 5),
    output: band(2, output.y - 5, bottom(output) + middle - 12),
    tx: band(1, tx.y - 6, bottom(tx) + half - 2),
    got: band(0, bottom(tx) + half + 2, tall),
  };
  const code = { zone: 3, box: { x: 0, y: row, w: 0, h: 0 }, label: /** @type {Point} */ ([width - 6, row - 4]), end: true };
  /** @param {Vessel} name @returns {Box} */
  const caption = (name) => ({ x: 8, y: bands[name].label[1] - COLUMN.caption, w: text - 12, h: vessels[name].h - 6 });
  return {
    zones: [bands.backlog, bands.rx, bands.input, code, bands.output, bands.tx, bands.got],
    captions: { backlog: caption("backlog"), rx: caption("rx"), input: caption("input"), output: caption("output"), tx: caption("tx"), got: caption("got") },
  };
}

/**
 * The whole way between a buffer and the code that takes from it or writes to it.
 * @param {Layout} layout
 * @param {"take" | "write"} way
 * @param {Caller} caller
 * @returns {Point[]}
 */
export function tapTo({ taps, callers, column }, way, caller) {
  const box = callers[caller];
  const tap = taps[way];
  const [x, y] = way === "take" ? tap[tap.length - 1] : tap[0];
  /** @type {Point[]} */
  const branch = column
    ? [[box.x + box.w / 2, y], [box.x + box.w / 2, way === "take" ? box.y : bottom(box)]]
    : [[x, middleOf(box, y)], [box.x, middleOf(box, y)]];
  return way === "take" ? [...tap, ...branch] : [...branch.reverse(), ...tap];
}

/** Where a pipe at this height meets a box: straight on, where it can. @param {Box} box @param {number} y */
const middleOf = ({ y: top, h }, y) => (y > top && y < top + h ? y : top + h / 2);

/**
 * How high so many bytes stand in a vessel.
 * @param {Box} vessel
 * @param {number} bytes
 * @param {number} full how many bytes its whole height is
 */
export const levelY = ({ y, h }, bytes, full) => y + h - (Math.min(Math.max(bytes, 0), full) / full) * h;

/**
 * Which number of bytes is meant by a height.
 * @param {Box} vessel
 * @param {number} y
 * @param {number} full
 */
export const bytesAt = ({ y: top, h }, y, full) => Math.round(Math.min(Math.max((top + h - y) / h, 0), 1) * full);
