/** Where the packages are that the tests use: `cargo xtask test` says so. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** @param {string} name */
export function variable(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run \`cargo xtask test\``);
  return value;
}

/** The folder of one package: `web`, `bundler` or `nodejs`. @param {string} kind */
export const folder = (kind) => path.join(variable("BUFFEREVENT_PACKAGES"), kind);

/** The project's folder. */
export const root = fileURLToPath(new URL("../../..", import.meta.url));

/** The web package, started in this process. */
export async function web() {
  const script = path.join(folder("web"), "bufferevent_wasm.js");
  const module = readFileSync(path.join(folder("web"), "bufferevent_wasm_bg.wasm"));
  const lab = await import(pathToFileURL(script).href);
  lab.initSync({ module });
  return lab;
}
