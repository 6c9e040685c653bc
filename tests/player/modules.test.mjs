// What holds for the player's files as a whole: they can be joined into one script, and never make markup or code of text.
import assert from "node:assert/strict";
import { readFileSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFileSync } from "node:child_process";
import test from "node:test";

const STATIC = new URL("../../autograd_viz/labextension/static/", import.meta.url);
const read = (name) => readFileSync(new URL(name, STATIC), "utf8");

/** The modules that a page holds: what unpacks a play, and what player.js needs, each after those it imports. */
function modules() {
  const found = [];
  const visit = (name) => {
    if (found.includes(name)) return;
    for (const [, other] of read(name).matchAll(/^import .* from "\.\/([a-z]+\.js)";$/gm)) visit(other);
    found.push(name);
  };
  visit("packed.js");
  visit("player.js");
  return found;
}

/** As `Picture.html()` does it: no import lines, no `export` words. */
const joined = () => modules().map((name) => read(name).replace(/^import .*\n/gm, "").replace(/^export /gm, "")).join("\n");

test("the modules of the player are these, and each comes after what it imports", () => {
  assert.deepEqual([...modules()].sort(), ["camera.js", "check.js", "controls.js", "dom.js", "export.js", "frame.js", "keys.js", "packed.js", "panels.js", "picture.js", "player.js", "views.js", "way.js"]);
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

test("the page that is saved holds the whole player, and of a hostile play not one tag", async () => {
  const { pageOf } = await import(new URL("page.js", STATIC));
  const hostile = "</script><script>alert(1)</script><!--";
  const page = await pageOf({ title: hostile, text: `</pre>${hostile}`, notes: [hostile] }, async (name) => read(name));
  assert.deepEqual(page.match(/<\/?script/g), ["<script", "</script", "<script", "</script"]);
  assert.doesNotMatch(page, /alert\(1\)<\/|<!--/);
  assert.match(page, /^function mount\(/m);
  assert.doesNotMatch(page, /^\s*(import|export)[ {]/m);
  const [, policy] = page.match(/script-src 'nonce-([0-9a-f]{32})'/);
  assert.ok(page.includes(`<script type="module" nonce="${policy}">`));
  await assert.rejects(pageOf({ title: "", text: "" }, async () => "// </SCRIPT"), /would end its own element/);
});

test("no file is longer than a lecture", () => {
  for (const name of modules()) assert.ok(read(name).split("\n").length <= 400, name);
});
