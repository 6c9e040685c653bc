/**
 * What is said around the picture: caption, held bytes, the cell's source, the inspector and the ledger.
 * Each `make...` gives an element and a `show` that brings it to a step; what would come out the same is left untouched.
 * What has to be measured waits for `settle`, when all parts are written: else every part would have the page laid out for itself.
 */
import { makeHtml, makeSvg, makeWordButton, setAttributes, setChildren, setText } from "./dom.js";
import { bytesText, heldPath, heldText, ledgerRows, boxOf } from "./frame.js";
import { shadeClass, shadeOpacity } from "./picture.js";

export function makeCaption() {
  const element = makeHtml("p", { class: "agv-caption" });
  const show = ({ now }) => {
    const runs = now.cap.map(([kind, words]) => kind === "b" ? makeHtml("b", {}, words) : kind === "code" ? makeHtml("code", {}, words) : makeHtml("span", {}, words));
    element.replaceChildren(...runs);
  };
  return { element, show };
}

/** The memory of saved tensors over time, drawn on the slider's axis; nothing at all if nothing was ever saved. */
export function makeHeld() {
  const area = makeSvg("path", { class: "agv-held-area" }), line = makeSvg("path", { class: "agv-held-line" });
  const chart = makeSvg("svg", { class: "agv-held-chart", preserveAspectRatio: "none", "aria-hidden": "true" }, area, line);
  const words = makeHtml("span", { class: "agv-held-words" });
  const element = makeHtml("div", { class: "agv-held" }, chart, words);
  const show = ({ play, step }) => {
    element.hidden = !play.held.some((bytes) => bytes > 0);
    if (element.hidden) return;
    const many = play.steps.length;
    setAttributes(chart, { viewBox: `0 -0.08 ${many} 1.16` });
    setAttributes(area, { d: `${heldPath(play)}L${many} 1L0 1Z` });
    setAttributes(line, { d: heldPath(play, step) });
    const [before, after] = heldText(play, step).split(" → ");
    const spans = after ? [`held for backward: ${before} → `, makeHtml("b", {}, after)] : ["held for backward: ", makeHtml("b", {}, before)];
    words.replaceChildren(...spans);
    words.title = `at most ${bytesText(play.held.reduce((a, b) => Math.max(a, b), 0))}`;
  };
  return { element, show };
}

export function makeNotes() {
  const element = makeHtml("ul", { class: "agv-notes", "aria-label": "Notes on the picture" });
  let shown = "";
  const show = ({ play }) => {
    const wanted = play.notes.join("\n");
    element.hidden = play.notes.length === 0;
    if (wanted === shown) return;
    shown = wanted;
    element.replaceChildren(...play.notes.map((note) => makeHtml("li", {}, note)));
  };
  return { element, show };
}

// ---- the three panels

/** A panel: a title and a part that scrolls by itself, so the page never moves; focusable, for scrolling by keyboard. */
function makePane(className, title) {
  const heading = makeHtml("div", { class: "agv-pane-title" }, title);
  const body = makeHtml("div", { class: "agv-pane-body", tabindex: 0, role: "group", "aria-label": title });
  return { element: makeHtml("div", { class: `agv-pane ${className}` }, heading, body), heading, body };
}

const MOST_LINES = 2_000;

export function makeSource() {
  const pane = makePane("agv-source", "Source");
  let shown = null, lines = [], current = null;

  function open(source) {
    const all = source.text.split("\n");
    lines = all.slice(0, MOST_LINES).map((line) => makeHtml("code", { class: "agv-line" }, line || " "));
    const rest = all.length > MOST_LINES ? [makeHtml("span", {}, `... and ${all.length - MOST_LINES} more lines`)] : [];
    pane.body.replaceChildren(makeHtml("pre", {}, ...lines, ...rest));
    setText(pane.heading, source.name);
    setAttributes(pane.body, { "aria-label": source.name });
  }

  const show = ({ play, now }) => {
    const source = play.sources[now.source ?? 0];
    pane.element.hidden = !source;
    current = null;
    if (!source) return;
    setAttributes(pane.element, { "data-phase": now.phase });
    const key = JSON.stringify([source.name, source.text]);
    if (key !== shown) open(source);
    shown = key;
    current = now.source === null ? null : lines[now.line - 1];
    for (const line of lines) setAttributes(line, { "aria-current": line === current ? "true" : null });
  };
  return { element: pane.element, show, settle: () => scrollWithin(pane.body, current) };
}

/** Scroll the pane, and nothing but the pane (scrollIntoView would move the notebook too). */
function scrollWithin(pane, line) {
  if (!line) return;
  const box = pane.getBoundingClientRect(), at = line.getBoundingClientRect();
  if (at.top < box.top || at.bottom > box.bottom) pane.scrollTop += at.top - box.top - (box.height - at.height) / 2;
}

/** The selected box; if none is selected, the one that the step is about. */
export function makeInspector(select, signal) {
  const pane = makePane("agv-inspector", "Inspector");
  const name = makeHtml("b", {}), sub = makeHtml("span", { class: "agv-sub" });
  const follow = makeWordButton("follow the steps", "agv-link agv-unpin", () => select(null), signal);
  pane.heading.replaceChildren(name, sub, follow);
  let shown = null;

  const show = ({ play, now, selected }) => {
    const id = selected ?? now.at, box = id === null ? null : boxOf(play, id);
    follow.hidden = selected === null;
    setText(name, box ? box.name : "Inspector");
    setText(sub, box ? box.sub : "");
    const rows = box ? box.rows.map((row) => ({ ...row, ...(row.id !== undefined ? saidOf(now.get(row.id)) : {}) })) : [];
    const key = JSON.stringify([id, rows]);
    if (key === shown) return;
    shown = key;
    const hadFocus = pane.body.contains(document.activeElement);
    pane.body.replaceChildren(box ? makeRows(rows, play, select, signal) : makeHtml("p", { class: "agv-dim" }, "Select a box in the picture."));
    setAttributes(pane.body, { "aria-label": box ? `Inspector: ${box.say}` : "Inspector" });
    if (hadFocus) pane.body.focus({ preventScroll: true });
  };
  return { element: pane.element, show, focus: () => pane.body.focus({ preventScroll: true }) };
}

/** What the steps have put into a row: arrays, or a text. */
function saidOf({ s, m }) {
  return s === undefined ? {} : { s: m?.length ? undefined : s, v: undefined, m };
}

function makeRows(rows, play, select, signal) {
  const list = makeHtml("dl", {});
  for (const row of rows) {
    if (!row.s && !row.v && !row.m?.length && !row.go?.length) continue;
    const says = makeHtml("dd", {});
    if (row.v) says.append(makeValue(row.v));
    if (row.s) says.append(row.s);
    for (const value of row.m ?? []) says.append(makeHtml("div", { class: "agv-array" }, makeGrad(value)));
    (row.go ?? []).forEach(([id, words], i) => {
      if (i > 0) says.append(", ");
      says.append(id !== null && boxOf(play, id) ? makeWordButton(words, "agv-link", () => select(id), signal) : makeHtml("span", {}, words));
    });
    list.append(makeHtml("dt", {}, row.label), says);
  }
  return list;
}

/** An array: as a grid of shaded numbers if it has rows, else in one line. */
export function makeValue(value) {
  if (value.cols === 0 || value.t.length <= value.cols) return makeHtml("span", { class: "agv-value" }, value.s);
  const cells = value.t.map((number, i) => makeHtml("span", { class: `agv-heat agv-heat-${shadeClass(value.v[i])}` }, number));
  cells.forEach((cell, i) => cell.style.setProperty("--agv-shade", String(shadeOpacity(value.v[i]) ?? 0)));
  const grid = makeHtml("span", { class: "agv-matrix", role: "img", "aria-label": value.s, title: value.shape }, ...cells);
  grid.style.gridTemplateColumns = `repeat(${value.cols}, auto)`;
  return value.whole ? grid : makeHtml("span", {}, grid, makeHtml("span", { class: "agv-dim" }, `the first ${value.t.length} of shape ${value.shape}`));
}

// ---- the ledger

/** More rows than these are not worth the reader's eye, nor the page's time: earlier ones are counted. */
const MOST_ROWS = 60;

/** One row per gradient that reached a leaf: before + contribution = after. */
export function makeLedger({ select, go }, signal) {
  const pane = makePane("agv-ledger-pane", ".grad, call by call");
  const head = makeHtml("tr", {}, ...["leaf", "call", "before"].map(makeHead), makeHtml("td", {}), makeHead("contribution"), makeHtml("td", {}), makeHead("after"));
  const body = makeHtml("tbody", {}), earlier = makeHtml("p", { class: "agv-dim" });
  pane.body.append(earlier, makeHtml("table", { class: "agv-ledger", "aria-label": ".grad, call by call" }, makeHtml("thead", {}, head), body));
  let drawn = null, made = new Map(), last = null;

  const show = ({ play, step }) => {
    pane.element.hidden = play.ledger.length === 0;
    if (drawn !== play) made = new Map();
    drawn = play;
    const all = ledgerRows(play, step), rows = all.slice(-MOST_ROWS);
    earlier.hidden = all.length === rows.length;
    setText(earlier, `${all.length - rows.length} earlier rows are not shown`);
    const elements = rows.map(({ entry, index, now }) => {
      if (!made.has(index)) made.set(index, makeEntry(entry, play, select, go, signal));
      setAttributes(made.get(index), { "aria-current": now ? "true" : null });
      return made.get(index);
    });
    if (elements.length === 0) elements.push(makeHtml("tr", {}, makeHtml("td", { colspan: 7, class: "agv-dim" }, "No gradient has reached a leaf yet.")));
    setChildren(body, elements);
    last = elements.findLast((row) => row.hasAttribute("aria-current")) ?? elements.at(-1);
  };
  return { element: pane.element, show, settle: () => scrollWithin(pane.body, last) };
}

function makeHead(words) {
  return makeHtml("th", { scope: "col" }, words);
}

function makeEntry(entry, play, select, go, signal) {
  const known = entry.box !== null && boxOf(play, entry.box) !== null;
  const leaf = known ? makeWordButton(entry.leaf, "agv-link", () => select(entry.box), signal) : entry.leaf;
  const call = makeWordButton(entry.call, "agv-link", () => go(entry.step), signal);
  const row = makeHtml("tr", {}, makeHtml("th", { scope: "row" }, leaf), makeHtml("td", {}, entry.call ? call : ""), makeHtml("td", {}, makeGrad(entry.before)));
  if (entry.added) row.append(makeHtml("td", { class: "agv-sign" }, "+"), makeHtml("td", {}, makeValue(entry.added)), makeHtml("td", { class: "agv-sign" }, "="));
  else row.append(makeHtml("td", {}), makeHtml("td", { class: "agv-note" }, entry.note), makeHtml("td", { class: "agv-sign" }, "→"));
  row.append(makeHtml("td", { class: "agv-after" }, makeGrad(entry.after)));
  if (entry.added && entry.note) row.title = entry.note;
  return row;
}

function makeGrad(value) {
  return value ? makeValue(value) : makeHtml("span", { class: "agv-dim" }, "None");
}

// ---- for a reader who cannot see the picture

/** What a class word of a box says of it at a step; of several, the first that stands here. */
const STATE_WORDS = [["later", "not made yet"], ["failed", "failed"], ["culprit", "made the first nan"], ["now", "this step"], ["done", "backward went through"]];

export function stateWords(classes = "") {
  const words = classes.split(" ");
  return STATE_WORDS.find(([word]) => words.includes(word))?.[1] ?? "";
}

/** The graph as a table: a row a box, in reading order, folds and all. Only the last column changes with the steps. */
export function makeGraphTable() {
  const body = makeHtml("tbody", {});
  const element = makeHtml("table", { "aria-label": "The graph, box by box" },
    makeHtml("thead", {}, makeHtml("tr", {}, ...["box", "what it is", "lies in", "comes from", "leads to", "at this step"].map(makeHead))), body);
  let drawn = null, states = [];

  function draw(play) {
    const names = (ids) => ids.map((id) => boxOf(play, id)).filter(Boolean).map(({ name, sub }) => `${name} ${sub}`).join(", ");
    const first = classesOf(play);
    states = Object.entries(play.boxes).map(([id, box]) => ({ id, first: first.get(id), said: null, cell: makeHtml("td", {}) }));
    body.replaceChildren(...Object.values(play.boxes).map((box, i) => makeHtml("tr", {}, makeHtml("th", { scope: "row" }, `${box.name} ${box.sub}`),
      ...[box.say, box.in === undefined ? "" : play.folds[box.in].name, names(box.from), names(box.to)].map((words) => makeHtml("td", {}, words)), states[i].cell)));
  }

  const show = ({ play, now }) => {
    if (play !== drawn) draw(play);
    drawn = play;
    for (const state of states) {
      const said = stateWords(now.get(state.id).c ?? state.first);
      if (said !== state.said) state.cell.textContent = said;
      state.said = said;
    }
  };
  return { element, show };
}

/** The classes that the boxes begin with. */
function classesOf(play) {
  const found = new Map(), walk = (items) => items.forEach((item) => {
    if (item.k !== "g") return;
    if (item.id !== undefined) found.set(item.id, item.c);
    walk(item.items);
  });
  for (const { items } of [play, ...Object.values(play.folds ?? {})]) walk(items);
  return found;
}
