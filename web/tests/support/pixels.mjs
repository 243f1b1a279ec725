/** Pictures of parts of the page, and how much of one can be told from another. */

/** What the luminances of two colours must differ by to be told apart: the contrast that WCAG asks of graphics. */
const CONTRAST = 3;

/**
 * How many CSS pixels of two pictures (PNG) can be told apart, in a page that is not under the lab's policy.
 * @param {import("playwright-core").Page} page
 * @param {Buffer} one
 * @param {Buffer} other
 * @returns {Promise<number>}
 */
export const difference = (page, one, other) =>
  page.evaluate(
    async ([pngs, contrast]) => {
      const images = await Promise.all(pngs.map(async (png) => createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob())));
      const [width, height] = [Math.max(...images.map((it) => it.width)), Math.max(...images.map((it) => it.height))];
      const [a, b] = images.map((image) => {
        const context = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(width, height).getContext("2d"));
        context.drawImage(image, 0, 0);
        return context.getImageData(0, 0, width, height).data;
      });
      const linear = (/** @type {number} */ value) => (value <= 10 ? value / 3294 : ((value / 255 + 0.055) / 1.055) ** 2.4);
      const luminance = (/** @type {Uint8ClampedArray} */ data, /** @type {number} */ at) => 0.2126 * linear(data[at]) + 0.7152 * linear(data[at + 1]) + 0.0722 * linear(data[at + 2]);
      let count = 0;
      for (let at = 0; at < a.length; at += 4) {
        const [x, y] = [luminance(a, at), luminance(b, at)];
        if ((Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05) >= contrast) count++;
      }
      return count;
    },
    /** @type {const} */ ([[one.toString("base64"), other.toString("base64")], CONTRAST]),
  );
