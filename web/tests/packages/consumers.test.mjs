/** Programs that use the packages, each built by the tool that it is for, and run in a browser. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, rmSync } from "node:fs";
import { after, test } from "node:test";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import * as esbuild from "esbuild";
import { rollup } from "rollup";
import * as vite from "vite";
import { ELEMENT_TELLS, TAG, close, consume, element, engine, files, hasFiles, html, isElement, isEngine, project, serve, told, withElement, withEngine } from "./project.mjs";

after(close);

const AS_IT_IS = () => ".";
const STRICT = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'";

test("a plain page has the engine, under a strict content policy", () =>
  consume({ "index.html": html("./main.js"), "main.js": engine("./node_modules/bufferevent-wasm/web.js") }, AS_IT_IS, isEngine, { "content-security-policy": STRICT }));

test("a plain page has the engine inlined, and fetches nothing", () =>
  consume({ "index.html": html("./main.js"), "main.js": engine("./node_modules/bufferevent-wasm/inline.js") }, AS_IT_IS, isEngine, { "content-security-policy": STRICT.replace("connect-src 'self'", "connect-src 'none'") }));

for (const form of ["lab.js", "lab.single.js"]) {
  test(`a plain page has the element from ${form}, under a strict content policy`, () =>
    consume({ "index.html": html("./main.js", TAG), "main.js": element(`./node_modules/bufferevent-lab/${form}`) }, AS_IT_IS, isElement, { "content-security-policy": STRICT }));

  test(`the lessons and the engine's sources are in ${form}`, () =>
    consume({ "index.html": html("./main.js", TAG), "main.js": files(`./node_modules/bufferevent-lab/${form}`) }, AS_IT_IS, hasFiles, { "content-security-policy": STRICT }));

  test(`a page of another origin has the element from ${form}`, async () => {
    const cdn = project({});
    const server = await serve(cdn.folder, { "access-control-allow-origin": "*" });
    try {
      await consume({ "index.html": html("./main.js", TAG), "main.js": element(`${server.url}node_modules/bufferevent-lab/${form}`) }, AS_IT_IS, isElement);
    } finally {
      server.close();
      cdn.remove();
    }
  });
}

test("two elements are on one page", () =>
  consume({ "index.html": html("./main.js", TAG + '<bufferevent-lab lesson="1" controls="none"></bufferevent-lab>'), "main.js": element("./node_modules/bufferevent-lab/lab.js") }, AS_IT_IS, (it) =>
    assert.deepEqual(it, [ELEMENT_TELLS, ELEMENT_TELLS])));

test("what a page says of its own text says nothing of the element's", () =>
  consume(
    {
      "index.html": html("./main.js", `<link rel="stylesheet" href="page.css"><main>${TAG}</main>`),
      "page.css": "main { text-align: center; text-transform: uppercase; text-indent: 2em; letter-spacing: 3px; word-spacing: 9px; line-height: 3; font: italic 700 40px/3 serif; white-space: pre; }",
      "main.js": `${element("./node_modules/bufferevent-lab/lab.single.js")}
const { textAlign, textTransform, textIndent, letterSpacing, wordSpacing, whiteSpace, fontStyle, fontSize, lineHeight } = getComputedStyle(labs[0].shadowRoot.querySelector(".lab"));
globalThis.told = [...globalThis.told, { textAlign, textTransform, textIndent, letterSpacing, wordSpacing, whiteSpace, fontStyle, fontSize, lineHeight }];`,
    },
    AS_IT_IS,
    (it) => assert.deepEqual(it, [ELEMENT_TELLS, { textAlign: "start", textTransform: "none", textIndent: "0px", letterSpacing: "normal", wordSpacing: "0px", whiteSpace: "normal", fontStyle: "normal", fontSize: "14px", lineHeight: "20px" }]),
  ));

test("a sandboxed frame has the element, of an origin that may keep nothing", () =>
  consume(
    {
      "index.html": `<!doctype html><html lang="en"><meta charset="utf-8"><title>a course platform</title><body><iframe sandbox="allow-scripts" src="inner.html" width="900" height="700"></iframe><script type="module" src="./main.js"></script></body></html>`,
      "main.js": 'addEventListener("message", ({ origin, data }) => (globalThis.told = { origin, data }));',
      "inner.html": html("./inner.js", TAG),
      "inner.js": `${element("./node_modules/bufferevent-lab/lab.single.js")}parent.postMessage(globalThis.told, "*");`,
    },
    AS_IT_IS,
    (it) => assert.deepEqual(it, { origin: "null", data: [ELEMENT_TELLS] }),
    { "access-control-allow-origin": "*" },
  ));

test("a worker has the engine", () =>
  consume(
    {
      "index.html": html("./main.js"),
      "main.js": 'new Worker("./worker.js", { type: "module" }).onmessage = ({ data }) => (globalThis.told = data);',
      "worker.js": `${engine("./node_modules/bufferevent-wasm/web.js")}postMessage(globalThis.told);`,
    },
    AS_IT_IS,
    isEngine,
  ));

/** @param {ReturnType<typeof project>} made @param {import("esbuild").BuildOptions} [more] */
const byEsbuild = async (made, more = {}) => {
  await esbuild.build({ entryPoints: [made.at("main.js")], bundle: true, format: "esm", outdir: made.at("out"), logLevel: "silent", ...more });
  return "out";
};

test("esbuild: the engine inlined", () => consume(withEngine("/inline"), byEsbuild, isEngine));
test("esbuild: the element in one file", () => consume(withElement("/single"), byEsbuild, isElement));
test("esbuild: the engine, whose wasm is copied beside what is built", () =>
  consume(
    withEngine(),
    (made) => {
      copyFileSync(made.at("node_modules/bufferevent-wasm/bufferevent_wasm_bg.wasm"), made.at("out/bufferevent_wasm_bg.wasm"));
      return byEsbuild(made);
    },
    isEngine,
  ));

test("esbuild: a program that requires the engine inlined is one file, which runs where nothing else is", async () => {
  const made = project({
    "package.json": "{}",
    "main.js": `const { Simulation, What, defaultScenario, initSync } = require("bufferevent-wasm/inline");
initSync();
const simulation = new Simulation(defaultScenario());
console.log(JSON.stringify({ length: simulation.length, eof: What.EOF }));`,
  });
  try {
    await byEsbuild(made, { format: "cjs", platform: "node" });
    rmSync(made.at("node_modules"), { recursive: true });
    isEngine(JSON.parse(execFileSync(process.execPath, [made.at("out/main.js")], { encoding: "utf8" })));
  } finally {
    made.remove();
  }
});

/** @param {ReturnType<typeof project>} made */
const byRollup = async (made) => {
  const bundle = await rollup({ input: made.at("main.js"), plugins: [nodeResolve({ browser: true })], onwarn: (warning) => assert.fail(warning.message) });
  await bundle.write({ dir: made.at("out"), format: "es" });
  await bundle.close();
  return "out";
};

test("Rollup: the engine inlined", () => consume(withEngine("/inline"), byRollup, isEngine));
test("Rollup: the element in one file", () => consume(withElement("/single"), byRollup, isElement));

/** @param {ReturnType<typeof project>} made */
const byVite = async (made) => {
  await vite.build({ root: made.folder, base: "./", logLevel: "error", configFile: false, build: { outDir: made.at("dist"), emptyOutDir: true } });
  return "dist";
};

test("Vite: the engine", () => consume(withEngine(), byVite, isEngine));
test("Vite: the element", () => consume(withElement(), byVite, isElement));

/** What Vite before 8 builds ahead while developing loses its files: the forms that have some are left out of it there. */
const EXCLUDED = { exclude: ["bufferevent-wasm", "bufferevent-lab"] };

for (const [what, program, check, optimizeDeps] of [
  ["the engine", withEngine(), isEngine, EXCLUDED],
  ["the element", withElement(), isElement, EXCLUDED],
  ["the engine, built ahead", withEngine(), isEngine, {}],
  ["the element, built ahead", withElement(), isElement, {}],
  ["the engine inlined", withEngine("/inline"), isEngine, {}],
  ["the element in one file", withElement("/single"), isElement, {}],
]) {
  test(`Vite while developing: ${what}`, async () => {
    const made = project(program);
    const settings = { server: { port: 0, host: "127.0.0.1", hmr: false, watch: null }, optimizeDeps };
    const server = await vite.createServer({ root: made.folder, logLevel: "error", configFile: false, ...settings });
    try {
      await server.listen();
      check(await told(server.resolvedUrls.local[0]));
    } finally {
      await server.close();
      made.remove();
    }
  });
}
