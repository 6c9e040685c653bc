// Which key does what, where.
import assert from "node:assert/strict";
import test from "node:test";
import { meaning, HELP } from "../../autograd_viz/labextension/static/keys.js";

const press = (key, where = "other", more = {}) => meaning({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...more }, where);

test("arrows step, and with shift go from backward call to backward call", () => {
  assert.deepEqual([press("ArrowLeft"), press("ArrowRight"), press("Home"), press("End"), press(" ")], ["back", "forward", "first", "last", "toggle"]);
  assert.deepEqual(["ArrowLeft", "ArrowRight"].map((key) => press(key, "slider", { shiftKey: true })), ["previousCall", "nextCall"]);
});

test("on a box the arrows walk along the edges, enter opens or inspects, and i inspects", () => {
  assert.deepEqual(["ArrowLeft", "ArrowUp", "Enter", "i", "Home"].map((key) => press(key, "box")), ["ArrowLeft", "ArrowUp", "enter", "inspect", "first"]);
  assert.equal(press("ArrowRight", "box", { shiftKey: true }), "nextCall");
});

test("on the pane of the picture the arrows move it", () => {
  assert.deepEqual(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].map((key) => press(key, "picture")), ["panLeft", "panRight", "panUp", "panDown"]);
  assert.deepEqual([press("ArrowLeft", "picture", { shiftKey: true }), press("/"), press("f"), press("/", "field")], ["previousCall", "find", "follow", null]);
});

test("a control keeps the keys that it needs itself", () => {
  assert.deepEqual([press(" ", "button"), press("Enter", "button"), press("ArrowLeft", "field"), press("ArrowDown", "pane"), press("Home", "pane")], [null, null, null, null, null]);
});

test("keys that mean nothing here, and all with ctrl, cmd or alt, go on to the page", () => {
  for (const key of ["a", "i", "Tab", "ArrowUp", "Enter", "F5", "constructor"]) assert.equal(press(key), null, key);
  for (const modifier of ["ctrlKey", "metaKey", "altKey"]) assert.equal(press("ArrowLeft", "other", { [modifier]: true }), null);
});

test("the help names every key", () => {
  const words = HELP.map(([keys]) => keys).join(" ");
  for (const key of ["←", "Shift", "Home", "End", "Space", "Enter", "Escape", "?", "+", "/", "f", "i"]) assert.ok(words.includes(key), key);
});
