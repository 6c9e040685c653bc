// A packed play: what was packed comes out, and whatever else comes in ends soon, in one line.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { deflateSync, gzipSync } from "node:zlib";
import test from "node:test";
import { inflated, isPacked, unpack, MOST } from "../../autograd_viz/labextension/static/packed.js";
import { validate } from "../../autograd_viz/labextension/static/check.js";

const EXAMPLE = readFileSync(new URL("example-play.json", import.meta.url), "utf8");
const packed = (text) => deflateSync(text).toString("base64");

async function refused(play, pattern) {
  await assert.rejects(unpack(play), (error) => {
    assert.ok(!/\n/.test(error.message) && error.message.length < 200, `one readable line, not: ${error.message}`);
    assert.match(error.message, pattern);
    return true;
  });
}

test("a play comes out as it went in", async () => {
  assert.deepEqual(validate(await unpack({ schema: 1, packed: packed(EXAMPLE) })), JSON.parse(EXAMPLE));
  for (const text of ["", "∂ 𝔄 □", "x".repeat(99_999)]) assert.equal(await inflated(packed(text)), text);
});

test("a plain play, or none, is not packed", () => {
  for (const other of [JSON.parse(EXAMPLE), null, undefined, 3, "packed", [], {}]) assert.equal(isPacked(other), false);
  assert.equal(isPacked({ packed: null }), true);
});

const JSON_TEXT = packed(EXAMPLE);
const WRONG = {
  "another schema": [{ schema: 2, packed: JSON_TEXT }, /play\.schema to be 1, got 2/],
  "no schema": [{ packed: JSON_TEXT }, /play\.schema to be 1/],
  "a number": [{ schema: 1, packed: 7 }, /play\.packed to be text/],
  "an object": [{ schema: 1, packed: { length: 3 } }, /play\.packed to be text/],
  "nothing": [{ schema: 1, packed: null }, /play\.packed to be text/],
  "no base 64": [{ schema: 1, packed: "<script>" }, /compressed text in base 64/],
  "an empty text": [{ schema: 1, packed: "" }, /compressed text in base 64/],
  "something that is not compressed": [{ schema: 1, packed: Buffer.from(EXAMPLE).toString("base64") }, /compressed text in base 64/],
  "another compression": [{ schema: 1, packed: gzipSync(EXAMPLE).toString("base64") }, /compressed text in base 64/],
  "half of it": [{ schema: 1, packed: JSON_TEXT.slice(0, 400) }, /compressed text in base 64/],
  "what is no text": [{ schema: 1, packed: packed(Buffer.from([0x7b, 0xff, 0xfe])) }, /compressed text in base 64/],
  "what is no JSON": [{ schema: 1, packed: packed("{schema: 1}") }, /to hold JSON/],
  "code": [{ schema: 1, packed: packed("alert(1)") }, /to hold JSON/],
  "too many letters": [{ schema: 1, packed: "A".repeat(MOST.packed + 1) }, /at most 4000000 letters/],
};
for (const [name, [play, pattern]] of Object.entries(WRONG)) test(`refused: ${name}`, () => refused(play, pattern));

test("a bomb goes off where it may be no bigger, long before its end", async () => {
  const zeros = Buffer.alloc(400_000_000, " "), bomb = deflateSync(zeros);
  assert.ok(bomb.length * 4 / 3 < MOST.packed, "its letters alone look harmless");
  const begun = performance.now(), before = process.memoryUsage.rss();
  await refused({ schema: 1, packed: bomb.toString("base64") }, /at most 16000000 characters/);
  assert.ok(performance.now() - begun < 2_000);
  assert.ok(process.memoryUsage.rss() - before < 200e6, `${process.memoryUsage.rss() - before} bytes more`);
});

test("a packed play in a packed play is no play", async () => {
  const inner = await unpack({ schema: 1, packed: packed(JSON.stringify({ schema: 1, packed: JSON_TEXT })) });
  assert.throws(() => validate(inner), /expected play\.title to be text/);
});
