// SPDX-License-Identifier: Apache-2.0

import { byId, setText } from "./dom.js";
import { eventText, newStory, tell } from "./story.js";
import { StoryView } from "./story_view.js";

/** Plays the events of an episode in the time that they took, or faster. */
export class Player {
  #events = [];
  #at = 0;
  #timer = 0;
  #instruction = "";

  constructor() {
    this.view = new StoryView(byId("player-story"));
    byId("player-play").addEventListener("click", () => (this.#timer ? this.pause() : this.#play()));
    byId("player-at").addEventListener("input", ({ target }) => this.#seek(Number(target.value)));
    byId("player-speed").addEventListener("change", () => this.#timer && this.#play());
  }

  open({ id, instruction, outcome }, events) {
    this.pause();
    setText(byId("player-title"), `Recording ${id}: ${outcome}`);
    this.#events = events;
    this.#instruction = instruction;
    byId("player-at").max = Math.max(0, events.length - 1);
    this.#show(0);
  }

  pause() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    setText(byId("player-play"), "Play");
  }

  #play() {
    if (this.#at >= this.#events.length - 1) this.#show(0);
    setText(byId("player-play"), "Pause");
    this.#wait();
  }

  #wait() {
    clearTimeout(this.#timer);
    if (this.#at >= this.#events.length - 1) return this.pause();
    const pause = (this.#seconds(this.#at + 1) - this.#seconds(this.#at)) / Number(byId("player-speed").value);
    this.#timer = setTimeout(() => {
      this.#show(this.#at + 1);
      this.#wait();
    }, pause * 1000);
  }

  #seek(at) {
    this.#show(at);
    if (this.#timer) this.#wait();
  }

  /** Seconds from the first event. */
  #seconds(index) {
    return this.#events[index].time - this.#events[0].time;
  }

  #show(at) {
    this.#at = at;
    const story = newStory(this.#instruction);
    for (const event of this.#events.slice(0, at + 1)) tell(story, event);
    this.view.show(story);
    const slider = byId("player-at");
    slider.value = at;
    if (this.#events.length === 0) return setText(byId("player-event"), "It has no events.");
    const text = eventText(this.#events[at]);
    slider.setAttribute("aria-valuetext", `${at + 1} of ${this.#events.length}: ${text}`);
    setText(byId("player-event"), text);
    setText(byId("player-clock"), `${clock(this.#seconds(at))} / ${clock(this.#seconds(this.#events.length - 1))}`);
  }
}

const clock = (seconds) =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
