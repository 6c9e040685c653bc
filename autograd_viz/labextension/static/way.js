/**
 * Finding the way in a big graph: the breadcrumb that leads out of an open fold, and the field that finds a box by name.
 */
import { makeHtml, makeWordButton, setAttributes, setText } from "./dom.js";
import { boxOf } from "./frame.js";
import { matches, pictureOf, standIn, trail, viewOf } from "./views.js";

/** "the whole graph › layer 0"; and, where the step is about a box outside the open fold, the way there. */
export function makeTrail({ open, select }, signal) {
  const list = makeHtml("ol", {});
  const away = makeHtml("span", { class: "agv-away" });
  const element = makeHtml("nav", { class: "agv-trail", "aria-label": "Open folds" }, list, away);
  let shown = null;

  /** @param {{play: any, now: any, view: string | null}} state */
  function show({ play, now, view }) {
    element.hidden = view === null;
    const outside = view !== null && now.at !== null && standIn(play, now.at, view) === null ? now.at : null;
    const key = JSON.stringify([trail(play, view).map((each) => [each, pictureOf(play, each).name]), outside]);
    if (key === shown) return;
    shown = key;
    list.replaceChildren(...trail(play, view).map((each) => makeHtml("li", {}, makeCrumb(play, each, view, open, signal))));
    away.replaceChildren(...(outside === null ? [] : ["this step is outside, at ", makeWordButton(boxOf(play, outside).name, "agv-link", () => select(outside), signal)]));
  }
  return { element, show };
}

function makeCrumb(play, each, view, open, signal) {
  const { name } = pictureOf(play, each);
  return each === view ? makeHtml("span", { "aria-current": "location" }, name) : makeWordButton(name, "agv-link", () => open(each), signal);
}

/** More matches than these are counted, not listed. */
const MOST_FOUND = 40;

/**
 * The search: what is typed is looked for at once, in folds too; the arrow keys choose among the matches, Enter goes there.
 * @param {string} prefix  of the ids that it needs  @param {{go(id: string): void, leave(): void}} actions  @param {AbortSignal} signal
 */
export function makeSearch(prefix, actions, signal) {
  const field = /** @type {HTMLInputElement} */ (makeHtml("input", { type: "search", class: "agv-field", role: "combobox", "aria-label": "Find a box by name, variable or operation",
    placeholder: "find a name, variable or operation", autocomplete: "off", spellcheck: "false", maxlength: 200, "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${prefix}-found` }));
  const list = makeHtml("ul", { class: "agv-found", role: "listbox", id: `${prefix}-found`, "aria-label": "Boxes found", hidden: true });
  const count = makeHtml("span", { class: "agv-found-count", role: "status" });
  const close = makeWordButton("close", "agv-link", () => open(false), signal);
  const element = makeHtml("div", { class: "agv-search", role: "search", hidden: true }, field, count, close, list);
  let play = null, found = [], active = null, before = null;

  /** A new play: the same words are looked for in it, and the same match stays chosen. */
  function show(state) {
    if (state.play === play) return;
    play = state.play;
    if (!element.hidden) look();
  }

  function look() {
    found = matches(play, field.value);
    if (!found.includes(active)) active = found[0] ?? null;
    const listed = found.slice(0, MOST_FOUND);
    list.replaceChildren(...listed.map((id, i) => makeMatch(play, id, `${prefix}-found-${i}`)));
    const some = field.value.trim() !== "";
    list.hidden = listed.length === 0;
    setAttributes(field, { "aria-expanded": String(!list.hidden) });
    setText(count, !some ? "" : found.length === 0 ? "nothing found" : found.length > MOST_FOUND ? `the first ${MOST_FOUND} of ${found.length}` : `${found.length} found`);
    mark();
  }

  function mark() {
    const at = found.indexOf(active);
    [...list.children].forEach((option, i) => setAttributes(option, { "aria-selected": String(i === at) }));
    setAttributes(field, { "aria-activedescendant": at >= 0 && at < list.children.length ? list.children[at].id : null });
    const chosen = /** @type {HTMLElement | undefined} */ (list.children[at]);
    // Only the list scrolls: scrollIntoView would move the notebook.
    if (chosen) list.scrollTop = Math.min(chosen.offsetTop, Math.max(list.scrollTop, chosen.offsetTop + chosen.offsetHeight - list.clientHeight));
  }

  function move(by) {
    const many = Math.min(found.length, MOST_FOUND);
    if (many === 0) return;
    active = found[(found.indexOf(active) + by + many) % many];
    mark();
  }

  function open(yes) {
    if (yes) {
      if (element.hidden) before = document.activeElement;
      element.hidden = false;
      field.focus({ preventScroll: true });
      field.select();
      look();
    } else if (!element.hidden) {
      element.hidden = true;
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
      else actions.leave();
    }
  }

  const KEYS = { ArrowDown: () => move(1), ArrowUp: () => move(-1), Enter: () => { if (active !== null) actions.go(active); }, Escape: () => open(false) };
  field.addEventListener("input", () => { active = null; look(); }, { signal });
  element.addEventListener("keydown", (event) => {
    const does = event.key === "Escape" || event.target === field ? KEYS[event.key] : undefined;
    if (does && !event.isComposing) {
      event.preventDefault();
      does();
    }
    event.stopPropagation();
  }, { signal });
  list.addEventListener("mousedown", (event) => event.preventDefault(), { signal }); // the field keeps the focus
  list.addEventListener("click", (event) => {
    const at = [...list.children].indexOf(/** @type {Element} */ (event.target).closest("li"));
    if (at < 0) return;
    active = found[at];
    mark();
    actions.go(active);
  }, { signal });
  return { element, show, open, toggle: () => open(element.hidden) };
}

function makeMatch(play, id, optionId) {
  const box = boxOf(play, id), view = viewOf(play, id);
  return makeHtml("li", { role: "option", id: optionId, "data-found": id },
    makeHtml("b", {}, box.name), " ", makeHtml("span", { class: "agv-dim" }, box.say.replace(box.name, "").replace(/^, /, "") || box.sub),
    ...(view === null ? [] : [" ", makeHtml("span", { class: "agv-inside" }, `in ${pictureOf(play, view).name}`)]));
}
