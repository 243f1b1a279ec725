/** A TypeScript program that uses the package, under the strictest settings. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { folder } from "./packages.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const compiler = path.join(here, "../node_modules/typescript/bin/tsc");

test("the package's types are those that a program wants", () => {
  const project = mkdtempSync(path.join(tmpdir(), "consumer-"));
  try {
    mkdirSync(path.join(project, "node_modules"));
    symlinkSync(folder("web"), path.join(project, "node_modules/bufferevent-wasm"));
    copyFileSync(path.join(here, "types/consumer.ts"), path.join(project, "consumer.ts"));
    const compilerOptions = {
      strict: true, noEmit: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true,
      noUnusedLocals: true, module: "nodenext", target: "es2022", lib: ["es2022", "dom", "esnext.disposable"], types: [],
    };
    writeFileSync(path.join(project, "package.json"), '{"type":"module"}');
    writeFileSync(path.join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["consumer.ts"] }));
    const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, "--project", project], { encoding: "utf8" });
    assert.equal(stdout + stderr, "");
    assert.equal(status, 0);
  } finally {
    rmSync(project, { recursive: true });
  }
});

for (const kind of ["web", "bundler", "nodejs"]) {
  test(`nothing that a program calls in the ${kind} package is untyped`, () => {
    const types = readFileSync(path.join(folder(kind), "bufferevent_wasm.d.ts"), "utf8");
    // What comes after is the wasm's own inside, which only the web package has.
    const api = types.split("export type InitInput")[0].replaceAll(/\/\*[^]*?\*\//g, "");
    assert.doesNotMatch(api, /\b(any|bigint)\b/);
    for (const name of ["Simulation", "Recording", "Live"]) assert.match(api, new RegExp(`export class ${name} `));
  });
}
