/** What the native engine makes of the recorded scenarios. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { root, variable } from "./packages.mjs";

/** The scenarios of a recorded file. */
export function scenarios(file) {
  const text = readFileSync(path.join(root, "core/tests/conformance", `${file}.jsonl`), "utf8");
  return text.trimEnd().split("\n").map((line) => JSON.parse(line).scenario);
}

/** What the native engine gives for each scenario: lists of lines. @param {"records" | "pictures"} what */
export async function* native(given, what) {
  const program = spawn(variable("BUFFEREVENT_SCENARIO"), [`--${what}`, "-"], { stdio: ["pipe", "pipe", "inherit"] });
  program.stdin.end(given.map((scenario) => JSON.stringify(scenario) + "\n").join(""));
  let lines;
  for await (const line of createInterface({ input: program.stdout, crlfDelay: Infinity })) {
    if (line.startsWith('{"scenario":')) {
      if (lines) yield lines;
      lines = [];
    } else {
      lines.push(line);
    }
  }
  yield lines;
  if (program.exitCode === null) await once(program, "exit");
  assert.equal(program.exitCode, 0);
}
