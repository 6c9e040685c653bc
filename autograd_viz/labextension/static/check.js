/**
 * Is this object a play? The kernel's writer is tested, but a notebook comes from anywhere: what is drawn has been checked here,
 * field by field, against docs/play-format.md, and is small enough to draw. The first fault ends the check with one readable line.
 *
 * References to a box, a source or a row that is not there are no fault: the player then shows nothing for them.
 * Next: frame.js, what is in force at a step.
 */

/** The most of each that is drawn; a play beyond these would freeze the page. */
export const LIMITS = {
  items: 20_000, cells: 60_000, cellsInOne: 1_024, depth: 12, steps: 12_000, changes: 500_000, boxes: 400, folds: 40, foldDepth: 3, rows: 60_000,
  entries: 20_000, sources: 500, notes: 200, arrays: 8, runs: 60, links: 2_000, characters: 8_000_000, oneText: 500_000, oneLabel: 4_000, number: 1e7,
};

const PHASES = new Set(["forward", "backward", "update", "grad", "error"]);
const CAPTION_CLASSES = new Set(["", "b", "code"]);
const ANCHORS = new Set(["middle", "end"]);
const ITEM_KINDS = new Set(["g", "rect", "circle", "path", "arrow", "text", "cells"]);
const PATH_TOKEN = /([MLCZlc])|-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[ ,\n]+/y;
const PATH_ARITY = { M: 2, L: 2, C: 6, l: 2, c: 6, Z: 0 };

/** Whether `d` is a path that starts with M and has a whole number of points after each of M, L, C, l, c and none after Z. */
export function isPath(d) {
  let command = "", numbers = 0, from = 0;
  const complete = () => command === "" ? numbers === 0 : PATH_ARITY[command] === 0 ? numbers === 0 : numbers > 0 && numbers % PATH_ARITY[command] === 0;
  while (from < d.length) {
    PATH_TOKEN.lastIndex = from;
    const token = PATH_TOKEN.exec(d);
    if (!token) return false;
    from = PATH_TOKEN.lastIndex;
    if (token[1]) {
      if (!complete() || (command === "" && token[1] !== "M")) return false;
      command = token[1];
      numbers = 0;
    } else if (!/^[ ,\n]/.test(token[0])) numbers += 1;
  }
  return complete();
}

/**
 * Check a play from top to bottom.
 * @param {unknown} play
 * @returns {import("./frame.js").Play} the same object
 * @throws {Error} one line that says which field is wrong: "expected play.items[3].x to be a number, got the text "NaN""
 */
export function validate(play) {
  new PlayCheck().play(play);
  return /** @type {any} */ (play);
}

/** What a reader sees of a wrong value: short, and without line breaks. */
function shown(value) {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return `the text ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value)}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return value !== null && typeof value === "object" ? "an object" : String(value);
}

function wrong(where, wanted, value) {
  throw new Error(`expected ${where} to be ${wanted}, got ${shown(value)}`);
}

/** One check of one play. It counts as it goes, so that no part can be big enough alone or together to freeze the page. */
class PlayCheck {
  counts = { items: 0, cells: 0, changes: 0, rows: 0, characters: 0 };
  ids = new Set();
  /** @type {Map<string, string | null>} id of a `g` -> the fold that it is drawn in */
  drawnIn = new Map();
  /** @type {Map<string, number>} id of a `cells` item -> the most cells that it ever shows */
  cellsOf = new Map();

  play(play) {
    this.object(play, "play");
    if (play.schema !== 1) wrong("play.schema", "1", play.schema);
    this.text(play, "title", "play");
    this.text(play, "text", "play", LIMITS.oneText);
    for (const side of ["w", "h"]) this.number(play, side, "play", 0);
    if (typeof play.live !== "boolean") wrong("play.live", "true or false", play.live);
    for (const [name, most] of [["steps", LIMITS.steps], ["ledger", LIMITS.entries], ["sources", LIMITS.sources], ["notes", LIMITS.notes]])
      this.list(play[name], `play.${name}`, most);
    const folds = this.foldsOf(play);
    this.view = null;
    this.items(play.items, "play.items", 1);
    for (const [id, fold] of folds) this.fold(id, fold, `play.folds[${nameOf(id)}]`);
    this.boxes(play.boxes, new Set(folds.map(([id]) => id)));
    play.steps.forEach((step, i) => this.step(step, `play.steps[${i}]`));
    this.list(play.held, "play.held", LIMITS.steps);
    if (play.held.length !== play.steps.length) wrong("play.held", `as long as play.steps (${play.steps.length})`, play.held);
    play.held.forEach((bytes, i) => { if (!Number.isFinite(bytes) || bytes < 0) wrong(`play.held[${i}]`, "a number of bytes", bytes); });
    play.ledger.forEach((entry, i) => this.entry(entry, `play.ledger[${i}]`));
    play.sources.forEach((source, i) => this.source(source, `play.sources[${i}]`));
    play.notes.forEach((_, i) => this.text(play.notes, i, "play.notes"));
  }

  // ---- the drawing

  /** Absent in a play that folds nothing. */
  foldsOf(play) {
    if (play.folds === undefined) return [];
    this.object(play.folds, "play.folds");
    return this.entries(play.folds, "play.folds", "folds");
  }

  fold(id, fold, where) {
    this.object(fold, where);
    this.text(fold, "name", where);
    for (const side of ["w", "h"]) this.number(fold, side, where, 0);
    this.view = id;
    this.items(fold.items, `${where}.items`, 1);
  }

  items(items, where, depth) {
    this.list(items, where, LIMITS.items);
    if (depth > LIMITS.depth) wrong(where, `at most ${LIMITS.depth} groups deep`, items);
    items.forEach((item, i) => this.item(item, `${where}[${i}]`, depth));
  }

  item(item, where, depth) {
    this.object(item, where);
    this.count("items", 1);
    if (!ITEM_KINDS.has(item.k)) wrong(`${where}.k`, "g, rect, circle, path, arrow, text or cells", item.k);
    if (item.id !== undefined) this.newId(item, where);
    if (item.c !== undefined) this.classes(item.c, `${where}.c`);
    if (item.k === "g" && item.id !== undefined) this.drawnIn.set(item.id, this.view);
    if (item.k === "path") return this.path(item, "d", where);
    if (item.k === "arrow") return ["d", "h"].forEach((part) => this.path(item, part, where));
    if (item.k === "g" && item.x === undefined && item.y === undefined) return this.items(item.items, `${where}.items`, depth + 1);
    this.number(item, "x", where);
    this.number(item, "y", where);
    if (item.k === "g") this.items(item.items, `${where}.items`, depth + 1);
    else if (item.k === "rect") this.rectangle(item, where);
    else if (item.k === "circle") this.number(item, "r", where, 0);
    else if (item.k === "text") this.words(item, where);
    else this.cells(item, where);
  }

  rectangle(item, where) {
    this.number(item, "w", where, 0);
    this.number(item, "h", where, 0);
    if (item.r !== undefined) this.number(item, "r", where, 0);
  }

  words(item, where) {
    this.text(item, "s", where);
    if (item.a !== undefined && !ANCHORS.has(item.a)) wrong(`${where}.a`, `"middle" or "end"`, item.a);
  }

  cells(item, where) {
    this.number(item, "size", where, 0);
    this.whole(item, "cols", where, 1, LIMITS.cellsInOne);
    this.shades(item.v, `${where}.v`);
    this.countCells(item.id, item.v.length);
  }

  path(item, part, where) {
    this.text(item, part, where, 100_000);
    if (!isPath(item[part])) wrong(`${where}.${part}`, "a path of numbers and M L C l c Z", item[part]);
  }

  /** A step may give a `cells` item more cells than it began with: what counts is the most that it ever shows. */
  countCells(id, many) {
    const before = this.cellsOf.get(id) ?? 0;
    if (id !== undefined) this.cellsOf.set(id, Math.max(before, many));
    this.count("cells", id === undefined ? many : Math.max(0, many - before));
  }

  newId(owner, where) {
    this.text(owner, "id", where, 200);
    if (this.ids.has(owner.id)) wrong(`${where}.id`, "used once", owner.id);
    this.ids.add(owner.id);
  }

  classes(classes, where) {
    if (typeof classes !== "string" || classes.length > 400 || !/^[a-z0-9 -]*$/.test(classes)) wrong(where, "words of a-z 0-9 -", classes);
  }

  shades(shades, where) {
    this.list(shades, where, LIMITS.cellsInOne);
    shades.forEach((shade, i) => {
      if (shade !== null && shade !== "bad" && !(Number.isFinite(shade) && Math.abs(shade) <= 1)) wrong(`${where}[${i}]`, `a number from -1 to 1, null or "bad"`, shade);
    });
  }

  // ---- time

  step(step, where) {
    this.object(step, where);
    this.list(step.cap, `${where}.cap`, LIMITS.runs);
    step.cap.forEach((run, i) => this.captionRun(run, `${where}.cap[${i}]`));
    if (!PHASES.has(step.ph)) wrong(`${where}.ph`, "forward, backward, update, grad or error", step.ph);
    this.whole(step, "call", where);
    if (step.at !== null) this.text(step, "at", where, 200);
    if (step.src !== null) this.sourceLine(step.src, `${where}.src`);
    this.object(step.set, `${where}.set`);
    for (const [id, change] of this.entries(step.set, `${where}.set`, "changes")) this.change(id, change, `${where}.set[${nameOf(id)}]`);
  }

  captionRun(run, where) {
    if (!Array.isArray(run) || run.length !== 2 || !CAPTION_CLASSES.has(run[0])) wrong(where, `["" or "b" or "code", text]`, run);
    this.text(run, 1, where);
  }

  sourceLine(pair, where) {
    if (!Array.isArray(pair) || pair.length !== 2) wrong(where, "null or [source, line]", pair);
    this.whole(pair, 0, where);
    this.whole(pair, 1, where);
  }

  change(id, change, where) {
    this.object(change, where);
    this.count("changes", 1);
    if (change.c !== undefined) this.classes(change.c, `${where}.c`);
    if (change.s !== undefined) this.text(change, "s", where);
    if (change.m !== undefined) this.arrays(change.m, `${where}.m`);
    if (change.v === undefined) return;
    this.shades(change.v, `${where}.v`);
    if (this.cellsOf.has(id)) this.countCells(id, change.v.length);
  }

  // ---- what the panels say

  boxes(boxes, folds) {
    this.object(boxes, "play.boxes");
    const entries = this.entries(boxes, "play.boxes", "boxes"), outer = new Map();
    for (const [id, box] of entries) {
      const where = `play.boxes[${nameOf(id)}]`;
      this.box(box, where);
      if (box.in !== undefined && !folds.has(box.in)) wrong(`${where}.in`, "the id of a fold", box.in);
      if (this.drawnIn.has(id) && this.drawnIn.get(id) !== (box.in ?? null)) wrong(`${where}.in`, "the fold that it is drawn in", box.in);
      outer.set(id, box.in ?? null);
    }
    for (const fold of folds) this.climb(fold, outer);
  }

  /** The way from a fold to the main picture ends, and soon. */
  climb(fold, outer) {
    let at = fold, deep = 0;
    while (at !== null && deep++ < LIMITS.foldDepth) {
      if (!outer.has(at)) wrong(`play.folds[${nameOf(at)}]`, "a fold of one of the boxes", at);
      at = outer.get(at);
    }
    if (at !== null) wrong(`play.folds[${nameOf(fold)}]`, `at most ${LIMITS.foldDepth} folds deep`, fold);
  }

  box(box, where) {
    this.object(box, where);
    for (const key of ["name", "sub", "say"]) this.text(box, key, where);
    for (const key of ["to", "from"]) {
      this.list(box[key], `${where}.${key}`, LIMITS.links);
      box[key].forEach((_, i) => this.text(box[key], i, `${where}.${key}`, 200));
    }
    this.list(box.rows, `${where}.rows`, 400);
    box.rows.forEach((row, i) => this.row(row, `${where}.rows[${i}]`));
  }

  row(row, where) {
    this.object(row, where);
    this.count("rows", 1);
    this.text(row, "label", where);
    if (row.id !== undefined) this.newId(row, where);
    if (row.s !== undefined) this.text(row, "s", where);
    if (row.v !== undefined) this.value(row.v, `${where}.v`);
    if (row.go === undefined) return;
    this.list(row.go, `${where}.go`, LIMITS.links);
    row.go.forEach((link, i) => {
      if (!Array.isArray(link) || link.length !== 2) wrong(`${where}.go[${i}]`, "[id or null, text]", link);
      if (link[0] !== null) this.text(link, 0, `${where}.go[${i}]`, 200);
      this.text(link, 1, `${where}.go[${i}]`);
    });
  }

  arrays(arrays, where) {
    this.list(arrays, where, LIMITS.arrays);
    arrays.forEach((value, i) => { if (value !== null) this.value(value, `${where}[${i}]`); });
  }

  value(value, where) {
    this.object(value, where);
    this.text(value, "s", where);
    this.text(value, "shape", where);
    this.whole(value, "cols", where, 0, LIMITS.cellsInOne);
    this.list(value.t, `${where}.t`, LIMITS.cellsInOne);
    value.t.forEach((_, i) => this.text(value.t, i, `${where}.t`, 200));
    this.shades(value.v, `${where}.v`);
    if (value.v.length !== value.t.length) wrong(`${where}.v`, `as long as ${where}.t (${value.t.length})`, value.v);
    if (typeof value.whole !== "boolean") wrong(`${where}.whole`, "true or false", value.whole);
  }

  entry(entry, where) {
    this.object(entry, where);
    this.whole(entry, "step", where);
    if (entry.box !== null) this.text(entry, "box", where, 200);
    for (const key of ["leaf", "call", "note"]) this.text(entry, key, where);
    for (const key of ["before", "added", "after"]) if (entry[key] !== null) this.value(entry[key], `${where}.${key}`);
  }

  source(source, where) {
    this.object(source, where);
    this.text(source, "name", where);
    this.text(source, "text", where, LIMITS.oneText);
  }

  // ---- the smallest parts

  /** The keys are counted before a pair is made of each: of a million, the pairs alone would take seconds. */
  entries(owner, where, what) {
    const keys = Object.keys(owner);
    if (keys.length > LIMITS[what]) wrong(where, `at most ${LIMITS[what]} ${what}`, keys);
    return keys.map((key) => [key, owner[key]]);
  }

  object(value, where) {
    if (value === null || typeof value !== "object" || Array.isArray(value)) wrong(where, "an object", value);
  }

  list(value, where, most) {
    if (!Array.isArray(value)) wrong(where, "a list", value);
    if (value.length > most) wrong(where, `a list of at most ${most}`, value);
  }

  text(owner, key, where, most = LIMITS.oneLabel) {
    const value = owner[key];
    if (typeof value !== "string") wrong(fieldName(where, key), "text", value);
    if (value.length > most) wrong(fieldName(where, key), `text of at most ${most} characters`, value);
    this.count("characters", value.length);
  }

  number(owner, key, where, least = -LIMITS.number) {
    const value = owner[key];
    if (!Number.isFinite(value) || value < least || value > LIMITS.number) wrong(fieldName(where, key), least === 0 ? "a number from 0" : "a number", value);
  }

  whole(owner, key, where, least = 0, most = LIMITS.number) {
    const value = owner[key];
    if (!Number.isInteger(value) || value < least || value > most) wrong(fieldName(where, key), `a whole number from ${least}`, value);
  }

  count(what, many) {
    this.counts[what] += many;
    if (this.counts[what] > LIMITS[what]) throw new Error(`expected a play of at most ${LIMITS[what]} ${what}, got more`);
  }
}

function nameOf(id) {
  return JSON.stringify(id.slice(0, 40));
}

function fieldName(where, key) {
  return typeof key === "number" ? `${where}[${key}]` : `${where}.${key}`;
}
