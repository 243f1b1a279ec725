/** The server as one file: copied where nothing else is, it shows its page. BUFFEREVENT_PROGRAM is that file. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { Lab } from "../support/lab.mjs";
import { GUARD, complaints, launch } from "../support/site.mjs";

const PROGRAM = process.env.BUFFEREVENT_PROGRAM ?? "";
const folder = mkdtempSync(path.join(tmpdir(), "program-"));
const copy = path.join(folder, "bufferevent-server");
/** @type {import("node:child_process").ChildProcess} */
let server;
let url = "";

before(async () => {
  copyFileSync(PROGRAM, copy);
  chmodSync(copy, 0o755);
  server = spawn(copy, ["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"], { cwd: folder, env: {}, stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: /** @type {any} */ (server.stdout) })) {
    url = /page at (\S+)/.exec(line)?.[1] ?? "";
    if (url) break;
  }
});
after(async () => {
  const ended = once(server, "exit");
  server.kill();
  await ended;
  rmSync(folder, { recursive: true });
});

test("it has the page in it, compressed, and tells a browser what it has already", async () => {
  const page = await fetch(url, { headers: { "accept-encoding": "gzip" } });
  assert.equal(page.headers.get("content-encoding"), "gzip");
  assert.match(page.headers.get("content-type") ?? "", /^text\/html/);
  const text = await page.text();
  assert.match(text, /<bufferevent-lab/);
  const plain = await fetch(url, { headers: { "accept-encoding": "identity" } });
  assert.equal(plain.headers.get("content-encoding"), null);
  assert.equal(await plain.text(), text);
  const tag = page.headers.get("etag") ?? assert.fail("no tag");
  assert.equal((await fetch(url, { headers: { "accept-encoding": "gzip", "if-none-match": tag } })).status, 304);
  assert.equal((await fetch(new URL("pkg/bufferevent_wasm_bg.wasm", url))).headers.get("content-type"), "application/wasm");
});

test("the page runs its first lesson from it, and misses nothing", async () => {
  const browser = await launch();
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(GUARD);
    const [heard, missed] = [complaints(page), /** @type {string[]} */ ([])];
    page.on("response", (response) => response.status() >= 400 && missed.push(response.url()));
    await page.goto(url);
    await new Lab(page, page.locator("bufferevent-lab")).state("ready");
    assert.deepEqual([heard, missed], [[], []]);
  } finally {
    await browser.close();
  }
});

test("it runs in an empty root, where it needs no library", { skip: process.platform !== "linux" && "only Linux has static programs" }, (t) => {
  assert.ok(statSync(copy).size < 15 * 2 ** 20, "small enough for a container");
  if (process.getuid?.() !== 0) return t.skip("chroot is root's");
  const ran = spawnSync("chroot", [folder, "/bufferevent-server", "--version"], { encoding: "utf8" });
  assert.match(ran.stdout, /^bufferevent-server \d+\.\d+\.\d+/, ran.stderr);
});
