/**
 * The keyboard: which key does what, and the page of help that says so.
 * A key that the player has no use for goes on to JupyterLab; a key that a control needs itself stays with the control.
 */
import { makeHtml, makeButton } from "./dom.js";

export const HELP = [
  ["← →", "one step back, forward"],
  ["Shift + ← →", "to the previous, next backward call"],
  ["Home, End", "first, last step"],
  ["Space", "play, pause"],
  ["Tab", "to the graph; then arrow keys move along its edges"],
  ["Enter", "inspect the box that has the focus; open it, if it is a fold"],
  ["i", "inspect the box, fold or not"],
  ["Escape", "clear the selection, close the fold, leave the graph"],
  ["/", "find a box by name, variable or operation"],
  ["+ − 0", "zoom in, zoom out, fit"],
  ["f", "follow the steps, or stay where you look"],
  ["Arrows on the picture", "move it (Tab reaches it before the boxes)"],
  ["Ctrl + wheel, drag", "zoom, move the picture"],
  ["?", "this help"],
];

/**
 * What a key press asks for, or null. Pure: `where` says what has the focus.
 * @param {{key: string, shiftKey: boolean, ctrlKey: boolean, metaKey: boolean, altKey: boolean}} event
 * @param {"box" | "button" | "field" | "slider" | "pane" | "picture" | "other"} where
 * @returns {string | null} the name of an action, or a direction key to walk along the edges
 */
export function meaning(event, where) {
  if (event.ctrlKey || event.metaKey || event.altKey || where === "field") return null;
  const { key } = event;
  if (key.startsWith("Arrow") && (where === "box" || where === "picture") && !event.shiftKey) return where === "box" ? key : `pan${key.slice(5)}`;
  if ((key === "Home" || key === "End") && where === "pane") return null;
  if ((key === " " || key === "Enter") && where === "button") return null;
  if (key === "Enter" || key === "i") return where !== "box" ? null : key === "i" ? "inspect" : "enter";
  if (key === "ArrowLeft") return event.shiftKey ? "previousCall" : "back";
  if (key === "ArrowRight") return event.shiftKey ? "nextCall" : "forward";
  return PLAIN_KEYS.get(key) ?? null;
}

const PLAIN_KEYS = new Map(Object.entries({ Home: "first", End: "last", " ": "toggle", Escape: "leave", "?": "help", "+": "zoomIn", "-": "zoomOut", 0: "fit", "/": "find", f: "follow" }));

/** What kind of thing has the focus. */
export function focusKind(target) {
  if (!(target instanceof Element)) return "other";
  if (target.closest(".agv-node")) return "box";
  if (target.matches("select, textarea, input:not([type=range])")) return "field";
  if (target.matches("input[type=range]")) return "slider";
  if (target.matches(".agv-pane-picture")) return "picture";
  return target.closest("button") ? "button" : target.matches(".agv-pane-body") ? "pane" : "other";
}

/** The page of help, laid over the player; the focus stays in it until it is closed. */
export function makeHelp(prefix, signal) {
  const close = makeButton("Close help", "close", () => show(false), signal);
  const rows = HELP.flatMap(([keys, does]) => [makeHtml("dt", {}, makeHtml("kbd", {}, keys)), makeHtml("dd", {}, does)]);
  const title = makeHtml("div", { id: `${prefix}-help`, class: "agv-pane-title" }, "Keyboard");
  const element = makeHtml("div", { class: "agv-help", role: "dialog", "aria-modal": "true", "aria-labelledby": `${prefix}-help`, hidden: true },
    makeHtml("div", { class: "agv-help-page" }, close, title, makeHtml("dl", {}, ...rows)));
  let before = null;

  function show(open) {
    if (open === !element.hidden) return;
    element.hidden = !open;
    if (open) {
      before = document.activeElement;
      close.focus({ preventScroll: true });
    } else if (before instanceof HTMLElement || before instanceof SVGElement) before.focus({ preventScroll: true });
  }
  element.addEventListener("click", (event) => { if (event.target === element) show(false); }, { signal });
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape" || event.key === "?") show(false);
    if (event.key === "Escape" || event.key === "?" || event.key === "Tab") event.preventDefault();
    event.stopPropagation();
  }, { signal });
  return { element, show };
}
