/**
 * What several builds of the engine's wasm weigh, and how fast they are beside each other:
 *
 *     node web/tests/weigh.mjs target/wasm32-unknown-unknown/wasm/bufferevent_wasm.wasm OTHER.wasm
 *
 * Each in turn, again and again; the least processor time counts, so that what else the machine does matters little.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

const BINDGEN = fileURLToPath(new URL("../../target/debug/wasm-bindgen", import.meta.url));
const PARTS = fileURLToPath(new URL("../../target/debug/xtask-parts", import.meta.url));
const ROUNDS = 9;
const turns = Array.from({ length: 300 }, () => [{ peer_send: "hello world, hello world" }, { turn: 6 }]).flat();
const SCENARIO = JSON.stringify({ format: 1, dialect: "2.1", bufferevent: { read: { high: 10 } }, app: { on_read: [[{ echo: "> " }]] }, script: turns });

const folder = mkdtempSync(join(tmpdir(), "weigh-"));
const builds = process.argv.slice(2).map((file, index) => {
  const out = join(folder, String(index));
  execFileSync(BINDGEN, ["--target", "nodejs", "--remove-name-section", "--out-dir", out, "--out-name", "lab", file]);
  execFileSync(PARTS, ["whole", join(out, "lab_bg.wasm")]);
  const bytes = readFileSync(join(out, "lab_bg.wasm"));
  const sizes = { raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotliCompressSync(bytes).length };
  return { file, sizes, lab: createRequire(import.meta.url)(join(out, "lab.js")), least: /** @type {Record<string, number>} */ ({}) };
});

/** What is timed, of one build. @param {any} lab @returns {Record<string, () => unknown>} */
function jobs(lab) {
  const simulation = new lab.Simulation(SCENARIO);
  const text = simulation.exportRecording();
  const { length } = simulation;
  return {
    run: () => new lab.Simulation(SCENARIO).free(),
    seek: () => { for (let index = 0; index < 400; index++) simulation.picture((index * 7919) % length); },
    find: () => { for (let index = 0; index < 50; index++) simulation.next((index * 7919) % length, "in>=high"); },
    export: () => simulation.exportRecording(),
    import: () => new lab.Recording(text).free(),
  };
}

const all = builds.map((build) => ({ ...build, jobs: jobs(build.lab) }));
for (let round = 0; round < ROUNDS; round++) {
  for (const { jobs, least } of all) {
    for (const [name, job] of Object.entries(jobs)) {
      const before = process.cpuUsage();
      job();
      const { user, system } = process.cpuUsage(before);
      least[name] = Math.min(least[name] ?? Infinity, (user + system) / 1000);
    }
  }
}
console.table(Object.fromEntries(all.map(({ file, sizes, least }) => [file, { ...sizes, ...Object.fromEntries(Object.entries(least).map(([name, ms]) => [`${name} ms`, Number(ms.toFixed(1))])) }])));
rmSync(folder, { recursive: true });
