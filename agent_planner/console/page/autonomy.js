// SPDX-License-Identifier: Apache-2.0
/**
 * The level of autonomy. These are buttons, not radio buttons: arrow keys would set each level on the way, and
 * `plan_only` ends what runs.
 */

import { button, byId, showFault } from "./dom.js";

const WORDS = { plan_only: "plan only" };

export class Autonomy {
  #level = "";

  constructor(link) {
    this.link = link;
    link.on("robot", ({ levels }) => this.#offer(levels));
    link.on("autonomy", ({ level }) => this.#show(level));
  }

  #offer(levels) {
    const offered = [...byId("autonomy").children].map((node) => node.dataset.level);
    if (String(offered) === String(levels)) return; // who has the focus keeps it
    const buttons = levels.map((level) => {
      const node = button(WORDS[level] ?? level, () => this.#set(level));
      node.dataset.level = level;
      return node;
    });
    byId("autonomy").replaceChildren(...buttons);
    this.#show(this.#level);
  }

  #show(level) {
    this.#level = level;
    for (const node of byId("autonomy").children) {
      node.setAttribute("aria-pressed", String(node.dataset.level === level));
    }
  }

  async #set(level) {
    const { ok, message } = await this.link.ask("autonomy", { level });
    showFault(ok ? "" : `Autonomy: ${message}`);
  }
}
