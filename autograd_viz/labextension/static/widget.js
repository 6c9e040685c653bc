/**
 * The browser's half of av.GraphWidget: the player as an ipywidget, to be put beside sliders and buttons.
 *
 * Two things are shared with the kernel: `play`, which only the kernel writes, and `step`, which both sides may move.
 *
 * Read next: ../../jupyter/widget.py, the other half.
 */

import { isPacked } from "./packed.js";
import { Stage } from "./renderer.js";

export const MODULE = "autograd-viz";
export const MODULE_VERSION = "1.0.0"; // of what the two halves agree on (the traits), not of the package

/**
 * GraphModel and GraphView, made from the base classes of the ipywidgets that runs in this page.
 * @param {any} base the module @jupyter-widgets/base
 */
export function widgetClasses({ DOMWidgetModel, DOMWidgetView }) {
  class GraphModel extends DOMWidgetModel {
    defaults() {
      const module = { _model_module: MODULE, _view_module: MODULE, _model_module_version: MODULE_VERSION, _view_module_version: MODULE_VERSION };
      return { ...super.defaults(), ...module, _model_name: "GraphModel", _view_name: "GraphView", play: {}, step: 0 };
    }
  }

  class GraphView extends DOMWidgetView {
    render() {
      super.render();
      this.el.classList.add("agv-output");
      this.stage = new Stage(this.el, { onStep: (/** @type {number} */ step) => this.tell(step) });
      this.listenTo(this.model, "change:play", () => this.showPlay());
      this.listenTo(this.model, "change:step", () => this.showStep());
      return this.showPlay();
    }

    async showPlay() {
      const first = !this.stage.player;
      const play = this.model.get("play");
      if (!play?.steps && !isPacked(play)) { // nothing has happened yet
        this.el.textContent = "Nothing to show yet: this follows what autograd does.";
        return;
      }
      await this.stage.show(play);
      if (first) this.showStep();
      else if (this.stage.player) this.tell(this.stage.player.step); // a player at its end follows a growing play
    }

    showStep() {
      const { player } = this.stage;
      const step = this.model.get("step");
      if (player && player.step !== step) player.step = step;
    }

    tell(/** @type {number} */ step) {
      if (this.model.get("step") === step) return;
      this.model.set("step", step);
      this.touch();
    }

    remove() {
      this.stage?.dispose();
      super.remove();
    }
  }

  return { GraphModel, GraphView };
}
