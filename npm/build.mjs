/**
 * Makes the two npm packages as folders, from what `cargo xtask packages` has built. It packs them.
 *
 *     node npm/build.mjs GLUE SITE OUT
 *
 * GLUE has the wasm with its glue in the folders `web` and `nodejs`, SITE is the bundle, OUT gets a folder a package.
 */
import { copyFileSync, cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

import { nodeGlue, webGlue } from "./glue.mjs";
import { types } from "./types.mjs";

/** The tests' packages are the only ones that the project has. */
const { build } = createRequire(new URL("../web/tests/package.json", import.meta.url))("esbuild");
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const [GLUE, SITE, OUT] = process.argv.slice(2);
const WASM = "bufferevent_wasm_bg.wasm";
const VERSION = /^version = "(.*)"$/m.exec(read(join(ROOT, "Cargo.toml")))?.[1];

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
  const shared = {
    version: VERSION,
    license: "MIT OR Apache-2.0",
    keywords: ["libevent", "bufferevent", "evbuffer", "event-loop", "visualization"],
    engines: { node: ">=20" },
  };
  writeFileSync(join(folder, "package.json"), `${JSON.stringify({ name, ...shared, ...manifest }, null, 2)}\n`);
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

function wasmPackage() {
  const folder = start("bufferevent-wasm", "npm/wasm");
  const write = (/** @type {string} */ name, /** @type {string} */ text) => writeFileSync(join(folder, name), text);
  const module = readFileSync(join(GLUE, "web", WASM));
  write(WASM, /** @type {any} */ (module));
  write("glue.js", webGlue(read(join(GLUE, "web/bufferevent_wasm.js"))));
  write("node.cjs", nodeGlue(read(join(GLUE, "nodejs/bufferevent_wasm.js"))) + NODE_END + constants((name, flags) => `exports.${name} = ${flags};\n`));
  write("flags.js", constants((name, flags) => `export const ${name} = ${flags};\n`));
  for (const name of ["web.js", "inline.js"]) write(name, read(join(ROOT, "npm/wasm", name)));
  write("bytes.js", `/** The engine's wasm, in base64. */\nexport const BYTES = "${module.toString("base64")}";\n`);
  const names = Object.keys(createRequire(import.meta.url)(join(folder, "node.cjs"))).filter((name) => name !== "default");
  write("node.js", `import engine from "./node.cjs";\n\nexport const { ${names.join(", ")} } = engine;\nexport default engine.init;\n`);
  const declared = types(read(join(GLUE, "web/bufferevent_wasm.d.ts")), constants((name, flags) => `export declare const ${name}: ${flags.replaceAll(/"(?=\w+":)/g, 'readonly "')};\n`));
  for (const name of ["index", "inline"]) for (const kind of ["d.ts", "d.cts"]) write(`${name}.${kind}`, declared);
  copyFileSync(join(ROOT, "wasm/README.md"), join(folder, "README.md"));
  return build({ entryPoints: [join(folder, "inline.js")], outfile: join(folder, "inline.cjs"), bundle: true, format: "cjs", platform: "neutral", logLevel: "warning" });
}

/** The engine's sources and the map of the lines that act, as one module that is loaded when they are looked at. */
function sourcesModule() {
  const from = join(SITE, "source");
  const files = readdirSync(from, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const texts = files.map((entry) => join(entry.parentPath, entry.name)).map((file) => [relative(from, file), read(file)]);
  return `export const FILES = ${JSON.stringify(Object.fromEntries(texts))};`;
}

/** What the page fetches from beside itself, as modules: a bundler moves files to where no address leads. @param {boolean} inline */
const asModules = (inline) => ({
  name: "as modules",
  /** @param {import("esbuild").PluginBuild} to */
  setup(to) {
    to.onLoad({ filter: /views\/styles\.js$/ }, () => ({ contents: stylesModule(), loader: "js" }));
    to.onLoad({ filter: /views\/code\.js$/ }, ({ path }) => ({ contents: withSources(read(path)), loader: "js" }));
    to.onResolve({ filter: /pkg\/bufferevent_wasm\.js$/ }, () => ({ path: join(OUT, "bufferevent-wasm", inline ? "inline.js" : "web.js") }));
    to.onResolve({ filter: /^bufferevent:sources$/ }, () => ({ path: "sources", namespace: "bufferevent" }));
    to.onLoad({ filter: /.*/, namespace: "bufferevent" }, () => ({ contents: sourcesModule(), loader: "js" }));
  },
});

function stylesModule() {
  const names = /const NAMES = (\[.*\]);/.exec(read(join(SITE, "views/styles.js")))?.[1];
  if (!names) throw new Error("web/views/styles.js no longer names the sheets");
  const texts = JSON.parse(names).map((/** @type {string} */ name) => read(join(SITE, `styles/${name}.css`)));
  return `const TEXTS = ${JSON.stringify(texts)};
    let sheets;
    export async function loadStyles() {
      sheets ??= TEXTS.map((text) => { const sheet = new CSSStyleSheet(); sheet.replaceSync(text); return sheet; });
      return sheets;
    }`;
}

/** @param {string} code */
function withSources(code) {
  const place = 'new URL("../source/", import.meta.url)';
  if (!code.includes(place)) throw new Error("web/views/code.js no longer says where the sources are");
  return `async function fetch(url) {
      const { FILES } = await import("bufferevent:sources");
      const text = FILES[url.pathname.slice(1)];
      return { ok: text !== undefined, text: async () => text, json: async () => JSON.parse(text) };
    }
    ${code.replace(place, 'new URL("sources:///")')}`;
}

async function labPackage() {
  const folder = start("bufferevent-lab", "npm/lab");
  const options = /** @type {const} */ ({ bundle: true, format: "esm", minify: true, target: "es2022", legalComments: "none", logLevel: "warning" });
  const entryPoints = { lab: join(SITE, "lab.js") };
  await build({ ...options, entryPoints, outdir: folder, splitting: true, chunkNames: "[name]-[hash]", plugins: [asModules(false)] });
  await build({ ...options, entryPoints: { "lab.single": entryPoints.lab }, outdir: folder, plugins: [asModules(true)] });
  copyFileSync(join(GLUE, "web", WASM), join(folder, WASM));
  copyFileSync(join(OUT, "bufferevent-wasm/index.d.ts"), join(folder, "engine.d.ts"));
  for (const name of readdirSync(join(ROOT, "npm/lab"))) if (name !== "package.json") cpSync(join(ROOT, "npm/lab", name), join(folder, name));
}

await wasmPackage();
await labPackage();
