/** The types of the package `bufferevent-wasm`: those of wasm-bindgen's web form, with our own way to start. */

const START = `
/** Where the engine's wasm comes from: an address, a \`URL\`, a \`Response\`, its bytes, or a \`WebAssembly.Module\`. */
export type EngineSource = string | object;

/**
 * Loads the engine, once however often it is called. Everything else waits for it.
 *
 * In Node it is there from the start, and this has nothing to do. In browsers and workers the wasm is fetched from beside
 * the package, or from the place that is given.
 */
export function init(from?: EngineSource | Promise<EngineSource>): Promise<void>;
export default init;

/** Loads the engine at once, from its bytes or a \`WebAssembly.Module\`. The form \`inline\` needs neither. */
export function initSync(from?: { module: object }): void;
`;

/** @param {string} bound what wasm-bindgen wrote @param {string} flags */
export function types(bound, flags) {
  const end = bound.indexOf("export type InitInput");
  if (end < 0) throw new Error("wasm-bindgen's types no longer have InitInput");
  const api = bound.slice(0, end).replaceAll(/\/\* (tslint|eslint):?-disable \*\/\n/g, "");
  return `/// <reference lib="esnext.disposable" />\n${START}${flags}\n${api.trim()}\n`;
}
