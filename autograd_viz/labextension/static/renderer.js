/**
 * Shows a saved (or growing) picture: the renderer that JupyterLab asks for every output of our MIME type.
 *
 * The player is fetched when the first picture is to be shown, so JupyterLab starts no slower for having us installed.
 *
 * Read next: player.js.
 */

import { isPacked, unpack } from "./packed.js";

/** @typedef {{update(play: unknown): void, dispose(): void, step: number}} Player */

export const MIME_TYPE = "application/vnd.autograd-viz.v1+json";

const STYLES = ["player.css", "picture.css"];

/** @type {Promise<any> | null} */
let loading = null;

/**
 * The module player.js, with its style sheets in the page; fetched once, however many pictures ask.
 * Waiting for the styles keeps the picture from showing bare for a moment, and from measuring itself at a wrong size.
 */
async function loadPlayer() {
  loading ??= Promise.all([import("./player.js"), ...STYLES.map(addStyle)]);
  try {
    return (await loading)[0];
  } catch (error) {
    loading = null; // a server that comes back may make the next attempt work
    throw error;
  }
}

/** The page that "Save as HTML" saves: made of our own files, which the browser has already fetched from this server. */
async function page(/** @type {any} */ play) {
  const { pageOf } = await import("./page.js");
  return pageOf(play, async (/** @type {string} */ file) => {
    const answer = await fetch(new URL(file, import.meta.url));
    if (!answer.ok) throw new Error(`the server does not give ${file}`);
    return answer.text();
  });
}

/** Missing styles are no reason to show nothing. */
function addStyle(/** @type {string} */ file) {
  return new Promise((/** @type {(done: void) => void} */ done) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = new URL(file, import.meta.url).href;
    link.onload = link.onerror = () => done();
    document.head.append(link);
  });
}

/** Something in place of a picture: one line of text. */
function say(/** @type {HTMLElement} */ element, /** @type {unknown} */ error) {
  const reason = error instanceof Error ? error.message : String(error);
  element.textContent = `autograd_viz cannot show this picture: ${reason.split("\n")[0].slice(0, 200)}`;
}

/**
 * A player in an element that is given plays over time: mounted with the first, updated with the next ones.
 * A play that arrives while the player is still being fetched replaces the one before; one that cannot be played leaves a line of text.
 */
export class Stage {
  /** @type {Player | null} */ player = null;
  /** @type {unknown} */ #play = null;
  #closed = false;

  /** `options` goes to the player's `mount` as it is. */
  constructor(/** @type {HTMLElement} */ element, /** @type {object} */ options = {}) {
    this.element = element;
    this.options = { html: page, ...options };
  }

  async show(/** @type {unknown} */ given) {
    this.#play = given;
    try {
      const play = isPacked(given) ? await unpack(given) : given;
      const mount = this.player ? null : (await loadPlayer()).mount;
      if (this.#closed || this.#play !== given) return; // disposed, or a later call has a later play
      if (this.player) return this.player.update(play);
      this.element.replaceChildren();
      this.player = mount(this.element, play, this.options);
    } catch (error) {
      if (this.#play !== given) return; // a later play stands here by now
      this.#drop();
      if (!this.#closed) say(this.element, error);
    }
  }

  dispose() {
    this.#closed = true;
    this.#drop();
  }

  #drop() {
    this.player?.dispose();
    this.player = null;
  }
}

/**
 * The renderer as a class.  `Widget` is Lumino's, from the host's share scope: a renderer must be an instance of the host's own.
 * @param {any} Widget
 */
export function rendererClass(Widget) {
  return class PlayRenderer extends Widget {
    constructor() {
      super();
      this.addClass("agv-output");
      this.stage = new Stage(this.node);
    }

    /** The host calls this again, on the same instance, when the output is updated while its cell runs. */
    async renderModel(/** @type {{data: Record<string, unknown>}} */ model) {
      await this.stage.show(model.data[MIME_TYPE]);
    }

    dispose() {
      if (this.isDisposed) return;
      this.stage.dispose();
      super.dispose();
    }
  };
}
