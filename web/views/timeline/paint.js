/** The lanes of a timeline: lengths with their marks, and what happened. Shape tells as much as colour. */

/** @typedef {import("../../types.js").Bucket} Bucket */
/** @typedef {import("../../types.js").Text} Text */

/** Left of the lanes stand their names, in CSS pixels. */
export const GUTTER = 28;
/** Steps that are narrower have no shapes of their own. */
export const SHAPES_FROM = 3;
/** Columns of the density are so wide. */
const COLUMN = 6;
/** Heights: as much as one may have, as two have together, and as two have on a low screen. */
const ROWS = { wide: { lane: 24, events: 26 }, narrow: { lane: 14, events: 22 }, low: { lane: 10, events: 14 } };
const BETWEEN = 4;

/** @typedef {{input: string, output: string, kernel: string, firing: string, error: string, ink: string, paper: string}} Colours */
/**
 * What is drawn.
 * @typedef {object} Picture
 * @property {Bucket[]} buckets
 * @property {{from: number, to: number}} stretch
 * @property {number} full how many bytes the height of a lane is
 * @property {number} veiled what comes after this position is not drawn
 */
/** @typedef {{x: (position: number) => number, width: number, lane: number, events: number, colours: Colours, text: Text}} Look */

/** @typedef {keyof typeof ROWS} Rows */

/** @param {Rows} rows */
export const heightOf = (rows) => 2 * (ROWS[rows].lane + BETWEEN) + ROWS[rows].events;

/** In which rows a timeline is painted that is so high. @param {number} height @param {boolean} compared two of them stand there, one below the other @returns {Rows} */
export const rowsIn = (height, compared) => (!compared ? (height < heightOf("wide") ? "narrow" : "wide") : height < 2 * heightOf("narrow") ? "low" : "narrow");

/**
 * Sheets of the same size that are kept: what a veil is lifted from, and the veil itself, are painted once, however often it is lifted.
 * @typedef {{[layer in "steps" | "hatch"]: (paint: (sheet: CanvasRenderingContext2D) => void) => CanvasImageSource}} Layers
 */

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Picture} picture
 * @param {{width: number, rows: Rows, colours: Colours, text: Text, part: (position: number) => number}} look `part` is how
 *   far from the left to the right a position stands, from 0 to 1
 * @param {Layers | null} [layers]
 */
export function paint(context, picture, { rows, part, ...rest }, layers = null) {
  const { from, to } = picture.stretch;
  const x = (/** @type {number} */ position) => GUTTER + part(position) * rest.width;
  const look = { ...rest, ...ROWS[rows], x };
  const [right, high] = [x(Math.min(to, picture.veiled)), heightOf(rows)];
  names(context, look);
  const steps = (/** @type {CanvasRenderingContext2D} */ sheet) => allSteps(sheet, picture, look, look.width / Math.max(to - from, 1));
  if (picture.veiled >= to) return within(context, GUTTER, right, high, steps);
  const hatch = (/** @type {CanvasRenderingContext2D} */ sheet) => hatched(sheet, look, high);
  within(context, GUTTER, right, high, layers ? () => lay(context, layers.steps(steps)) : steps);
  within(context, right, GUTTER + look.width, high, layers ? () => lay(context, layers.hatch(hatch)) : hatch);
  veilWords(context, look, right, high);
}

/** Paints between two places, and nowhere else. @param {CanvasRenderingContext2D} context @param {number} left @param {number} right @param {number} high @param {(context: CanvasRenderingContext2D) => void} paints */
function within(context, left, right, high, paints) {
  context.save();
  context.beginPath();
  context.rect(left, 0, right - left, high);
  context.clip();
  paints(context);
  context.restore();
}

/** Lays a sheet on another of the same size. @param {CanvasRenderingContext2D} context @param {CanvasImageSource} sheet */
function lay(context, sheet) {
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.drawImage(sheet, 0, 0);
}

/** @param {CanvasRenderingContext2D} context @param {Picture} picture @param {Look} look @param {number} wide a step is */
function allSteps(context, picture, look, wide) {
  context.textBaseline = "middle";
  levels(context, picture, look, look.lane, look.colours.input, (b) => [b.inMin, b.inMax]);
  levels(context, picture, look, 2 * look.lane + BETWEEN, look.colours.output, (b) => [b.outMin, b.outMax]);
  marks(context, picture, look);
  if (wide >= SHAPES_FROM) shapes(context, picture, look, wide);
  else densities(context, picture, look);
  gaps(context, picture, look);
}

/** @param {CanvasRenderingContext2D} context @param {Look} look */
function names(context, { lane, events, width, colours, text }) {
  const { lanes } = text.controls;
  context.fillStyle = colours.ink;
  context.textBaseline = "middle";
  context.fillText(lanes.input, 0, lane / 2);
  context.fillText(lanes.output, 0, lane + BETWEEN + lane / 2);
  context.fillText(lanes.events, 0, 2 * (lane + BETWEEN) + events / 2);
  context.fillStyle = colours.kernel;
  context.fillRect(GUTTER, lane, width, 1);
  context.fillRect(GUTTER, 2 * lane + BETWEEN, width, 1);
}

/**
 * What was never less is full, what was reached pale. Whole columns of pixels, and those alike as one: a rectangle that lies on
 * pixels is filled at once, a path of thousands of them is not.
 * @param {CanvasRenderingContext2D} context @param {Picture} picture @param {Look} look @param {number} bottom
 * @param {string} colour @param {(bucket: Bucket) => [number, number]} of
 */
function levels(context, { buckets, full }, { x, lane }, bottom, colour, of) {
  const high = (/** @type {number} */ bytes) => (bytes === 0 ? 0 : Math.max(Math.round(Math.min(bytes / full, 1) * (lane - 2)), 2));
  context.fillStyle = colour;
  for (const [which, alpha] of /** @type {const} */ ([[1, 0.45], [0, 1]])) {
    context.globalAlpha = alpha;
    let [left, end, height] = [0, 0, 0];
    for (const bucket of buckets) {
      const next = { left: Math.round(x(bucket.at - 1)), height: high(of(bucket)[which]) };
      const right = Math.max(Math.round(x(bucket.to)), next.left + 1);
      if (right <= end) {
        // Of several in one column, the highest is seen.
        if (next.height <= height) continue;
        if (height > 0) context.fillRect(left, bottom - height, end - 1 - left, height);
        [left, height] = [end - 1, next.height];
        continue;
      }
      if (next.height !== height || next.left > end) {
        if (height > 0) context.fillRect(left, bottom - height, end - left, height);
        [left, height] = [Math.max(next.left, end), next.height];
      }
      end = Math.max(end, right);
    }
    if (height > 0) context.fillRect(left, bottom - height, end - left, height);
  }
  context.globalAlpha = 1;
}

/** The marks of each lane: high solid, low dashed; that of writing which is not enforced dotted. */
const MARKS = /** @type {const} */ ([
  { which: "high", lane: 0, width: 2, dashes: [] },
  { which: "low", lane: 0, width: 1, dashes: [4, 3] },
  { which: "writeHigh", lane: 1, width: 2, dashes: [2, 5] },
  { which: "writeLow", lane: 1, width: 1, dashes: [4, 3] },
]);

/** @param {CanvasRenderingContext2D} context @param {Picture} picture @param {Look} look */
function marks(context, { buckets, full }, { x, lane, colours }) {
  for (const { which, lane: index, width, dashes } of MARKS) {
    const bottom = lane + index * (lane + BETWEEN);
    const y = (/** @type {number} */ bytes) => bottom - Math.min(bytes / full, 1) * (lane - 2);
    context.beginPath();
    let before = 0;
    let end = 0;
    const close = () => before && context.lineTo(end, y(before));
    for (const bucket of buckets) {
      // One that is far above all that comes would seem to be at the top of it.
      const bytes = bucket[which] > full ? 0 : bucket[which];
      if (bytes !== before) {
        close();
        if (bytes) context.moveTo(x(bucket.at - 1), y(bytes));
      }
      before = bytes;
      end = x(bucket.to);
    }
    close();
    // Its gaps are paper: so it is seen over bytes too, and hides no more of them than itself.
    const strokes = [...(dashes.length > 0 ? [{ colour: colours.paper, wide: width, dashes: [] }] : []), { colour: colours.ink, wide: width, dashes }];
    for (const { colour, wide, dashes } of strokes) {
      context.strokeStyle = colour;
      context.lineWidth = wide;
      context.setLineDash([...dashes]);
      context.stroke();
    }
  }
  context.setLineDash([]);
}

/** Each step has a shape. @param {CanvasRenderingContext2D} context @param {Picture} picture @param {Look} look @param {number} wide */
function shapes(context, { buckets }, { x, lane, events, colours }, wide) {
  const top = 2 * (lane + BETWEEN);
  const middle = top + events / 2;
  const size = Math.min(Math.max(wide / 1.6, 2.5), 6, events / 2 - 2);
  for (const bucket of buckets) {
    const centre = (x(bucket.at - 1) + x(bucket.to)) / 2;
    // Dotted, and not a crossing's line: without colours both are black.
    if (bucket.passes) {
      context.fillStyle = colours.kernel;
      for (let y = top; y < top + events; y += 4) context.fillRect(x(bucket.at - 1), y, 1, 2);
    }
    // What crosses a mark is a read, a write or a drain: its own shape is over the line.
    if (bucket.crossings) shape(context, colours.ink, centre, middle, size + 2, "line");
    if (bucket.errors) shape(context, colours.error, centre, middle, size, "square");
    else if (bucket.readCallbacks + bucket.writeCallbacks + bucket.eventCallbacks) shape(context, colours.firing, centre, middle, size, "dot");
    else if (bucket.reads) shape(context, colours.input, centre, middle, size, "read");
    else if (bucket.writes) shape(context, colours.output, centre, middle, size, "write");
  }
}

/**
 * A row for each kind of step, with its shape before it; the higher a column, the more of them.
 * @param {CanvasRenderingContext2D} context @param {Picture} picture @param {Look} look
 */
function densities(context, { buckets }, { x, lane, events, width, colours }) {
  const top = 2 * (lane + BETWEEN);
  const rows = /** @type {const} */ ([
    ["read", colours.input, (/** @type {Bucket} */ b) => b.reads],
    ["write", colours.output, (/** @type {Bucket} */ b) => b.writes],
    ["dot", colours.firing, (/** @type {Bucket} */ b) => b.readCallbacks + b.writeCallbacks + b.eventCallbacks],
    ["square", colours.error, (/** @type {Bucket} */ b) => b.errors],
  ]);
  const high = events / rows.length;
  rows.forEach(([form, colour, of], row) => {
    const columns = new Float64Array(Math.ceil(width / COLUMN) + 1);
    for (const bucket of buckets) columns[Math.min(Math.max(Math.floor((x(bucket.at) - GUTTER) / COLUMN), 0), columns.length - 1)] += of(bucket);
    const most = columns.reduce((sum, one) => Math.max(sum, one), 0);
    const bottom = top + (row + 1) * high;
    context.fillStyle = colour;
    columns.forEach((count, index) => {
      const height = Math.max(Math.round((count / most) * (high - 1)), 2);
      if (count) context.fillRect(GUTTER + index * COLUMN, Math.round(bottom) - height, COLUMN - 1, height);
    });
    shape(context, colour, GUTTER + 3, bottom - high / 2, Math.min(high / 2 - 0.5, 3), form);
  });
}

/** What is missing: a broken line, and how much. @param {CanvasRenderingContext2D} context @param {Picture} picture @param {Look} look */
function gaps(context, { buckets }, { x, lane, events, width, colours, text }) {
  let toldUpTo = 0;
  for (const bucket of buckets) {
    if (!bucket.lost) continue;
    const at = x(bucket.at - 1);
    context.strokeStyle = colours.error;
    context.setLineDash([3, 3]);
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(at, 0);
    context.lineTo(at, 2 * (lane + BETWEEN) + events);
    context.stroke();
    context.setLineDash([]);
    const words = text.controls.gap(bucket.lost);
    const long = context.measureText(words).width;
    const from = Math.min(at + 4, GUTTER + width - long);
    // Of losses close together, the first is told; each has its line, and the sum stands with the connection.
    if (from < toldUpTo) continue;
    context.fillStyle = colours.ink;
    context.fillText(words, from, 8);
    toldUpTo = from + long + 8;
  }
}

/** The veil over what is not to be seen yet. @param {CanvasRenderingContext2D} context @param {Look} look @param {number} high */
function hatched(context, { width, colours }, high) {
  context.strokeStyle = colours.kernel;
  context.lineWidth = 1;
  context.globalAlpha = 0.5;
  context.beginPath();
  // Always at the same places, so that it stands still while it is lifted.
  for (let at = Math.floor((GUTTER - high) / 8) * 8; at < GUTTER + width; at += 8) {
    context.moveTo(at, high);
    context.lineTo(at + high, 0);
  }
  context.stroke();
  context.globalAlpha = 1;
}

/** @param {CanvasRenderingContext2D} context @param {Look} look @param {number} left where the veil begins @param {number} high */
function veilWords(context, { width, colours, text }, left, high) {
  const words = text.controls.veiled;
  const long = context.measureText(words).width;
  const room = GUTTER + width - left;
  if (room <= long + 24) return;
  const from = left + (room - long) / 2;
  context.fillStyle = colours.paper;
  context.fillRect(from - 8, high / 2 - 10, long + 16, 20);
  context.fillStyle = colours.ink;
  context.fillText(words, from, high / 2);
}

/**
 * @param {CanvasRenderingContext2D} context @param {string} colour @param {number} x @param {number} y
 * @param {number} size
 * @param {"dot" | "line" | "square" | "read" | "write"} form reading points to the application
 */
function shape(context, colour, x, y, size, form) {
  context.fillStyle = colour;
  if (form === "line") context.fillRect(x - 1, y - size, 2, 2 * size);
  else if (form === "square") context.fillRect(x - size, y - size, 2 * size, 2 * size);
  else {
    const to = form === "read" ? size : -size;
    context.beginPath();
    if (form === "dot") context.arc(x, y, size, 0, 2 * Math.PI);
    else [[-to, -size], [to, 0], [-to, size]].forEach(([dx, dy]) => context.lineTo(x + dx, y + dy));
    context.fill();
  }
}
