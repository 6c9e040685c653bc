/**
 * The toolbar: step buttons, the slider on its track of phases, counter, speed, "go live", and the menu that takes the picture out.
 * The slider is a real `<input type=range>` laid over the drawn track, so that keyboard and screen reader get what they know.
 */
import { makeHtml, makeIcon, changeIcon, makeButton, makeWordButton, setAttributes, setText } from "./dom.js";
import { segments, stepText } from "./frame.js";

export const SPEEDS = [0.5, 1, 2, 4, 8];

/**
 * @typedef {{first(): void, back(): void, toggle(): void, forward(): void, last(): void, go(step: number): void, speed(factor: number): void,
 *   live(): void, help(): void}} Actions
 */

/** @param {Actions} actions  @param {{element: HTMLElement}} menu  @param {AbortSignal} signal */
export function makeControls(actions, menu, signal) {
  const button = (name, icon, action) => makeButton(name, icon, action, signal);
  const buttons = {
    first: button("First step", "first", actions.first), back: button("Step back", "back", actions.back),
    play: button("Play", "play", actions.toggle),
    forward: button("Step forward", "forward", actions.forward), last: button("Last step", "last", actions.last),
  };
  buttons.play.classList.add("agv-play");
  const track = makeTrack(actions.go, signal);
  const counter = makeHtml("span", { class: "agv-counter" });
  const phase = makeHtml("span", { class: "agv-phase" });
  const live = makeWordButton("go live", "agv-live", actions.live, signal);
  const help = makeWordButton("?", "agv-button agv-question", actions.help, signal);
  setAttributes(help, { "aria-label": "Keyboard help", title: "Keyboard help" });
  const element = makeHtml("div", { class: "agv-toolbar", role: "toolbar", "aria-label": "Steps" },
    makeHtml("div", { class: "agv-buttons" }, ...Object.values(buttons)), track.element,
    makeHtml("div", { class: "agv-where" }, counter, phase, live),
    makeHtml("div", { class: "agv-extras" }, makeSpeed(actions.speed, signal), menu.element, help));

  makeRoving(element, signal);

  /** @param {{play: any, step: number, now: any, playing: boolean, following: boolean}} state */
  function show({ play, step, now, playing, following }) {
    const last = play.steps.length - 1, none = last < 0;
    track.show(play, step);
    for (const name of ["first", "back"]) buttons[name].setAttribute("aria-disabled", String(none || step === 0));
    for (const name of ["forward", "last"]) buttons[name].setAttribute("aria-disabled", String(none || step === last));
    setAttributes(buttons.play, { "aria-label": playing ? "Pause" : "Play", title: playing ? "Pause (space)" : "Play (space)", "aria-disabled": String(last < 1) });
    changeIcon(buttons.play.firstChild, playing ? "pause" : "play");
    setText(counter, none ? "0 / 0" : `${step + 1} / ${last + 1}`);
    setAttributes(phase, { "data-phase": now.phase });
    setText(phase, now.call > 0 ? `backward #${now.call}` : none ? "" : PHASE_WORDS[now.phase]);
    live.hidden = !(play.live && !following);
    if (live.hidden && live.tabIndex === 0) [live.tabIndex, buttons.play.tabIndex] = [-1, 0];
  }

  return { element, show, slider: track.slider };
}

/**
 * A toolbar is one stop for Tab; in it, left and right go from control to control. The slider keeps the arrow keys, and so is a stop of its own.
 * A click leaves the focus on the player, so that the arrow keys go on stepping.
 */
export function makeRoving(toolbar, signal) {
  const controls = () => [.../** @type {NodeListOf<HTMLElement>} */ (toolbar.querySelectorAll("button, select"))].filter((each) => !each.closest("[hidden], .agv-menu-list"));
  const rove = (to) => { for (const each of toolbar.querySelectorAll("button, select")) if (!each.closest(".agv-menu-list")) each.tabIndex = each === to ? 0 : -1; };
  toolbar.addEventListener("focusin", (event) => { if (controls().includes(event.target)) rove(event.target); }, { signal });
  toolbar.addEventListener("mousedown", (event) => {
    if (!event.target.closest("button") || event.target.closest(".agv-menu")) return;
    event.preventDefault();
    toolbar.closest(".agv-player").focus({ preventScroll: true });
  }, { signal });
  toolbar.addEventListener("keydown", (event) => {
    const all = controls(), at = all.indexOf(event.target), by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (at < 0 || !by || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    all[(at + by + all.length) % all.length].focus({ preventScroll: true });
    event.preventDefault();
    event.stopPropagation();
  }, { signal });
  rove(controls()[Math.min(2, controls().length - 1)]); // play
}

/** What is done to the picture as a whole. */
export function makeZoom(actions, signal) {
  const follow = makeWordButton("follow", "agv-button", actions.follow, signal);
  const find = makeWordButton("find", "agv-button", actions.find, signal);
  setAttributes(follow, { title: "Keep the box of the step in sight (f)" });
  setAttributes(find, { title: "Find a box by name, variable or operation (/)" });
  const element = makeHtml("div", { class: "agv-zoom", role: "toolbar", "aria-label": "Picture" }, find, follow,
    makeButton("Zoom in", "zoomIn", actions.zoomIn, signal), makeButton("Zoom out", "zoomOut", actions.zoomOut, signal), makeWordButton("fit", "agv-button", actions.fit, signal));
  makeRoving(element, signal);
  return { element, show: ({ tracking }) => setAttributes(follow, { "aria-pressed": String(tracking) }) };
}

const PHASE_WORDS = { forward: "forward", backward: "backward", update: "update in place", grad: ".grad changed", error: "error" };

/** The slider and, under it, one segment per step in the colour of its phase: full where it has been, pale where it has not. */
function makeTrack(go, signal) {
  const slider = /** @type {HTMLInputElement} */ (makeHtml("input", { type: "range", class: "agv-slider", min: 0, step: 1, "aria-label": "Step" }));
  const strip = makeHtml("div", { class: "agv-strip", "aria-hidden": "true" });
  slider.addEventListener("input", () => go(Number(slider.value)), { signal });
  let drawn = null, parts = [];

  function show(play, step) {
    if (drawn !== play) {
      drawn = play;
      parts = segments(play);
      matchSegments(strip, parts);
      slider.max = String(Math.max(0, play.steps.length - 1));
      slider.disabled = play.steps.length < 2;
      slider.style.setProperty("--agv-steps", String(Math.max(1, play.steps.length)));
    }
    slider.value = String(step);
    setAttributes(slider, { "aria-valuetext": stepText(play, step) });
    parts.forEach(({ from, to }, i) => setAttributes(strip.children[i], { "data-when": from > step ? "later" : to < step ? "past" : "now" }));
  }

  return { element: makeHtml("div", { class: "agv-track" }, strip, slider), slider, show };
}

function matchSegments(strip, parts) {
  while (strip.childNodes.length > parts.length) strip.lastChild.remove();
  while (strip.childNodes.length < parts.length) strip.append(makeHtml("i", {}));
  parts.forEach(({ phase, from, to }, i) => {
    setAttributes(strip.children[i], { "data-phase": phase });
    strip.children[i].style.flexGrow = String(to - from + 1);
  });
  strip.classList.toggle("agv-dense", parts.length > 60);
}

function makeSpeed(speed, signal) {
  const options = SPEEDS.map((factor) => makeHtml("option", { value: factor, selected: factor === 1 }, `${factor}×`));
  const select = /** @type {HTMLSelectElement} */ (makeHtml("select", { class: "agv-speed", "aria-label": "Speed", title: "Speed" }, ...options));
  select.addEventListener("change", () => speed(Number(select.value)), { signal });
  return select;
}

/**
 * A button that opens a short list of choices, and closes it again by choosing, Escape, or a click elsewhere.
 * @param {string} name  @param {[string, () => void][]} choices  @param {AbortSignal} signal
 */
export function makeMenu(name, choices, signal) {
  const list = makeHtml("div", { class: "agv-menu-list", hidden: true });
  const opener = makeHtml("button", { type: "button", class: "agv-button", "aria-label": name, title: name, "aria-expanded": "false" }, makeIcon("more"));
  const element = makeHtml("div", { class: "agv-menu" }, opener, list);

  function open(yes) {
    list.hidden = !yes;
    opener.setAttribute("aria-expanded", String(yes));
    if (yes) /** @type {HTMLElement} */ (list.firstChild).focus();
  }
  for (const [words, action] of choices) list.append(makeWordButton(words, "agv-choice", () => { open(false); opener.focus(); action(); }, signal));
  opener.addEventListener("click", () => open(list.hidden), { signal });
  document.addEventListener("pointerdown", (event) => { if (!list.hidden && !element.contains(/** @type {Node} */ (event.target))) open(false); }, { signal });
  element.addEventListener("focusout", (event) => { if (event.relatedTarget && !element.contains(/** @type {Node} */ (event.relatedTarget))) open(false); }, { signal });
  element.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const at = [...list.children].indexOf(document.activeElement), by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") {
      open(false);
      opener.focus();
    } else if (by) /** @type {HTMLElement} */ (list.children[(at + by + list.children.length) % list.children.length]).focus();
    else if (!event.key.startsWith("Arrow")) return;
    event.preventDefault();
    event.stopPropagation();
  }, { signal });
  return { element };
}
