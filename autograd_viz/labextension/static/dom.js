/**
 * Making elements. Only createElement, createElementNS and textContent: no text of a play is ever read as markup.
 * The names of tags and attributes come from the player's own code, never from a play.
 */

const SVG_SPACE = "http://www.w3.org/2000/svg";

/** @param {string} tag  @param {Record<string, any>} attributes  @param {...(Node | string)} children  @returns {HTMLElement} */
export function makeHtml(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  element.append(...children);
  return element;
}

/** @param {string} tag  @param {Record<string, any>} attributes  @param {...(Node | string)} children  @returns {SVGElement} */
export function makeSvg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG_SPACE, tag);
  setAttributes(element, attributes);
  element.append(...children);
  return element;
}

/** Set what differs: null, undefined and false take an attribute away, true leaves it empty. */
export function setAttributes(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) element.removeAttribute(name);
    else if (element.getAttribute(name) !== String(value === true ? "" : value)) element.setAttribute(name, value === true ? "" : String(value));
  }
}

/** Let an element have just these children. Those that stay in their order are not touched: to move one is to lay it out anew. */
export function setChildren(parent, children) {
  const kept = new Set(children);
  for (const child of [...parent.childNodes]) if (!kept.has(child)) child.remove();
  let place = parent.firstChild;
  for (const child of children) {
    if (child === place) place = place.nextSibling;
    else parent.insertBefore(child, place);
  }
}

export function setText(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/** "box leaf now" -> "agv-box agv-leaf agv-now": a play can only wear classes of ours. */
export function prefixed(classes = "") {
  return classes.split(" ").filter(Boolean).map((word) => `agv-${word}`).join(" ");
}

/** The icons of the controls: filled outlines on a 16 x 16 grid. */
const ICONS = {
  first: "M2 2H4.5V14H2Z M14 2V14L5 8Z",
  back: "M12 2V14L3 8Z",
  play: "M4 1.5V14.5L14 8Z",
  pause: "M3.5 2H7V14H3.5Z M9 2H12.5V14H9Z",
  forward: "M4 2V14L13 8Z",
  last: "M2 2V14L11 8Z M11.5 2H14V14H11.5Z",
  zoomIn: "M7.2 3H8.8V7.2H13V8.8H8.8V13H7.2V8.8H3V7.2H7.2Z",
  zoomOut: "M3 7.2H13V8.8H3Z",
  more: "M8 1.5L12 6H9V11H7V6H4Z M2 12.5H14V14.5H2Z",
  close: "M3 4.2L4.2 3L8 6.8L11.8 3L13 4.2L9.2 8L13 11.8L11.8 13L8 9.2L4.2 13L3 11.8L6.8 8Z",
};

/** @param {keyof typeof ICONS} name */
export function makeIcon(name) {
  return makeSvg("svg", { class: "agv-icon", viewBox: "0 0 16 16", "aria-hidden": "true", focusable: "false" }, makeSvg("path", { d: ICONS[name] }));
}

export function changeIcon(icon, name) {
  setAttributes(icon.firstChild, { d: ICONS[name] });
}

/** A button with an icon and a name that is said and shown on hover. */
export function makeButton(name, icon, action, signal) {
  const button = makeHtml("button", { type: "button", class: "agv-button", "aria-label": name, title: name }, makeIcon(icon));
  button.addEventListener("click", action, { signal });
  return button;
}

/** A button with words. */
export function makeWordButton(words, className, action, signal) {
  const button = makeHtml("button", { type: "button", class: className }, words);
  button.addEventListener("click", action, { signal });
  return button;
}
