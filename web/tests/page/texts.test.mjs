/** Every step has its sentence, every text its translation. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { languages } from "../../lang/index.js";

/** The shape of a value: its keys, not its words. @param {any} value @returns {any} */
const shape = (value) => {
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value === "object") return Object.fromEntries(Object.keys(value).sort().map((key) => [key, shape(value[key])]));
  return typeof value;
};

test("each kind of step has a sentence in every language", async () => {
  const types = await readFile(new URL("../../../wasm/types.d.ts", import.meta.url), "utf8");
  const step = types.slice(types.indexOf("export type Step ="));
  const kinds = [...step.slice(0, step.indexOf(";")).matchAll(/"kind": "(\w+)"/g)].map(([, kind]) => kind).sort();
  assert.ok(kinds.length > 50);
  for (const { sentences } of Object.values(languages)) assert.deepEqual(Object.keys(sentences.steps).sort(), kinds);
});

test("all languages say the same things", () => {
  const { en } = languages;
  for (const { text } of Object.values(languages)) assert.deepEqual(shape(text), shape(en.text));
});
