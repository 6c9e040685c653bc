/**
 * The picture: the items of a play as SVG, one element each, made once and then only repainted.
 *
 * A step changes classes, texts and cells of a few ids, so a step costs what changed and not what is drawn. A new play (the cell
 * is still running) is matched with the old one by id, else by order: elements stay, and with them the reader's focus.
 */
import { makeSvg, setAttributes, setChildren, setText, prefixed } from "./dom.js";
import { boxOf, changing, places } from "./frame.js";
import { isFold, pictureOf, standIn } from "./views.js";

const TAGS = { g: "g", arrow: "g", rect: "rect", circle: "circle", path: "path", text: "text", cells: "g" };

/** @type {Record<string, (item: import("./frame.js").Item) => Record<string, any>>} */
const SHAPES = {
  g: (item) => ({ transform: item.x || item.y ? `translate(${item.x ?? 0} ${item.y ?? 0})` : null }),
  rect: (item) => ({ x: item.x, y: item.y, width: item.w, height: item.h, rx: item.r || null }),
  circle: (item) => ({ cx: item.x, cy: item.y, r: item.r }),
  path: (item) => ({ d: item.d }),
  text: (item) => ({ x: item.x, y: item.y, "text-anchor": item.a ?? null }),
  arrow: () => ({}),
  cells: () => ({}),
};

/** An arrow is two paths, of the classes X-line and X-head, where X is its own first word. */
function partsOf({ c = "", d, h }) {
  const [kind] = c.split(" ");
  return [{ k: "path", d, c: `${kind}-line` }, { k: "path", d: h, c: `${kind}-head` }];
}

/** A cell's square leaves this much of its place free, as `draw/svg.py` does. */
const CELL_GAP = 1.5;

export class Picture {
  constructor() {
    this.items = makeSvg("g", { class: "agv-items" });
    this.rings = { selected: makeSvg("rect", { class: "agv-ring agv-ring-selected" }), focused: makeSvg("rect", { class: "agv-ring agv-ring-focused" }) };
    this.world = makeSvg("g", { class: "agv-world" }, this.items, this.rings.selected, this.rings.focused);
    this.element = makeSvg("svg", { class: "agv-picture", role: "group" }, this.world);
    /** @type {Map<string, {element: SVGElement, item: import("./frame.js").Item}>} */
    this.byId = new Map();
    /** @type {WeakMap<Element, import("./frame.js").Item>} */
    this.itemOf = new WeakMap();
    this.tabStop = null;
    /** The closed fold that holds the box of the step, and the class words that it wears for it. */
    this.stand = { id: null, words: "" };
  }

  /** Draw all items of a view of a play as they are at one step. */
  draw(play, view, now) {
    Object.assign(this, { play, view });
    this.byId.clear();
    const { name, w, h, items } = pictureOf(play, view);
    this.size = { w, h };
    this.matchChildren(this.items, items, false);
    setAttributes(this.element, { "aria-label": `${play.title}: ${name}, ${places(play, view).size} boxes` });
    this.paint(now, changing(play));
  }

  /** Bring `ids` to what is in force. */
  paint(now, ids) {
    const before = this.stand.id, shown = now.at === null ? null : standIn(this.play, now.at, this.view);
    this.stand = shown === now.at ? { id: null, words: "" } : { id: shown, words: now.phase === "backward" ? "now wave" : "now" };
    for (const id of new Set([...ids, before, this.stand.id])) {
      const drawn = this.byId.get(id);
      if (drawn) this.dress(drawn.element, drawn.item, now.get(id));
    }
  }

  /** Show which box is selected and which one the step is about; exactly one box is reachable by Tab. */
  mark(selected, at, focused) {
    const boxes = places(this.play, this.view), shown = at === null ? null : standIn(this.play, at, this.view);
    const first = boxes.keys().next().value ?? null;
    const tabStop = [focused, selected, shown, this.tabStop, first].find((id) => id && this.byId.has(id)) ?? null;
    for (const id of boxes.keys()) {
      const drawn = this.byId.get(id);
      setAttributes(drawn.element, { tabindex: id === tabStop ? 0 : -1, "aria-pressed": String(id === selected), "aria-current": id === shown ? "step" : null });
    }
    this.tabStop = tabStop;
    this.placeRing(this.rings.selected, selected);
    this.placeRing(this.rings.focused, focused && this.elementOf(focused)?.matches(":focus-visible") ? focused : null);
  }

  /** A ring around a box, drawn by us: outlines of SVG elements differ between browsers. */
  placeRing(ring, id) {
    const place = id ? places(this.play, this.view).get(id) : null;
    setAttributes(ring, place ? { x: place.x - 5, y: place.y - 5, width: place.w + 10, height: place.h + 10, rx: 12, visibility: null } : { visibility: "hidden" });
  }

  elementOf(id) {
    return this.byId.get(id)?.element ?? null;
  }

  /** The box that a click or the focus is in. */
  boxAt(target) {
    return target instanceof Element ? target.closest(".agv-node")?.getAttribute("data-id") ?? null : null;
  }

  // ---- making and matching elements

  matchChildren(parent, items, inBox) {
    const chosen = this.chooseElements(parent, items);
    setChildren(parent, chosen); // moves none that is in its place: moving one takes the focus from it
    items.forEach((item, i) => this.shape(chosen[i], item, inBox));
  }

  /** For each item, the element that drew its predecessor, or a new one. */
  chooseElements(parent, items) {
    const named = new Map(), nameless = [];
    for (const child of parent.children) {
      const old = this.itemOf.get(child);
      if (old?.id !== undefined) named.set(old.id, child);
      else nameless.push(child);
    }
    return items.map((item) => {
      const old = item.id !== undefined ? named.get(item.id) : nameless.shift();
      return old && this.itemOf.get(old)?.k === item.k ? old : makeSvg(TAGS[item.k]);
    });
  }

  shape(element, item, inBox) {
    this.itemOf.set(element, item);
    if (item.id !== undefined) this.byId.set(item.id, { element, item });
    setAttributes(element, SHAPES[item.k](item));
    const isBox = item.k === "g" && item.id !== undefined && boxOf(this.play, item.id) !== null;
    if (isBox) this.shapeBox(element, item);
    // What lies outside the boxes is decoration to a screen reader: the boxes and the text drawing say it.
    else if (item.k === "text") setAttributes(element, { "aria-hidden": inBox ? null : "true" });
    if (item.k === "g") this.matchChildren(element, item.items, inBox || isBox);
    if (item.k === "arrow") this.matchChildren(element, partsOf(item), inBox);
    if (isBox && isFold(this.play, item.id)) element.append(makeKnob(item));
    this.dress(element, item, {});
  }

  shapeBox(element, { id }) {
    const { say } = boxOf(this.play, id);
    setAttributes(element, { "data-id": id, role: "button", "aria-label": isFold(this.play, id) ? `${say}; a fold: Enter opens it` : say });
  }

  /** What a step can change: classes, text, cells. */
  dress(element, item, change) {
    const isBox = element.hasAttribute("data-id");
    const own = change.c ?? item.c ?? "";
    const classes = prefixed(isBox && item.id === this.stand.id ? `${own} ${this.stand.words}` : own);
    setAttributes(element, { class: (isBox && !/(^| )agv-node( |$)/.test(classes) ? `agv-node ${classes}` : classes) || null });
    if (item.k === "text") setText(element, change.s ?? item.s);
    if (item.k === "cells") dressCells(element, item, change.v ?? item.v);
  }
}

/** The small + on a fold's card, for the mouse; by keyboard Enter does the same, so a screen reader need not hear of it. */
function makeKnob(item) {
  const card = item.items.find((each) => each.k === "rect") ?? { x: 0, y: 0, w: 40, h: 40 };
  return makeSvg("g", { class: "agv-knob", "data-open": item.id, transform: `translate(${card.x + card.w - 16} ${card.y + card.h - 16})`, "aria-hidden": "true" },
    makeSvg("circle", { r: 10 }), makeSvg("path", { d: "M-5 0H5M0 -5V5" }));
}

function dressCells(group, item, shades) {
  while (group.childNodes.length > shades.length) group.lastChild.remove();
  shades.forEach((shade, i) => {
    const cell = group.childNodes[i] ?? group.appendChild(makeSvg("rect"));
    const side = Math.max(1, item.size - CELL_GAP);
    const x = item.x + (i % item.cols) * item.size, y = item.y + Math.floor(i / item.cols) * item.size;
    setAttributes(cell, { x, y, width: side, height: side, rx: Math.min(2, side / 4), class: `agv-cell agv-${shadeClass(shade)}`, "fill-opacity": shadeOpacity(shade) });
  });
}

/** A value's class, as in the palette: positive (and zero), negative, an empty slot, or not a finite number. */
export function shadeClass(shade) {
  return shade === null ? "none" : shade === "bad" ? "bad" : shade < 0 ? "neg" : "pos";
}

export function shadeOpacity(shade) {
  return typeof shade === "number" ? Number((0.15 + 0.85 * Math.abs(shade)).toFixed(3)) : null;
}
