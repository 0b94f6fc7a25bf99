/** What opens when the button is pressed: the frame of the conversation. */

import { Chat } from "./chat.js";
import { element, icon } from "./nodes.js";
import { STRINGS } from "./strings.js";
import { styles } from "./styles.js";

const CROSS = "M6 6l12 12M18 6L6 18";
const WAS_OPEN = "ventanilla.open"; // also in ventanilla.js, which reads it
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

  /** Opens the panel as it was on the page before, where there is room for both; unlike `open` it leaves the focus. */
  reopen() {
    if (SMALL_SCREEN.matches || this.#chat.isEmpty) return;
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
    this.#launcher.hidden = false;
    this.#launcher.focus();
    this.#remember();
    this.#host.dispatchEvent(new CustomEvent("ventanilla:close"));
  }

  #clicked(target) {
    const leadsToPage = target.closest("a[href^='#']");
    if (leadsToPage && SMALL_SCREEN.matches) this.close();
  }

  /** Keeps for the next page whether the panel is open, once there is a conversation: nothing is kept before. */
  #remember() {
    try {
      if (this.#dialog.open && !this.#chat.isEmpty) sessionStorage.setItem(WAS_OPEN, "yes");
      else sessionStorage.removeItem(WAS_OPEN);
    } catch (error) {
      console.warn("ventanilla: the next page will not know that the chat is open:", error);
    }
  }
}
