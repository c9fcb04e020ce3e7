// SPDX-License-Identifier: Apache-2.0
import { byId } from "./dom.js";

/** Two panels in one place; `onShow` is told which one is shown. */
export function tabs(names, onShow) {
  const show = (shown) => {
    for (const name of names) {
      byId(name).hidden = name !== shown;
      const tab = byId(`tab-${name}`);
      tab.setAttribute("aria-selected", String(name === shown));
      tab.tabIndex = name === shown ? 0 : -1;
    }
    onShow(shown);
  };
  names.forEach((name, index) => {
    const tab = byId(`tab-${name}`);
    tab.addEventListener("click", () => show(name));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step) return;
      event.stopPropagation(); // or it would drive as well
      const next = names[(index + step + names.length) % names.length];
      show(next);
      byId(`tab-${next}`).focus();
    });
  });
}
