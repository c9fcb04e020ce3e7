// SPDX-License-Identifier: Apache-2.0
/** Puts the page together. */

import { Arm } from "./arm.js";
import { Autonomy } from "./autonomy.js";
import { Camera } from "./camera.js";
import { byId, setText, showFault } from "./dom.js";
import { Drive } from "./drive.js";
import { Episodes } from "./episodes.js";
import { Link } from "./link.js";
import { Log } from "./log.js";
import { RobotMap } from "./map.js";
import { Questions } from "./questions.js";
import { isKnown, signIn, signOut, takeToken } from "./session.js";
import { Status } from "./status.js";
import { Stop } from "./stop.js";
import { tabs } from "./tabs.js";
import { Takeover } from "./takeover.js";
import { Task } from "./task.js";

const link = new Link();
const drive = new Drive(link);
const arm = new Arm(link, () => drive.speed);
const hands = [drive, arm];
new Stop(link, () => hands.forEach((hand) => hand.release()));
new Status(link);
new Task(link);
new Takeover(link, hands);
new Questions(link, () => hands.some(({ hold }) => hold.isHeld));
new Autonomy(link);
new Camera(link);
new RobotMap(link);
new Log(link);
const episodes = new Episodes();
tabs(["now", "episodes"], (name) => (name === "episodes" ? episodes.list() : episodes.leave()));

link.on("refused", showFault);
link.on("unknown", () => show("The session has ended."));
byId("fault-close").addEventListener("click", () => showFault(""));
byId("sign-out").addEventListener("click", async () => {
  link.end();
  show(await signOut());
});
byId("sign-in-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = byId("token");
  enter(field.value.trim());
  field.value = "";
});
// A link with a new token in a tab that shows the console already.
addEventListener("hashchange", () => begin());
begin();

async function begin() {
  const token = takeToken();
  if (token) await enter(token);
  else if (await isKnown()) open();
  else show("");
}

async function enter(token) {
  const fault = await signIn(token);
  if (!fault) return open();
  // A bad link takes nobody's stop away who is signed in.
  if (!(await isKnown())) return show(fault);
  if (byId("console").hidden) open();
  showFault(fault);
}

function open() {
  byId("sign-in").hidden = true;
  byId("console").hidden = false;
  byId("banners").prepend(byId("stop-fault"));
  link.end();
  link.start();
}

function show(fault) {
  link.end();
  // A stop that did not get through is told here too: it must not vanish with the console.
  document.body.prepend(byId("stop-fault"));
  byId("console").hidden = true;
  byId("sign-in").hidden = false;
  setText(byId("sign-in-fault"), fault);
  byId("token").focus();
}
