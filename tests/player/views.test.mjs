// Folds: where a box is, what stands for it where it is hidden, and how it is found.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { validate, LIMITS } from "../../autograd_viz/labextension/static/check.js";
import { places } from "../../autograd_viz/labextension/static/frame.js";
import { isFold, matches, neighbour, pictureOf, standIn, stillThere, trail, viewOf } from "../../autograd_viz/labextension/static/views.js";
import { stateWords } from "../../autograd_viz/labextension/static/panels.js";

const read = (name) => JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8"));
const example = read("example-play.json"), folded = read("folded-play.json");

test("a play with folds is a play, and so is one without", () => {
  validate(folded);
  assert.deepEqual([isFold(folded, "f1"), isFold(folded, "n1"), isFold(folded, null), isFold(example, "f1"), isFold(folded, "toString")], [true, false, false, false, false]);
});

test("a box is drawn in the main picture or in its fold, and lies there", () => {
  assert.deepEqual(["t1", "n1", "n2", "nobody"].map((id) => viewOf(folded, id)), [null, "f1", "f2", null]);
  assert.deepEqual([...places(folded).keys()], ["t1", "f1", "n9"]);
  assert.deepEqual([...places(folded, "f1").keys()], ["n1", "f2", "n4"]);
  assert.deepEqual(places(folded, "f2").get("n3"), { x: 274, y: 20, w: 170, h: 86 });
  assert.equal(places(folded, "gone").size, 0);
});

test("the card of a fold is its front card, not the ones behind it", () => {
  assert.deepEqual(places(folded).get("f1"), { x: 274, y: 40, w: 170, h: 86 });
});

test("the breadcrumb leads from the whole graph inwards", () => {
  assert.deepEqual(trail(folded, "f2"), [null, "f1", "f2"]);
  assert.deepEqual(trail(folded, "f2").map((view) => pictureOf(folded, view).name), ["the whole graph", "layer 0", "attention"]);
  assert.deepEqual(trail(example, null), [null]);
});

test("a closed fold stands for what lies in it, however deep; outside the open fold nothing does", () => {
  assert.deepEqual([null, "f1", "f2"].map((view) => standIn(folded, "n2", view)), ["f1", "f2", "n2"]);
  assert.deepEqual([null, "f1", "f2"].map((view) => standIn(folded, "n9", view)), ["n9", null, null]);
  assert.deepEqual([standIn(folded, "nobody", null), standIn(folded, null, null)], [null, null]);
});

test("when a new play has lost the open fold, the reader comes out at the nearest that is left", () => {
  assert.equal(stillThere(folded, [null, "f1", "f2"]), "f2");
  assert.equal(stillThere({ ...folded, folds: { f1: folded.folds.f1 } }, [null, "f1", "f2"]), "f1");
  assert.equal(stillThere(example, [null, "f1", "f2"]), null);
});

test("arrow keys walk within the view, and to the fold that an edge leads into", () => {
  assert.equal(neighbour(folded, "t1", "ArrowRight"), "f1");
  assert.equal(neighbour(folded, "n1", "ArrowRight"), "f2", "n1 leads to n2, which lies in f2");
  assert.equal(neighbour(folded, "n4", "ArrowRight"), null, "n9 lies outside");
});

test("a search finds by name, by variable and by operation, in folds too, the likeliest first", () => {
  assert.deepEqual(matches(folded, "expb"), ["n2"]);
  assert.deepEqual(matches(folded, "  RELU "), ["n4"]);
  assert.equal(matches(folded, "h")[0], "f1", "h = layer(x) is the word h");
  assert.deepEqual(matches(folded, "e / e.sum"), ["n3"], "every word of it");
  assert.deepEqual(matches(folded, "x")[0], "t1");
  assert.deepEqual([matches(folded, ""), matches(folded, "   "), matches(folded, "no such thing")], [[], [], []]);
});

test("what is searched for is text, never a pattern", () => {
  for (const words of ["(", "[a-", "\\", ".*", "a{99999999}", "x".repeat(10_000)]) assert.ok(Array.isArray(matches(folded, words)), words);
});

test("a box's state in words, for those who do not see its colours", () => {
  assert.deepEqual(["node fn later", "node fn done now wave", "node fn done", "node failed now", "node", undefined].map(stateWords),
    ["not made yet", "this step", "backward went through", "failed", "", ""]);
});

// ---- what may be shown

function refused(spoil, pattern) {
  const play = structuredClone(folded);
  spoil(play);
  assert.throws(() => validate(play), (error) => {
    assert.match(error.message, pattern);
    assert.ok(!/\n/.test(error.message) && error.message.length < 300);
    return true;
  });
}

const FAULTS = [
  ["folds in a list", (play) => { play.folds = []; }, /play\.folds to be an object/],
  ["folds that are null", (play) => { play.folds = null; }, /play\.folds to be an object, got null/],
  ["a fold that is no box", (play) => { play.folds.f9 = play.folds.f2; delete play.folds.f2; for (const id of ["n2", "n3"]) play.boxes[id].in = "f9"; }, /play\.folds\["f9"\] to be a fold of one of the boxes/],
  ["a fold without items", (play) => { delete play.folds.f1.items; }, /folds\["f1"\]\.items to be a list, got nothing/],
  ["a fold named by a number", (play) => { play.folds.f1.name = 7; }, /folds\["f1"\]\.name to be text, got 7/],
  ["a fold without a height", (play) => { play.folds.f2.h = "tall"; }, /folds\["f2"\]\.h to be a number/],
  ["a box in a fold that is not there", (play) => { play.boxes.n1.in = "f7"; }, /boxes\["n1"\]\.in to be the id of a fold, got the text "f7"/],
  ["a box in null", (play) => { play.boxes.t1.in = null; }, /boxes\["t1"\]\.in to be the id of a fold, got null/],
  ["a box that is drawn elsewhere", (play) => { play.boxes.n1.in = "f2"; }, /boxes\["n1"\]\.in to be the fold that it is drawn in/],
  ["a box that is drawn in a fold and does not say so", (play) => { delete play.boxes.n4.in; }, /boxes\["n4"\]\.in to be the fold that it is drawn in, got nothing/],
  ["an id that a fold uses again", (play) => { play.folds.f1.items[0].id = "e1"; }, /folds\["f1"\]\.items\[0\]\.id to be used once/],
  ["a fold in itself", (play) => { play.boxes.f1.in = "f1"; play.folds.f1.items.push(play.items.splice(play.items.findIndex(({ id }) => id === "f1"), 1)[0]); }, /at most 3 folds deep/],
  ["two folds in each other", (play) => {
    play.boxes.f1.in = "f2";
    play.folds.f2.items.push(play.items.splice(play.items.findIndex(({ id }) => id === "f1"), 1)[0]);
  }, /at most 3 folds deep/],
];
for (const [name, spoil, pattern] of FAULTS) test(`refused: ${name}`, () => refused(spoil, pattern));

/** Folds in folds, so many deep. */
function nested(depth) {
  const play = { ...structuredClone(example), steps: [], held: [], ledger: [], items: [], boxes: {}, folds: {} };
  let items = play.items;
  for (let i = 1; i <= depth; i++) {
    items.push({ k: "g", id: `f${i}`, x: 0, y: 0, items: [] });
    play.boxes[`f${i}`] = { ...example.boxes.w, to: [], from: [], rows: [], ...(i > 1 ? { in: `f${i - 1}` } : {}) };
    play.folds[`f${i}`] = { name: `fold ${i}`, w: 10, h: 10, items: (items = []) };
  }
  return play;
}

test("folds nest three deep and no deeper", () => {
  validate(nested(LIMITS.foldDepth));
  assert.throws(() => validate(nested(LIMITS.foldDepth + 1)), /at most 3 folds deep/);
});

test("there are at most 40 folds and 400 boxes together", () => {
  const many = (count, make) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`m${i}`, make(i)]));
  refused((play) => { Object.assign(play.folds, many(39, () => ({ name: "", w: 1, h: 1, items: [] }))); }, /at most 40 folds/);
  refused((play) => { Object.assign(play.boxes, many(400, () => structuredClone(play.boxes.t1))); }, /at most 400 boxes/);
  refused((play) => { play.folds.f1.items = Array(LIMITS.items + 1).fill({ k: "rect", x: 0, y: 0, w: 1, h: 1 }); }, /at most 20000/);
});
