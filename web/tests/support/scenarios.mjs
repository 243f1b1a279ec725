/** What happens in a scenario, told by the engine's own program: the picture after every record. */
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";

const CORE = new URL("../../../core/", import.meta.url);

/**
 * @param {object} scenario
 * @returns {any[]}
 */
export function picturesOf(scenario) {
  // The first line names the scenario.
  return lines(run(["--pictures", "-"], JSON.stringify(scenario))).slice(1);
}

/** What editors check scenarios by, as the program prints it. @returns {any} */
export const schema = () => JSON.parse(run(["--schema"]));

/** The trace that Perfetto's viewer opens. @param {object} scenario */
export const traceOf = (scenario) => bytes(["--perfetto", "-"], JSON.stringify(scenario));

/** @param {string[]} args @param {string} [input] */
const run = (args, input) => bytes(args, input).toString();

/** @param {string[]} args @param {string} [input] */
function bytes(args, input = "") {
  const program = process.env.BUFFEREVENT_SCENARIO;
  if (!program) throw new Error("the variable BUFFEREVENT_SCENARIO does not name the program");
  const { status, stdout, stderr, error } = spawnSync(program, args, { input, maxBuffer: 1 << 30 });
  if (error || status !== 0) throw error ?? new Error(stderr.toString());
  return stdout;
}

/** The scenarios whose traces libevent itself has given, at the edges of what can happen. @returns {any[]} */
export const edgeScenarios = () =>
  ["1.4", "2.1", "2.2"].flatMap((dialect) => lines(readFileSync(new URL(`tests/conformance/${dialect}/edge.jsonl`, CORE), "utf8")).map(({ scenario }) => scenario));

/** The experiment of the lesson with the most in it, without the questions at which playing and steps wait. */
export const highWatermark = readFileSync(new URL("../lessons/06-high-watermark/scenario.json", CORE), "utf8");

/** Every scenario of the lessons: whole, broken and to be repaired. @returns {any[]} */
export function lessonScenarios() {
  const folder = new URL("../lessons/", CORE);
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .map((name) => JSON.parse(readFileSync(new URL(name, folder), "utf8")))
    .filter((file) => "dialect" in file);
}

/** @param {string} text */
const lines = (text) =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
