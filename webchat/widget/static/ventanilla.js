/**
 * <ventanilla-chat>: a button in the corner of the page, and behind it the conversation with the assistant.
 *
 * Attributes: `heading`, `greeting`, `limit` (characters of a message). A <template> inside may hold starter questions
 * (`data-starter`) and what customers read when a message fails (`data-problem`: the type or status of the problem,
 * `offline` or `default`). Answers link to `#faq-<number>` on the page.
 */

import { Chat } from "./chat.js";
import { element, icon } from "./nodes.js";
import { recall, remember } from "./storage.js";

const STRINGS = {
  heading: "Asistente",
  open: "Pregúntenos",
  close: "Cerrar el chat",
};

const SPEECH = "M4 5h16v11h-9l-4 4v-4H4z";
const CROSS = "M6 6l12 12M18 6L6 18";

const IS_OPEN = "ventanilla.open";
const SMALL_SCREEN = matchMedia("(max-width: 30rem), (max-height: 30rem)"); // as in ventanilla.css

class VentanillaChat extends HTMLElement {
  #chat;
  #launcher;
  #panel;

  connectedCallback() {
    if (this.shadowRoot) return; // it was only moved
    this.#build();
    const style = element("link", { rel: "stylesheet", href: new URL("ventanilla.css", import.meta.url) });
    style.onload = () => this.#show();
    this.attachShadow({ mode: "open" }).append(style);
  }

  #build() {
    const heading = this.getAttribute("heading") ?? STRINGS.heading;
    this.#chat = new Chat(this);
    this.#launcher = element(
      "button",
      { className: "launcher", type: "button", onclick: () => this.#open() },
      icon(SPEECH),
      STRINGS.open,
    );
    const close = element(
      "button",
      { className: "close", type: "button", ariaLabel: STRINGS.close, onclick: () => this.#panel.close() },
      icon(CROSS),
    );
    this.#panel = element(
      "dialog",
      { ariaLabel: heading, onclose: () => this.#closed() },
      element("div", { className: "head" }, element("h2", { textContent: heading }), close),
      ...this.#chat.nodes,
    );
    this.#panel.addEventListener("keydown", ({ key }) => key === "Escape" && this.#panel.close());
    this.#panel.addEventListener("click", ({ target }) => this.#clicked(target));
  }

  /** Appears only now that it is styled, so that the page never moves; open if it was, where there is room for both. */
  #show() {
    this.shadowRoot.append(this.#launcher, this.#panel);
    if (!recall(IS_OPEN) || SMALL_SCREEN.matches) return;
    this.#panel.setAttribute("open", ""); // unlike show() it leaves the focus where it is
    this.#opened();
  }

  #open() {
    // A panel that covers the page takes it out of the reach of keyboard and screen reader as well.
    if (SMALL_SCREEN.matches) this.#panel.showModal();
    else this.#panel.show();
    this.#opened();
    this.#chat.focus();
  }

  #opened() {
    this.#launcher.hidden = true;
    this.#chat.scroll();
    remember(IS_OPEN, true);
  }

  #closed() {
    this.#launcher.hidden = false;
    this.#launcher.focus();
    remember(IS_OPEN, false);
  }

  #clicked(target) {
    const leadsToPage = target.closest("a[href^='#']");
    if (leadsToPage && SMALL_SCREEN.matches) this.#panel.close();
  }
}

customElements.define("ventanilla-chat", VentanillaChat);
