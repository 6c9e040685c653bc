/**
 * Taking the picture out of the page: as SVG, PNG, HTML or text.
 *
 * An exported SVG must look the same where our style sheets are not, so what they say is written onto the copy's elements, as the
 * plain attributes that every SVG program knows.
 */
import { makeSvg, makeHtml, setAttributes } from "./dom.js";

const LOOKS = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "opacity", "visibility", "font-family",
  "font-size", "font-weight", "font-style", "text-decoration-line", "text-anchor"];
const PLAIN = { fill: "rgb(0, 0, 0)", "fill-opacity": "1", stroke: "none", "stroke-width": "1px", "stroke-dasharray": "none", "stroke-opacity": "1", opacity: "1",
  visibility: "visible", "font-style": "normal", "font-weight": "400", "text-decoration-line": "none", "text-anchor": "start" };
const ONLY_TEXT = /^(font|text)/;

/** The picture as it looks now, whole, as the text of a file. @returns {string} */
export function pictureSvg(picture, play) {
  const paper = getComputedStyle(picture.element).getPropertyValue("background-color");
  const { w, h } = picture.size;
  const copy = makeSvg("svg", { viewBox: `0 0 ${w} ${h}`, width: w, height: h });
  const title = makeSvg("title", {}, play.title);
  copy.append(title, makeSvg("rect", { width: w, height: h, fill: paper }), copyLooks(picture.items));
  return new XMLSerializer().serializeToString(copy);
}

function copyLooks(original) {
  const copy = makeSvg(original.localName), looks = getComputedStyle(original);
  for (const name of ["x", "y", "width", "height", "rx", "cx", "cy", "r", "d", "transform"]) setAttributes(copy, { [name]: original.getAttribute(name) });
  const isText = original.localName === "text";
  // Groups pass on nothing but their opacity: everything else is written on what is painted.
  const names = original.localName === "g" ? ["opacity"] : LOOKS.filter((name) => isText || !ONLY_TEXT.test(name));
  for (const name of names) {
    const value = looks.getPropertyValue(name);
    if (value && value !== PLAIN[name]) setAttributes(copy, { [name === "text-decoration-line" ? "text-decoration" : name]: value });
  }
  if (isText) {
    copy.setAttributeNS("http://www.w3.org/XML/1998/namespace", "xml:space", "preserve");
    copy.textContent = original.textContent;
  } else for (const child of original.children) if (!child.matches(".agv-knob")) copy.append(copyLooks(child));
  return copy;
}

/** The same picture as pixels, two for one, within what browsers can draw. @returns {Promise<Blob>} */
export async function picturePng(picture, play) {
  const address = URL.createObjectURL(new Blob([pictureSvg(picture, play)], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const { w, h } = picture.size, scale = Math.min(2, 8000 / Math.max(1, w, h));
    const canvas = /** @type {HTMLCanvasElement} */ (makeHtml("canvas", { width: Math.max(1, Math.round(w * scale)), height: Math.max(1, Math.round(h * scale)) }));
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done, failed) => canvas.toBlob((blob) => blob ? done(blob) : failed(new Error("the browser made no image")), "image/png"));
  } finally {
    URL.revokeObjectURL(address);
  }
}

/**
 * The choices of the menu.  @param {import("./picture.js").Picture} picture
 * @param {{play: () => any, still: (make: () => any) => Promise<any>, attempt: (action: () => Promise<string>) => void, html?: (play: any) => string | Promise<string>, near: () => Element}} player
 * @returns {[string, () => void][]}
 */
export function exportChoices(picture, { play, still, attempt, html, near }) {
  const save = (ending, make, type) => () => attempt(async () => {
    saveFile(play().title, ending, await still(make), type);
    return `saved as ${ending.toUpperCase()}`;
  });
  const copy = () => attempt(async () => await copyText(play().text, near()) ? "copied as text" : "the browser does not let pages copy");
  return [
    ["Save as SVG", save("svg", () => pictureSvg(picture, play()), "image/svg+xml")],
    ["Save as PNG", save("png", () => picturePng(picture, play()))],
    ...(html ? [/** @type {[string, () => void]} */ (["Save as HTML", save("html", () => html(play()), "text/html")])] : []),
    ["Copy as text", copy],
  ];
}

/** Offer a file for download. The name is made of the title's letters and digits. */
export function saveFile(title, ending, content, type) {
  const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const stem = title.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60) || "autograd_viz";
  const link = makeHtml("a", { href: address, download: `${stem}.${ending}` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Copy to the clipboard, also on pages that are not served securely. @returns {Promise<boolean>} whether it worked */
export async function copyText(words, near) {
  try {
    await navigator.clipboard.writeText(words);
    return true;
  } catch {
    const field = /** @type {HTMLTextAreaElement} */ (makeHtml("textarea", { class: "agv-unseen", "aria-hidden": "true" }));
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    near.append(field);
    field.value = words;
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    focused?.focus({ preventScroll: true });
    return copied;
  }
}
