/**
 * What is in force at a step, and everything else that the player works out from a play: pure functions, no page needed.
 *
 * "The frame of step i is the items with `set` of steps 0..i applied in order" (docs/play-format.md). Applying them again for every
 * step would make the slider slow, so a play is indexed once, on first use: for every id, the steps at which something was set.
 * A frame then is a lookup, at any step, in any order. The index hangs on the play by a WeakMap; a play is never changed.
 */

/**
 * @typedef {{k: string, id?: string, c?: string, x?: number, y?: number, w?: number, h?: any, r?: number, d?: string, s?: string,
 *   a?: string, size?: number, cols?: number, v?: Shade[], items?: Item[]}} Item
 * @typedef {number | null | "bad"} Shade
 * @typedef {{c?: string, s?: string, v?: Shade[], m?: (Value | null)[]}} Change
 * @typedef {{cap: [string, string][], ph: string, call: number, at: string | null, src: [number, number] | null, set: Record<string, Change>}} Step
 * @typedef {{s: string, shape: string, cols: number, t: string[], v: Shade[], whole: boolean}} Value
 * @typedef {{label: string, id?: string, s?: string, v?: Value, go?: [string | null, string][]}} Row
 * @typedef {{name: string, sub: string, say: string, in?: string, to: string[], from: string[], rows: Row[]}} Box
 * @typedef {{name: string, w: number, h: number, items: Item[]}} Fold
 * @typedef {{step: number, box: string | null, leaf: string, call: string, before: Value | null, added: Value | null, after: Value | null, note: string}} Entry
 * @typedef {{schema: 1, title: string, w: number, h: number, items: Item[], steps: Step[], boxes: Record<string, Box>, folds?: Record<string, Fold>,
 *   ledger: Entry[], held: number[], sources: {name: string, text: string}[], notes: string[], live: boolean, text: string}} Play
 * @typedef {{x: number, y: number, w: number, h: number}} Rectangle
 * @typedef {{step: number, cap: [string, string][], phase: string, call: number, at: string | null, source: number | null, line: number,
 *   get: (id: string) => Change}} Frame
 */

/** @type {WeakMap<Play, {history: Map<string, Record<string, {at: number[], to: any[]}>>, boxes: Map<string, Box>, places: Map<string | null, Map<string, Rectangle>>}>} */
const indexes = new WeakMap();

function indexOf(play) {
  let index = indexes.get(play);
  if (!index) {
    const boxes = new Map(Object.entries(play.boxes));
    const views = [[null, play], ...Object.entries(play.folds ?? {})];
    index = { history: historyOf(play.steps), boxes, places: new Map(views.map(([view, { items }]) => [view, placesOf(items, boxes)])) };
    indexes.set(play, index);
  }
  return index;
}

/** For every id and field: the steps that set it, ascending, and what they set it to. */
function historyOf(steps) {
  const history = new Map();
  steps.forEach((step, i) => {
    for (const [id, change] of Object.entries(step.set)) {
      if (!history.has(id)) history.set(id, {});
      const fields = history.get(id);
      for (const field of ["c", "s", "v", "m"]) {
        if (change[field] === undefined) continue;
        fields[field] ??= { at: [], to: [] };
        fields[field].at.push(i);
        fields[field].to.push(change[field]);
      }
    }
  });
  return history;
}

/** The last of the ascending `numbers` that is at most `limit`: its index, or -1. */
function lastUpTo(numbers, limit) {
  let low = 0, high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** @param {Play} play  @param {number} step  a step that exists: the nearest one to any number; 0 for a play without steps */
export function clampStep(play, step) {
  return Math.max(0, Math.min(play.steps.length - 1, Math.round(Number(step)) || 0));
}

/**
 * What is in force at a step. `get(id)` tells what the steps so far have set of an item or an inspector row ({} if nothing).
 * @param {Play} play  @param {number} step  @returns {Frame}
 */
export function frame(play, step) {
  const i = clampStep(play, step);
  const { history, boxes } = indexOf(play);
  const now = play.steps[i] ?? { cap: [], ph: "forward", call: 0, at: null, src: null };
  const source = now.src && now.src[0] < play.sources.length ? now.src : null;
  return {
    step: i, cap: now.cap, phase: now.ph, call: now.call,
    at: now.at !== null && boxes.has(now.at) ? now.at : null,
    source: source ? source[0] : null, line: source ? source[1] : 0,
    get: (id) => changeUpTo(history.get(id), i),
  };
}

function changeUpTo(fields, step) {
  const change = {};
  for (const field in fields) {
    const last = lastUpTo(fields[field].at, step);
    if (last >= 0) change[field] = fields[field].to[last];
  }
  return change;
}

/** The ids that may look different at step `to` than at step `from`: all that the steps between them set. */
export function touched(play, from, to) {
  const ids = new Set();
  for (let i = Math.min(from, to) + 1; i <= Math.max(from, to); i++) for (const id of Object.keys(play.steps[i]?.set ?? {})) ids.add(id);
  return ids;
}

/** Every id that some step sets. */
export function changing(play) {
  return indexOf(play).history.keys();
}

/** @returns {Box | null} */
export function boxOf(play, id) {
  return indexOf(play).boxes.get(id) ?? null;
}

/**
 * Where the boxes are, in the main picture or in a fold.
 * @param {Play} play  @param {string | null} [view]  the fold  @returns {Map<string, Rectangle>} by id, in reading order of the drawing
 */
export function places(play, view = null) {
  return indexOf(play).places.get(view) ?? new Map();
}

/** A box lies where the first rect of its group lies: its card. */
function placesOf(items, boxes, left = 0, top = 0, found = new Map()) {
  for (const item of items) {
    if (item.k !== "g") continue;
    const x = left + (item.x ?? 0), y = top + (item.y ?? 0);
    if (item.id !== undefined && boxes.has(item.id)) found.set(item.id, cardOf(item.items, x, y));
    placesOf(item.items, boxes, x, y, found);
  }
  return found;
}

function cardOf(items, left, top) {
  const card = items.find((item) => item.k === "rect");
  return card ? { x: left + card.x, y: top + card.y, w: card.w, h: card.h } : { x: left, y: top, w: 40, h: 40 };
}

/** What a segment of the track that covers several steps shows: the rarest thing that happens in it. */
const LOUDNESS = { forward: 0, backward: 1, update: 2, grad: 3, error: 4 };

/**
 * The track of the slider: one segment per step, or, of a long play, one per few steps.
 * @param {Play} play  @param {number} most  @returns {{phase: string, from: number, to: number}[]} `to` is its last step
 */
export function segments(play, most = 120) {
  const many = Math.min(most, play.steps.length), parts = [];
  for (let part = 0; part < many; part++) {
    const from = Math.floor((part * play.steps.length) / many), to = Math.floor(((part + 1) * play.steps.length) / many) - 1;
    let phase = "forward";
    for (let i = from; i <= to; i++) if (LOUDNESS[play.steps[i].ph] > LOUDNESS[phase]) phase = play.steps[i].ph;
    parts.push({ phase, from, to });
  }
  return parts;
}

/** The step at which the next backward call begins; the last step if there is none. */
export function nextCall(play, step) {
  for (let i = step + 1; i < play.steps.length; i++) if (startsCall(play, i)) return i;
  return Math.max(0, play.steps.length - 1);
}

/** The step at which this backward call began; if that is this step, the one before it; 0 if there is none. */
export function previousCall(play, step) {
  for (let i = step - 1; i >= 0; i--) if (startsCall(play, i)) return i;
  return 0;
}

function startsCall(play, i) {
  return play.steps[i].call > 0 && play.steps[i].call !== (play.steps[i - 1]?.call ?? 0);
}

/** The ledger so far: its entries up to this step, each with whether it was made right now. */
export function ledgerRows(play, step) {
  const rows = [];
  play.ledger.forEach((entry, index) => { if (entry.step <= step) rows.push({ entry, index, now: entry.step === step }); });
  return rows;
}

export function captionText(now) {
  return now.cap.map(([, words]) => words).join("");
}

/** What the slider says of itself: "step 12 of 31: gradient reaches MulBackward0". */
export function stepText(play, step) {
  if (play.steps.length === 0) return "no steps";
  const words = captionText(frame(play, step));
  return `step ${step + 1} of ${play.steps.length}${words ? `: ${words}` : ""}`;
}

/** 84 -> "84 B", 12345 -> "12.3 kB". */
export function bytesText(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0, rest = bytes;
  while (rest >= 999.5 && unit < units.length - 1) [rest, unit] = [rest / 1000, unit + 1];
  return `${unit === 0 ? rest : rest.toPrecision(3)} ${units[unit]}`;
}

/** What the line under the picture says: "84 B → 60 B" when the step changed it, else "60 B". */
export function heldText(play, step) {
  const now = play.held[step] ?? 0, before = play.held[step - 1] ?? 0;
  return now === before ? bytesText(now) : `${bytesText(before)} → ${bytesText(now)}`;
}

/**
 * The held bytes as a staircase, one unit wide per step, y = 0 for the most and y = 1 for none.
 * @returns {string} the path of its line through step `last`; empty if there are no steps
 */
export function heldPath(play, last = play.steps.length - 1) {
  const most = Math.max(1, play.held.reduce((a, b) => Math.max(a, b), 0));
  const height = (i) => Number((1 - play.held[i] / most).toFixed(4));
  if (play.held.length === 0) return "";
  let path = `M0 ${height(0)}`;
  for (let i = 1; i <= last; i++) if (play.held[i] !== play.held[i - 1]) path += `L${i} ${height(i - 1)}L${i} ${height(i)}`;
  return `${path}L${last + 1} ${height(last)}`;
}
