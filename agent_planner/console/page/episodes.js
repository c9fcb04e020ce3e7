// SPDX-License-Identifier: Apache-2.0
/** Recorded episodes: a list, and one of them as it was seen when it ran. */

import { byId, element, showFault } from "./dom.js";
import { Player } from "./player.js";

export class Episodes {
  constructor() {
    this.player = new Player();
    byId("player-back").addEventListener("click", () => this.list());
  }

  /** Ask for them and show them, the newest first. */
  async list() {
    this.leave();
    byId("player").hidden = true;
    byId("episode-list").hidden = false;
    const episodes = await read("/episodes");
    if (!episodes) return;
    const rows = episodes.map((episode) => this.#row(episode));
    byId("episode-list").replaceChildren(
      ...(rows.length ? rows : [element("p", "Nothing is recorded on this machine.", "muted")]),
    );
  }

  leave() {
    this.player.pause();
  }

  #row(episode) {
    const row = element("button", "", "episode");
    row.type = "button";
    const outcome = element("span", episode.outcome, "outcome");
    outcome.dataset.outcome = episode.outcome;
    const instruction = element("span", episode.instruction || "no instruction");
    row.append(instruction, outcome, element("span", facts(episode), "muted"));
    row.addEventListener("click", () => this.#open(episode));
    return row;
  }

  async #open(episode) {
    const events = await read(`/episodes/${encodeURIComponent(episode.id)}`);
    if (!events) return;
    byId("episode-list").hidden = true;
    byId("player").hidden = false;
    this.player.open(episode, events);
    byId("player-play").focus();
  }
}

function facts({ began, calls, seconds, takeovers, fault }) {
  if (fault) return fault;
  const parts = [began ? when(began) : "no events", calls === 1 ? "1 call" : `${calls} calls`];
  parts.push(`${Math.round(seconds ?? 0)} s`);
  if (takeovers) parts.push(`taken over ${takeovers}×`);
  return parts.join(" · ");
}

const when = (time) =>
  new Date(time).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });

async function read(address) {
  try {
    const answer = await fetch(address);
    if (answer.ok) return await answer.json();
    showFault(`Episodes: the console answered ${answer.status}.`);
  } catch {
    showFault("Episodes: the console does not answer.");
  }
  return null;
}
