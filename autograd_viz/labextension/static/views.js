/**
 * Where a box is: on the main picture or in a fold, and how to find it. Pure functions, no page needed.
 *
 * A *view* is what the pane shows: null for the main picture, else the id of the fold that is open. A fold is itself a box, of the
 * main picture or of another fold, so the way back is a climb along `in`; check.js has made sure that it ends.
 */
import { boxOf, places } from "./frame.js";

export const MAIN = "the whole graph";

/** Whether a box can be opened. */
export function isFold(play, id) {
  return id !== null && Object.hasOwn(play.folds ?? {}, id);
}

/** What a view shows.  @returns {{name: string, w: number, h: number, items: import("./frame.js").Item[]}} */
export function pictureOf(play, view) {
  return view === null ? { name: MAIN, w: play.w, h: play.h, items: play.items } : play.folds[view];
}

/** The view that a box is drawn in. */
export function viewOf(play, id) {
  return boxOf(play, id)?.in ?? null;
}

/** The way to a view: [null, outer fold, ..., view]. */
export function trail(play, view) {
  const way = [];
  for (let fold = view; fold !== null; fold = viewOf(play, fold)) way.unshift(fold);
  return [null, ...way];
}

/** The innermost view of an old way that a new play still has. */
export function stillThere(play, way) {
  return way.findLast((view) => view === null || isFold(play, view)) ?? null;
}

/** What stands for a box in a view: itself, or the closed fold that it lies in; null if it lies outside. */
export function standIn(play, id, view) {
  for (let box = id; box !== null && boxOf(play, box); box = viewOf(play, box)) if (viewOf(play, box) === view) return box;
  return null;
}

const DIRECTIONS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

/**
 * The box that an arrow key leads to: the nearest in that direction along an edge; if no edge leads there, the nearest of all.
 * @param {import("./frame.js").Play} play  @param {string} id  @param {string} key  ArrowLeft, ArrowRight, ArrowUp or ArrowDown  @returns {string | null}
 */
export function neighbour(play, id, key) {
  const box = boxOf(play, id), view = viewOf(play, id), where = places(play, view);
  if (!box || !where.has(id) || !DIRECTIONS[key]) return null;
  const along = [...box.to, ...box.from].map((other) => standIn(play, other, view)).filter((other) => where.has(other));
  return nearest(where, id, along, DIRECTIONS[key]) ?? nearest(where, id, where.keys(), DIRECTIONS[key]);
}

function nearest(where, id, candidates, [dx, dy]) {
  const here = middleOf(where.get(id));
  let best = null, least = Infinity;
  for (const other of candidates) {
    const there = middleOf(where.get(other));
    const ahead = (there.x - here.x) * dx + (there.y - here.y) * dy;
    const aside = Math.abs((there.x - here.x) * dy) + Math.abs((there.y - here.y) * dx);
    // Graphs are wide: a box counts as "right of" this one unless it is far more above or below than right.
    if (aside >= 3 * ahead) continue;
    if (ahead + 2 * aside < least) [best, least] = [other, ahead + 2 * aside];
  }
  return best;
}

export function middleOf(place) {
  return { x: place.x + place.w / 2, y: place.y + place.h / 2 };
}

/**
 * The boxes that a reader looks for, by name, variable or operation, in all views; best first: its name begins so, a word of it is
 * just that, it is in there somewhere.
 * @param {import("./frame.js").Play} play  @param {string} words  @returns {string[]}
 */
export function matches(play, words) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean).slice(0, 8);
  if (wanted.length === 0) return [];
  const found = [];
  for (const [id, box] of Object.entries(play.boxes)) {
    if (!places(play, viewOf(play, id)).has(id)) continue;
    const name = box.name.toLowerCase(), made = box.rows.find((row) => row.label === "made by")?.s ?? "";
    const all = `${name} ${box.sub} ${box.say} ${made}`.toLowerCase();
    if (!wanted.every((word) => all.includes(word))) continue;
    const whole = all.split(/[^\p{L}\p{N}_.#]+/u);
    found.push({ id, rank: name.startsWith(wanted[0]) ? 0 : wanted.every((word) => whole.includes(word)) ? 1 : 2 });
  }
  return found.sort((a, b) => a.rank - b.rank).map(({ id }) => id);
}
