/** Serves the bundled site as a strict host would, and opens it in Chromium with a fresh profile. */
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const SITE = process.env.BUFFEREVENT_SITE ?? fileURLToPath(new URL("../../../target/site", import.meta.url));
/** Where each of the page's modules is a file, for tests of one: in the site they are put together. */
const MODULES = fileURLToPath(new URL("../../", import.meta.url));
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webmanifest": "application/manifest+json",
  ".json": "application/json",
  ".rs": "text/plain; charset=utf-8",
};

export const STRICT = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self' ws:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/**
 * @typedef {(response: import("node:http").ServerResponse, file: Buffer) => void} Answer answers itself, given the site's own file
 * @param {{folder?: string, csp?: string, pages?: Record<string, string | Answer | null>}} [options] folder is another site's; pages are extra files, by
 *   path; null where one is left out
 */
export async function serveSite({ folder = SITE, csp = STRICT, pages = {} } = {}) {
  const read = (/** @type {string} */ path) => readFile(join(folder, path)).catch(() => (path.endsWith(".js") ? readFile(join(MODULES, path)) : Promise.reject(new Error("not found"))));
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://site").pathname)).replace(/\/$/, "/index.html");
    const headers = { "content-security-policy": csp, "content-type": TYPES[extname(path)] ?? "text/plain; charset=utf-8", "x-content-type-options": "nosniff" };
    try {
      const own = pages[path];
      if (own === null) throw new Error("left out");
      if (typeof own === "function") return own(response, await read(path));
      const body = own ?? (await read(path));
      // What is of the site does not change while it is served.
      response.writeHead(200, own === undefined ? { ...headers, "cache-control": "max-age=3600" } : headers).end(body);
    } catch {
      response.writeHead(404, headers).end("not found");
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}/`, close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))) };
}

/** A test that waits for so many milliseconds has failed: it is to end what hangs, and says nothing of how long a thing may take. */
export const GUARD = 60_000;

/** The browser is the one that the variable CHROMIUM names, as the project's commands set it. */
export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM,
    chromiumSandbox: false,
    args: ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });

/** A page around these elements. @param {string} body */
export const pageWith = (body) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>test</title><link rel="icon" href="icon.svg"><link rel="stylesheet" href="styles/page.css"><script type="module" src="lab.js"></script></head><body><main><h1>test</h1>${body}</main></body></html>`;

/**
 * What the page complained about.
 * @param {import("playwright-core").Page} page
 */
export function complaints(page) {
  /** @type {string[]} */
  const heard = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) heard.push(`${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => heard.push(String(error.stack ?? error)));
  return heard;
}
