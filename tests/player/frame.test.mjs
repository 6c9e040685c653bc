// What is in force at a step, and what the player works out from it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { frame, clampStep, touched, changing, segments, nextCall, previousCall, ledgerRows, places, stepText, bytesText, heldText, heldPath, captionText } from "../../autograd_viz/labextension/static/frame.js";
import { neighbour } from "../../autograd_viz/labextension/static/views.js";

const example = JSON.parse(readFileSync(new URL("example-play.json", import.meta.url), "utf8"));

/** The definition, word for word: the sets of steps 0..i applied in order. */
function applied(play, step) {
  const state = {};
  for (let i = 0; i <= step; i++) for (const [id, change] of Object.entries(play.steps[i].set)) state[id] = { ...state[id], ...change };
  return state;
}

test("a frame is the sets of all steps so far, at any step and in any order", () => {
  for (const step of [16, 0, 10, 9, 3, 16, 1]) {
    const wanted = applied(example, step), now = frame(example, step);
    for (const id of changing(example)) assert.deepEqual(now.get(id), wanted[id] ?? {}, `${id} at step ${step}`);
  }
});

test("a frame never changes the play, nor an earlier frame", () => {
  const before = JSON.stringify(example), early = frame(example, 5), caught = early.get("mm");
  frame(example, 16).get("mm");
  assert.deepEqual(early.get("mm"), caught);
  assert.equal(JSON.stringify(example), before);
});

test("a frame tells phase, call, box and line of its step", () => {
  const now = frame(example, 10);
  assert.deepEqual([now.step, now.phase, now.call, now.at, now.source, now.line], [10, "backward", 1, "add", 0, 7]);
  assert.match(captionText(now), /^AddBackward0 receives \[0\.25 0\.27 0\.14\] and passes it on/);
});

test("steps that do not exist become the nearest that does", () => {
  assert.deepEqual([-5, 3, 99, NaN, "7", undefined].map((step) => clampStep(example, step)), [0, 3, 16, 0, 7, 0]);
  assert.equal(frame({ ...example, steps: [], held: [] }, 4).step, 0);
});

test("boxes and sources that are not there are nothing", () => {
  const steps = [{ ...example.steps[0], at: "gone", src: [7, 1] }];
  const now = frame({ ...example, steps, held: [0] }, 0);
  assert.deepEqual([now.at, now.source], [null, null]);
});

test("an item may be named like something of Object's own", () => {
  const set = JSON.parse('{"__proto__": {"c": "now"}}');
  const play = { ...example, steps: [{ ...example.steps[0], set }], held: [0] };
  assert.deepEqual(frame(play, 0).get("__proto__"), { c: "now" });
  assert.deepEqual(frame(play, 0).get("constructor"), {});
});

test("what may look different is what the steps between set, both ways", () => {
  assert.deepEqual([...touched(example, 0, 1)].sort(), ["x", "y"]);
  assert.deepEqual(touched(example, 12, 9), touched(example, 9, 12));
  assert.equal(touched(example, 4, 4).size, 0);
});

test("stepping a play of 12,000 steps is quick", () => {
  const steps = Array.from({ length: 12_000 }, (_, i) => ({ cap: [], ph: "forward", call: 0, at: null, src: null, set: { [`n${i % 300}`]: { c: `node s${i}` } } }));
  const play = { ...example, steps, held: steps.map(() => 0) };
  frame(play, 0);
  const begun = performance.now();
  for (let i = 0; i < 12_000; i += 7) assert.equal(frame(play, i).get(`n${i % 300}`).c, `node s${i}`);
  assert.ok(performance.now() - begun < 500);
});

test("the track has one segment per step, or few that show the rarest phase they cover", () => {
  assert.equal(segments(example).length, 17);
  assert.deepEqual(segments(example)[14], { phase: "grad", from: 14, to: 14 });
  const few = segments(example, 4);
  assert.deepEqual(few.map(({ from, to }) => [from, to]), [[0, 3], [4, 7], [8, 11], [12, 16]]);
  assert.deepEqual(few.map(({ phase }) => phase), ["forward", "forward", "backward", "error"]);
  assert.deepEqual(segments({ ...example, steps: [] }), []);
});

test("shift and an arrow go to where backward calls begin", () => {
  assert.deepEqual([0, 8, 12, 15, 16].map((step) => nextCall(example, step)), [8, 15, 15, 16, 16]);
  assert.deepEqual([16, 15, 12, 8, 0].map((step) => previousCall(example, step)), [15, 8, 8, 0, 0]);
});

test("the ledger shows an entry from its step on and marks the one of now", () => {
  const marks = (step) => ledgerRows(example, step).map(({ entry, now }) => entry.leaf + (now ? "!" : ""));
  assert.deepEqual([9, 10, 12, 13, 14, 16].map(marks), [[], ["b!"], ["b"], ["b", "w!"], ["b", "w", "w!"], ["b", "w", "w"]]);
});

test("a box lies where its card lies, however its groups are moved", () => {
  assert.deepEqual(places(example).get("w"), { x: 46, y: 138, w: 206, h: 136 });
  const inner = { k: "g", id: "w", x: 1, y: 2, items: [{ k: "text", x: 0, y: 0, s: "" }, { k: "rect", x: 3, y: 4, w: 5, h: 6 }] };
  assert.deepEqual(places({ ...example, items: [{ k: "g", x: 10, y: 20, items: [inner] }] }).get("w"), { x: 14, y: 26, w: 5, h: 6 });
});

test("arrow keys walk along the edges, and to the nearest box where no edge leads", () => {
  assert.equal(neighbour(example, "w", "ArrowRight"), "mm");
  assert.equal(neighbour(example, "mm", "ArrowRight"), "sq");
  assert.equal(neighbour(example, "add", "ArrowLeft"), "sq");
  assert.equal(neighbour(example, "bce", "ArrowDown"), "y");
  assert.equal(neighbour(example, "w", "ArrowUp"), "x");
  assert.equal(neighbour(example, "x", "ArrowLeft"), null);
  assert.equal(neighbour(example, "nobody", "ArrowLeft"), null);
  assert.equal(neighbour(example, "w", "Tab"), null);
});

test("every box can be reached by arrow keys", () => {
  const reached = new Set(["x"]), waiting = ["x"];
  while (waiting.length) {
    const here = waiting.pop();
    for (const key of ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]) {
      const next = neighbour(example, here, key);
      if (next !== null && !reached.has(next)) [reached.add(next), waiting.push(next)];
    }
  }
  assert.deepEqual([...reached].sort(), Object.keys(example.boxes).sort());
});

test("the slider says which step it is and what happens in it", () => {
  assert.equal(stepText(example, 0), "step 1 of 17: x is made: five ones. It needs no gradient.");
  assert.equal(stepText({ ...example, steps: [], held: [] }, 0), "no steps");
});

test("bytes read well", () => {
  assert.deepEqual([0, 84, 999, 1000, 12_345, 4e6].map(bytesText), ["0 B", "84 B", "999 B", "1.00 kB", "12.3 kB", "4.00 MB"]);
  assert.deepEqual([0, 4, 5, 7, 9, 12].map((step) => heldText(example, step)), ["0 B", "0 B → 20 B", "20 B", "20 B → 44 B", "44 B → 20 B", "20 B → 0 B"]);
});

test("held bytes are a staircase with a corner at each change", () => {
  const play = { ...example, steps: example.steps.slice(0, 4), held: [0, 10, 10, 5] };
  assert.equal(heldPath(play), "M0 1L1 1L1 0L3 0L3 0.5L4 0.5");
  assert.equal(heldPath(play, 1), "M0 1L1 1L1 0L2 0");
  assert.equal(heldPath({ ...play, steps: [], held: [] }), "");
});
