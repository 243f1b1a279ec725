/**
 * The service worker of the lab's own pages: what they are made of is kept, for when no server answers.
 *
 * `site.json` lists the files of a bundle with their digests. Whoever opens a page asks for that list first; what is new in it
 * is fetched whole, each file held against its digest, before the page is answered, and until it is closed the page has
 * files of that bundle alone. So it is never old while there is a server, and never half old and half new.
 *
 * Anything else passes: what a server says of itself, files that are in no list, and every other page that uses the element.
 */

/** @typedef {{version: string, files: {[path: string]: string}}} Bundle */
/** @typedef {Event & {request: Request, clientId: string, resultingClientId: string, respondWith: (answer: Promise<Response>) => void}} Asked */

// tsc knows one global scope, and it is the window's.
const worker = /** @type {any} */ (self);
const HERE = new URL(".", location.href).href;
const LIST = `${HERE}site.json`;
const KEPT = `${HERE}?kept`;
const STORE = "bufferevent-lab";
/** How long a server may take to say which bundle it has where there is one to show, in milliseconds. */
const PATIENCE = 4000;
/** How many files are fetched at once. */
const AT_ONCE = 6;
/** Until a page is among the worker's clients, in milliseconds. */
const ARRIVING = 60_000;

/** No server answers, or not to the end. */
class Gone extends Error {}
/** The server answers, but not with the files of its list. */
class Mixed extends Error {}

worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(install()));
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(begin()));
worker.addEventListener("fetch", (/** @type {Asked} */ event) => {
  const path = pathOf(event.request);
  if (path === null) return;
  const [opens, page] = [event.request.mode === "navigate", path.endsWith(".html")];
  if (opens && !page) return;
  // Where nothing can be kept, all is as without a worker.
  const answer = (opens ? opened(event, path) : asked(event, path)).catch(() => null);
  event.respondWith(answer.then((found) => found ?? fetch(event.request)));
});

/** What a request asks for, by its path from here; null where it is no file of a bundle, whatever the bundle. @param {Request} request */
function pathOf({ method, url }) {
  if (method !== "GET" || !url.startsWith(HERE)) return null;
  const path = url.slice(HERE.length).replace(/[?#].*/, "") || "index.html";
  // Answers of a server about itself have no kind of file in their names.
  return /\.\w+$/.test(path) && path !== "site.json" && path !== "worker.js" ? path : null;
}

async function install() {
  const bundle = await served();
  if (bundle) await keep(bundle);
  await worker.skipWaiting();
}

/** The page that brought the worker has a bundle too, from here on. */
async function begin() {
  const bundle = await kept();
  const pages = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  for (const { id, url } of pages) if (bundle?.files[pathOf(new Request(url)) ?? ""] && !(await bundleOf(id))) await pin(id, bundle.version);
  await worker.clients.claim();
}

/** A page is opened; none where its bundle is not kept. @param {Asked} event @param {string} path */
async function opened(event, path) {
  const bundle = await newest();
  const page = bundle && (await stored(bundle, path));
  if (!page) return null;
  await pin(event.resultingClientId, bundle.version);
  return page;
}

/** A page asks for one of its files. @param {Asked} event @param {string} path */
async function asked(event, path) {
  const bundle = event.clientId ? await bundleOf(event.clientId) : null;
  return bundle && stored(bundle, path);
}

/** The server's bundle, kept whole; where no server answers the one that was kept last. None where the server has no such bundle. */
async function newest() {
  const last = await kept();
  for (const again of [true, false]) {
    try {
      const bundle = await inTime(served(), last);
      if (bundle && bundle.version !== last?.version) await keep(bundle);
      return bundle;
    } catch (error) {
      if (error instanceof Gone) return last;
      // Another bundle took its place meanwhile; or something on the way changes what is sent. Or there is no room for it.
      if (!(error instanceof Mixed) || !again) return null;
    }
  }
  return null;
}

/** @param {Promise<Bundle | null>} answer @param {Bundle | null} last */
function inTime(answer, last) {
  return last ? Promise.race([answer, new Promise((resolve) => setTimeout(resolve, PATIENCE, last))]) : answer;
}

/** Which bundle the server has. @returns {Promise<Bundle | null>} */
async function served() {
  const answer = await reached(LIST, "no-store");
  const bundle = answer.ok ? parsed(new TextDecoder().decode(await whole(answer))) : null;
  if (typeof bundle?.version === "string" && typeof bundle.files === "object") return bundle;
  // Something else stands here now.
  if (answer.status === 404) await Promise.all([worker.registration.unregister(), caches.delete(STORE)]);
  return null;
}

/** @param {string} url @param {RequestCache} cache */
async function reached(url, cache) {
  const answer = await fetch(url, { cache }).catch(() => null);
  // Something on the way may answer for a server that does not.
  if (!answer || answer.status >= 500) throw new Gone(url);
  return answer;
}

/** What an answer has; a server that goes within it is gone. @param {Response} answer */
async function whole(answer) {
  return answer.arrayBuffer().catch(() => {
    throw new Gone(answer.url);
  });
}

/** @param {string} text @returns {any} null where it is no JSON */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Fetches what there is not yet of a bundle. Once it is whole it is the one that is kept. @param {Bundle} bundle */
async function keep(bundle) {
  const left = Object.entries(bundle.files);
  const take = async () => {
    for (let next = left.pop(); next; next = left.pop()) await fetched(...next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, take));
  const store = await caches.open(STORE);
  await store.put(`${LIST}?version=${bundle.version}`, Response.json(bundle));
  await store.put(KEPT, Response.json(bundle.version));
  await forget(store, bundle);
}

/** @param {string} path @param {string} digest */
async function fetched(path, digest) {
  const store = await caches.open(STORE);
  if (await store.match(keyOf(path, digest))) return;
  const answer = await reached(HERE + path, "no-cache");
  const bytes = await whole(answer);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const found = Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (!answer.ok || found !== digest) throw new Mixed(path);
  const headers = new Headers(answer.headers);
  // They are about the bytes on their way.
  for (const name of ["content-encoding", "content-length", "vary"]) headers.delete(name);
  await store.put(keyOf(path, digest), new Response(bytes, { headers }));
}

/** Drops every bundle but this one and those of the pages that are open. @param {Cache} store @param {Bundle} bundle */
async function forget(store, bundle) {
  const open = new Set((await worker.clients.matchAll({ includeUncontrolled: true })).map((/** @type {{id: string}} */ { id }) => id));
  const used = new Set([KEPT]);
  const use = (/** @type {Bundle | null} */ it) => it && [`${LIST}?version=${it.version}`, ...Object.entries(it.files).map((file) => keyOf(...file))].forEach((key) => used.add(key));
  use(bundle);
  const keys = (await store.keys()).map(({ url }) => url);
  for (const url of keys.filter((it) => it.startsWith(pinOf("")))) {
    const { version, at } = await (await store.match(url))?.json();
    if (!open.has(url.slice(pinOf("").length)) && Date.now() - at > ARRIVING) continue;
    used.add(url);
    use(await listed(version));
  }
  await Promise.all(keys.filter((url) => !used.has(url)).map((url) => store.delete(url)));
}

/** @param {string} path @param {string} digest */
const keyOf = (path, digest) => `${HERE}${path}?sha256=${digest}`;
/** @param {string} client */
const pinOf = (client) => `${HERE}?page=${client}`;

/** A page has files of this bundle alone, also after the worker was stopped and started. @param {string} client @param {string} version */
async function pin(client, version) {
  await (await caches.open(STORE)).put(pinOf(client), Response.json({ version, at: Date.now() }));
}

/** @param {string} client */
async function bundleOf(client) {
  const pinned = await json(pinOf(client));
  return pinned && listed(pinned.version);
}

/** @param {string} version @returns {Promise<Bundle | null>} */
const listed = (version) => json(`${LIST}?version=${version}`);

async function kept() {
  const version = await json(KEPT);
  return version && listed(version);
}

/** @param {string} key @returns {Promise<any>} */
async function json(key) {
  return (await (await caches.open(STORE)).match(key))?.json() ?? null;
}

/** @param {Bundle} bundle @param {string} path */
async function stored(bundle, path) {
  return bundle.files[path] ? (await caches.open(STORE)).match(keyOf(path, bundle.files[path])) : undefined;
}
