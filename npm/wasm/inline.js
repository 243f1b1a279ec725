import { bytes } from "./bytes.js";
import start, { initSync as startSync } from "./glue.js";

export * from "./flags.js";
export * from "./glue.js";

/** Loads the engine that this module carries, once however often it is called. */
export async function init(from) {
  await start({ module_or_path: from ?? bytes() });
}

export function initSync(from) {
  startSync(from ?? { module: bytes() });
}

export default init;
