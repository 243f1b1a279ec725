/** The lanes of a timeline on their sheets: those of what is played, and of what it is compared with below them. */
import { Survey } from "../../engine/survey.js";
import { across } from "../../state/aligned.js";
import { scaleFor } from "../../state/scale.js";
import { h, style } from "../dom.js";
import { onceLaidOut, whenSized } from "../laid-out.js";
import { GUTTER, heightOf, paint, rowsIn } from "./paint.js";

/** @typedef {import("../../types.js").Shown} Shown */
/** @typedef {import("../../types.js").Bucket} Bucket */
/** @typedef {import("../../types.js").Frame} Frame */
/** @typedef {import("../../state/stretch.js").Stretch} Stretch */
/** @typedef {import("./paint.js").Colours} Colours */

/** A live track is drawn anew this often at most. */
const LIVE_EVERY_MS = 500;
/** What the system says of colours. */
const SCHEMES = ["(prefers-color-scheme: dark)", "(forced-colors: active)"];
/** What colours are is asked this often at most. */
const COLOURS_EVERY_MS = 250;
/** So many buckets at most, however wide the screen is. */
const BUCKETS = 2048;
const ROLES = /** @type {const} */ (["input", "output", "kernel", "firing", "error", "ink", "paper"]);

/**
 * What of a track is laid on a sheet, and where.
 * @typedef {object} Sheet
 * @property {Frame} frame
 * @property {string} name another one where the same number of the track's revision means another track
 * @property {Stretch} stretch
 * @property {number} veiled what comes after this position is not drawn
 * @property {(position: number) => number} part how far from the left to the right a position stands, from 0 to 1
 */

/** @param {HTMLElement} area @param {ReturnType<typeof import("./minimap.js").createMinimap>} minimap @param {() => void} resized there is other room for them */
export function createLanes(area, minimap, resized) {
  const colours = createColours();
  const own = createSheet("lanes");
  const other = createSheet("lanes other");
  area.prepend(own.canvas, other.canvas);
  const lay = createLaying(own, other);
  /** @type {Laid | null} */
  let laid = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let later;
  /** @type {Shown | null} */
  let last = null;
  // Asking for it at each change would make the browser lay out everything each time.
  const size = { width: 0, height: 0 };
  whenSized(area, () => {
    [size.width, size.height] = [area.clientWidth - GUTTER, area.clientHeight];
    colours.ask();
    return () => {
      survey();
      resized();
      draw();
    };
  });

  /** @param {Shown} shown */
  function update(shown) {
    last = shown;
    survey();
    // Words on a sheet have a font: to write one, a browser works out the styles of all that changed.
    onceLaidOut(area, () => {
      colours.renew(shown.theme);
      draw();
    });
  }

  /** Asks the tracks for what there is to draw. */
  function survey() {
    if (!last || size.width <= 0) return;
    const now = lay(last, size);
    if (typeof now === "number") later ??= setTimeout(() => ((later = undefined), last && update(last)), now);
    else laid = now;
  }

  /** Moves nothing. */
  function draw() {
    const { width } = size;
    const coloured = colours.look();
    if (!laid || width <= 0 || !coloured) return;
    const { shown: { frame, lang, text }, whole, all, full, sheet, beside, rows } = laid;
    const look = { width, ...coloured, text, rows };
    const key = [whole, full, ...Object.values(look.colours), devicePixelRatio].join();
    minimap.draw(all, sheet.veiled, { start: frame.start, length: frame.length, full }, { width, colour: look.colours.kernel, key: [key, sheet.veiled].join() });
    own.draw(sheet, full, look, [key, lang, look.rows].join());
    if (beside) other.draw(beside, full, look, [key, lang, look.rows].join());
  }

  /** Whether a column is several steps, so that lengths have a pale part. */
  const isCoarse = () => own.isCoarse();
  return { swatches: colours.swatches, update, listen: (/** @type {AbortSignal} */ signal) => colours.listen(signal, draw), width: () => size.width, isCoarse };
}

/**
 * What is laid on the sheets.
 * @typedef {{shown: Shown, whole: string, all: Bucket[], full: number, sheet: Sheet, beside: Sheet | null, rows: import("./paint.js").Rows}} Laid `whole` is of which track, in
 *   so much room, and `all` all of it
 */

/**
 * @param {ReturnType<typeof createSheet>} own
 * @param {ReturnType<typeof createSheet>} other
 * @returns {(shown: Shown, size: {width: number, height: number}) => Laid | number} a number where it is to wait so many milliseconds
 */
function createLaying(own, other) {
  let [surveyedAt, whole, full] = [0, "", 1];
  /** @type {Bucket[]} */
  let all = [];
  return (shown, { width, height }) => {
    const { frame, stretch, lesson } = shown;
    const now = [width, frame.revision, frame.start, frame.length, frame.connection.number].join();
    // Surveying a live track again and again takes a while: now and then is enough.
    const wait = frame.source === "live" && now !== whole ? surveyedAt + LIVE_EVERY_MS - performance.now() : 0;
    if (wait > 0) return wait;
    if (now !== whole) {
      all = own.survey({ frame, name: "" }, { from: frame.start, to: frame.length }, width);
      full = scaleFor(most(all, (b) => Math.max(b.inMax, b.outMax)), [most(all, (b) => b.high)]);
      [surveyedAt, whole] = [performance.now(), now];
    }
    const part = (/** @type {number} */ position) => (position - stretch.from) / Math.max(stretch.to - stretch.from, 1);
    // Beyond the cursor is the answer.
    const sheet = { frame, name: "", stretch, veiled: lesson?.veiled ? frame.position : Infinity, part };
    const beside = besideOf(sheet);
    const rows = rowsIn(height, frame.aligned !== null);
    own.look(sheet, whole, width, rows);
    other.canvas.hidden = !beside;
    if (beside) other.look(beside, whole, width, rows);
    return { shown, whole, all, full, sheet, beside, rows };
  };
}

/** What lies beside a sheet: the other libevent's run, as far as there is one. @param {Sheet} sheet @returns {Sheet | null} */
function besideOf({ frame, stretch, veiled, part }) {
  const { aligned, other, against, length } = frame;
  if (!other || !aligned) return null;
  const there = (/** @type {number} */ position) => across(aligned.own, aligned.other, position);
  const back = (/** @type {number} */ position) => part(across(aligned.other, aligned.own, position));
  return { frame: other, name: `${against} ${length}`, stretch: { from: Math.floor(there(stretch.from)), to: Math.ceil(there(stretch.to)) }, veiled: there(veiled), part: back };
}

/** The roles' colours and the font, as the page around has them. They are asked where all is laid out. */
function createColours() {
  const swatches = ROLES.map((role) => h("span", { class: `swatch ${role}`, hidden: true }));
  let [askedAt, askedOf] = [-Infinity, ""];
  /** @type {{colours: Colours, font: string} | null} */
  let look = null;

  function ask() {
    const styles = swatches.map((swatch) => getComputedStyle(swatch));
    const colours = /** @type {Colours} */ (Object.fromEntries(ROLES.map((role, index) => [role, styles[index].backgroundColor])));
    look = { colours, font: `12px ${styles[0].fontFamily}` };
  }

  /** @param {string} theme */
  function renew(theme) {
    const now = performance.now();
    if (theme === askedOf && now < askedAt + COLOURS_EVERY_MS) return;
    [askedAt, askedOf] = [now, theme];
    ask();
  }

  /** A page that goes by the system's colours has others when that has. @param {AbortSignal} signal @param {() => void} then */
  function listen(signal, then) {
    const changed = () => {
      ask();
      then();
    };
    for (const words of SCHEMES) matchMedia(words).addEventListener("change", changed, { signal });
  }
  return { swatches, ask, renew, listen, look: () => look };
}

/** @param {string} name */
function createSheet(name) {
  const canvas = h("canvas", { class: name, "aria-hidden": "true" });
  const surveyed = new Survey();
  const layers = { steps: createLayer(), hatch: createLayer() };
  let [looked, drawn] = ["", ""];
  /** @type {Bucket[]} */
  let buckets = [];

  /** @param {Pick<Sheet, "frame" | "name">} of @param {Stretch} stretch @param {number} width */
  function survey({ frame, name }, stretch, width) {
    const of = { connection: frame.connection.number, revision: `${frame.revision} ${name}` };
    return surveyed.buckets(frame.track, of, stretch, Math.min(width, BUCKETS));
  }

  /** Learns what is laid on it. @param {Sheet} sheet @param {string} whole of which track, in so much room @param {number} width @param {import("./paint.js").Rows} rows */
  function look({ frame, name, stretch }, whole, width, rows) {
    style(canvas, "block-size", `${heightOf(rows)}px`);
    const now = [whole, name, frame.length, stretch.from, stretch.to].join();
    if (now !== looked) buckets = survey({ frame, name }, stretch, width);
    looked = now;
  }

  /** @param {Sheet} sheet what was laid on it @param {number} full @param {Omit<Parameters<typeof paint>[2], "part"> & {font: string}} look @param {string} key of all that is drawn, but for that */
  function draw({ stretch, veiled, part }, full, look, key) {
    const under = [key, look.font, looked].join();
    const now = [under, veiled].join();
    if (now === drawn) return;
    drawn = now;
    const place = { width: look.width + GUTTER, height: heightOf(look.rows), font: look.font };
    paint(empty(canvas, place), { buckets, stretch, full, veiled }, { ...look, part }, {
      steps: (paints) => layers.steps(under, place, paints),
      hatch: (paints) => layers.hatch(under, place, paints),
    });
  }

  const isCoarse = () => buckets.some(({ at, to }) => to > at);
  return { canvas, survey, look, draw, isCoarse };
}

/** The most that there is in any of them. @param {Bucket[]} buckets @param {(bucket: Bucket) => number} of */
const most = (buckets, of) => buckets.reduce((sum, bucket) => Math.max(sum, of(bucket)), 0);

/** A sheet that is laid on others, and painted anew where it is painted from something else. */
function createLayer() {
  /** @type {HTMLCanvasElement | null} */
  let canvas = null;
  let painted = "";
  /** @param {string} from @param {Place} place @param {(context: CanvasRenderingContext2D) => void} paints */
  return (from, place, paints) => {
    canvas ??= h("canvas");
    if (from !== painted) paints(empty(canvas, place));
    painted = from;
    return canvas;
  };
}

/** @typedef {{width: number, height: number, font: string}} Place in CSS pixels */

/** An empty sheet to draw on, in CSS pixels. @param {HTMLCanvasElement} canvas @param {Place} place */
function empty(canvas, { width, height, font }) {
  const ratio = devicePixelRatio || 1;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = font;
  return context;
}
