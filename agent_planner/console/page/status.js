// SPDX-License-Identifier: Apache-2.0
/** The line on top: which robot, whether it is connected, what it does. */

import { byId, setText } from "./dom.js";

const LOOK_MS = 250;
const WORDS = {
  IDLE: "idle",
  SILENT: "planner not heard",
  LOADING_MODEL: "loading the model",
  WAITING_FOR_OPERATOR: "waits for an answer",
  TELEOP: "a person has the robot",
};

export class Status {
  #since = null;

  constructor(link) {
    link.on("robot", ({ name }) => {
      setText(byId("robot-name"), name);
      document.title = `${name} · robot console`;
    });
    link.on("status", ({ state }) => {
      setText(byId("state"), WORDS[state] ?? state.toLowerCase());
      byId("state").dataset.state = state;
    });
    link.on("up", () => this.#connection(null));
    link.on("down", () => this.#connection(this.#since ?? performance.now()));
    setInterval(() => this.#tick(), LOOK_MS);
  }

  #connection(since) {
    this.#since = since;
    const isUp = since === null;
    byId("connection").dataset.state = isUp ? "up" : "lost";
    setText(byId("connection"), isUp ? "connected" : "connection lost");
    byId("lost").hidden = isUp;
    for (const fieldset of document.querySelectorAll("fieldset.live")) fieldset.disabled = !isUp;
    document.body.classList.toggle("is-lost", !isUp);
    this.#tick();
  }

  #tick() {
    if (this.#since === null) return setText(byId("lost"), "");
    const seconds = Math.floor((performance.now() - this.#since) / 5000) * 5;
    const how = navigator.onLine ? "Trying again." : "This device is offline.";
    const when = seconds ? ` for ${seconds} s` : "";
    setText(byId("lost"), `Connection lost${when}. What is shown is old. ${how} The stop still tries HTTP.`);
  }
}
