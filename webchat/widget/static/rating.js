/** Whether an answer helped, and why not. */

import { element, icon } from "./nodes.js";
import { STRINGS } from "./strings.js";

const UP = "M7 11l4-8c2 0 2.5 1.5 2 3l-1 4h6c1.5 0 2 1 1.7 2.5l-1.5 6C18 20 17 20 16 20H7zM7 11H3v9h4";
const DOWN = "M17 13l-4 8c-2 0-2.5-1.5-2-3l1-4H6c-1.5 0-2-1-1.7-2.5l1.5-6C6 4 7 4 8 4h9zM17 13h4V4h-4";

export class Rating {
  #onrate;
  #yes = thumb(UP, STRINGS.helpful, () => this.#rate(true));
  #no = thumb(DOWN, STRINGS.unhelpful, () => this.#rate(false));
  #thanks = element("span", { role: "status" });
  #reasons = element("div", { className: "reasons" });

  node = element("div", { className: "rating" }, this.#yes, this.#no, this.#thanks, this.#reasons);

  /** The buttons for it; `onrate` takes `helpful` and the reason, and tells whether that was kept. */
  constructor(onrate) {
    this.#onrate = onrate;
  }

  /** Shows what was said, if anything. */
  show(helpful) {
    this.#yes.ariaPressed = String(helpful === true);
    this.#no.ariaPressed = String(helpful === false);
  }

  async #rate(helpful, reason) {
    if (!(await this.#onrate(helpful, reason))) return;
    this.#reasons.replaceChildren(...(helpful || reason ? [] : STRINGS.reasons.map((words) => this.#why(words))));
    this.#thanks.textContent = STRINGS.thanks;
  }

  #why(words) {
    return element("button", { textContent: words, onclick: () => (this.#no.focus(), this.#rate(false, words)) });
  }
}

function thumb(outline, label, onclick) {
  return element("button", { ariaLabel: label, title: label, onclick }, icon(outline));
}
