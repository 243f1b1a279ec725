/** The engine of the site, without a page. */
import { readFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";

const SITE = process.env.BUFFEREVENT_SITE ?? fileURLToPath(new URL("../../../target/site", import.meta.url));

/** @returns {Promise<typeof import("../../pkg/bufferevent_wasm.js")>} */
export async function engine() {
  const pkg = await import(pathToFileURL(`${SITE}/pkg/bufferevent_wasm.js`).href);
  pkg.initSync({ module: await readFile(`${SITE}/pkg/bufferevent_wasm_bg.wasm`) });
  pkg.joinRest(await readFile(`${SITE}/pkg/bufferevent_wasm_rest.wasm`));
  return pkg;
}
