/** Whether an answer helped, and why not. */

import { element, icon } from "./nodes.js";
import { STRINGS } from "./strings.js";

const UP = "M7 11l4-8c2 0 2.5 1.5 2 3l-1 4h6c1.5 0 2 1 1.7 2.5l-1.5 6C18 20 17 20 16 20H7zM7 11H3v9h4";
const DOWN = "M17 13l-4 8c-2 0-2.5-1.5-2-3l1-4H6c-1.5 0-2-1-1.7-2.5l1.5-6C6 4 7 4 8 4h9zM17 13h4V4h-4";

/** The buttons for it; calls back with `helpful` and the reason. `given` is what was said before, if anything. */
export function rating(given, onrate) {
  const thanks = element("span", { role: "status" });
  const reasons = element("div", { className: "reasons" });
  const rate = (helpful, reason) => {
    for (const [node, meaning] of [[yes, true], [no, false]]) node.ariaPressed = String(helpful === meaning);
    reasons.replaceChildren(...(helpful || reason ? [] : STRINGS.reasons.map((words) => why(words))));
    thanks.textContent = STRINGS.thanks;
    onrate(helpful, reason);
  };
  const why = (words) => element("button", { type: "button", textContent: words, onclick: () => (no.focus(), rate(false, words)) });
  const yes = thumb(UP, STRINGS.helpful, given === true, () => rate(true));
  const no = thumb(DOWN, STRINGS.unhelpful, given === false, () => rate(false));
  return element("div", { className: "rating" }, yes, no, thanks, reasons);
}

function thumb(outline, label, isPressed, onclick) {
  return element("button", { type: "button", ariaLabel: label, title: label, ariaPressed: String(isPressed), onclick }, icon(outline));
}
