// SPDX-License-Identifier: Apache-2.0
/** Driving by the stick on the page and by keys. Fractions of the robot's largest speeds; x forward, left positive. */

import { byId, isField, setText } from "./dom.js";
import { Hold, onLeaving } from "./hold.js";

const KEYS = {
  ArrowUp: [1, 0],
  KeyW: [1, 0],
  ArrowDown: [-1, 0],
  KeyS: [-1, 0],
  ArrowLeft: [0, 1],
  KeyA: [0, 1],
  ArrowRight: [0, -1],
  KeyD: [0, -1],
};
const DEAD = 0.08;

const clamp = (value) => Math.max(-1, Math.min(1, value));
const rounded = (value) => Math.round(value * 1000) / 1000;

export class Drive {
  #keys = new Set();
  #pointer = null;
  #limits = null;
  isAllowed = false;

  constructor(link) {
    this.hold = new Hold((value) => link.tell("drive", value), { linear: 0, angular: 0 });
    link.on("robot", (robot) => this.#robot(robot));
    this.#listenToStick(byId("stick"));
    addEventListener("keydown", (event) => this.#key(event, true));
    addEventListener("keyup", (event) => this.#key(event, false));
    onLeaving(() => this.release());
    const speed = byId("speed");
    speed.addEventListener("input", () => this.#showSpeed());
    // Keys drive again once the slider is let go.
    speed.addEventListener("pointerup", () => speed.blur());
  }

  get speed() {
    return Number(byId("speed").value) / 100;
  }

  allow(isAllowed) {
    this.isAllowed = isAllowed;
    byId("stick").classList.toggle("is-off", !isAllowed);
    if (!isAllowed) this.release();
  }

  release() {
    this.#keys.clear();
    this.#pointer = null;
    byId("knob").style.transform = "";
    this.hold.release();
  }

  #robot(robot) {
    byId("drive").hidden = !robot.drives;
    this.#limits = robot.drives ? robot : null;
    this.#showSpeed();
  }

  #showSpeed() {
    const percent = `${byId("speed").value} %`;
    setText(
      byId("speed-note"),
      this.#limits ? `${percent} · ${(this.#limits.max_linear * this.speed).toFixed(2)} m/s` : percent,
    );
  }

  #listenToStick(stick) {
    stick.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      if (!this.isAllowed || this.#pointer !== null) return;
      event.preventDefault();
      if (isField(document.activeElement)) document.activeElement.blur();
      this.#pointer = event.pointerId;
      stick.setPointerCapture(event.pointerId);
      this.#move(stick, event);
    });
    stick.addEventListener("pointermove", (event) => {
      if (event.pointerId !== this.#pointer) return;
      // It may have been let go where nothing told us of it.
      if (event.buttons === 0) this.release();
      else this.#move(stick, event);
    });
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      stick.addEventListener(end, (event) => event.pointerId === this.#pointer && this.release());
    }
  }

  #move(stick, event) {
    const box = stick.getBoundingClientRect();
    const reach = box.width * 0.36;
    let x = (event.clientX - box.left - box.width / 2) / reach;
    let y = (event.clientY - box.top - box.height / 2) / reach;
    const length = Math.max(1, Math.hypot(x, y));
    x /= length;
    y /= length;
    byId("knob").style.transform = `translate(${x * reach}px, ${y * reach}px)`;
    this.#go(Math.abs(y) < DEAD ? 0 : -y, Math.abs(x) < DEAD ? 0 : -x);
  }

  #key(event, isDown) {
    const isCommand = event.ctrlKey || event.metaKey || event.altKey;
    if (!(event.code in KEYS)) return;
    if (!isDown) {
      if (this.#keys.delete(event.code)) this.#byKeys();
    } else if (this.isAllowed && this.#limits && !isCommand && !isField(event.target)) {
      event.preventDefault();
      if (event.repeat) return;
      this.#keys.add(event.code);
      this.#byKeys();
    }
  }

  #byKeys() {
    if (this.#keys.size === 0) return this.release();
    const pressed = [...this.#keys].map((code) => KEYS[code]);
    const total = (index) => clamp(pressed.reduce((sum, key) => sum + key[index], 0));
    this.#go(total(0), total(1));
  }

  #go(linear, angular) {
    this.hold.set({ linear: rounded(linear * this.speed), angular: rounded(angular * this.speed) });
  }
}
