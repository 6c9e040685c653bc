/**
 * The camera: which part of the picture is seen, and how large.
 *
 * Three ways: `auto` (as wide as the pane, never larger than drawn and never too small to read; the pane is then as high as the
 * picture, within reason, and the camera follows the step), `fit` (all of it), and `free` once the reader has zoomed or dragged.
 * The mouse wheel zooms only with Ctrl or Cmd: without, it scrolls the page, as everywhere else.
 */
import { middleOf } from "./views.js";

const READABLE = 0.7;
const TALLEST = 540;
const SCALES = [0.05, 4];

export class Camera {
  /** @param {HTMLElement} pane  @param {SVGElement} world  @param {AbortSignal} signal */
  constructor(pane, world, signal) {
    Object.assign(this, { pane, world, way: "auto", scale: 1, x: 0, y: 0, drag: null, size: { w: 0, h: 0 }, dragged: false, followed: null });
    pane.addEventListener("wheel", (event) => this.wheel(event), { signal, passive: false });
    pane.addEventListener("pointerdown", (event) => this.press(event), { signal });
    pane.addEventListener("pointermove", (event) => this.move(event), { signal });
    for (const type of ["pointerup", "pointercancel"]) pane.addEventListener(type, (event) => this.release(event), { signal });
    // A drag ends with a click: it must not select the box under it.
    pane.addEventListener("click", (event) => { if (this.dragged) event.stopPropagation(); this.dragged = false; }, { signal, capture: true });
    this.watch = new ResizeObserver(() => this.arrange(false));
    this.watch.observe(pane);
    signal.addEventListener("abort", () => this.watch.disconnect());
  }

  /** A picture of this size is shown now, and the step is about this place of it. */
  show({ w, h }, place) {
    this.followed = place;
    if (w === this.size.w && h === this.size.h) return;
    this.size = { w: Math.max(1, w), h: Math.max(1, h) };
    this.arrange(false);
  }

  /** Another picture comes before the camera: as the reader left it, if there is such a view.  @returns the view until now */
  turn(view = { way: "auto", scale: 1, x: 0, y: 0 }) {
    const { way, scale, x, y } = this;
    Object.assign(this, view, { size: { w: 0, h: 0 } });
    return { way, scale, x, y };
  }

  /** Choose scale and pane height for the pane's width; nothing is done while it has none (a hidden tab). */
  arrange(glide) {
    const width = this.pane.clientWidth;
    if (width === 0) return;
    const wide = Math.min(1, width / this.size.w), readable = Math.max(wide, Math.min(READABLE, 1));
    this.pane.style.height = `${Math.round(Math.min(TALLEST, Math.max(120, this.size.h * readable)))}px`;
    if (this.way === "auto") this.scale = readable;
    if (this.way === "fit") this.scale = Math.min(1.5, width / this.size.w, this.pane.clientHeight / this.size.h);
    this.put(glide);
    if (this.way === "auto" && this.followed) this.follow(this.followed, false);
  }

  /** Move by at most so much that the picture stays in the pane; what is smaller than the pane is centred. */
  put(glide) {
    const inside = (at, size, room) => size <= room ? (room - size) / 2 : Math.min(0, Math.max(room - size, at));
    const loose = (at, size, room) => Math.min(room - 40, Math.max(40 - size, at));
    const within = this.way === "free" ? loose : inside;
    this.x = within(this.x, this.size.w * this.scale, this.pane.clientWidth);
    this.y = within(this.y, this.size.h * this.scale, this.pane.clientHeight);
    this.world.classList.toggle("agv-glide", glide);
    this.world.style.transform = `translate(${this.x.toFixed(1)}px, ${this.y.toFixed(1)}px) scale(${this.scale.toFixed(4)})`;
  }

  fit() {
    this.way = "fit";
    this.arrange(true);
  }

  /** Zoom so that the point (px, py) of the pane stays where it is. */
  zoom(factor, px = this.pane.clientWidth / 2, py = this.pane.clientHeight / 2) {
    const scale = Math.min(SCALES[1], Math.max(SCALES[0], this.scale * factor)), ratio = scale / this.scale;
    this.way = "free";
    Object.assign(this, { scale, x: px - (px - this.x) * ratio, y: py - (py - this.y) * ratio });
    this.put(false);
  }

  /** Move by part of what is seen: (1, 0) shows more of what is right. */
  pan(dx, dy) {
    this.way = "free";
    Object.assign(this, { x: this.x - dx * this.pane.clientWidth * 0.2, y: this.y - dy * this.pane.clientHeight * 0.2 });
    this.put(true);
  }

  /** Bring a place of the picture into view if it is not; else stay. */
  follow(place, glide = true) {
    this.followed = place;
    const { clientWidth: width, clientHeight: height } = this.pane;
    if (width === 0) return;
    const left = this.x + place.x * this.scale, top = this.y + place.y * this.scale, middle = middleOf(place);
    const sees = (from, size, room) => from >= 8 && from + size <= room - 8;
    let moved = false;
    if (!sees(left, place.w * this.scale, width)) [this.x, moved] = [width / 2 - middle.x * this.scale, true];
    if (!sees(top, place.h * this.scale, height)) [this.y, moved] = [height / 2 - middle.y * this.scale, true];
    if (moved) this.put(glide);
  }

  // ---- the reader's hand

  wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const box = this.pane.getBoundingClientRect();
    this.zoom(Math.exp(-event.deltaY / 300), event.clientX - box.left, event.clientY - box.top);
  }

  press(event) {
    this.dragged = false;
    if (event.button === 0 && !event.target.closest("button")) this.drag = { id: event.pointerId, x: event.clientX, y: event.clientY };
  }

  move(event) {
    if (!this.drag || event.pointerId !== this.drag.id) return;
    const dx = event.clientX - this.drag.x, dy = event.clientY - this.drag.y;
    if (!this.dragged && Math.hypot(dx, dy) < 4) return;
    if (!this.dragged) this.pane.setPointerCapture(event.pointerId);
    this.dragged = true;
    this.way = "free";
    this.drag = { id: this.drag.id, x: event.clientX, y: event.clientY };
    Object.assign(this, { x: this.x + dx, y: this.y + dy });
    this.put(false);
  }

  release(event) {
    if (this.drag?.id === event.pointerId) this.drag = null;
  }
}
