// SPDX-License-Identifier: Apache-2.0
/** The red stop. It is sent both ways at once, by WebSocket and by HTTP, and again until one of them has it. */

import { byId, element, setText, showFault } from "./dom.js";

const AGAIN_MS = 500;
const ANSWER_MS = 1000;
const BUTTON = "the stop button";
const SPACE = "the space bar";

export class Stop {
  #retry = 0;
  isStopped = false;

  /** `onStop` lets go of what is held. */
  constructor(link, onStop) {
    this.link = link;
    this.onStop = onStop;
    link.on("stop", (data) => this.#show(data));
    const button = byId("stop");
    // A finger that slides off the button has pressed it all the same.
    button.addEventListener("pointerdown", () => this.press(BUTTON));
    button.addEventListener("click", () => this.press(BUTTON));
    addEventListener("keydown", (event) => this.#key(event), { capture: true });
    // Without this, some browsers press the button that has the focus when the space bar comes up.
    addEventListener("keyup", (event) => this.#isStop(event) && event.preventDefault(), { capture: true });
    byId("reset").addEventListener("click", () => this.#reset());
  }

  press(reason) {
    clearTimeout(this.#retry);
    const ways = [this.#bySocket(reason), this.#byHttp(reason)];
    this.onStop();
    if (!this.isStopped) setText(byId("stop-word"), "STOPPING");
    this.#follow(reason, ways);
  }

  /** One way is enough. */
  async #follow(reason, ways) {
    try {
      await Promise.any(ways);
      this.#tell("");
    } catch ({ errors }) {
      const why = errors.map(({ message }) => message).join("; ");
      this.#tell(`The stop did NOT get through; trying again. Use the hardware's emergency stop. (${why})`);
      this.#retry = setTimeout(() => this.press(reason), AGAIN_MS);
    }
  }

  #tell(fault) {
    setText(byId("stop-fault"), fault);
    byId("stop-fault").hidden = !fault;
  }

  async #bySocket(reason) {
    const late = new Promise((resolve) => setTimeout(resolve, ANSWER_MS, { ok: false, message: "no reply" }));
    const { ok, message } = await Promise.race([this.link.ask("stop", { reason }), late]);
    if (!ok) throw new Error(message);
  }

  async #byHttp(reason) {
    const answer = await fetch(`/stop?${new URLSearchParams({ reason })}`, {
      method: "POST",
      keepalive: true,
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (!answer.ok) throw new Error(`the console answered ${answer.status}`);
    const { ok, message } = await answer.json();
    if (!ok) throw new Error(message);
  }

  #isStop(event) {
    const { target } = event;
    const isTyping = target instanceof HTMLInputElement && target.type === "text" && target.value !== "";
    return event.code === "Space" && !event.isComposing && !isTyping && !byId("console").hidden;
  }

  #key(event) {
    if (!this.#isStop(event)) return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat) this.press(SPACE);
  }

  async #reset() {
    const { ok, message } = await this.link.ask("reset");
    showFault(ok ? "" : `Not reset: ${message}`);
  }

  #show({ heard, stopped, reasons, confirmed, parts }) {
    this.isStopped = stopped;
    document.body.classList.toggle("is-stopped", stopped);
    setText(byId("stop-word"), stopped ? "STOPPED" : "STOP");
    byId("reset").disabled = !stopped;
    byId("unheard").hidden = heard;
    byId("stopped").hidden = !stopped;
    const how = confirmed ? "every part has confirmed" : "NOT yet confirmed by every part";
    setText(byId("stopped-text"), stopped ? `Stopped, ${how}: ${reasons.join("; ") || "no reason given"}` : "");
    const lines = Object.entries(parts).map(([name, text]) => element("li", `${name}: ${text}`));
    byId("stopped-parts").replaceChildren(...lines);
  }
}
