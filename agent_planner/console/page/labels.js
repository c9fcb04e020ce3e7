// SPDX-License-Identifier: Apache-2.0

const FONT_PX = 11;
const GAP = 3;

/** Writes names beside points of a canvas where nothing else is written; one that finds no room is left out. */
export class Labels {
  #taken = [];

  constructor(context, { colors, width, height }) {
    this.context = context;
    this.colors = colors;
    this.size = [width, height];
    context.font = `${FONT_PX}px system-ui, sans-serif`;
    context.textBaseline = "middle";
    context.lineJoin = "round";
  }

  keepFree(x, y, radius) {
    this.#taken.push([x - radius, y - radius, 2 * radius, 2 * radius]);
  }

  put(name, x, y, reach) {
    const long = name.length > 28 ? `${name.slice(0, 27)}…` : name;
    const width = this.context.measureText(long).width;
    const off = Math.min(reach, 3 * FONT_PX) + GAP;
    const boxes = [
      [x - width / 2, y - off - FONT_PX],
      [x - width / 2, y + off],
      [x + off, y - FONT_PX / 2],
      [x - off - width, y - FONT_PX / 2],
      [x + GAP, y - off - FONT_PX],
      [x - GAP - width, y - off - FONT_PX],
      [x + GAP, y + off],
      [x - GAP - width, y + off],
    ].map(([left, top]) => [left, top, width, FONT_PX + 1]);
    const free = boxes.find((box) => this.#isFree(box));
    if (!free) return;
    this.#taken.push(free);
    this.context.strokeStyle = this.colors.panel;
    this.context.lineWidth = 3;
    this.context.strokeText(long, free[0], free[1] + FONT_PX / 2);
    this.context.fillStyle = this.colors.ink;
    this.context.fillText(long, free[0], free[1] + FONT_PX / 2);
  }

  #isFree([left, top, width, height]) {
    const [right, bottom] = [left + width, top + height];
    if (left < 0 || top < 0 || right > this.size[0] || bottom > this.size[1]) return false;
    return this.#taken.every(([x, y, w, h]) => right < x || x + w < left || bottom < y || y + h < top);
  }
}
