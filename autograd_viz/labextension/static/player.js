/**
 * The player: `mount(element, play)` shows a play (docs/play-format.md) in an element of any page that has player.css and picture.css.
 *
 * It knows nothing of autograd: Python wrote every word and position, and all that happens here is stepping, looking and reading.
 * Read in this order: frame.js (what is in force at a step), check.js (what may be shown at all), views.js (the main picture and its folds), picture.js and
 * camera.js (the drawing), controls.js, panels.js, way.js, keys.js, export.js, and here, how they hang together.
 *
 * `Picture.html()` makes one script of these modules by joining them: so every import is on one line, every export is a named
 * declaration, and no two modules declare the same top-level name.
 */
import { validate } from "./check.js";
import { frame, clampStep, touched, nextCall, previousCall, places, stepText, boxOf } from "./frame.js";
import { isFold, neighbour, standIn, stillThere, trail, viewOf } from "./views.js";
import { makeHtml, setText } from "./dom.js";
import { Picture } from "./picture.js";
import { Camera } from "./camera.js";
import { makeControls, makeMenu, makeZoom } from "./controls.js";
import { makeCaption, makeHeld, makeNotes, makeSource, makeInspector, makeLedger, makeGraphTable } from "./panels.js";
import { makeTrail, makeSearch } from "./way.js";
import { meaning, focusKind, makeHelp } from "./keys.js";
import { exportChoices } from "./export.js";

/** How long a step stays while playing at speed 1, in ms. */
const STEP_TIME = 1_200;

let mounted = 0;

/**
 * Show a play in an element.
 * @param {HTMLElement} element  @param {unknown} play  a play; anything else leaves one line of text in the element
 * @param {{step?: number, onStep?: (step: number) => void, html?: (play: unknown) => string | Promise<string>}} [options]
 *   step: where to begin (the end, if not said); onStep: told of every change of step; html: makes the page of a play that "HTML" saves
 * @returns {{update(play: unknown): void, dispose(): void, step: number, readonly playing: boolean}}
 */
export function mount(element, play, options = {}) {
  let player = null, refusal = null;

  function refuse(error) {
    player?.dispose();
    player = null;
    refusal ??= element.appendChild(makeHtml("p", { class: "agv-refusal" }));
    refusal.textContent = `autograd_viz cannot show this picture: ${error instanceof Error ? error.message : String(error)}`;
  }
  function update(next) {
    try {
      const checked = validate(next);
      player ??= new Player(element, options);
      player.update(checked);
      refusal?.remove();
      refusal = null;
    } catch (error) {
      refuse(error);
    }
  }
  function dispose() {
    player?.dispose();
    refusal?.remove();
    player = refusal = null;
  }

  update(play);
  return {
    update, dispose,
    get step() { return player?.step ?? 0; },
    set step(step) { player?.go(step); },
    get playing() { return player?.playing ?? false; },
  };
}

/** One mounted player: its state (step, following, playing, view, selected), and what brings the parts to it. */
class Player {
  play = null;
  step = 0;
  /** While the cell runs: keep to the end as the play grows. Ends when the reader goes back. */
  following = true;
  playing = false;
  speed = 1;
  /** Whether the camera goes with the steps. */
  tracking = true;
  /** The fold that is open (null: the main picture), and how the camera was left in the others. */
  view = null;
  left = new Map();
  selected = null;
  focused = null;
  timer = 0;

  constructor(element, options) {
    this.options = options;
    this.ending = new AbortController();
    this.prefix = `agv-${++mounted}`;
    this.build(element);
    this.root.addEventListener("keydown", (event) => this.key(event), { signal: this.ending.signal });
  }

  dispose() {
    clearTimeout(this.timer);
    this.ending.abort();
    this.root.remove();
  }

  // ---- building

  build(element) {
    const { signal } = this.ending;
    this.picture = new Picture();
    this.help = makeHelp(this.prefix, signal);
    const actions = this.actions();
    this.controls = makeControls(actions, makeMenu("Save or copy", this.exports(), signal), signal);
    this.search = makeSearch(this.prefix, { go: (id) => this.select(id), leave: () => this.root.focus({ preventScroll: true }) }, signal);
    const zoom = makeZoom(actions, signal);
    this.inspector = makeInspector((id) => this.select(id), signal);
    const ledger = makeLedger({ select: (id) => this.select(id), go: (step) => this.reader(step) }, signal);
    const way = makeTrail({ open: (view) => this.enter(view), select: (id) => this.select(id) }, signal);
    const [caption, held, notes, source, table] = [makeCaption(), makeHeld(), makeNotes(), makeSource(), makeGraphTable()];
    this.parts = [this.controls, caption, way, this.search, held, zoom, notes, source, this.inspector, ledger, table];
    this.status = makeHtml("div", { class: "agv-unseen", role: "status", "aria-live": "polite" });
    this.message = makeHtml("div", { class: "agv-message", role: "status", "aria-live": "polite" });
    this.words = makeHtml("pre", { class: "agv-words" });
    this.root = makeHtml("div", { class: "agv-player", role: "region", tabindex: -1, "data-lm-suppress-shortcuts": "true" },
      makeHtml("div", { class: "agv-body" }, this.controls.element, caption.element,
        makeHtml("div", { class: "agv-way" }, way.element, this.search.element), this.buildPane(),
        makeHtml("div", { class: "agv-foot" }, held.element, zoom.element), notes.element,
        makeHtml("div", { class: "agv-panels" }, source.element, this.inspector.element, ledger.element)),
      makeHtml("div", { class: "agv-unseen", role: "group", "aria-label": "The graph in words" }, table.element, this.words), this.status, this.message, this.help.element);
    element.append(this.root);
    this.camera = new Camera(this.pane, this.picture.world, signal);
  }

  /** The pane that the picture is seen through. Nothing lies over it: the buttons stand below. */
  buildPane() {
    const { signal } = this.ending;
    this.pane = makeHtml("div", { class: "agv-pane-picture", tabindex: 0, role: "group", "aria-label": "Picture: arrow keys move it" }, this.picture.element);
    // The pane itself takes the focus by keyboard alone: after a click beside the boxes the arrow keys still step.
    this.pane.addEventListener("mousedown", (event) => {
      if (this.picture.boxAt(event.target) !== null) return;
      event.preventDefault();
      this.root.focus({ preventScroll: true });
    }, { signal });
    this.pane.addEventListener("dblclick", (event) => this.openFold(this.picture.boxAt(event.target)), { signal });
    this.pane.addEventListener("click", (event) => this.click(event), { signal });
    this.pane.addEventListener("focusin", (event) => this.focus(this.picture.boxAt(event.target)), { signal });
    this.pane.addEventListener("focusout", () => this.focus(null), { signal });
    return this.pane;
  }

  /** What buttons and keys can ask for, by name. */
  actions() {
    const last = () => this.play.steps.length - 1;
    return {
      first: () => this.reader(0), back: () => this.reader(this.step - 1), forward: () => this.reader(this.step + 1), last: () => this.reader(last()),
      previousCall: () => this.reader(previousCall(this.play, this.step)), nextCall: () => this.reader(nextCall(this.play, this.step)),
      go: (step) => this.reader(step), live: () => this.reader(last()), toggle: () => this.run(!this.playing), speed: (factor) => this.setSpeed(factor),
      zoomIn: () => this.camera.zoom(1.25), zoomOut: () => this.camera.zoom(0.8), fit: () => this.camera.fit(),
      panLeft: () => this.camera.pan(-1, 0), panRight: () => this.camera.pan(1, 0), panUp: () => this.camera.pan(0, -1), panDown: () => this.camera.pan(0, 1),
      follow: () => this.track(!this.tracking), find: () => this.search.toggle(),
      enter: () => this.openFold(this.focused) || this.inspect(this.focused), inspect: () => this.inspect(this.focused), leave: () => this.leave(), help: () => this.help.show(true),
    };
  }

  exports() {
    return exportChoices(this.picture, {
      play: () => this.play, still: (make) => this.still(make), attempt: (action) => this.attempt(action), html: this.options.html, near: () => this.root,
    });
  }

  // ---- what happens

  /** A checked play takes the place of the one before: the reader's step, zoom, selection, open fold and search stay. */
  update(play) {
    const first = this.play === null, before = this.step, last = play.steps.length - 1;
    if (!first) this.view = stillThere(play, trail(this.play, this.view));
    this.play = play;
    if (this.selected !== null && !boxOf(play, this.selected)) this.selected = null;
    const wanted = first ? this.options.step ?? last : this.following ? last : this.step;
    this.step = clampStep(play, wanted);
    this.following = this.step >= last && (first || this.following);
    const now = frame(play, this.step);
    this.picture.draw(play, this.view, now);
    this.camera.show(this.picture.size, this.placeNow(now));
    this.root.setAttribute("aria-label", `autograd_viz: ${play.title}`);
    setText(this.words, play.text);
    this.show(now);
    if (first || before !== this.step) this.follow(now);
    if (!first && before !== this.step) this.options.onStep?.(this.step);
  }

  /** The reader goes to a step, which ends playing; going to the end of a running cell is going live. */
  reader(step) {
    this.run(false);
    this.go(step);
  }

  go(step) {
    const before = this.step;
    this.step = clampStep(this.play, step);
    this.following = this.step >= this.play.steps.length - 1;
    const now = frame(this.play, this.step);
    this.picture.paint(now, touched(this.play, before, this.step));
    this.show(now);
    if (before === this.step) return;
    this.follow(now);
    this.options.onStep?.(this.step);
  }

  /** Bring everything but the drawing itself to the state. */
  show(now = frame(this.play, this.step)) {
    const state = { play: this.play, step: this.step, now, playing: this.playing, following: this.following, selected: this.selected, view: this.view, tracking: this.tracking };
    this.picture.mark(this.selected, now.at, this.focused);
    for (const part of this.parts) part.show(state);
    for (const part of this.parts) part.settle?.();
    this.announce();
  }

  /** The camera goes with the steps; between steps it stays where the reader has put it. */
  follow(now) {
    const place = this.placeNow(now);
    if (place && this.tracking && !this.reading()) this.camera.follow(place);
  }

  /** Whether the reader walks the boxes by keyboard: then the camera is theirs. */
  reading() {
    return this.focused !== null && this.picture.elementOf(this.focused)?.matches(":focus-visible") === true;
  }

  track(yes) {
    this.tracking = yes;
    this.show();
    this.follow(frame(this.play, this.step));
  }

  /** Where the step is: its box, or the closed fold that holds it. */
  placeNow(now) {
    return now.at === null ? null : this.placeOf(standIn(this.play, now.at, this.view));
  }

  placeOf(id) {
    return places(this.play, this.view).get(id) ?? null;
  }

  /** Show another view. The focus, if it was in the picture, goes to `focus`. */
  enter(view, focus = standIn(this.play, this.view, view)) {
    if (view === this.view) return;
    const had = this.root.contains(document.activeElement), now = frame(this.play, this.step);
    const left = this.camera.turn(this.left.get(view));
    this.left.set(this.view, left);
    Object.assign(this, { view, focused: null });
    this.picture.draw(this.play, view, now);
    this.camera.show(this.picture.size, this.placeNow(now));
    this.show(now);
    if (had && !this.search.element.contains(document.activeElement)) (this.picture.elementOf(focus) ?? this.root).focus({ preventScroll: true });
  }

  /** @returns {boolean} whether there was one to open */
  openFold(id) {
    if (!isFold(this.play, id)) return false;
    const { at } = frame(this.play, this.step);
    this.selected = null;
    this.enter(id, (at && standIn(this.play, at, id)) ?? places(this.play, id).keys().next().value);
    return true;
  }

  /** Tell a screen reader of the step, unless it is busy: while playing, while the cell runs, or when the slider says it anyway. */
  announce() {
    const growing = this.play.live && this.following;
    if (!this.playing && !growing && document.activeElement !== this.controls.slider) setText(this.status, stepText(this.play, this.step));
  }

  run(yes) {
    if (yes === this.playing) return;
    const last = this.play.steps.length - 1;
    if (yes && last < 1) return;
    this.playing = yes;
    clearTimeout(this.timer);
    if (yes && this.step >= last) this.go(0);
    else this.show();
    if (yes) this.schedule();
  }

  schedule() {
    this.timer = setTimeout(() => this.tick(), STEP_TIME / this.speed);
  }

  tick() {
    const last = this.play.steps.length - 1;
    if (this.step < last) this.go(this.step + 1);
    if (this.step < last) this.schedule();
    else this.run(false);
  }

  setSpeed(factor) {
    this.speed = factor;
    if (!this.playing) return;
    clearTimeout(this.timer);
    this.schedule();
  }

  select(id) {
    this.selected = id !== null && boxOf(this.play, id) ? id : null;
    if (this.selected !== null) this.enter(viewOf(this.play, id));
    this.show();
    const place = this.placeOf(this.selected);
    if (place) this.camera.follow(place);
  }

  inspect(id) {
    this.select(id);
    this.inspector.focus();
  }

  click(event) {
    if (event.target.closest("button")) return;
    const knob = event.target.closest(".agv-knob");
    if (knob) this.openFold(knob.getAttribute("data-open"));
    else this.select(this.picture.boxAt(event.target));
  }

  focus(id) {
    if (id === this.focused) return;
    this.focused = id;
    const place = this.placeOf(id);
    this.picture.mark(this.selected, frame(this.play, this.step).at, id);
    if (place) this.camera.follow(place);
  }

  leave() {
    if (this.selected !== null) this.select(null);
    else if (this.view !== null) this.enter(viewOf(this.play, this.view));
    else this.controls.slider.focus({ preventScroll: true });
  }

  key(event) {
    if (event.defaultPrevented) return;
    const asked = meaning(event, focusKind(event.target));
    if (asked === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (asked.startsWith("Arrow")) this.walk(asked);
    else this.actions()[asked]();
  }

  /** Along the edges, from the box that has the focus. */
  walk(key) {
    const next = this.focused === null ? null : neighbour(this.play, this.focused, key);
    if (next !== null) this.picture.elementOf(next).focus({ preventScroll: true });
  }

  // ---- taking it out

  /** Run something while nothing glides or fades, so that what is read from the page is final. */
  async still(make) {
    this.root.classList.add("agv-still");
    try {
      return await make();
    } finally {
      this.root.classList.remove("agv-still");
    }
  }

  /** Do it and say how it went, for a few seconds. */
  async attempt(action) {
    let words;
    try {
      words = await action();
    } catch (error) {
      words = `that did not work: ${error instanceof Error ? error.message : String(error)}`;
    }
    setText(this.message, words);
    const signal = this.ending.signal, timer = setTimeout(() => setText(this.message, ""), 4_000);
    signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  }
}
