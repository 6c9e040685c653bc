// What may be shown: every field of a play is checked, and every fault is told in one line.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { validate, isPath, LIMITS } from "../../autograd_viz/labextension/static/check.js";

const EXAMPLE = readFileSync(new URL("example-play.json", import.meta.url), "utf8");
const example = () => JSON.parse(EXAMPLE);

/** The example with one thing wrong. */
function spoilt(spoil) {
  const play = example();
  return spoil(play) ?? play;
}

function refused(play, pattern) {
  assert.throws(() => validate(play), (error) => {
    assert.ok(error instanceof Error && !/\n/.test(error.message) && error.message.length < 300, `one readable line, not: ${error.message}`);
    assert.match(error.message, pattern);
    return true;
  });
}

test("the example is a play and comes back as it is", () => {
  const play = example(), before = JSON.stringify(play);
  assert.equal(validate(play), play);
  assert.equal(JSON.stringify(play), before);
});

test("a play without steps, boxes and items is a play", () => {
  validate({ schema: 1, title: "", w: 0, h: 0, items: [], steps: [], boxes: {}, ledger: [], held: [], sources: [], notes: [], live: false, text: "" });
});

test("what is no object at all is refused", () => {
  for (const nothing of [null, undefined, 3, "play", [], true]) refused(nothing, /expected play to be an object/);
});

test("another schema is refused", () => {
  for (const schema of [0, 2, "1", null, undefined]) refused(spoilt((play) => { play.schema = schema; }), /play\.schema to be 1/);
});

const FAULTS = [
  ["a missing list of steps", (play) => { delete play.steps; }, /play\.steps to be a list, got nothing/],
  ["items that are an object", (play) => { play.items = { length: 3 }; }, /play\.items to be a list/],
  ["a title that is a number", (play) => { play.title = 7; }, /play\.title to be text, got 7/],
  ["a width that is the text NaN", (play) => { play.w = "NaN"; }, /play\.w to be a number.*the text "NaN"/],
  ["an infinite height", (play) => { play.h = Infinity; }, /play\.h/],
  ["live that is a text", (play) => { play.live = "yes"; }, /play\.live/],
  ["an item of an unknown kind", (play) => { play.items[0].k = "script"; }, /play\.items\[0\]\.k to be g, rect/],
  ["an item that is null", (play) => { play.items[0] = null; }, /play\.items\[0\] to be an object/],
  ["a position that is NaN", (play) => { play.items[0].x = NaN; }, /play\.items\[0\]\.x to be a number, got NaN/],
  ["a negative width", (play) => { play.items.push({ k: "rect", x: 0, y: 0, w: -1, h: 1 }); }, /\.w to be a number from 0/],
  ["a class with a quote", (play) => { play.items[0].c = 'edge" onload="x'; }, /play\.items\[0\]\.c to be words/],
  ["a class in capitals", (play) => { play.steps[0].set.x.c = "Node"; }, /set\["x"\]\.c to be words/],
  ["a path with a url", (play) => { play.items[0].items[0].d = "url(#a)"; }, /\.d to be a path/],
  ["an arrow whose head is a url", (play) => { play.items.push({ k: "arrow", d: "M0 0l1 1", h: "url(#a)", c: "edge grad" }); }, /\.h to be a path/],
  ["an arrow without a head", (play) => { play.items.push({ k: "arrow", d: "M0 0l1 1" }); }, /\.h to be text, got nothing/],
  ["a group that is moved sideways only", (play) => { play.items.push({ k: "g", x: 3, items: [] }); }, /\.y to be a number, got nothing/],
  ["an id used twice", (play) => { play.items[1].id = play.items[0].id; }, /play\.items\[1\]\.id to be used once/],
  ["an anchor of another kind", (play) => { play.items.push({ k: "text", x: 0, y: 0, s: "a", a: "left" }); }, /\.a to be "middle" or "end"/],
  ["a text that is an object", (play) => { play.items.push({ k: "text", x: 0, y: 0, s: { toString: 1 } }); }, /\.s to be text, got an object/],
  ["a shade beyond 1", (play) => { play.items.push({ k: "cells", x: 0, y: 0, size: 9, cols: 1, v: [1.5] }); }, /\.v\[0\] to be a number from -1 to 1/],
  ["a shade that is the text NaN", (play) => { play.steps[10].set["b.grad"].v[0] = "NaN"; }, /\.v\[0\]/],
  ["no columns", (play) => { play.items.push({ k: "cells", x: 0, y: 0, size: 9, cols: 0, v: [] }); }, /\.cols to be a whole number from 1/],
  ["an unknown phase", (play) => { play.steps[3].ph = "sideways"; }, /play\.steps\[3\]\.ph/],
  ["a call that is a fraction", (play) => { play.steps[3].call = 0.5; }, /\.call to be a whole number/],
  ["a caption that is a text", (play) => { play.steps[0].cap = "x is made"; }, /\.cap to be a list/],
  ["a caption of another class", (play) => { play.steps[0].cap[0][0] = "script"; }, /\.cap\[0\]/],
  ["a source that is a text", (play) => { play.steps[0].src = "cell"; }, /\.src to be null or/],
  ["arrays of a row that are no list", (play) => { play.steps[0].set.x.m = { length: 1 }; }, /set\["x"\]\.m to be a list/],
  ["an array of a row that is a text", (play) => { play.steps[0].set.x.m = [null, "<b>"]; }, /set\["x"\]\.m\[1\] to be an object/],
  ["more arrays in a row than one can look at", (play) => { play.steps[0].set.x.m = Array(9).fill(null); }, /set\["x"\]\.m/],
  ["no set", (play) => { delete play.steps[0].set; }, /\.set to be an object/],
  ["held bytes for other steps", (play) => { play.held.pop(); }, /play\.held to be as long as play\.steps \(17\)/],
  ["held bytes below zero", (play) => { play.held[2] = -1; }, /play\.held\[2\]/],
  ["boxes in a list", (play) => { play.boxes = []; }, /play\.boxes to be an object/],
  ["a box without rows", (play) => { delete play.boxes.w.rows; }, /boxes\["w"\]\.rows to be a list/],
  ["a box that leads to a number", (play) => { play.boxes.w.to = [3]; }, /boxes\["w"\]\.to\[0\] to be text/],
  ["a link that is a text", (play) => { play.boxes.w.rows[3].go = ["mm"]; }, /\.go\[0\]/],
  ["a value with more shades than numbers", (play) => { play.ledger[0].after.v.push(0); }, /after\.v to be as long as/],
  ["an entry without its after", (play) => { delete play.ledger[0].after; }, /play\.ledger\[0\]\.after to be an object/],
  ["a note that is null", (play) => { play.notes = [null]; }, /play\.notes\[0\] to be text/],
  ["a source without text", (play) => { play.sources[0] = { name: "cell" }; }, /play\.sources\[0\]\.text/],
];
for (const [name, spoil, pattern] of FAULTS) test(`refused: ${name}`, () => refused(spoilt(spoil), pattern));

test("every field of the example, replaced by something of another type, is refused or harmless, and never breaks the check", () => {
  const paths = [];
  const walk = (value, path) => {
    if (value === null || typeof value !== "object") return;
    for (const key of Object.keys(value).slice(0, 12)) {
      paths.push([...path, key]);
      walk(value[key], [...path, key]);
    }
  };
  walk(example(), []);
  assert.ok(paths.length > 500);
  const play = example();
  for (const path of paths.filter((_, i) => i % 3 === 0)) {
    const owner = path.slice(0, -1).reduce((value, key) => value[key], play), key = path.at(-1), good = owner[key];
    for (const bad of [null, -1e300, "\u0000", { a: [] }, [[]]]) {
      owner[key] = bad;
      try {
        validate(play);
      } catch (error) {
        assert.match(error.message, /^expected /, `${path.join(".")} = ${JSON.stringify(bad)} gave: ${error.stack}`);
      }
    }
    owner[key] = good;
  }
});

test("too much of anything is refused, and quickly", () => {
  const begun = performance.now();
  const rect = { k: "rect", x: 0, y: 0, w: 1, h: 1 };
  const cells = { k: "cells", x: 0, y: 0, size: 1, cols: 30, v: Array(900).fill(0) };
  const step = example().steps[0];
  const group = (items) => ({ k: "g", x: 0, y: 0, items });
  refused(spoilt((play) => { play.items = Array(LIMITS.items + 1).fill(rect); }), /at most 20000/);
  refused(spoilt((play) => { play.items = Array(3).fill(group(Array(8_000).fill(rect))); }), /at most 20000 items/);
  refused(spoilt((play) => { play.items = Array(80).fill(cells); }), /at most 60000 cells/);
  refused(spoilt((play) => { play.steps = Array(LIMITS.steps + 1).fill(step); }), /play\.steps to be a list of at most 12000/);
  refused(spoilt((play) => { play.text = "x".repeat(LIMITS.oneText + 1); }), /play\.text to be text of at most/);
  refused(spoilt((play) => { play.notes = ["x".repeat(LIMITS.oneLabel + 1)]; }), /play\.notes\[0\] to be text of at most/);
  assert.ok(performance.now() - begun < 2_000);
});

test("cells that only a step makes many are counted too", () => {
  const cells = (i) => ({ k: "cells", id: `c${i}`, x: 0, y: 0, size: 1, cols: 30, v: [0] });
  refused(spoilt((play) => {
    play.items = Array.from({ length: 80 }, (_, i) => cells(i));
    play.steps[0].set = Object.fromEntries(play.items.map((item) => [item.id, { v: Array(1_000).fill(0) }]));
  }), /at most 60000 cells/);
});

test("groups within groups end at twelve", () => {
  const nested = (depth) => depth === 0 ? [] : [{ k: "g", x: 0, y: 0, items: nested(depth - 1) }];
  validate(spoilt((play) => { play.items = nested(LIMITS.depth - 1); }));
  refused(spoilt((play) => { play.items = nested(LIMITS.depth + 1); }), /at most 12 groups deep/);
  refused(spoilt((play) => { play.items = nested(3_000); }), /at most 12 groups deep/);
});

test("names of Object's own are names like any other", () => {
  const play = JSON.parse(`{"boxes": {"__proto__": ${JSON.stringify(example().boxes.w)}}, "set": {"__proto__": {"c": "now"}, "constructor": {"c": "past"}}}`);
  const item = (id) => ({ k: "g", id, x: 0, y: 0, items: [] });
  validate(spoilt((whole) => { Object.assign(whole, { boxes: play.boxes, items: [item("__proto__"), item("constructor"), item("toString")] }).steps[0].set = play.set; }));
  refused(spoilt((whole) => { whole.boxes = JSON.parse('{"__proto__": 3}'); }), /boxes\["__proto__"\] to be an object, got 3/);
});

test("a path is M, L, C, Z and numbers, with whole points", () => {
  for (const good of ["", "M0 0", "M0 0L1,1", "M-1.5 .5C1 2 3 4 5 6Z", "M0 0 L1 1 2 2Z", "M1e2 -3E-1L0 0", "M0 0l-1-2c1 2-3 4 5-6Z"]) assert.ok(isPath(good), good);
  for (const bad of ["L0 0", "M0", "M0 0L", "M0 0C1 2 3", "M0 0Z3", "m0 0", "M0 0l1", "M0 0h1", "l1 1", "M0 0A1 1 0 0 0 1 1", "M0 0;", "MNaN 0", "M0 0L- 1", "1 2", "M0 0<", "M1e 0"]) assert.ok(!isPath(bad), bad);
});

test("a long hostile path is refused in time linear in its length", () => {
  const begun = performance.now();
  assert.ok(!isPath(`M0 0${" ".repeat(90_000)}x`));
  assert.ok(!isPath(`M${"1".repeat(90_000)}!`));
  assert.ok(performance.now() - begun < 500);
});
