// SPDX-License-Identifier: Apache-2.0
/** Who has the robot: taking it over, and giving it back; what the hands do is theirs alone. */

import { byId, setText, showFault } from "./dom.js";

export class Takeover {
  /** `hands` are told whether they are allowed to move. */
  constructor(link, hands) {
    this.link = link;
    this.hands = hands;
    this.isActive = false;
    link.on("teleop", (teleop) => this.#show(teleop));
    link.on("down", () => this.#allow(false));
    byId("take-over").addEventListener("click", () => this.#ask("take_over"));
    byId("give-back").addEventListener("click", () => this.#ask("give_back"));
  }

  async #ask(command) {
    const { ok, message } = await this.link.ask(command);
    showFault(ok ? "" : message);
  }

  #show({ active, source, seconds, distance_m: distance }) {
    const wasActive = this.isActive;
    this.isActive = active;
    this.#allow(active);
    document.body.classList.toggle("has-robot", active);
    const hadFocus = document.activeElement === byId(active ? "take-over" : "give-back");
    byId("take-over").hidden = active;
    byId("give-back").hidden = !active;
    if (hadFocus) byId(active ? "give-back" : "take-over").focus();
    const text = `by hand (${source}) ${seconds.toFixed(0)} s, ${distance.toFixed(1)} m`;
    setText(byId("control-note"), active ? text : "");
    if (active && !wasActive) byId("control").scrollIntoView({ block: "nearest" });
  }

  #allow(isAllowed) {
    byId("hands").disabled = !isAllowed;
    for (const hand of this.hands) hand.allow(isAllowed);
  }
}
