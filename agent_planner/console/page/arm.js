// SPDX-License-Identifier: Apache-2.0
/** Jogging the arm: buttons that move while they are held, by pointer or by the Enter key; and the gripper. */

import { byId, element, showFault } from "./dom.js";
import { Hold, onLeaving } from "./hold.js";

const AXES = [
  ["linear", ["X", "Y", "Z"]],
  ["angular", ["roll", "pitch", "yaw"]],
];

export class Arm {
  constructor(link, speed) {
    this.speed = speed;
    this.hold = new Hold((value) => link.tell("jog", value), { linear: [0, 0, 0], angular: [0, 0, 0] });
    onLeaving(() => this.release());
    link.on("robot", (robot) => (byId("arm").hidden = !robot.arm));
    for (const [kind, names] of AXES) {
      names.forEach((name, index) => byId("jog").append(this.#axis(kind, name, index)));
    }
    for (const [id, opening] of [["gripper-open", 1], ["gripper-close", 0]]) {
      byId(id).addEventListener("click", async () => {
        const { ok, message } = await link.ask("gripper", { opening });
        showFault(ok ? "" : `Gripper: ${message}`);
      });
    }
  }

  allow(isAllowed) {
    if (!isAllowed) this.release();
  }

  release() {
    this.hold.release();
  }

  #axis(kind, name, index) {
    const group = element("div", "", "axis");
    group.append(
      this.#button(kind, name, index, -1),
      element("span", name),
      this.#button(kind, name, index, 1),
    );
    return group;
  }

  #button(kind, name, index, sign) {
    const node = element("button", sign < 0 ? "−" : "+");
    node.type = "button";
    node.setAttribute("aria-label", `${name} ${sign < 0 ? "minus" : "plus"}`);
    const press = () => {
      if (node.matches(":disabled")) return;
      const value = { linear: [0, 0, 0], angular: [0, 0, 0] };
      value[kind][index] = sign * this.speed();
      this.hold.set(value);
    };
    node.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      if (!node.matches(":disabled")) node.setPointerCapture(event.pointerId);
      press();
    });
    node.addEventListener("keydown", (event) => event.key === "Enter" && !event.repeat && press());
    for (const end of ["pointerup", "pointercancel", "lostpointercapture", "keyup", "blur"]) {
      node.addEventListener(end, () => this.release());
    }
    return node;
  }
}
