/** The real server, on free ports, with the bundle as its page. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const PROGRAM = process.env.BUFFEREVENT_SERVER ?? fileURLToPath(new URL("../../../target/debug/bufferevent-server", import.meta.url));
const SITE = process.env.BUFFEREVENT_SITE ?? fileURLToPath(new URL("../../../target/site", import.meta.url));

/** @type {Set<() => Promise<void>>} */
const running = new Set();

/** Stops those that a failed test left behind: the run would wait for them. */
export async function stopServers() {
  await Promise.all([...running].map((stop) => stop()));
}

/**
 * Starts the server; resolves when it says where it listens.
 * @param {{listen?: string, http?: string, more?: string[]}} [options]
 */
export async function startServer({ listen = "127.0.0.1:0", http = "127.0.0.1:0", more = [] } = {}) {
  const program = spawn(PROGRAM, ["--listen", listen, "--http", http, "--site", SITE, ...more], { stdio: ["ignore", "pipe", "pipe"] });
  const exited = once(program, "exit");
  const said = /** @type {string[]} */ ([]);
  const found = { echo: "", page: "" };
  await /** @type {Promise<void>} */ (
    new Promise((resolve, reject) => {
      for (const stream of [program.stdout, program.stderr]) {
        createInterface({ input: stream }).on("line", (line) => {
          said.push(line);
          const page = line.match(/page at http:\/\/([\d.:]+)\//);
          const echo = line.match(/listen\w* (?:on|at) ([\d.]+:\d+)/i);
          if (page) found.page = page[1];
          if (echo) found.echo = echo[1];
          if (found.page && found.echo) resolve();
        });
      }
      program.on("error", reject);
      program.on("exit", () => reject(new Error(`the server ended: ${said.join("\n")}`)));
    })
  );
  const stop = async () => {
    running.delete(stop);
    program.kill("SIGTERM");
    await exited;
  };
  running.add(stop);
  return { ...found, url: `http://${found.page}/`, pid: program.pid, stop };
}

/**
 * A client of the echo server.
 * @param {string} address
 */
export async function client(address) {
  const [host, port] = address.split(":");
  const socket = connect(Number(port), host);
  await once(socket, "connect");
  socket.on("error", () => {});
  // A client that a failed test left behind keeps nothing going.
  socket.unref();
  return {
    /** Sends, and waits for something to come back. @param {string} text */
    async say(text) {
      socket.write(text);
      await once(socket, "data");
    },
    close: () => socket.destroy(),
  };
}

/** A port that nobody listens on, for a program that cannot be given 0. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}
