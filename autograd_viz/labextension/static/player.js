/**
 * The player: `mount(element, play)` shows a play (docs/play-format.md) in an element of any page that has player.css and picture.css.
 *
 * It knows nothing of autograd: Python wrote every word and position, and all that happens here is stepping, looking and reading.
 * Read in this order: frame.js (what is in force at a step), check.js (what may be shown at all), picture.js and camera.js (the drawing),
 * controls.js, panels.js, keys.js, export.js, and here, how they hang together.
 *
 * `Picture.html()` makes one script of these modules by joining them: so every import is on one line, every export is a named
 * declaration, and no two modules declare the same top-level name.
 */
import { validate } from "./check.js";
import { frame, clampStep, touched, nextCall, previousCall, neighbour, places, stepText, boxOf } from "./frame.js";
import { makeHtml, makeButton, makeWordButton, setText } from "./dom.js";
import { Picture } from "./picture.js";
import { Camera } from "./camera.js";
import { makeControls, makeMenu } from "./controls.js";
import { makeCaption, makeHeld, makeNotes, makeSource, makeInspector, makeLedger } from "./panels.js";
import { meaning, focusKind, makeHelp } from "./keys.js";
import { pictureSvg, picturePng, saveFile, copyText } from "./export.js";

/** How long a step stays while playing at speed 1, in ms. */
const STEP_TIME = 1_200;

let mounted = 0;

/**
 * Show a play in an element.
 * @param {HTMLElement} element  @param {unknown} play  a play; anything else leaves one line of text in the element
 * @param {{step?: number, onStep?: (step: number) => void, html?: () => string | Promise<string>}} [options]
 *   step: where to begin (the end, if not said); onStep: told of every change of step; html: makes the page that "HTML" saves
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

/** One mounted player: its state (step, following, playing, selected), and what brings the parts to it. */
class Player {
  play = null;
  step = 0;
  /** While the cell runs: keep to the end as the play grows. Ends when the reader goes back. */
  following = true;
  playing = false;
  speed = 1;
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
    this.controls = makeControls(this.actions(), makeMenu("Save or copy", this.exports(), signal), signal);
    this.inspector = makeInspector((id) => this.select(id), signal);
    const ledger = makeLedger({ select: (id) => this.select(id), go: (step) => this.reader(step) }, signal);
    const [caption, held, notes, source] = [makeCaption(), makeHeld(), makeNotes(), makeSource()];
    this.parts = [this.controls, caption, held, notes, source, this.inspector, ledger];
    this.status = makeHtml("div", { class: "agv-unseen", role: "status", "aria-live": "polite" });
    this.message = makeHtml("div", { class: "agv-message", role: "status", "aria-live": "polite" });
    this.words = makeHtml("pre", { class: "agv-words" });
    this.root = makeHtml("div", { class: "agv-player", role: "region", tabindex: -1, "data-lm-suppress-shortcuts": "true" },
      makeHtml("div", { class: "agv-body" }, this.controls.element, caption.element, this.buildPane(),
        makeHtml("div", { class: "agv-foot" }, held.element, this.buildZoom()), notes.element,
        makeHtml("div", { class: "agv-panels" }, source.element, this.inspector.element, ledger.element)),
      makeHtml("div", { class: "agv-unseen", role: "group", "aria-label": "The graph as text" }, this.words), this.status, this.message, this.help.element);
    element.append(this.root);
    this.camera = new Camera(this.pane, this.picture.world, signal);
  }

  buildZoom() {
    const { signal } = this.ending, actions = this.actions();
    return makeHtml("div", { class: "agv-zoom", role: "group", "aria-label": "Zoom" },
      makeButton("Zoom in", "zoomIn", actions.zoomIn, signal), makeButton("Zoom out", "zoomOut", actions.zoomOut, signal), makeWordButton("fit", "agv-button", actions.fit, signal));
  }

  /** The pane that the picture is seen through. Nothing lies over it: the buttons stand below. */
  buildPane() {
    const { signal } = this.ending;
    this.pane = makeHtml("div", { class: "agv-pane-picture" }, this.picture.element);
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
      inspect: () => this.inspect(this.focused), leave: () => this.leave(), help: () => this.help.show(true),
    };
  }

  /** @returns {[string, () => void][]} */
  exports() {
    const { html } = this.options;
    const save = (ending, make, type) => () => this.attempt(async () => {
      saveFile(this.play.title, ending, await this.still(make), type);
      return `saved as ${ending.toUpperCase()}`;
    });
    const copy = () => this.attempt(async () => await copyText(this.play.text, this.root) ? "copied as text" : "the browser does not let pages copy");
    return [
      ["Save as SVG", save("svg", () => pictureSvg(this.picture, this.play), "image/svg+xml")],
      ["Save as PNG", save("png", () => picturePng(this.picture, this.play))],
      ...(html ? [/** @type {[string, () => void]} */ (["Save as HTML", save("html", html, "text/html")])] : []),
      ["Copy as text", copy],
    ];
  }

  // ---- what happens

  /** A checked play takes the place of the one before: the reader's step, zoom and selection stay. */
  update(play) {
    const first = this.play === null, before = this.step, last = play.steps.length - 1;
    this.play = play;
    if (this.selected !== null && !boxOf(play, this.selected)) this.selected = null;
    const wanted = first ? this.options.step ?? last : this.following ? last : this.step;
    this.step = clampStep(play, wanted);
    this.following = this.step >= last && (first || this.following);
    const now = frame(play, this.step);
    this.picture.draw(play, now);
    this.camera.show(play.w, play.h, this.placeNow(now));
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
    const state = { play: this.play, step: this.step, now, playing: this.playing, following: this.following, selected: this.selected };
    this.root.dataset.phase = now.phase;
    this.picture.mark(this.selected, now.at, this.focused);
    for (const part of this.parts) part.show(state);
    this.announce();
  }

  /** The camera goes with the steps; between steps it stays where the reader has put it. */
  follow(now) {
    const place = this.placeNow(now);
    if (place && this.focused === null) this.camera.follow(place);
  }

  placeNow(now) {
    return now.at === null ? null : places(this.play).get(now.at) ?? null;
  }

  /** Tell a screen reader of the step, unless it is busy: while playing, or when the slider says it anyway. */
  announce() {
    if (!this.playing && document.activeElement !== this.controls.slider) setText(this.status, stepText(this.play, this.step));
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
    this.show();
    const place = this.selected && places(this.play).get(this.selected);
    if (place) this.camera.follow(place);
  }

  inspect(id) {
    this.select(id);
    this.inspector.focus();
  }

  click(event) {
    if (event.target.closest("button")) return;
    this.select(this.picture.boxAt(event.target));
  }

  focus(id) {
    if (id === this.focused) return;
    this.focused = id;
    const place = id === null ? null : places(this.play).get(id);
    this.picture.mark(this.selected, frame(this.play, this.step).at, id);
    if (place) this.camera.follow(place);
  }

  leave() {
    if (this.selected !== null) this.select(null);
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
