/** What was done to a simulation, in a few words: a branch is called so. */

/** @typedef {import("../types.js").Text} Text */
/** @typedef {import("../types.js").BranchInfo} BranchInfo */
/** @typedef {{low?: number, high?: number}} Marks */

/** More of a text is not shown. */
const LONGEST = 12;

/** @param {BranchInfo} branch @param {Text} text */
export function branchName({ label, was, at }, { act }) {
  return label === "" ? act.original : act.branched(didWords(JSON.parse(label), was === "" ? {} : JSON.parse(was), act), at);
}

/** @param {any} step @param {any} was @param {Text["act"]} act */
function didWords(step, was, { did, directions }) {
  if (step.set_watermark) return marksWords(step.set_watermark, was.set_watermark ?? {}, did);
  for (const key of /** @type {const} */ (["enable", "disable"])) if (step[key]) return did[key]([step[key]].flat().map((/** @type {"read" | "write"} */ it) => directions[it]).join(", "));
  if (step.set_timeouts) return did.set_timeouts(step.set_timeouts.read_ms, step.set_timeouts.write_ms);
  if (step.inject) return did.inject(step.inject.op, step.inject.errno);
  if (step.scenario) return editWords(step.scenario, was.scenario ?? {}, did);
  if (step.kernel) return did.kernel(step.kernel.rx_capacity, step.kernel.tx_capacity);
  for (const [key, value] of Object.entries(step)) {
    const words = /** @type {{[key: string]: unknown}} */ (did)[key];
    if (typeof words === "function") return words(short(key, value));
  }
  return shortened(JSON.stringify(step), 2 * LONGEST);
}

/** @param {{[direction: string]: Marks}} set @param {{[direction: string]: Marks}} was @param {Text["act"]["did"]} did */
function marksWords(set, was, did) {
  const changed = /** @type {const} */ (["read", "write"]).flatMap((direction) =>
    /** @type {const} */ (["low", "high"]).flatMap((mark) => {
      const [from, to] = [was[direction]?.[mark] ?? 0, set[direction]?.[mark] ?? 0];
      return direction in set && from !== to ? [did.mark(direction, mark, from, to)] : [];
    }),
  );
  return changed.join(", ") || did.sameMarks;
}

/**
 * What an edit of the text changed: one value, or something in one part of it.
 * @param {{at?: string, is?: unknown}} edit @param {{is?: unknown}} was @param {Text["act"]["did"]} did
 */
function editWords({ at = "", is }, was, did) {
  const keys = at.split("/").slice(1).map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  const key = keys.at(-1) ?? "";
  if (is === undefined) return did.scenario(keys[0] ?? "");
  const [direction, mark] = [keys.at(-2), key];
  if ((direction === "read" || direction === "write") && (mark === "low" || mark === "high")) return did.mark(direction, mark, Number(was.is ?? 0), Number(is ?? 0));
  const [from, to] = [was.is, is].map((value) => shortened(typeof value === "string" ? value : JSON.stringify(value ?? null), LONGEST));
  // What is in a list has a number for a name.
  return did.edited(/^\d+$/.test(key) ? keys[0] : key, from, to);
}

/** @param {string} key @param {any} value */
function short(key, value) {
  if (Array.isArray(value)) return value.join(", ");
  if (key === "peer_send" || key === "write") return JSON.stringify(shortened(value.bytes ?? value, LONGEST));
  return value;
}

/** @param {string} text @param {number} longest */
function shortened(text, longest) {
  const letters = [...text];
  return letters.length > longest ? `${letters.slice(0, longest - 1).join("")}\u2026` : text;
}
