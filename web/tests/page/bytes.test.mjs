/** Bytes as text and back; no browser needed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { dataOf, glyph } from "../../views/bytes.js";

test("each byte has one glyph", () => {
  assert.deepEqual([0x41, 0x20, 0x0a, 0x00, 0xff].map(glyph).join(""), "A\u2423\u21b5\u00b7\u00b7");
});

test("what is typed stands for the bytes that it names", () => {
  assert.equal(dataOf("a\\n\\t\\0\\\\\\x41"), "a\n\t\0\\A");
  assert.equal(dataOf("\\q and \\x4"), "\\q and \\x4", "what names no byte is left alone");
  assert.equal(dataOf("\u4e2d"), "\u4e2d", "text is text");
  assert.equal(dataOf("\\xe4\\xb8\\xad"), "\u4e2d", "and so are the bytes of one");
  assert.deepEqual(dataOf("\u4e2d\\xff"), { bytes: "\u00e4\u00b8\u00ad\u00ff" });
});
