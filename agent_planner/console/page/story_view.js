// SPDX-License-Identifier: Apache-2.0
import { element, follower, setText } from "./dom.js";

const MARKS = { thinking: "…", checking: "…", executing: "▶", ok: "✓", refused: "⊘", ended: "–" };
const THINKING = { call: "", thought: "", state: "thinking", detail: "" };
const FAILED = "✕";

/** Shows a story: the instruction, the goal as it was stated, the calls. */
export class StoryView {
  #rows = [];

  constructor(root) {
    this.instruction = element("dd");
    this.goal = element("dd", "", "code");
    const facts = element("dl", "", "facts");
    facts.append(element("dt", "Instruction"), this.instruction, element("dt", "Goal"), this.goal);
    this.list = element("ol", "", "calls scroll");
    this.list.tabIndex = 0;
    this.list.setAttribute("aria-label", "Calls");
    this.showEnd = follower(this.list);
    this.ended = element("p", "", "ended");
    root.append(facts, this.list, this.ended);
  }

  show(story) {
    setText(this.instruction, story.instruction || "none yet");
    setText(this.goal, story.goal || (story.isThinking ? "…" : "not stated"));
    const items = story.isThinking ? [...story.items, THINKING] : story.items;
    while (this.#rows.length > items.length) this.#rows.pop().node.remove();
    items.forEach((item, index) => this.#row(index, "note" in item).show(item));
    this.showEnd();
    setText(this.ended, story.ended);
    this.ended.dataset.outcome = story.ended.split(" ")[0];
  }

  #row(index, isNote) {
    if (this.#rows[index]?.isNote !== isNote) {
      const row = isNote ? new Note() : new CallRow();
      if (this.#rows[index]) this.#rows[index].node.replaceWith(row.node);
      else this.list.append(row.node);
      this.#rows[index] = row;
    }
    return this.#rows[index];
  }
}

class Note {
  isNote = true;
  node = element("li", "", "note");

  show({ note, byHuman }) {
    setText(this.node, note);
    this.node.classList.toggle("human", byHuman);
  }
}

class CallRow {
  isNote = false;
  node = element("li", "", "call");
  #mark = element("span", "", "mark");
  #call = element("span", "", "code");
  #state = element("span", "", "state");
  #thought = element("span", "", "thought");
  #detail = element("span", "", "detail");

  constructor() {
    this.#mark.setAttribute("aria-hidden", "true");
    this.node.append(this.#mark, this.#call, this.#state, this.#thought, this.#detail);
  }

  show({ call, thought, state, detail }) {
    this.node.dataset.state = state;
    setText(this.#mark, MARKS[state] ?? FAILED);
    setText(this.#call, call);
    setText(this.#state, state);
    setText(this.#thought, thought);
    setText(this.#detail, detail);
  }
}
