// SPDX-License-Identifier: Apache-2.0
/** What has become of an instruction, told from its events one by one; live and in a replay alike. */

/** `items` are calls {call, thought, state, detail} and notes {note, byHuman}. */
export const newStory = (instruction = "") => ({
  episodeId: "",
  instruction,
  goal: "",
  isThinking: false,
  items: [],
  ended: "",
});

/** Feedback of a skill that runs already; what begins one repeats the call alone. */
export const isFeedback = ({ kind, text, call }) => kind === "EXECUTING" && text !== "" && text !== call;

/** An event in words. */
export function eventText({ kind, text, thought, call }) {
  if (kind === "CALL") return thought ? `call: ${call} — ${thought}` : `call: ${call}`;
  return `${kind.toLowerCase()}: ${text || call}`;
}

/** Take an event into the story. */
export function tell(story, event) {
  story.isThinking = event.kind === "THINKING";
  TELL[event.kind]?.(story, event);
}

/** Feedback of the call that runs. */
export function progress(story, call, detail) {
  const item = running(story);
  if (item?.state === "executing" && item.call === call) item.detail = detail;
}

const TELL = {
  GOAL: (story, { text }) => (story.goal = text),
  LOOKING: (story, { text }) => note(story, text),
  PLANNING: (story, { text }) => text.startsWith("plan: ") && note(story, text),
  TELEOP: (story, { text }) => note(story, text || "a person has the robot", true),
  CALL: (story, event) => {
    close(story); // of what others have the robot do, no result is told
    added(story, event);
  },
  EXECUTING: (story, event) => {
    const item = running(story) ?? added(story, event);
    item.state = "executing";
    item.detail = isFeedback(event) ? event.text : "";
  },
  RESULT: (story, event) => {
    const item = running(story) ?? added(story, event);
    const [state, ...rest] = event.text.split(" ");
    item.state = state;
    item.detail = rest.join(" ");
  },
  REFUSED: (story, event) => {
    const item = running(story) ?? added(story, event);
    item.state = "refused";
    item.detail = event.text;
  },
  ENDED: (story, { text }) => {
    close(story);
    story.ended = text;
  },
};

const isOpen = (item) => item.state === "checking" || item.state === "executing";

/** The newest call, while it has no end. */
function running(story) {
  const item = story.items.findLast((one) => "call" in one);
  return item && isOpen(item) ? item : undefined;
}

function close(story) {
  const item = running(story);
  if (item) item.state = "ended";
}

function added(story, { call, thought }) {
  story.items.push({ call, thought, state: "checking", detail: "" });
  return story.items.at(-1);
}

const note = (story, text, byHuman = false) => text && story.items.push({ note: text, byHuman });
