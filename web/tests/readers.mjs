/**
 * Many readers of a publication at once, each as the page is one, and how they fare:
 *
 *     node web/tests/readers.mjs [READERS] [SECONDS]
 *     node web/tests/readers.mjs READERS SECONDS http://HOST/index.json ECHO:PORT [PID of the publishing server]
 *
 * The first starts the server that BUFFEREVENT_SERVER names, and nginx (of Debian's `nginx-light`) with what `docs/publish.md`
 * says of it; it measures one reader, and then all of them. Each run talks to the echo server, and measures how long it takes
 * until readers have what was said.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { Agent, get } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, startServer } from "./support/server.mjs";

/** @typedef {{index: string, echo: string, pid?: number}} Published */
/** @typedef {{requests: number, unchanged: number, segments: number, failed: number, bytes: number}} Sums */

const [READERS, SECONDS] = [process.argv[2] ?? "1000", process.argv[3] ?? "15"].map(Number);

/**
 * @param {Agent} agent @param {string} url @param {Record<string, string>} [headers]
 * @returns {Promise<{status: number, headers: import("node:http").IncomingHttpHeaders, text: string}>}
 */
function ask(agent, url, headers = {}) {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers }, async (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      for await (const chunk of answer) text += chunk;
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text });
    }).on("error", reject);
  });
}

/**
 * One reader: a connection of its own that it keeps, an index that it asks for again, segments that it takes once.
 * @param {string} index @param {number} end @param {Sums} sums
 * @param {(text: string) => void} heard is told of each segment but the first
 */
async function reader(index, end, sums, heard) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let [etag, last, every, idle] = ["", "", 1000, 0];
  await sleep(Math.random() * every);
  /** @type {Set<any>} */
  const sockets = new Set();
  while (Date.now() < end) {
    try {
      const answer = await ask(agent, index, etag ? { "if-none-match": etag } : {});
      sums.requests++;
      Object.values(agent.freeSockets).flat().forEach((socket) => sockets.add(socket));
      if (answer.status === 304) {
        sums.unchanged++;
        idle++;
      } else {
        etag = answer.headers.etag ?? "";
        const { segments, every_ms } = JSON.parse(answer.text);
        every = every_ms;
        const known = segments.findIndex((/** @type {any} */ it) => it.name === last);
        const news = last ? segments.slice(known + 1) : segments.slice(-1);
        for (const { name } of news) {
          const { text } = await ask(agent, new URL(name, index).href);
          sums.requests++;
          sums.segments++;
          if (last) heard(text);
          last = name;
        }
        idle = news.length > 0 ? 0 : idle + 1;
      }
    } catch {
      sums.failed++;
    }
    await sleep(Math.min(1.3 ** idle, 4) * every * (0.9 + Math.random() * 0.2));
  }
  for (const socket of sockets) sums.bytes += socket.bytesRead;
  agent.destroy();
}

/** Says a mark twice a second. @param {string} echo @param {number} end @param {(mark: string) => void} says */
async function talk(echo, end, says) {
  const [host, port] = echo.split(":");
  const socket = connect(Number(port), host);
  await once(socket, "connect");
  socket.on("error", () => {}).resume();
  for (let number = 1; Date.now() < end; number++) {
    says(`mark ${number}`);
    socket.write(`mark ${number}\n`);
    await sleep(500);
  }
  socket.destroy();
}

/** The processor time of a program so far, in seconds. @param {number} pid */
async function processorTime(pid) {
  const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** @param {Published} published @param {number} readers */
async function measure({ index, echo, pid }, readers) {
  const end = Date.now() + SECONDS * 1000;
  const sums = { requests: 0, unchanged: 0, segments: 0, failed: 0, bytes: 0 };
  /** When each mark was said. @type {Map<string, number>} */
  const said = new Map();
  /** Milliseconds from saying to having. @type {number[]} */
  const delays = [];
  const heard = (/** @type {string} */ text) => {
    const now = Date.now();
    for (const mark of new Set([...text.matchAll(/"bytes":"(mark \d+)/g)].map(([, mark]) => mark))) delays.push(now - (said.get(mark) ?? NaN));
  };
  const before = pid ? await processorTime(pid) : 0;
  await Promise.all([talk(echo, end, (mark) => said.set(mark, Date.now())), ...Array.from({ length: readers }, () => reader(index, end, sums, heard))]);
  const used = pid ? (await processorTime(pid)) - before : null;
  const known = delays.filter((delay) => delay >= 0).sort((a, b) => a - b);
  const at = (/** @type {number} */ part) => known[Math.min(Math.floor(part * known.length), known.length - 1)];
  console.log(
    JSON.stringify({
      readers,
      seconds: SECONDS,
      ...sums,
      bytesAReaderASecond: Math.round(sums.bytes / readers / SECONDS),
      delayMs: { median: at(0.5), p95: at(0.95), most: at(1), seen: known.length },
      serverProcessorMsASecond: used === null ? null : Math.round((used * 1000) / SECONDS),
    }),
  );
}

/** nginx with what the documentation says of it, for `live` below the folder. @param {string} folder */
async function startNginx(folder) {
  const documented = /```nginx\n(.*?)```/s.exec(readFileSync(new URL("../../docs/publish.md", import.meta.url), "utf8"))?.[1];
  const [port, at] = [await freePort(), path.join(folder, "nginx")];
  mkdirSync(at);
  const places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${at}/${name};`).join(" ");
  writeFileSync(
    path.join(at, "nginx.conf"),
    `daemon off; pid ${at}/pid; error_log stderr; worker_processes 1; worker_rlimit_nofile 8192; events { worker_connections 4096; }
http { access_log off; ${places} types { application/json json; } server { listen 127.0.0.1:${port}; root ${folder};\n${documented}\n} }`,
  );
  const program = spawn("nginx", ["-e", "stderr", "-c", path.join(at, "nginx.conf")], { stdio: ["ignore", "inherit", "inherit"] });
  const exited = once(program, "exit");
  return { url: `http://127.0.0.1:${port}/`, stop: () => (program.kill("SIGTERM"), exited) };
}

/** What may be kept, and by whom it may be read. @param {string} index */
async function checkHeaders(index) {
  const agent = new Agent();
  const { headers, text } = await ask(agent, index);
  const segment = await ask(agent, new URL(JSON.parse(text).segments.at(-1).name, index).href);
  for (const [there, caching] of /** @type {const} */ ([[headers, /no-cache/], [segment.headers, /immutable/]])) {
    assert.match(there["cache-control"] ?? "", caching);
    assert.equal(there["access-control-allow-origin"], "*");
  }
}

async function here() {
  const folder = mkdtempSync(path.join(tmpdir(), "readers-"));
  // nginx reads it as nobody.
  chmodSync(folder, 0o755);
  const live = path.join(folder, "live");
  const server = await startServer({ more: ["--publish", live] });
  const nginx = await startNginx(folder);
  try {
    const published = { index: `${nginx.url}live/index.json`, echo: server.echo, pid: server.pid };
    await talk(server.echo, Date.now() + 1, () => {});
    while (!existsSync(path.join(live, "index.json")) || JSON.parse(readFileSync(path.join(live, "index.json"), "utf8")).segments.length === 0) await sleep(50);
    await checkHeaders(published.index);
    for (const readers of [1, READERS]) await measure(published, readers);
  } finally {
    await Promise.all([server.stop(), nginx.stop()]);
    rmSync(folder, { recursive: true });
  }
}

const [index, echo, pid] = process.argv.slice(4);
await (index ? measure({ index, echo, pid: pid ? Number(pid) : undefined }, READERS) : here());
