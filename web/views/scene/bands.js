/**
 * A buffer's bytes as they stand in its vessel: the newest on top, the next one out at the bottom; within a row from left to
 * right, as text is read. Pure.
 *
 * A level is exact, so that it can be compared with a mark. Cells of bytes therefore share what height there is.
 */

/** Up to so many bytes, each is a cell. */
export const MOST_CELLS = 64;
/** A cell smaller than this shows no glyph that can be read. */
const LEAST = { w: 5.2, h: 9.5 };
/** And one smaller than this is not seen as one. */
const SEEN = { w: 3, h: 5 };
/** So wide, it is read as text is: the fewer rows there are, the more of it stands in one. */
const READ = 9.6;

/**
 * @typedef {object} Band a stretch of bytes, one over the other in rows
 * @property {number} from the first of its bytes, counted from the next one out
 * @property {number} to the one after its last
 * @property {boolean} fresh they are of this step
 * @property {boolean} read cells are large enough for their glyphs
 * @property {{x: number, y: number, w: number, h: number, byte: number}[]} cells in the band's own rectangle, from its lower left; none where
 *   they would be too small
 */

/**
 * @param {number} len how many bytes there are
 * @param {number} fresh so many of the last are of this step
 * @param {{w: number, h: number}} vessel
 * @param {number} full how many bytes the vessel's whole height is
 * @returns {Band[]}
 */
export function bandsOf(len, fresh, vessel, full) {
  const shown = Math.min(len, full);
  const edge = Math.max(shown - fresh, 0);
  const celled = len <= MOST_CELLS && len <= full;
  const height = (/** @type {number} */ bytes) => (bytes / full) * vessel.h;
  return [{ from: 0, to: edge, fresh: false }, { from: edge, to: shown, fresh: true }]
    .filter(({ from, to }) => to > from)
    .map((band) => {
      const cells = (/** @type {typeof LEAST} */ least) => (celled ? cellsOf(band.from, band.to - band.from, vessel.w, height(band.to - band.from), least) : []);
      const glyphs = cells(LEAST);
      return { ...band, read: glyphs.length > 0, cells: glyphs.length > 0 ? glyphs : cells(SEEN) };
    });
}

/**
 * Where the middle of the byte is that goes out next, and whether all that are there stand beside it.
 * @param {number} len
 * @param {number} fresh
 * @param {{w: number, h: number}} vessel
 * @param {number} full
 */
export function firstCell(len, fresh, vessel, full) {
  const [{ cells } = { cells: [] }] = bandsOf(len, fresh, vessel, full);
  const [first] = cells;
  return { middle: first ? first.w / 2 : 0, alone: cells.length === len && cells.every(({ y }) => y === first.y) };
}

/** @param {number} first @param {number} count @param {number} w @param {number} h @param {{w: number, h: number}} least no cell is smaller @returns {Band["cells"]} */
function cellsOf(first, count, w, h, least) {
  const most = Math.floor(h / least.h);
  if (most === 0) return [];
  // A row is never so full that a cell is narrower.
  const needed = Math.ceil((count * least.w) / w);
  const rows = Math.min(Math.ceil((count * READ) / w), most, count);
  if (rows < needed) return [];
  const cells = [];
  let byte = first;
  for (let row = 0; row < rows; row++) {
    // What does not divide goes to the lower rows: each row fills the whole width.
    const here = Math.floor(count / rows) + (row < count % rows ? 1 : 0);
    for (let column = 0; column < here; column++) {
      cells.push({ x: (column * w) / here, y: ((row + 1) * h) / rows, w: w / here, h: h / rows, byte: byte++ });
    }
  }
  return cells;
}
