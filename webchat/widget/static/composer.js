/** Where the customer writes. */

import { element, icon } from "./nodes.js";
import { STRINGS } from "./strings.js";

const ARROW = "M12 20V5M6 11l6-6 6 6";

/** What a phone offers for each thing that the assistant may ask: its keyboard and what it knows of the customer. */
const KEYBOARDS = {
  email: { inputMode: "email", autocomplete: "email" },
  contacto: { inputMode: "email", autocomplete: "email" },
  correo_nuevo: { inputMode: "email", autocomplete: "email" },
  cuenta: { inputMode: "email", autocomplete: "username" },
};
const WORDS = { inputMode: "text", autocomplete: "off" };

export class Composer {
  #onsend;

  /** The field itself. */
  input = element("textarea", { rows: 1, ariaLabel: STRINGS.input, placeholder: STRINGS.input, enterKeyHint: "send" });

  node = element("form", {}, this.input, element("button", { className: "send", ariaLabel: STRINGS.send, title: STRINGS.send }, icon(ARROW)));

  /** Calls back with each text; it stays to be changed unless that returns true. Another button can stand in front. */
  constructor(onsend, button) {
    this.#onsend = onsend;
    this.node.prepend(button);
    this.input.addEventListener("keydown", (event) => this.#keyed(event));
    this.node.addEventListener("submit", (event) => this.#submitted(event));
  }

  /** Makes ready for the field that the assistant asks, if any. */
  expect(field) {
    const { inputMode, autocomplete } = KEYBOARDS[field] ?? WORDS;
    Object.assign(this.input, { inputMode, autocomplete, autocapitalize: inputMode === "email" ? "none" : "sentences" });
  }

  #keyed(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.node.requestSubmit();
  }

  #submitted(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    if (text && this.#onsend(text)) this.input.value = "";
  }
}
