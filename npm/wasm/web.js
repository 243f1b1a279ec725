import start, { initSync as startSync } from "./glue.js";

export * from "./flags.js";
export * from "./glue.js";

/** Loads the engine, once however often it is called. */
export async function init(from) {
  await start({ module_or_path: from ?? new URL("./bufferevent_wasm_bg.wasm", import.meta.url) });
}

export function initSync(from) {
  if (!from?.module) throw new Error("initSync needs the wasm: { module: bytes or WebAssembly.Module }");
  startSync(from);
}

export default init;
