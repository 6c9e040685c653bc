// What holds for the player's files as a whole: they can be joined into one script, and never make markup or code of text.
import assert from "node:assert/strict";
import { readFileSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFileSync } from "node:child_process";
import test from "node:test";

const STATIC = new URL("../../autograd_viz/labextension/static/", import.meta.url);
const read = (name) => readFileSync(new URL(name, STATIC), "utf8");

/** The modules that player.js needs, each after those it imports. */
function modules() {
  const found = [];
  const visit = (name) => {
    if (found.includes(name)) return;
    for (const [, other] of read(name).matchAll(/^import .* from "\.\/([a-z]+\.js)";$/gm)) visit(other);
    found.push(name);
  };
  visit("player.js");
  return found;
}

/** As `Picture.html()` does it: no import lines, no `export` words. */
const joined = () => modules().map((name) => read(name).replace(/^import .*\n/gm, "").replace(/^export /gm, "")).join("\n");

test("the modules of the player are these, and each comes after what it imports", () => {
  assert.deepEqual([...modules()].sort(), ["camera.js", "check.js", "controls.js", "dom.js", "export.js", "frame.js", "keys.js", "panels.js", "picture.js", "player.js", "views.js", "way.js"]);
});

test("joined into one script they still parse, and mount is in it", () => {
  const file = join(mkdtempSync(join(tmpdir(), "player-")), "joined.mjs");
  writeFileSync(file, joined());
  execFileSync(process.execPath, ["--check", file], { stdio: "pipe" }); // fails on a name declared twice
  assert.match(joined(), /^function mount\(/m);
  assert.doesNotMatch(joined(), /^\s*(import|export)[ {]/m);
});

test("text never becomes markup or code, and nothing is fetched", () => {
  for (const name of modules()) {
    const code = read(name).replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
    assert.doesNotMatch(code, /innerHTML|outerHTML|insertAdjacentHTML|DOMParser|document\.write|\beval\b|new Function|createContextualFragment|srcdoc|\bfetch\(|XMLHttpRequest|import\(|import\.meta|export default|localStorage/, name);
  }
});

test("no file is longer than a lecture", () => {
  for (const name of modules()) assert.ok(read(name).split("\n").length <= 400, name);
});
