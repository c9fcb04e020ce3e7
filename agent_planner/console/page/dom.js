// SPDX-License-Identifier: Apache-2.0
/** Whatever comes from a robot, a model or a person goes into the page as text, never as markup. */

export const byId = (id) => document.getElementById(id);

export function element(tag, text = "", className = "") {
  const node = document.createElement(tag);
  node.textContent = text;
  node.className = className;
  return node;
}

export function button(text, onPress, className = "") {
  const node = element("button", text, className);
  node.type = "button";
  node.addEventListener("click", onPress);
  return node;
}

/** Change a text only where it differs, so that screen readers hear it once. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Tell those who do not see the page. */
export const say = (text) => setText(byId("say"), text);

/** A banner that goes away when it is closed, for what was refused. */
export function showFault(text) {
  setText(byId("fault-text"), text);
  byId("fault").hidden = !text;
}

/** Returns what shows a list's end, unless a person has scrolled away from it; call it after something is added. */
export function follower(list) {
  let follows = true;
  const show = () => follows && list.scrollTo(0, list.scrollHeight);
  list.addEventListener("scroll", () => (follows = list.scrollTop + list.clientHeight >= list.scrollHeight - 8));
  new ResizeObserver(show).observe(list);
  return show;
}

/** Whether keys pressed now are meant for a field of a form. */
export const isField = (node) => node instanceof HTMLElement && node.matches("input, select, textarea");
