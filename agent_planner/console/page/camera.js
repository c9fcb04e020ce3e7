// SPDX-License-Identifier: Apache-2.0
/** The camera's picture. The next is asked for once this one is shown: a slow network shows fewer, not older ones. */

import { byId, setText } from "./dom.js";
import { socketAddress } from "./link.js";

const AGAIN_MS = 1000;
const RATE_MS = 2000;

export class Camera {
  #socket = null;
  #hasCamera = false;
  #times = [];

  constructor(link) {
    this.link = link;
    link.on("robot", ({ camera }) => {
      this.#hasCamera = camera;
      byId("camera").hidden = !camera;
      this.#open();
    });
    link.on("down", () => this.#close());
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#close() : this.#open()));
  }

  #open() {
    if (this.#socket || !this.#hasCamera || !this.link.isUp || document.hidden) return;
    const socket = new WebSocket(socketAddress("/camera"));
    this.#socket = socket;
    socket.binaryType = "blob";
    socket.onopen = () => socket.send("next");
    socket.onmessage = ({ data }) => this.#show(socket, data);
    socket.onclose = () => {
      this.#close();
      setTimeout(() => this.#open(), AGAIN_MS);
    };
  }

  #close() {
    if (this.#socket) this.#socket.onclose = this.#socket.onmessage = null;
    this.#socket?.close();
    this.#socket = null;
    this.#hide("no connection to the camera");
  }

  async #show(socket, data) {
    if (typeof data === "string") this.#hide("no picture for 2 s");
    else await this.#draw(data);
    if (socket === this.#socket && socket.readyState === WebSocket.OPEN) socket.send("next");
  }

  async #draw(blob) {
    const picture = byId("picture");
    const address = URL.createObjectURL(blob);
    picture.src = address;
    try {
      await picture.decode();
      picture.hidden = false;
      byId("no-picture").hidden = true;
      this.#rate();
    } catch {
      this.#hide("a picture that cannot be read");
    }
    URL.revokeObjectURL(address);
  }

  #rate() {
    const now = performance.now();
    this.#times = [...this.#times.filter((time) => now - time < RATE_MS), now];
    setText(byId("camera-note"), `${Math.round((this.#times.length * 1000) / RATE_MS)} / s`);
  }

  #hide(why) {
    this.#times = [];
    setText(byId("camera-note"), "");
    setText(byId("no-picture"), why);
    byId("picture").hidden = true;
    byId("no-picture").hidden = false;
  }
}
