/** The glossary: each of its entries can be read in every language, and each lesson shows something of it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { index } from "../support/learner.mjs";

const { entries } = JSON.parse(readFileSync(new URL("../../../lessons/glossary.json", import.meta.url), "utf8"));
const KINDS = ["term", "callback", "mark", "flag"];

test("every entry has a name and a sentence in each language, and a lesson of the course", () => {
  assert.equal(new Set(entries.map((/** @type {any} */ { id }) => id)).size, entries.length, "ids are of their own");
  for (const { id, kind, lesson, name, text, value } of entries) {
    assert.ok(KINDS.includes(kind), `${id}: ${kind}`);
    assert.ok(Number.isInteger(lesson) && lesson >= 1 && lesson <= 20, `${id}: lesson ${lesson}`);
    assert.equal(kind === "flag", Number.isInteger(value), `${id}: flags have a value`);
    for (const words of [name, text]) {
      assert.deepEqual(Object.keys(words), ["en", "zh"], id);
      for (const said of Object.values(words)) assert.ok(said.trim().length > 1, id);
    }
    // A number that no run proves could be false.
    for (const said of Object.values(text)) assert.doesNotMatch(said.replace(/\b(1\.4|2\.[12x])/g, ""), /\d/, id);
  }
});

test("every lesson of the course shows something of the glossary", () => {
  for (const { number, id, test: isTest } of index()) {
    if (!isTest && number > 0) assert.ok(entries.some((/** @type {any} */ { lesson }) => lesson === number), `${id} shows nothing of it`);
  }
});
