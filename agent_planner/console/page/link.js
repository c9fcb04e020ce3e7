// SPDX-License-Identifier: Apache-2.0
/** The connection to the server: topics in, commands out, and whether it is alive. */

import { isKnown } from "./session.js";

const ALIVE_MS = 1000;
const CONNECT_MS = 3000;
const BEAT_MS = 300;
const LOOK_MS = 100;
const BACK_OFF_MS = [250, 500, 1000, 2000, 4000];

export const socketAddress = (path) => `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`;

/**
 * Listeners by topic; besides the server's there are `up`, `down`, `unknown` (the session has ended) and `refused` (a
 * command that is not replied to was).
 */
export class Link {
  #listeners = new Map();
  #waiting = new Map();
  #socket = null;
  #count = 0;
  #tries = 0;
  #heard = 0;
  #retry = 0;
  #running = false;
  isUp = false;

  constructor() {
    setInterval(() => this.#look(), LOOK_MS);
    setInterval(() => this.#beat(), BEAT_MS);
    document.addEventListener("visibilitychange", () => this.#beat());
    // Being offline ends nothing: this machine may be reached all the same.
    addEventListener("online", () => this.#running && !this.#socket && this.#connect());
  }

  on(topic, listener) {
    this.#listeners.set(topic, [...(this.#listeners.get(topic) ?? []), listener]);
  }

  start() {
    this.#running = true;
    this.#connect();
  }

  end() {
    this.#running = false;
    this.#lose();
  }

  /** Send a command that is replied to; resolves to {ok, message}. */
  ask(command, fields = {}) {
    const n = this.tell(command, fields);
    if (!n) return Promise.resolve({ ok: false, message: "the connection is lost" });
    return new Promise((resolve) => this.#waiting.set(n, resolve));
  }

  /** Send a command and wait for nothing; returns its number, 0 where there is no connection. */
  tell(command, fields = {}) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return 0;
    this.#socket.send(JSON.stringify({ do: command, n: ++this.#count, ...fields }));
    return this.#count;
  }

  #connect() {
    clearTimeout(this.#retry);
    this.#heard = performance.now();
    const socket = new WebSocket(socketAddress("/ws"));
    socket.onmessage = ({ data }) => this.#hear(JSON.parse(data));
    socket.onclose = () => this.#lose();
    this.#socket = socket;
  }

  #hear({ topic, data, reply, ok, message }) {
    if (reply !== undefined) {
      const resolve = this.#waiting.get(reply);
      this.#waiting.delete(reply);
      if (resolve) resolve({ ok, message });
      else if (!ok) this.#emit("refused", message);
      return;
    }
    if (topic === "alive" || !this.isUp) this.#heard = performance.now();
    if (!this.isUp) {
      this.isUp = true;
      this.#tries = 0;
      this.#emit("up");
    }
    this.#emit(topic, data);
  }

  /** Nobody looks at a page that is hidden, and its silence says so. */
  #beat() {
    if (this.isUp && !document.hidden) this.tell("beat");
  }

  #look() {
    const limit = this.isUp ? ALIVE_MS : CONNECT_MS;
    if (this.#socket && performance.now() - this.#heard > limit) this.#lose();
  }

  #lose() {
    const socket = this.#socket;
    if (!socket) return;
    socket.onmessage = socket.onclose = null;
    socket.close();
    this.#socket = null;
    for (const resolve of this.#waiting.values()) resolve({ ok: false, message: "the connection was lost" });
    this.#waiting.clear();
    const wasUp = this.isUp;
    this.isUp = false;
    this.#emit("down");
    if (!this.#running) return;
    this.#retry = setTimeout(() => this.#again(wasUp), BACK_OFF_MS[Math.min(this.#tries++, BACK_OFF_MS.length - 1)]);
  }

  /** A socket that is refused does not say why: a request does. */
  async #again(wasUp) {
    const isOver = !wasUp && !(await isKnown());
    // Meanwhile a person may have signed out, or another connection may have been begun.
    if (!this.#running || this.#socket) return;
    if (!isOver) return this.#connect();
    this.#running = false;
    this.#emit("unknown");
  }

  #emit(topic, data) {
    for (const listener of this.#listeners.get(topic) ?? []) listener(data);
  }
}
