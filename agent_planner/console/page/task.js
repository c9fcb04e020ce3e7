// SPDX-License-Identifier: Apache-2.0
/** The instruction that runs: sending it, cancelling it, and what becomes of it. */

import { byId, say, showFault } from "./dom.js";
import { eventText, isFeedback, newStory, progress, tell } from "./story.js";
import { StoryView } from "./story_view.js";

const RESTING = new Set(["IDLE", "SILENT"]);
const SAID = new Set(["GOAL", "EXECUTING", "RESULT", "REFUSED", "TELEOP", "ENDED"]);

export class Task {
  #story = newStory();
  #isOver = true;
  #status = { instruction: "", call: "", detail: "" };
  #suggested = false;

  constructor(link) {
    this.link = link;
    this.view = new StoryView(byId("now"));
    this.view.show(this.#story);
    byId("instruct").addEventListener("submit", (event) => this.#send(event));
    byId("cancel").addEventListener("click", () => this.#ask("cancel"));
    link.on("up", () => (this.#isOver = true)); // what runs is told anew from its beginning
    link.on("robot", ({ suggestion }) => this.#suggest(suggestion));
    link.on("status", (status) => this.#stand(status));
    link.on("event", (event) => this.#event(event));
    link.on("result", (result) => this.#result(result));
  }

  /** Once: what a person has cleared does not come back. */
  #suggest(suggestion) {
    if (!suggestion || this.#suggested) return;
    this.#suggested = true;
    byId("instruction").value ||= suggestion;
  }

  async #send(event) {
    event.preventDefault();
    const field = byId("instruction");
    const instruction = field.value.trim();
    if (!instruction || !(await this.#ask("instruct", { instruction, autonomy: "" }))) return;
    // The next one may have been begun meanwhile.
    if (field.value.trim() === instruction) field.value = "";
  }

  async #ask(command, fields) {
    const { ok, message } = await this.link.ask(command, fields);
    showFault(ok ? "" : message);
    return ok;
  }

  #stand(status) {
    this.#status = status;
    const isResting = RESTING.has(status.state);
    // What was sent from here may wait for a planner that is at rest, or was started anew.
    byId("cancel").hidden = isResting && !status.own;
    if (isResting || this.#isOver) return;
    this.#story.instruction = status.instruction;
    this.#story.goal ||= status.goal;
    this.#show();
  }

  #event(event) {
    // The first events of an episode may not know its id yet.
    const ids = new Set([event.episode_id, this.#story.episodeId].filter(Boolean));
    if (this.#isOver || ids.size > 1) this.#story = newStory(this.#status.instruction);
    this.#story.episodeId ||= event.episode_id;
    this.#isOver = event.kind === "ENDED";
    tell(this.#story, event);
    this.#show();
    if (SAID.has(event.kind) && !isFeedback(event)) say(eventText(event));
  }

  #show() {
    progress(this.#story, this.#status.call, this.#status.detail);
    this.view.show(this.#story);
  }

  #result({ episode_id: episodeId, outcome, summary, error }) {
    if (this.#story.episodeId && episodeId !== this.#story.episodeId) return;
    this.#story.isThinking = false;
    this.#story.ended = summary.startsWith(outcome) ? summary : `${outcome}: ${summary || error}`;
    this.view.show(this.#story);
  }
}
