// SPDX-License-Identifier: Apache-2.0

const PERIOD_MS = 100;

/** Sends a value ten times a second while it is held, and zero once when it is let go. */
export class Hold {
  #timer = 0;
  #value = null;

  constructor(send, zero) {
    this.send = send;
    this.zero = zero;
  }

  get isHeld() {
    return this.#value !== null;
  }

  set(value) {
    this.#value = value;
    if (this.#timer) return;
    this.send(value);
    this.#timer = setInterval(() => this.send(this.#value), PERIOD_MS);
  }

  release() {
    if (!this.isHeld) return;
    clearInterval(this.#timer);
    this.#timer = 0;
    this.#value = null;
    this.send(this.zero);
  }
}

/** Call `release` whenever a hand may have gone elsewhere without a word. */
export function onLeaving(release) {
  addEventListener("blur", release);
  addEventListener("pagehide", release);
  document.addEventListener("visibilitychange", () => document.hidden && release());
  // A menu swallows what comes up under it. (A finger that holds a button brings this event too, but no menu.)
  addEventListener("contextmenu", (event) => event.pointerType !== "touch" && release());
  // While Cmd is held, browsers on macOS do not tell that another key comes up.
  addEventListener("keydown", (event) => event.key === "Meta" && release());
}
