/** What opens when the button is pressed: the frame of the conversation. */

import { Chat } from "./chat.js";
import { element, icon } from "./nodes.js";
import { STRINGS } from "./strings.js";
import { styles } from "./styles.js";

const CROSS = "M6 6l12 12M18 6L6 18";
const LEFT = "ventanilla.open"; // also in ventanilla.js, which reads it
const SMALL_SCREEN = matchMedia("(max-width: 30rem), (max-height: 30rem)"); // as in styles.js

export class Panel {
  #host;
  #launcher;
  #chat;
  #dialog;

  /** The panel of a host element, closed; the launcher gives its place to it, and gets the focus back. */
  constructor(host, launcher) {
    this.#host = host;
    this.#launcher = launcher;
    this.#chat = new Chat(host);
    this.#dialog = this.#build(host.getAttribute("heading") ?? STRINGS.heading);
    for (const name of ["ventanilla:message", "ventanilla:erase"]) host.addEventListener(name, () => this.#remember());
    addEventListener("storage", () => this.#remember()); // another tab may have deleted the conversation
    addEventListener("pagehide", () => this.#remember());
    addEventListener("focus", () => this.#dialog.open && this.#chat.inform());
    host.shadowRoot.adoptedStyleSheets.push(styles);
    host.shadowRoot.append(this.#dialog);
  }

  /** Opens the panel and lets the customer write. */
  open() {
    if (!this.#dialog.open) {
      // A panel that covers the page takes it out of the reach of keyboard and screen reader as well.
      if (SMALL_SCREEN.matches) this.#dialog.showModal();
      else this.#dialog.show();
      this.#opened();
    }
    this.#chat.focus();
  }

  /** Opens the panel with its draft as on the page before, where there is room for both; unlike `open` it leaves the focus. */
  reopen(draft) {
    if (this.#chat.isEmpty) return;
    this.#chat.input.value = draft;
    if (SMALL_SCREEN.matches) return;
    this.#dialog.setAttribute("open", "");
    this.#opened();
  }

  /** Closes the panel. */
  close() {
    this.#dialog.close();
  }

  /** Sends a text of the customer. */
  send(text) {
    this.#chat.send(text);
  }

  /** Begins what an FAQ entry offers to do. */
  start(entry) {
    this.#chat.start(entry);
  }

  #build(heading) {
    const properties = { className: "close", ariaLabel: STRINGS.close, title: STRINGS.close };
    const close = element("button", { ...properties, onclick: () => this.close() }, icon(CROSS));
    const head = element("div", { className: "head" }, element("h2", { textContent: heading }), close);
    const dialog = element("dialog", { ariaLabel: heading, onclose: () => this.#closed() }, head, ...this.#chat.nodes);
    dialog.addEventListener("keydown", ({ key }) => key === "Escape" && this.close());
    this.#chat.watch(dialog);
    dialog.addEventListener("click", ({ target }) => this.#clicked(target));
    return dialog;
  }

  #opened() {
    this.#launcher.hidden = true;
    this.#chat.scroll();
    this.#chat.inform();
    this.#remember();
    this.#host.dispatchEvent(new CustomEvent("ventanilla:open"));
  }

  #closed() {
    const { hidden } = this.#launcher;
    this.#launcher.hidden = false;
    if (hidden) this.#launcher.focus();
    this.#remember();
    this.#host.dispatchEvent(new CustomEvent("ventanilla:close"));
  }

  #clicked(target) {
    const leadsToPage = target.closest("a[href^='#']");
    if (!leadsToPage || !SMALL_SCREEN.matches) return;
    this.#launcher.hidden = false; // and does not get the focus, which goes with the link
    this.close();
  }

  /** Keeps for the next page that the panel is open, and what is being written there, once there is a conversation. */
  #remember() {
    try {
      if (this.#dialog.open && !this.#chat.isEmpty) sessionStorage.setItem(LEFT, `open${this.#chat.input.value}`);
      else sessionStorage.removeItem(LEFT);
    } catch (error) {
      console.warn("ventanilla: the next page will not know that the chat is open:", error);
    }
  }
}
