// SPDX-License-Identifier: Apache-2.0
/** What happened, line by line: the robot's events, and what this page and its connection did. */

import { byId, element, follower } from "./dom.js";
import { eventText, isFeedback } from "./story.js";

const MOST = 500;
const QUIET = new Set(["THINKING", "OBSERVED"]);

export class Log {
  #seen = new Set();
  #stop = "";
  #level = "";
  #isUp = false;

  constructor(link) {
    this.list = byId("log");
    this.showEnd = follower(this.list);
    link.on("up", () => this.#connection(true));
    link.on("down", () => this.#connection(false));
    link.on("refused", (message) => this.#add(message, "bad"));
    link.on("event", (event) => this.#event(event));
    link.on("stop", (stop) => this.#stopped(stop));
    link.on("autonomy", ({ level }) => {
      if (level !== this.#level) this.#add(`autonomy: ${level}`, "console");
      this.#level = level;
    });
  }

  /** Every try that fails is a `down`, too. */
  #connection(isUp) {
    if (isUp) this.#add("connected", "console");
    else if (this.#isUp) this.#add("connection lost", "bad");
    this.#isUp = isUp;
  }

  #event(event) {
    const key = JSON.stringify(event);
    // After a connection was lost, what runs is told once more from its beginning.
    if (this.#seen.has(key) || QUIET.has(event.kind) || isFeedback(event)) return;
    this.#seen.add(key);
    this.#add(eventText(event), event.kind === "REFUSED" ? "warn" : "", new Date(event.time * 1000));
  }

  #stopped({ stopped, reasons }) {
    const text = stopped ? `stopped: ${reasons.join("; ")}` : "";
    if (text !== this.#stop) this.#add(text || "reset: the robot may act again", stopped ? "bad" : "console");
    this.#stop = text;
  }

  #add(text, className, time = new Date()) {
    const line = element("li", "", className);
    line.append(element("time", time.toLocaleTimeString("en-GB")), element("span", text));
    this.list.append(line);
    while (this.list.children.length > MOST) this.list.firstChild.remove();
    this.showEnd();
  }
}
