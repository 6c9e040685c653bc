/**
 * The door by which JupyterLab and Notebook 7 find us: a module-federation container, written by hand.
 *
 * A bundler would generate some hundred lines here; what the host really asks of a prebuilt extension is this one object:
 * `init` is given the *share scope*, the modules that all extensions have in common, and `get` returns ours. So no bundler, no npm.
 * It is a classic script, but `import("./x.js")` in it is relative to its own address, and loads plain ES modules.
 *
 * JupyterLab lets browsers keep everything under a folder named `static` for a year. That is why this folder is installed under our
 * version number instead (package.json's `load`): a new version has a new address, for this file and for all that it imports.
 *
 * Read next: renderer.js (a saved picture), widget.js (av.GraphWidget); both mount the player of player.js.
 */
"use strict";

(() => {
  /** @type {Record<string, Record<string, {get: () => Promise<() => any>, loaded?: unknown}>>} */
  let scope = {};

  /** The shared module of that name, or null if nobody offers it.  As bundlers do: the one already in use, else the newest. */
  const shared = async (/** @type {string} */ name) => {
    const versions = Object.entries(scope[name] ?? {});
    if (!versions.length) return null;
    versions.sort(([a, one], [b, other]) => Number(Boolean(other.loaded)) - Number(Boolean(one.loaded)) || b.localeCompare(a, "en", { numeric: true }));
    const factory = await versions[0][1].get();
    return factory();
  };

  /** Draws the outputs of our MIME type. */
  const mimeExtension = async () => {
    const [{ Widget }, { MIME_TYPE, rendererClass }] = await Promise.all([shared("@lumino/widgets"), import("./renderer.js")]);
    const Renderer = rendererClass(Widget);
    return {
      id: "autograd-viz:renderer",
      // `safe`: a play is data and the player never makes markup or code of it, so an untrusted notebook may show it.
      rendererFactory: { safe: true, mimeTypes: [MIME_TYPE], createRenderer: () => new Renderer() },
      rank: 0, // before the svg and the text in the same output
      dataType: "json",
    };
  };

  /** Tells ipywidgets' manager about GraphWidget.  `optional`: without ipywidgets the saved pictures must work all the same. */
  const extension = async () => {
    const base = await shared("@jupyter-widgets/base");
    if (!base) return [];
    const activate = async (/** @type {any} */ _app, /** @type {any} */ registry) => {
      if (!registry) return;
      const { MODULE, MODULE_VERSION, widgetClasses } = await import("./widget.js");
      registry.registerWidget({ name: MODULE, version: MODULE_VERSION, exports: widgetClasses(base) });
    };
    return { id: "autograd-viz:widget", autoStart: true, optional: [base.IJupyterWidgetRegistry], activate };
  };

  /** @type {Record<string, () => Promise<any>>} */
  const modules = { "./mimeExtension": mimeExtension, "./extension": extension };

  const host = /** @type {any} */ (window);
  host._JUPYTERLAB = host._JUPYTERLAB ?? {};
  host._JUPYTERLAB["autograd-viz"] = {
    init: (/** @type {any} */ given) => { scope = given; },
    get: async (/** @type {string} */ name) => {
      if (!modules[name]) throw new Error(`autograd-viz has no module ${name}`);
      const module = { __esModule: true, default: await modules[name]() };
      return () => module;
    },
  };
})();
