/**
 * Makes the two npm packages as folders, from what `cargo xtask packages` has built. It packs them.
 *
 *     node npm/build.mjs GLUE SITE OUT
 *
 * GLUE has the wasm with its glue in the folders `web` and `nodejs`, SITE is the bundle, whose files the packages carry, OUT gets a
 * folder a package.
 */
import { copyFileSync, cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";

import { nodeGlue, webGlue } from "./glue.mjs";
import { types } from "./types.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const [GLUE, SITE, OUT] = process.argv.slice(2);
const WASM = "bufferevent_wasm_bg.wasm";
/** What all crates have of this name. @param {string} name */
const shared = (name) => new RegExp(`^${name} = "(.*)"$`, "m").exec(read(join(ROOT, "Cargo.toml")))?.[1];
const [VERSION, REPOSITORY] = [shared("version"), shared("repository")];

/** @param {string} file */
function read(file) {
  return readFileSync(file, "utf8");
}

/** A fresh folder with what every package has. @param {string} name @param {string} from */
function start(name, from) {
  const folder = join(OUT, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const manifest = JSON.parse(read(join(ROOT, from, "package.json")));
  const common = {
    version: VERSION,
    ...(REPOSITORY && { repository: { type: "git", url: `git+${REPOSITORY}.git` } }),
    license: "MIT OR Apache-2.0",
    keywords: ["libevent", "bufferevent", "evbuffer", "event-loop", "visualization"],
    engines: { node: ">=20" },
  };
  writeFileSync(join(folder, "package.json"), `${JSON.stringify({ name, ...common, ...manifest }, null, 2)}\n`);
  for (const file of ["LICENSE-MIT", "LICENSE-APACHE"]) copyFileSync(join(ROOT, file), join(folder, file));
  return folder;
}

/** What the CommonJS form has beside wasm-bindgen's: it starts by itself. */
const NODE_END = `
exports.init = async () => {};
exports.initSync = () => {};
exports.default = exports.init;
Object.defineProperty(exports, "__esModule", { value: true });
`;

/** Each flag word as a constant. @param {(name: string, flags: string) => string} declare */
function constants(declare) {
  const words = Object.entries(JSON.parse(read(join(ROOT, "npm/wasm/flags.json"))));
  return words.map(([name, flags]) => declare(name, JSON.stringify(flags))).join("");
}

/**
 * The engine's wasm as a module that gives its bytes. They are packed: nothing packs base64 well that was not packed before.
 * @param {Buffer} module @param {string} outfile
 */
async function packed(module, outfile) {
  const text = gzipSync(module, { level: 9 }).toString("base64");
  const contents = `import { gunzipSync } from "fflate";

/** The bytes of the engine's wasm. */
export const bytes = () => gunzipSync(Uint8Array.from(atob("${text}"), (character) => character.charCodeAt(0)));`;
  const banner = { js: `/*! Unpacked by fflate.\n${read(join(ROOT, "npm/node_modules/fflate/LICENSE"))}\n*/` };
  await build({ stdin: { contents, resolveDir: join(ROOT, "npm") }, outfile, bundle: true, format: "esm", platform: "neutral", minify: true, banner, logLevel: "warning" });
}

async function wasmPackage() {
  const folder = start("bufferevent-wasm", "npm/wasm");
  const write = (/** @type {string} */ name, /** @type {string} */ text) => writeFileSync(join(folder, name), text);
  const module = readFileSync(join(GLUE, "web", WASM));
  write(WASM, /** @type {any} */ (module));
  write("glue.js", webGlue(read(join(GLUE, "web/bufferevent_wasm.js")), read(join(ROOT, "wasm/rest.js"))));
  write("node.cjs", nodeGlue(read(join(GLUE, "nodejs/bufferevent_wasm.js"))) + NODE_END + constants((name, flags) => `exports.${name} = ${flags};\n`));
  write("flags.js", constants((name, flags) => `export const ${name} = ${flags};\n`));
  for (const name of ["web.js", "inline.js"]) write(name, read(join(ROOT, "npm/wasm", name)));
  await packed(module, join(folder, "bytes.js"));
  const names = Object.keys(createRequire(import.meta.url)(join(folder, "node.cjs"))).filter((name) => name !== "default");
  write("node.js", `import engine from "./node.cjs";\n\nexport const { ${names.join(", ")} } = engine;\nexport default engine.init;\n`);
  const declared = types(read(join(GLUE, "web/bufferevent_wasm.d.ts")), constants((name, flags) => `export declare const ${name}: ${flags.replaceAll(/"(?=\w+":)/g, 'readonly "')};\n`));
  for (const name of ["index", "inline"]) for (const kind of ["d.ts", "d.cts"]) write(`${name}.${kind}`, declared);
  copyFileSync(join(ROOT, "wasm/README.md"), join(folder, "README.md"));
}

/** The files below a folder of the site, as a module. @param {string} folder */
function carried(folder) {
  const files = readdirSync(join(SITE, folder), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const texts = files.map((entry) => join(entry.parentPath, entry.name)).map((file) => [relative(SITE, file).replaceAll(sep, "/"), read(file)]);
  if (texts.length === 0) throw new Error(`the site has nothing in ${folder}`);
  return `export const FILES = ${JSON.stringify(Object.fromEntries(texts))};`;
}

/**
 * The page's modules, but for the two that load something: what is fetched from beside the page is in modules here, and the
 * engine is the package's.
 * @param {boolean} inline
 */
const asModules = (inline) => ({
  name: "as modules",
  /** @param {import("esbuild").PluginBuild} to */
  setup(to) {
    to.onResolve({ filter: /\/assets\.js$/ }, () => ({ path: join(ROOT, "npm/assets.js") }));
    to.onResolve({ filter: /pkg\/bufferevent_wasm\.js$/ }, () => ({ path: join(OUT, "bufferevent-wasm", inline ? "inline.js" : "web.js") }));
    to.onResolve({ filter: /^bufferevent:/ }, ({ path }) => ({ path: path.replace("bufferevent:", ""), namespace: "bufferevent" }));
    to.onLoad({ filter: /.*/, namespace: "bufferevent" }, ({ path }) => ({ contents: path === "script" ? script(inline) : carried(path), loader: "js" }));
    to.onEnd(({ metafile }) => {
      const loads = Object.keys(metafile?.inputs ?? {});
      if (!loads.some((input) => input.endsWith("npm/assets.js")) || loads.some((input) => input.endsWith("engine/assets.js"))) throw new Error("the page no longer finds its files by web/engine/assets.js");
    });
  },
});

/** What another page loads: the one file itself, as it is addressed, unless a bundler has put it into another. @param {boolean} inline */
const script = (inline) => `export const SCRIPT = ${inline ? '/\\/lab\\.single\\.js$/.test(import.meta.url) ? import.meta.url : "lab.single.js"' : '"lab.single.js"'};`;

async function labPackage() {
  const folder = start("bufferevent-lab", "npm/lab");
  const options = /** @type {const} */ ({ bundle: true, format: "esm", minify: true, target: "es2022", legalComments: "none", metafile: true, logLevel: "warning" });
  const entryPoints = { lab: join(ROOT, "web/lab.js") };
  await build({ ...options, entryPoints, outdir: folder, splitting: true, chunkNames: "[name]-[hash]", plugins: [asModules(false)] });
  await build({ ...options, entryPoints: { "lab.single": entryPoints.lab }, outdir: folder, legalComments: "eof", plugins: [asModules(true)] });
  copyFileSync(join(GLUE, "web", WASM), join(folder, WASM));
  copyFileSync(join(OUT, "bufferevent-wasm/index.d.ts"), join(folder, "engine.d.ts"));
  for (const name of readdirSync(join(ROOT, "npm/lab"))) if (name !== "package.json") cpSync(join(ROOT, "npm/lab", name), join(folder, name));
}

await wasmPackage();
await labPackage();
