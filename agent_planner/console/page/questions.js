// SPDX-License-Identifier: Apache-2.0
/** What a person is asked, with the time that is left. */

import { button, byId, element, isField, say, setText, showFault } from "./dom.js";

const LOOK_MS = 250;
const WORDS = { yes: "Approve", no: "Deny" };
// These are answered by one of their options alone.
const CHOICES = new Set(["approve_goal", "approve_call", "stuck", "help"]);
const TITLES = {
  approve_goal: "Approve the goal?",
  approve_call: "Approve the call?",
  which: "Which one?",
  stuck: "The robot cannot go on",
  help: "The robot needs a hand",
};

export class Questions {
  #cards = new Map();

  /** `isDriving` tells whether a person holds the stick: then the focus stays where it is. */
  constructor(link, isDriving) {
    this.link = link;
    this.isDriving = isDriving;
    link.on("questions", (questions) => this.#show(questions));
    setInterval(() => this.#cards.forEach((card) => card.tick()), LOOK_MS);
  }

  #show(questions) {
    const open = new Set(questions.map(({ id }) => id));
    for (const [id, card] of this.#cards) {
      if (!open.has(id)) this.#remove(id, card);
    }
    for (const question of questions) {
      if (!this.#cards.has(question.id)) this.#add(question);
      this.#cards.get(question.id).remaining(question.remaining_s);
    }
  }

  #add(question) {
    const card = new Card(question, (answer) => this.#answer(question.id, answer));
    this.#cards.set(question.id, card);
    byId("questions").append(card.node);
    say(`Question: ${question.text}`);
    const focused = document.activeElement;
    const isBusy = this.isDriving() || (isField(focused) && focused.value !== "");
    // Not onto a button: whoever happens to press Enter now must not approve.
    if (!isBusy) card.node.focus();
  }

  #remove(id, card) {
    const hadFocus = card.node.contains(document.activeElement);
    card.node.remove();
    this.#cards.delete(id);
    if (hadFocus) byId("task").focus({ preventScroll: true });
  }

  async #answer(id, answer) {
    const { ok, message } = await this.link.ask("answer", { id, answer });
    showFault(ok ? "" : `Not answered: ${message}`);
  }
}

class Card {
  constructor({ id, kind, text, options }, answer) {
    this.isApproval = kind === "approve_goal" || kind === "approve_call";
    this.node = element("div", "", "question");
    this.title = element("h3", TITLES[kind] ?? "A question");
    this.title.id = `question-${id}`;
    this.node.tabIndex = -1;
    this.node.setAttribute("role", "group");
    this.node.setAttribute("aria-labelledby", this.title.id);
    this.left = element("span", "", "left");
    this.bar = element("progress");
    this.bar.setAttribute("aria-label", "Time that is left to answer");
    const head = element("div", "", "question-head");
    head.append(this.title, this.left);
    const buttons = element("div", "", "answers");
    for (const option of options) {
      buttons.append(button(WORDS[option] ?? option, () => answer(option), option === "yes" ? "primary" : ""));
    }
    this.node.append(head, element("p", text), this.bar, buttons);
    if (!CHOICES.has(kind)) this.node.append(this.#form(answer));
  }

  /** `null`: nobody knows for how long the robot waits. */
  remaining(seconds) {
    this.bar.hidden = seconds === null;
    if (seconds === null) return;
    this.end = performance.now() + seconds * 1000;
    this.bar.max = Math.max(this.bar.max, seconds, 1);
    this.tick();
  }

  tick() {
    if (this.bar.hidden) return;
    const seconds = Math.max(0, (this.end - performance.now()) / 1000);
    this.bar.value = seconds;
    setText(this.left, `${Math.ceil(seconds)} s left${this.isApproval ? ", then no" : ""}`);
  }

  #form(answer) {
    const form = element("form");
    const field = element("input");
    field.type = "text";
    field.setAttribute("aria-label", "Answer");
    const send = element("button", "Answer", "primary");
    form.append(field, send);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (field.value.trim()) answer(field.value.trim());
    });
    return form;
  }
}
