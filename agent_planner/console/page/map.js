// SPDX-License-Identifier: Apache-2.0
/** The map, seen from above: what is occupied, what is there, and the robot. Metres in the frame map; y is up. */

import { byId, element, setText } from "./dom.js";
import { floorPlan } from "./floor_plan.js";
import { Labels } from "./labels.js";

const MARGIN_M = 0.3;
const OLD_S = 2;
const ROBOT_M = 0.25;
const SMALLEST_PX = 5;

export class RobotMap {
  #scene = null;
  #map = null;
  #picture = null;
  #count = 0;

  constructor(link) {
    this.canvas = byId("plan");
    link.on("scene", (scene) => {
      this.#scene = scene;
      this.#draw();
      this.#words();
    });
    link.on("map", (map) => this.#load(map));
    new ResizeObserver(() => this.#draw()).observe(this.canvas.parentElement);
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.dark.addEventListener("change", () => this.#map && this.#load(this.#map));
  }

  async #load(map) {
    const number = ++this.#count;
    // Where it is lost on the way: the next connection tells of the map again.
    const picture = await floorPlan(`/map.png?${Date.now()}`, this.#colors()).catch(() => null);
    if (number !== this.#count) return;
    this.#map = map;
    this.#picture = picture;
    this.#draw();
  }

  #colors() {
    const style = getComputedStyle(document.documentElement);
    const names = ["floor", "wall", "unseen", "place", "place-line", "ink", "panel", "accent"];
    return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  }

  /** The rectangle that is shown: [left, bottom, right, top]. */
  #bounds() {
    if (this.#map) {
      const { width, height, resolution, origin } = this.#map;
      return [origin[0], origin[1], origin[0] + width * resolution, origin[1] + height * resolution];
    }
    const points = [...(this.#scene?.things ?? []), ...(this.#scene?.robot ? [this.#scene.robot] : [])];
    if (points.length === 0) return [-2, -2, 2, 2];
    const xs = points.map(({ x }) => x);
    const ys = points.map(({ y }) => y);
    return [Math.min(...xs) - 1, Math.min(...ys) - 1, Math.max(...xs) + 1, Math.max(...ys) + 1];
  }

  #draw() {
    const { clientWidth: width, clientHeight: height } = this.canvas.parentElement;
    if (!width || !height) return;
    const ratio = devicePixelRatio;
    this.canvas.width = width * ratio;
    this.canvas.height = height * ratio;
    const context = this.canvas.getContext("2d");
    context.scale(ratio, ratio);
    const [left, bottom, right, top] = this.#bounds();
    const scale = Math.min(width / (right - left + MARGIN_M), height / (top - bottom + MARGIN_M));
    const at = (x, y) => [width / 2 + (x - (left + right) / 2) * scale, height / 2 - (y - (bottom + top) / 2) * scale];
    const colors = this.#colors();
    if (this.#picture) {
      context.imageSmoothingEnabled = false;
      context.drawImage(this.#picture, ...at(left, top), (right - left) * scale, (top - bottom) * scale);
    }
    if (this.#scene) this.#things(context, { at, scale, colors, width, height });
  }

  #things(context, view) {
    const { at, scale, colors } = view;
    const labels = new Labels(context, view);
    const places = this.#scene.things.filter(({ kind }) => kind !== "object");
    const objects = this.#scene.things.filter(({ kind }) => kind === "object");
    for (const thing of places) box(context, view, thing, thing.color || colors.place, colors["place-line"]);
    for (const thing of objects) box(context, view, thing, thing.color || colors.ink, colors.ink);
    if (this.#scene.robot) robot(context, view, this.#scene.robot);
    if (this.#scene.robot) labels.keepFree(...at(this.#scene.robot.x, this.#scene.robot.y), ROBOT_M * scale);
    for (const thing of [...objects, ...places]) labels.put(thing.name, ...at(thing.x, thing.y), reach(thing) * scale);
  }

  #words() {
    const { age_s: age, robot: pose, things } = this.#scene;
    setText(byId("map-note"), age > OLD_S ? `seen ${age.toFixed(0)} s ago` : "");
    const where = pose ? `robot at x ${pose.x.toFixed(1)} m, y ${pose.y.toFixed(1)} m; ` : "";
    this.canvas.setAttribute("aria-label", `Map: ${where}${things.length} things, listed below in words`);
    const lines = things.map(({ words }) => words);
    if (lines.join("\n") === this.shown) return;
    this.shown = lines.join("\n");
    byId("scene-words").replaceChildren(...lines.map((line) => element("li", line)));
  }
}

const reach = ({ w, d }) => Math.min(w, d) / 2;

function box(context, { at, scale }, { x, y, yaw, w, d }, fill, line) {
  const [width, depth] = [w, d].map((side) => Math.max(SMALLEST_PX, side * scale));
  context.save();
  context.translate(...at(x, y));
  context.rotate(-yaw);
  context.fillStyle = fill;
  context.strokeStyle = line;
  context.lineWidth = 1;
  context.fillRect(-width / 2, -depth / 2, width, depth);
  context.strokeRect(-width / 2, -depth / 2, width, depth);
  context.restore();
}

function robot(context, { at, scale, colors }, { x, y, yaw }) {
  const size = Math.max(7, ROBOT_M * scale);
  context.save();
  context.translate(...at(x, y));
  context.rotate(-yaw);
  context.fillStyle = colors.accent;
  context.strokeStyle = colors.panel;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(0, 0, size, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
  context.beginPath();
  context.moveTo(size * 0.7, 0);
  context.lineTo(-size * 0.4, size * 0.5);
  context.lineTo(-size * 0.15, 0);
  context.lineTo(-size * 0.4, -size * 0.5);
  context.closePath();
  context.fillStyle = colors.panel;
  context.fill();
  context.restore();
}
