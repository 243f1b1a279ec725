/** An animated PNG of pictures that were encoded one by one: their data, in the chunks that say when and where each is shown. */

/** @typedef {{png: Uint8Array, x: number, y: number, width: number, height: number, ms: number}} Shot a part of the picture that is drawn over what is there, and stays so long */

const HEADER = 8;
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** @param {Uint8Array} bytes */
function crc(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = TABLE[(value ^ byte) & 0xff] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

/** @param {...number} numbers of four bytes */
function words(...numbers) {
  const bytes = new Uint8Array(numbers.length * 4);
  const view = new DataView(bytes.buffer);
  numbers.forEach((number, index) => view.setUint32(index * 4, number));
  return bytes;
}

/** @param {...Uint8Array} parts */
function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** @param {string} type @param {Uint8Array} data */
function chunk(type, data) {
  const named = joined(new TextEncoder().encode(type), data);
  return joined(words(data.length), named, words(crc(named)));
}

/** The data of the chunks of a type. @param {Uint8Array} png @param {string} wanted */
function dataOf(png, wanted) {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const found = [];
  for (let at = HEADER; at < png.length; ) {
    const length = view.getUint32(at);
    const type = new TextDecoder("latin1").decode(png.subarray(at + 4, at + 8));
    if (type === wanted) found.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  return found;
}

/**
 * The file: its shots again and again. The first is the whole picture, and what a program shows that knows no animation.
 * @param {Shot[]} shots
 * @returns {Uint8Array}
 */
export function apngOf(shots) {
  const [header] = dataOf(shots[0].png, "IHDR");
  let sequence = 0;
  const frames = shots.flatMap(({ png, x, y, width, height, ms }, index) => {
    // Drawn over what is there: neither disposed of nor blended.
    const shown = new Uint8Array([ms >> 8, ms & 0xff, 1000 >> 8, 1000 & 0xff, 0, 0]);
    const control = chunk("fcTL", joined(words(sequence++, width, height, x, y), shown));
    const data = dataOf(png, "IDAT").map((part) => (index === 0 ? chunk("IDAT", part) : chunk("fdAT", joined(words(sequence++), part))));
    return [control, ...data];
  });
  return joined(shots[0].png.subarray(0, HEADER), chunk("IHDR", header), chunk("acTL", words(shots.length, 0)), ...frames, chunk("IEND", new Uint8Array()));
}
