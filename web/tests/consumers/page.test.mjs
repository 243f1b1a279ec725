/** A plain HTML page that uses the package, with nothing but static files and a strict content policy. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { GUARD, launch } from "../support/site.mjs";
import { folder, variable } from "./packages.mjs";

const PAGE = `<!doctype html><meta charset="utf-8"><title>a page of somebody's own</title><output></output>
<script type="module" src="main.js"></script>`;
const MAIN = `import init, * as lab from "./bufferevent-wasm/bufferevent_wasm.js";
await init();
window.lab = lab;
const simulation = new lab.Simulation(lab.defaultScenario());
const full = simulation.picture(simulation.next(0, "in>=high"));
document.querySelector("output").textContent = "input holds " + full.connections[0].input.len + " bytes";`;

const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm" };
let browser;
let files;

before(async () => {
  browser = await launch();
  files = createServer((request, response) => {
    const name = path.basename(request.url);
    const type = TYPES[path.extname(name)] ?? "text/html";
    response.setHeader("content-type", type);
    response.setHeader("content-security-policy", "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src *");
    if (request.url === "/") response.end(PAGE);
    else if (request.url === "/main.js") response.end(MAIN);
    else if (request.url.startsWith("/bufferevent-wasm/")) response.end(readFileSync(path.join(folder("web"), name)));
    else response.writeHead(404).end();
  });
  files.listen(0, "127.0.0.1");
  await once(files, "listening");
});

after(async () => {
  await browser?.close();
  files?.close();
});

/** Opens the page; what it says on the console as an error fails the test. */
async function open() {
  const page = await browser.newPage();
  const errors = [];
  page.setDefaultTimeout(GUARD);
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && !/favicon/.test(message.location().url) && errors.push(message.text()));
  await page.goto(`http://127.0.0.1:${files.address().port}/`);
  await page.getByText("input holds 64 bytes").waitFor();
  return { page, errors };
}

test("a page with a strict content policy runs a simulation", async () => {
  const { page, errors } = await open();
  assert.deepEqual(errors, []);
  await page.close();
});

test("an address where nobody listens is refused, with a reason", async () => {
  const { page } = await open();
  const told = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const live = new window.lab.Live("ws://127.0.0.1:1/ws", () => {
          if (live.state !== "connecting") resolve([live.state, live.problem]);
        });
      }),
  );
  assert.deepEqual(told, ["refused", "no connection could be made"]);
  await page.close();
});

test("a live server is watched from a page, to its end", async () => {
  const site = mkdtempSync(path.join(tmpdir(), "site-"));
  writeFileSync(path.join(site, "index.html"), "<!doctype html><title>a page of somebody's own</title>");
  cpSync(folder("web"), path.join(site, "pkg"), { recursive: true });
  const settings = ["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--plain", "--site", site];
  const server = spawn(variable("BUFFEREVENT_SERVER"), settings, { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const addresses = await both(server.stdout);
    const page = await browser.newPage();
    page.setDefaultTimeout(GUARD);
    await page.goto(addresses.http);
    await page.evaluate(async (http) => {
      const lab = await import(`${http}/pkg/bufferevent_wasm.js`);
      await lab.default();
      window.live = new lab.Live(`${http.replace("http", "ws")}/ws`, () => {});
    }, addresses.http);
    await page.waitForFunction(() => window.live.state === "connected");
    const client = connect(addresses.echo.split(":")[1], "127.0.0.1");
    client.write("hello");
    await once(client, "data");
    await page.waitForFunction(() => window.live.next(0, "kind:sent") !== undefined);
    const seen = await page.evaluate(() => {
      const { live } = window;
      const at = live.next(0, "kind:received");
      const { input, kernel } = live.picture(at).connections[0];
      return { len: input.len, runs: input.runs, tanks: kernel.tanks, dialect: live.hello.dialect, lost: live.lost };
    });
    assert.deepEqual(seen, { len: 5, runs: [{ bytes: "hello" }], tanks: null, dialect: "1.4", lost: 0 });
    await page.evaluate(() => window.live.watch([99]));
    await page.waitForFunction(() => window.live.picture(window.live.length).connections.length === 0);
    client.destroy();
    server.kill("SIGKILL");
    await page.waitForFunction(() => window.live.state === "lost");
    assert.ok(await page.evaluate(() => window.live.next(0, "kind:sent") > 0), "what was captured stays");
    await page.close();
  } finally {
    server.kill("SIGKILL");
    rmSync(site, { recursive: true });
  }
});

/** Both addresses that a server prints when it starts. */
async function both(stdout) {
  const found = {};
  for await (const text of createInterface({ input: stdout })) {
    found.echo ??= /echo server listening on (\S+)/.exec(text)?.[1];
    found.http ??= /(http:\/\/[^\s/]+)/.exec(text)?.[1];
    if (found.echo && found.http) break;
  }
  return found;
}
