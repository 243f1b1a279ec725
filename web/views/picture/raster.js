/** A drawing in pixels. */

import { telling } from "../../engine/telling.js";

/** @typedef {import("./drawing.js").Drawing} Drawing */

/** A picture has so many pixels for one of the page. */
const DENSITY = 2;

/**
 * Draws it on a canvas.
 * @param {Drawing} drawing
 * @param {number} density
 * @param {HTMLCanvasElement} [canvas]
 */
export async function painted({ svg, width, height }, density, canvas = document.createElement("canvas")) {
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  await image.decode().catch(() => {
    throw telling("the page's content policy lets no picture be drawn: it needs img-src data:");
  });
  if (canvas.width !== width * density || canvas.height !== height * density) Object.assign(canvas, { width: width * density, height: height * density });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return { canvas, context };
}

/** What a canvas holds as a PNG file. @param {HTMLCanvasElement} canvas @returns {Promise<Blob>} */
export const pngOf = (canvas) => new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(telling("the browser makes no picture of this size"))), "image/png"));

/** @param {Drawing} drawing */
export async function rasterOf(drawing) {
  const { canvas } = await painted(drawing, DENSITY);
  return pngOf(canvas);
}
