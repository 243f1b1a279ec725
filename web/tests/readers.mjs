/**
 * Many readers of a publication at once, each as the page is one, and how they fare:
 * `node web/tests/readers.mjs http://HOST/index.json ECHO:PORT [READERS] [SECONDS] [PID of the publishing server]`.
 * It talks to the echo server itself, and measures how long it takes until readers have what was said.
 */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { Agent, get } from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const [index, echo, readers = "1000", seconds = "30", pid] = process.argv.slice(2);
if (!index || !echo) throw new Error("the address of an index and that of an echo server are needed");
const end = Date.now() + Number(seconds) * 1000;

/** When each mark was said. @type {Map<string, number>} */
const said = new Map();
/** Milliseconds from saying to having. @type {number[]} */
const delays = [];
const sums = { requests: 0, unchanged: 0, segments: 0, failed: 0, bytes: 0 };

/**
 * @param {Agent} agent @param {string} url @param {Record<string, string>} headers
 * @returns {Promise<{status: number, etag: string, text: string}>}
 */
function ask(agent, url, headers = {}) {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers }, async (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      for await (const chunk of answer) text += chunk;
      sums.requests++;
      resolve({ status: answer.statusCode ?? 0, etag: String(answer.headers.etag ?? ""), text });
    }).on("error", reject);
  });
}

/** One reader: a connection of its own that it keeps, an index that it asks for again, segments that it takes once. */
async function reader() {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let [etag, last, every, idle] = ["", "", 1000, 0];
  await sleep(Math.random() * every);
  /** @type {Set<any>} */
  const sockets = new Set();
  while (Date.now() < end) {
    try {
      const answer = await ask(agent, index, etag ? { "if-none-match": etag } : {});
      Object.values(agent.freeSockets).flat().forEach((socket) => sockets.add(socket));
      if (answer.status === 304) {
        sums.unchanged++;
        idle++;
      } else {
        etag = answer.etag;
        const { segments, every_ms } = JSON.parse(answer.text);
        every = every_ms;
        const known = segments.findIndex((/** @type {any} */ it) => it.name === last);
        const news = last ? segments.slice(known + 1) : segments.slice(-1);
        for (const { name } of news) {
          const { text } = await ask(agent, new URL(name, index).href);
          sums.segments++;
          const now = Date.now();
          const found = new Set([...text.matchAll(/"bytes":"(mark \d+)/g)].map(([, mark]) => mark));
          if (last) for (const mark of found) if (said.has(mark)) delays.push(now - Number(said.get(mark)));
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

/** Says a mark twice a second. */
async function talk() {
  const [host, port] = echo.split(":");
  const socket = connect(Number(port), host);
  await once(socket, "connect");
  socket.on("error", () => {}).resume();
  for (let number = 1; Date.now() < end; number++) {
    said.set(`mark ${number}`, Date.now());
    socket.write(`mark ${number}\n`);
    await sleep(500);
  }
  socket.destroy();
}

/** The processor time of the publishing server so far, in seconds. */
async function processorTime() {
  if (!pid) return 0;
  const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const before = await processorTime();
await Promise.all([talk(), ...Array.from({ length: Number(readers) }, reader)]);
const used = (await processorTime()) - before;
delays.sort((a, b) => a - b);
const at = (/** @type {number} */ part) => delays[Math.min(Math.floor(part * delays.length), delays.length - 1)];
console.log(JSON.stringify({
  readers: Number(readers),
  seconds: Number(seconds),
  ...sums,
  bytesAReaderASecond: Math.round(sums.bytes / Number(readers) / Number(seconds)),
  delayMs: { median: at(0.5), p95: at(0.95), most: at(1), seen: delays.length },
  serverProcessorSeconds: pid ? Number(used.toFixed(2)) : null,
}));
