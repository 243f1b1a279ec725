/** Projects that install the packed packages, and a browser that opens what they build. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { GUARD, complaints, launch } from "../support/site.mjs";

const PACKED = process.env.BUFFEREVENT_NPM;
if (!PACKED) throw new Error("BUFFEREVENT_NPM is not set: run `cargo xtask test`");

/** The packed packages, by their names. @type {{[name: string]: string}} */
export const TARBALLS = Object.fromEntries(
  readdirSync(PACKED).filter((file) => file.endsWith(".tgz")).map((file) => [file.replace(/-\d.*/, ""), path.join(PACKED, file)]),
);

/**
 * A folder with these files, and both packages installed as npm would.
 * @param {{[name: string]: string}} files
 */
export function project(files) {
  const folder = mkdtempSync(path.join(tmpdir(), "project-"));
  for (const [name, tarball] of Object.entries(TARBALLS)) {
    const place = path.join(folder, "node_modules", name);
    mkdirSync(place, { recursive: true });
    execFileSync("tar", ["-xzf", tarball, "-C", place, "--strip-components=1"]);
  }
  const write = (/** @type {string} */ name, /** @type {string} */ text) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  for (const [name, text] of Object.entries({ "package.json": '{"type":"module"}', ...files })) write(name, text);
  return { folder, write, at: (/** @type {string} */ name) => path.join(folder, name), remove: () => rmSync(folder, { recursive: true }) };
}

const TYPES = { ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm", ".html": "text/html", ".css": "text/css" };

/** Any static server. @param {string} folder @param {{[name: string]: string}} [headers] */
export async function serve(folder, headers = {}) {
  const server = createServer((request, response) => {
    const name = path.normalize(new URL(request.url ?? "/", "http://here").pathname).replace(/\/$/, "/index.html");
    try {
      const body = readFileSync(path.join(folder, name));
      response.writeHead(200, { "content-type": TYPES[path.extname(name)] ?? "text/plain", ...headers }).end(body);
    } catch {
      response.writeHead(name === "/favicon.ico" ? 204 : 404).end();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}/`, close: () => (server.closeAllConnections(), server.close()) };
}

let browser;
export async function close() {
  await browser?.close();
}

/**
 * Opens an address and waits until `told` of the page is there.
 * @returns {Promise<any>} what was told; what the page complained about is thrown
 */
export async function told(url) {
  browser ??= await launch();
  const page = await browser.newPage();
  const heard = complaints(page);
  try {
    await page.goto(url);
    const value = await page.waitForFunction(() => globalThis.told, null, { timeout: GUARD }).catch((error) => {
      throw new Error(`the page told nothing: ${heard.join("; ") || error}`);
    });
    const result = await value.jsonValue();
    const complained = heard.filter((line) => !line.includes("/favicon.ico"));
    if (complained.length > 0) throw new Error(complained.join("; "));
    return result;
  } finally {
    await page.close();
  }
}

/** A page with one module. @param {string} script @param {string} [body] */
export const html = (script, body = "") => `<!doctype html><html lang="en"><meta charset="utf-8"><title>a consumer</title><body>${body}<script type="module" src="${script}"></script></body></html>`;

/** A program with the engine. @param {string} from */
export const engine = (from) => `import init, { Simulation, What, defaultScenario } from "${from}";
await Promise.all([init(), init()]);
const simulation = new Simulation(defaultScenario());
globalThis.told = { length: simulation.length, eof: What.EOF };
`;

/** A program with the element, of which the page has some. @param {string} from */
export const element = (from) => `import { BuffereventLab } from "${from}";
const labs = [...document.querySelectorAll("bufferevent-lab")];
const ready = (lab) => lab.picture || new Promise((resolve) => lab.addEventListener("ready", resolve));
await Promise.all(labs.map(ready));
globalThis.told = labs.map((lab) => ({ defined: lab instanceof BuffereventLab, there: lab.length > 20, high: lab.offsetHeight > 300 && lab.offsetHeight < 3000 }));
`;

/** A program that looks at what the element has beside its code. @param {string} from */
export const files = (from) => `import "${from}";
const lab = document.querySelector("bufferevent-lab");
if (!lab.picture) await new Promise((resolve) => lab.addEventListener("ready", resolve, { once: true }));
const all = (selector) => [...lab.shadowRoot.querySelectorAll(selector)];
all("[role=tab]").find((tab) => tab.id.endsWith("-code-tab")).click();
all(".code-parts [data-value=engine]")[0].click();
lab.seek(5);
while (!all(".engine-part .line[aria-current]").length) await new Promise((resolve) => setTimeout(resolve, 20));
const [lines, marked, only] = ["", "[aria-current]", "[data-folded]"].map((which) => all(".engine-part .line" + which).length);
lab.setAttribute("lesson", "anatomy");
await new Promise((resolve) => lab.addEventListener("ready", resolve, { once: true }));
globalThis.told = { lines, marked, only, lessons: all(".lesson-select option").length };
`;

/** What that program told is right. */
export function hasFiles(it) {
  assert.ok(it.lines > 50 && it.marked > 0 && it.only > 0 && it.lessons > 15, JSON.stringify(it));
}

export const ELEMENT_TELLS = { defined: true, there: true, high: true };

/** The element, in the page of a program with it. */
export const TAG = '<bufferevent-lab lesson="5"></bufferevent-lab>';

/** What the program with the engine told is right. */
export function isEngine(it) {
  assert.equal(it.eof, 16);
  assert.ok(it.length > 50, `${it.length} records`);
}

/**
 * A project, what is done with it, and the folder of it that is opened.
 * @param {{[name: string]: string}} files
 * @param {(made: ReturnType<typeof project>) => Promise<string> | string} make gives the folder that is served
 * @param {(it: any) => void} check
 * @param {{[name: string]: string}} [headers]
 */
export async function consume(files, make, check, headers) {
  const made = project(files);
  try {
    const server = await serve(made.at(await make(made)), headers);
    try {
      check(await told(server.url));
    } finally {
      server.close();
    }
  } finally {
    made.remove();
  }
}

/** The files of a program with the engine, and with the element. @param {string} [form] */
export const withEngine = (form = "") => ({ "main.js": engine(`bufferevent-wasm${form}`), "index.html": html("./main.js"), "out/index.html": html("./main.js") });
export const withElement = (form = "", tag = TAG) => ({ "main.js": element(`bufferevent-lab${form}`), "index.html": html("./main.js", tag), "out/index.html": html("./main.js", tag) });
/** What the program with the element told is right. */
export const isElement = (it) => assert.deepEqual(it, [ELEMENT_TELLS]);
