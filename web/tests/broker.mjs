/**
 * What a server's viewer prints, by way of a broker: `node web/tests/broker.mjs` starts the server that BUFFEREVENT_SERVER names,
 * Mosquitto (Debian: `mosquitto` and `mosquitto-clients`) and a subscriber, and has the client that stands beside the server
 * published as docs/publish.md says. The subscriber has to get each record once, in order.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { client, freePort, startServer } from "./support/server.mjs";

/** Each shorter than the server's high watermark, so that it is read as one. */
const MESSAGES = 200;
const SERVER = process.env.BUFFEREVENT_SERVER;
if (!SERVER) throw new Error("BUFFEREVENT_SERVER does not name the program");
const folder = mkdtempSync(path.join(tmpdir(), "broker-"));
/** @type {import("node:child_process").ChildProcess[]} */
const programs = [];
/** @param {string} program @param {string[]} given @param {"inherit" | "pipe" | import("node:stream").Stream} [input] */
const start = (program, given, input = "inherit") => {
  const started = spawn(program, given, { stdio: [input, "pipe", "inherit"] });
  started.on("error", (error) => { throw error; });
  started.on("exit", (status) => { if (status) throw new Error(`${program} ended with status ${status}`); });
  programs.push(started);
  return started;
};

const server = await startServer();
try {
  const port = String(await freePort());
  writeFileSync(path.join(folder, "mosquitto.conf"), `listener ${port} 127.0.0.1\nallow_anonymous true\nlog_dest none\n`);
  start("mosquitto", ["-c", path.join(folder, "mosquitto.conf")]);
  const listens = async () => {
    const socket = connect(Number(port), "127.0.0.1");
    const opened = await once(socket, "connect").then(() => true, () => false);
    socket.destroy();
    return opened;
  };
  while (!(await listens())) await sleep(50);

  /** @type {any[]} */
  const got = [];
  const subscriber = start("mosquitto_sub", ["-p", port, "-t", "lab"]);
  createInterface({ input: subscriber.stdout }).on("line", (line) => got.push(JSON.parse(line)));
  // It says nothing when it has subscribed: whatever it gets of these says so.
  const greeting = () => start("mosquitto_pub", ["-p", port, "-t", "lab", "-m", '"here"']);
  while (got.length === 0) await Promise.all([once(greeting(), "exit"), sleep(100)]);

  const watching = start(path.join(path.dirname(SERVER), "bufferevent-client"), ["--watch", `ws://${server.page}/ws`, "--json"], "pipe");
  start("mosquitto_pub", ["-p", port, "-l", "-t", "lab"], watching.stdout);
  const records = () => got.filter((it) => it.seq !== undefined);
  const has = async (/** @type {() => boolean} */ there) => { while (!there()) await sleep(20); };
  await has(() => got.some((it) => it !== "here"));
  const speaker = await client(server.echo);
  for (let number = 1; number <= MESSAGES; number++) await speaker.say(`mark ${number}`);
  await has(() => records().some((it) => it.payload?.bytes === `mark ${MESSAGES}`));
  const numbers = records().map(({ seq }) => seq);
  assert.deepEqual(numbers, numbers.map((_, index) => numbers[0] + index));
  console.log(JSON.stringify({ messages: MESSAGES, records: numbers.length, first: numbers[0], last: numbers.at(-1) }));
  speaker.close();
} finally {
  for (const program of programs) program.kill("SIGTERM");
  await server.stop();
  rmSync(folder, { recursive: true });
}
