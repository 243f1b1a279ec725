/** What is in the packages: the linters that npm's users go by, licences, every form of the same engine, types. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { TARBALLS, project } from "./project.mjs";

const MODULES = fileURLToPath(new URL("../node_modules/", import.meta.url));
let made;
before(() => {
  made = project({});
});
after(() => made?.remove());

const manifest = (name) => JSON.parse(readFileSync(made.at(`node_modules/${name}/package.json`), "utf8"));
const run = (...given) => execFileSync(process.execPath, given, { cwd: made.folder, encoding: "utf8" });

test("both packages are there", () => {
  assert.deepEqual(Object.keys(TARBALLS).sort(), ["bufferevent-lab", "bufferevent-wasm"]);
});

for (const name of ["bufferevent-wasm", "bufferevent-lab"]) {
  test(`publint finds nothing in ${name}`, async () => {
    const { messages } = await publint({ pkgDir: made.at(`node_modules/${name}`), pack: false, strict: true });
    assert.deepEqual(messages.map((message) => formatMessage(message, manifest(name))), []);
  });

  test(`are the types of ${name} wrong? they are not`, () => {
    // The element is for modules only.
    const profile = name === "bufferevent-lab" ? ["--profile", "esm-only"] : [];
    const given = [path.join(MODULES, "@arethetypeswrong/cli/dist/index.js"), TARBALLS[name], ...profile, "--exclude-entrypoints", "bufferevent_wasm_bg.wasm", "lab.single.js", "--no-color", "--no-emoji"];
    const { status, stdout, stderr } = spawnSync(process.execPath, given, { encoding: "utf8" });
    assert.equal(status, 0, stdout + stderr);
  });

  test(`${name} has its licences, and every file that it names`, () => {
    const at = (file) => made.at(`node_modules/${name}/${file}`);
    for (const file of ["LICENSE-MIT", "LICENSE-APACHE", "README.md"]) assert.ok(existsSync(at(file)), file);
    const named = JSON.stringify(manifest(name)).match(/\.\/[^"]+/g) ?? [];
    assert.ok(named.length > 5);
    for (const file of named) if (!/^\.\/(inline|single|react|vue)$/.test(file)) assert.ok(existsSync(at(file)), file);
  });
}

const LENGTH = "console.log(new lab.Simulation(lab.defaultScenario()).length, Object.keys(lab).filter((it) => !['default', '__esModule', 'module.exports'].includes(it)).sort().join())";

test("every form is the same engine with the same names", () => {
  const forms = {
    "Node ESM": ["--input-type=module", "-e", `import * as lab from "bufferevent-wasm"; await lab.default(); ${LENGTH}`],
    "Node ESM, no init": ["--input-type=module", "-e", `import * as lab from "bufferevent-wasm"; ${LENGTH}`],
    "Node CJS": ["--input-type=commonjs", "-e", `const lab = require("bufferevent-wasm"); ${LENGTH}`],
    "inline ESM": ["--input-type=module", "-e", `import * as lab from "bufferevent-wasm/inline"; await lab.init(); ${LENGTH}`],
    "inline CJS": ["--input-type=commonjs", "-e", `const lab = require("bufferevent-wasm/inline"); lab.initSync(); ${LENGTH}`],
    "as a browser": ["--conditions=browser", "--input-type=module", "-e", `import * as lab from "./node_modules/bufferevent-wasm/web.js"; import fs from "node:fs"; await lab.init(fs.readFileSync("node_modules/bufferevent-wasm/bufferevent_wasm_bg.wasm")); ${LENGTH}`],
  };
  const told = Object.entries(forms).map(([form, given]) => [form, run(...given).trim()]);
  assert.match(told[0][1], /^[1-9]\d* .*Simulation/);
  for (const [form, said] of told) assert.equal(said, told[0][1], form);
});

test("every name that the engine has is declared", () => {
  const declared = readFileSync(made.at("node_modules/bufferevent-wasm/index.d.ts"), "utf8");
  const names = run("--input-type=module", "-e", 'console.log(Object.keys(await import("bufferevent-wasm")).join())').trim().split(",");
  assert.ok(names.includes("Simulation") && names.includes("initSync"));
  const untyped = names.filter((name) => name !== "default" && !new RegExp(`^export (declare )?(class|function|const) ${name}\\b`, "m").test(declared));
  assert.deepEqual(untyped, []);
});

test("the engine is twice in the package: as it is, and inlined", () => {
  const files = readdirSync(made.at("node_modules/bufferevent-wasm"));
  const heavy = files.filter((file) => statSync(made.at(`node_modules/bufferevent-wasm/${file}`)).size > 300_000);
  assert.deepEqual(heavy.sort(), ["bufferevent_wasm_bg.wasm", "bytes.js"]);
});

test("the engine inlined is hardly more to fetch than its wasm", () => {
  const fetched = (file) => gzipSync(readFileSync(made.at(`node_modules/bufferevent-wasm/${file}`)), { level: 9 }).length;
  const [wasm, inlined] = ["bufferevent_wasm_bg.wasm", "bytes.js"].map(fetched);
  assert.ok(inlined < wasm * 1.05, `${inlined} bytes for ${wasm}`);
});

test("in Node both module systems share one engine, and `require` has it under both names", () => {
  const program = `import { createRequire } from "node:module"; import * as esm from "bufferevent-wasm";
    const require = createRequire(process.cwd() + "/");
    console.log(["bufferevent-wasm", "bufferevent-wasm/inline"].map((name) => require(name).Simulation === esm.Simulation).join());`;
  assert.equal(run("--input-type=module", "-e", program).trim(), "true,true");
});

test("too early and too late are said in words", () => {
  const program = `import { Simulation, defaultScenario, init } from "bufferevent-wasm/inline";
    const say = (call) => { try { call(); } catch (error) { console.log(error.constructor.name + ": " + error.message); } };
    say(() => new Simulation("{}")); say(() => defaultScenario());
    await init(); await init();
    const [one, other] = [new Simulation(defaultScenario()), new Simulation(defaultScenario())];
    one.free(); say(() => one.picture(0)); say(() => one.length); say(() => other.counterpart(0, one)); say(() => one.free());`;
  const early = "Error: the engine is not loaded yet: await init() before anything else";
  assert.deepEqual(run("--input-type=module", "-e", program).trim().split("\n"), [early, early, ...Array(4).fill("Error: this Simulation was freed")]);
});

test("an address that answers for the wasm with a page is named, with what it said", () => {
  const program = `import { init } from "./node_modules/bufferevent-wasm/web.js"; await init("data:text/html,hello").catch((error) => console.log(error.message));`;
  assert.equal(run("--input-type=module", "-e", program), "no WebAssembly is at data:text/html,hello: the server answers 200 with HTML (text/html)\n");
});

test("where no page is, the element can be imported and defines nothing", () => {
  const program = `for (const form of ["bufferevent-lab", "bufferevent-lab/single"]) console.log(typeof (await import(form)).BuffereventLab, globalThis.customElements);`;
  assert.equal(run("--input-type=module", "-e", program), "function undefined\nfunction undefined\n");
});

const PROGRAM = `import init, { Simulation, What, defaultScenario, type StepRecord, type Track } from "bufferevent-wasm";
export async function told(): Promise<Record<string, number>> {
  await init();
  const track: Track = new Simulation(defaultScenario());
  const record: StepRecord | undefined = track.record(1);
  const eof: 16 = What.EOF;
  // @ts-expect-error: there is no such flag
  What.SULKING;
  return { line: record?.line ?? eof };
}
`;
const PAGE = `import { BuffereventLab, type LabEventMap } from "bufferevent-lab";
const lab: BuffereventLab = document.createElement("bufferevent-lab");
lab.lesson = "5";
lab.scenario = { format: 1, script: [] };
lab.position = lab.position + 1;
lab.advance(-1, "pass");
const onStep = (event: LabEventMap["step"]) => console.log(event.detail.position + 1, event.detail.record?.kind);
lab.addEventListener("step", onStep);
lab.removeEventListener("step", onStep);
lab.addEventListener("error", (event) => console.log(event.detail.message.length));
// @ts-expect-error: a position is a number
lab.seek("later");
`;

const IN_REACT = `import type {} from "bufferevent-lab/react";
import { createRef } from "react";
import type { BuffereventLab } from "bufferevent-lab";
const lab = createRef<BuffereventLab>();
export const page = <bufferevent-lab ref={lab} lesson={5} scenario={{ format: 1 }} position={3} compare controls="minimal" className="wide" />;
lab.current?.advance(1, "pass");
const place: number | undefined = lab.current?.position;
export const heard = <bufferevent-lab step={place} onstep={(event) => console.log(event.detail.position + 1)} onready={() => {}} onerror={(event) => console.log(event.detail.message.length)} />;
// @ts-expect-error: what a step tells is no message
export const misheard = <bufferevent-lab onstep={(event) => console.log(event.detail.message)} />;
// @ts-expect-error: there is no such choice
export const wrong = <bufferevent-lab controls="sulking" />;
// @ts-expect-error: nor such an attribute
export const none = <bufferevent-lab lessen="5" />;
`;
const IN_VUE = `import type {} from "bufferevent-lab/vue";
import type { GlobalComponents } from "vue";
type Props = InstanceType<GlobalComponents["bufferevent-lab"]>["$props"];
export const page: Props = { lesson: 5, scenario: { format: 1 }, position: 3, compare: true, controls: "minimal" };
export const heard: Props = { onStep: (event) => console.log(event.detail.position + 1), onReady: () => {} };
// @ts-expect-error: there is no such choice
export const wrong: Props = { controls: "sulking" };
`;
const SOURCES = { "program.ts": PROGRAM, "program.cts": PROGRAM, "page.ts": PAGE, "react.tsx": IN_REACT, "vue.ts": IN_VUE };
/** Where a compiler finds the frameworks' own types. */
const paths = { react: [path.join(MODULES, "@types/react")], "react/*": [path.join(MODULES, "@types/react/*")], vue: [path.join(MODULES, "vue")], csstype: [path.join(MODULES, "csstype")] };

for (const [resolution, module, program] of [["nodenext", "nodenext", "program.ts"], ["nodenext", "nodenext", "program.cts"], ["bundler", "esnext", "program.ts"], ["bundler", "esnext", "page.ts"], ["bundler", "esnext", "react.tsx"], ["bundler", "esnext", "vue.ts"]]) {
  test(`${program} compiles as TypeScript with ${resolution}`, () => {
    const compilerOptions = { strict: true, noEmit: true, exactOptionalPropertyTypes: true, module, moduleResolution: resolution, target: "es2022", lib: program.startsWith("program") ? ["es2022"] : ["es2022", "dom"], types: [], jsx: "react-jsx", paths, skipLibCheck: program === "vue.ts" };
    const consumer = project({ [program]: SOURCES[program], "tsconfig.json": JSON.stringify({ compilerOptions, files: [program] }) });
    try {
      const { status, stdout } = spawnSync(process.execPath, [path.join(MODULES, "typescript/bin/tsc"), "--project", consumer.folder], { encoding: "utf8" });
      assert.equal(stdout, "");
      assert.equal(status, 0);
    } finally {
      consumer.remove();
    }
  });
}

test("the published types have no Rust in them", () => {
  const types = readFileSync(made.at("node_modules/bufferevent-wasm/index.d.ts"), "utf8");
  assert.doesNotMatch(types, /# Errors|# Panics|crate::|export type Record\b/);
  assert.match(types, /@throws When it is no scenario/);
});

test("the element's types name what it has", () => {
  const types = readFileSync(made.at("node_modules/bufferevent-lab/lab.d.ts"), "utf8");
  const source = readFileSync(new URL("../../lab.js", import.meta.url), "utf8");
  const body = source.slice(source.indexOf("export class"));
  const members = [...body.matchAll(/^ {2}(?:get )?([a-z]\w*)\(/gm)].map(([, name]) => name);
  const own = members.filter((name) => !["constructor", "connectedCallback", "disconnectedCallback", "adoptedCallback", "attributeChangedCallback"].includes(name));
  assert.ok(own.length >= 8, own.join());
  for (const name of own) assert.match(types, new RegExp(`^ {2}(readonly |get )?${name}[(:]`, "m"), name);
});

test("every attribute is in the element's types and in its pages, as an attribute and as a property", async () => {
  const { BuffereventLab } = await import(new URL("../../lab.js", import.meta.url).href);
  const [types, ...pages] = ["../../../npm/lab/lab.d.ts", "../../../npm/lab/README.md", "../../../docs/embed.md"].map((file) => readFileSync(new URL(file, import.meta.url), "utf8"));
  const names = [...BuffereventLab.observedAttributes, "autoplay", "linked"];
  assert.ok(names.length > 12);
  for (const name of names) {
    assert.match(types, new RegExp(`^ {2}${name}\\?: `, "m"), name);
    if (name !== "lang") assert.match(types, new RegExp(`^ {2}(set ${name}\\(|${name}: )`, "m"), name);
    for (const page of pages) assert.ok(new RegExp(`^\\|[^|]*\`${name}\``, "m").test(page), `${name} is in no table`);
  }
});
