/** Every step has its sentence, every text its translation. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { lessons as lessonsEn } from "../../lessons/en.js";
import { lessons as lessonsZh } from "../../lessons/zh.js";
import { rules } from "../../lessons/index.js";
import * as en from "../../sentences/en.js";
import * as zh from "../../sentences/zh.js";
import { text as textEn } from "../../text/en.js";
import { text as textZh } from "../../text/zh.js";

/** The shape of a value: its keys, not its words. @param {any} value @returns {any} */
const shape = (value) => {
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value === "object") return Object.fromEntries(Object.keys(value).sort().map((key) => [key, shape(value[key])]));
  return typeof value;
};

test("each kind of step has a sentence in both languages", async () => {
  const types = await readFile(new URL("../../../wasm/types.d.ts", import.meta.url), "utf8");
  const step = types.slice(types.indexOf("export type Step ="));
  const kinds = [...step.slice(0, step.indexOf(";")).matchAll(/"kind": "(\w+)"/g)].map(([, kind]) => kind).sort();
  assert.ok(kinds.length > 50);
  assert.deepEqual(Object.keys(en.steps).sort(), kinds);
  assert.deepEqual(Object.keys(zh.steps).sort(), kinds);
});

test("both languages say the same things", () => {
  assert.deepEqual(shape(textZh), shape(textEn));
  assert.deepEqual(shape(lessonsZh), shape(lessonsEn));
});

test("each lesson's rules and texts belong together", () => {
  assert.deepEqual(Object.keys(lessonsEn).sort(), Object.keys(rules).sort());
  for (const [id, { tasks }] of Object.entries(rules)) assert.deepEqual(Object.keys(tasks), Object.keys(lessonsEn[id].tasks));
});
