/** Programs and pages made by tools that are large or take their time. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, symlinkSync } from "node:fs";
import path from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { ELEMENT_TELLS, TAG, close, consume, element, isElement, isEngine, project, withElement, withEngine } from "../project.mjs";

after(close);

const MODULES = fileURLToPath(new URL("node_modules/", import.meta.url));
const MDBOOK = process.env.BUFFEREVENT_MDBOOK;
if (!MDBOOK) throw new Error("BUFFEREVENT_MDBOOK is not set: run `cargo xtask test --all`");

/** Runs a program in a project. @param {ReturnType<typeof project>} made @param {string} program @param {string[]} given */
function run(made, program, given) {
  try {
    return execFileSync(program, given, { cwd: made.folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NO_COLOR: "1", PARCEL_WORKERS: "1" } });
  } catch (error) {
    throw new Error(`${path.basename(program)} ${given.join(" ")}: ${error.stderr}${error.stdout}`);
  }
}

/** A page of somebody's site: it tells whether its element is there. */
const TELL = `const lab = document.querySelector("bufferevent-lab");
const ready = () => (globalThis.told = { defined: Boolean(customElements.get("bufferevent-lab")), there: lab.length > 20, high: lab.offsetHeight > 300 && lab.offsetHeight < 3000 });
if (lab.picture) ready(); else lab.addEventListener("ready", ready, { once: true });
`;
const tells = (it) => assert.deepEqual(it, ELEMENT_TELLS);

/** Parcel goes by a package's export map only where it is told to. */
const MANIFEST = { "package.json": JSON.stringify({ type: "module", "@parcel/resolver-default": { packageExports: true } }) };
/** @param {ReturnType<typeof project>} made */
const byParcel = (made) => {
  run(made, process.execPath, [path.join(MODULES, "parcel/lib/bin.js"), "build", "index.html", "--dist-dir", "built", "--public-url", "./", "--no-cache", "--no-source-maps", "--no-optimize"]);
  return "built";
};

test("Parcel: the engine", () => consume({ ...withEngine(), ...MANIFEST }, byParcel, isEngine));
test("Parcel: the element", () => consume({ ...withElement(), ...MANIFEST }, byParcel, isElement));

test("Deno has the engine, without leave to do anything but read", () => {
  const made = project({
    "package.json": JSON.stringify({ type: "module", dependencies: { "bufferevent-wasm": "*" } }),
    "deno.json": JSON.stringify({ nodeModulesDir: "manual" }),
    "main.ts": `import init, { Simulation, type StepRecord, What, defaultScenario } from "bufferevent-wasm";
await init();
const simulation = new Simulation(defaultScenario());
const record: StepRecord | undefined = simulation.record(1);
console.log(JSON.stringify({ length: simulation.length, eof: What.EOF, line: record?.line }));
`,
  });
  try {
    const deno = path.join(MODULES, "@deno", `${process.platform}-${process.arch}${process.platform === "linux" ? "-glibc" : ""}`, "deno");
    run(made, deno, ["check", "main.ts"]);
    isEngine(JSON.parse(run(made, deno, ["run", "--no-prompt", "--allow-read", "main.ts"])));
  } finally {
    made.remove();
  }
});

test("a slide of reveal.js has the element, in the height that it is given", () =>
  consume(
    {
      "index.html": `<!doctype html><html lang="en"><meta charset="utf-8"><title>slides</title><link rel="stylesheet" href="reveal/reveal.css"><body><div class="reveal"><div class="slides"><section><h2>One</h2></section><section><bufferevent-lab lesson="5" controls="minimal"></bufferevent-lab></section></div></div><script type="module" src="main.js"></script></body></html>`,
      "main.js": `import Reveal from "./reveal/reveal.mjs";
${element("./node_modules/bufferevent-lab/lab.single.js").replace("globalThis.told =", "const seen = () =>")}
const deck = new Reveal({ width: 1280, height: 720, margin: 0, transition: "none" });
await deck.initialize();
const before = deck.getIndices().h;
deck.slide(1);
while (!labs[0].checkVisibility({ visibilityProperty: true })) await new Promise(requestAnimationFrame);
labs[0].shadowRoot.querySelector(".lab").focus();
labs[0].dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
globalThis.told = { before, after: deck.getIndices().h, labs: seen() };
`,
    },
    (made) => {
      cpSync(path.join(MODULES, "reveal.js/dist"), made.at("reveal"), { recursive: true });
      return ".";
    },
    (it) => assert.deepEqual(it, { before: 0, after: 1, labs: [ELEMENT_TELLS] }),
  ));

test("a page of VitePress has the element, rendered on a server and taken up in the browser", () =>
  consume(
    {
      "index.md": `# A chapter\n\n${TAG}\n\n<Tell />\n`,
      ".vitepress/config.mjs": `export default { title: "book", vue: { template: { compilerOptions: { isCustomElement: (tag) => tag === "bufferevent-lab" } } } };`,
      ".vitepress/theme/index.js": `import DefaultTheme from "vitepress/theme";
import "bufferevent-lab/single";
import { h, onMounted } from "vue";
const Tell = { setup: () => (onMounted(() => { ${TELL} }), () => h("i")) };
export default { extends: DefaultTheme, enhanceApp: ({ app }) => app.component("Tell", Tell) };`,
    },
    (made) => {
      for (const name of ["vitepress", "vue"]) symlinkSync(path.join(MODULES, name), made.at(`node_modules/${name}`));
      run(made, process.execPath, [path.join(MODULES, "vitepress/bin/vitepress.js"), "build"]);
      return ".vitepress/dist";
    },
    tells,
  ));

test("a chapter of mdBook has the element", () =>
  consume(
    {
      "book.toml": '[book]\ntitle = "book"\n',
      "src/SUMMARY.md": "- [A chapter](chapter.md)\n",
      "src/chapter.md": `# A chapter\n\n<script type="module" src="lab.single.js"></script>\n${TAG}\n<script type="module">\n${TELL}</script>\n`,
    },
    (made) => {
      copyFileSync(made.at("node_modules/bufferevent-lab/lab.single.js"), made.at("src/lab.single.js"));
      run(made, MDBOOK, ["build"]);
      return "book";
    },
    tells,
  ));

test("templates of Vue know the element's attributes, and what is none", () => {
  const page = (attributes) => `<script setup lang="ts">import type {} from "bufferevent-lab/vue";</script>\n<template><bufferevent-lab ${attributes} /></template>\n`;
  const compilerOptions = { strict: true, noEmit: true, module: "esnext", moduleResolution: "bundler", target: "es2022", lib: ["es2022", "dom"], types: [], skipLibCheck: true };
  const files = { "Good.vue": page('lesson="5" :position="3" compare :scenario="{ format: 1 }" controls="minimal" class="wide"'), "Bad.vue": page('controls="sulking"') };
  const made = project(files);
  try {
    symlinkSync(path.join(MODULES, "vue"), made.at("node_modules/vue"));
    const check = (/** @type {string} */ file) => {
      const config = made.at(`tsconfig.${file}.json`);
      made.write(`tsconfig.${file}.json`, JSON.stringify({ compilerOptions, vueCompilerOptions: { strictTemplates: true }, files: [file] }));
      return run(made, process.execPath, [path.join(MODULES, "vue-tsc/bin/vue-tsc.js"), "--project", config]);
    };
    assert.equal(check("Good.vue"), "");
    assert.throws(() => check("Bad.vue"), /sulking/);
  } finally {
    made.remove();
  }
});
