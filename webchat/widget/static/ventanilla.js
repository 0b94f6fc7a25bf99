/**
 * <ventanilla-chat>: a button in the corner of the page. The conversation behind it is fetched when it is first opened.
 *
 * What stands inside the element, best a mail link, is seen where this script does not run and where the chat cannot open.
 * docs/widget.md lists attributes, events, methods and custom properties.
 */

import { element, icon } from "./nodes.js";

const STRINGS = {
  label: "Pregúntenos",
  failure: "No hemos podido abrir el chat.",
};
const SPEECH = "M4 5h16v11h-9l-4 4v-4H4z";
const START = /^#ventanilla=([\w.]{1,16})$/; // so links in mails name the FAQ entry whose action they begin
const LEFT = "ventanilla.open"; // also in panel.js, which sets it

const styles = new CSSStyleSheet();
styles.replaceSync(`
:host {
  --accent: var(--ventanilla-accent, #1d3a5f);
  --on-accent: var(--ventanilla-on-accent, #fff);
  --inset: var(--ventanilla-inset, 1rem);
  position: fixed;
  z-index: var(--ventanilla-layer, 1000);
  inset: auto var(--inset) var(--inset) auto;
  font: 1rem/1.5 var(--ventanilla-font, system-ui, "Segoe UI", "Liberation Sans", Arial, sans-serif);
}
:host([position="left"]) { inset: auto auto var(--inset) var(--inset); }
:host([theme="light"]) { color-scheme: light; }
:host([theme="dark"]) { color-scheme: dark; }
:host([hidden]), [hidden] { display: none !important; }
.launcher {
  display: flex;
  align-items: center;
  gap: .5rem;
  padding: .75rem 1.125rem;
  border: 1px solid rgb(255 255 255 / 30%);
  border-radius: 2rem;
  background: var(--accent);
  color: var(--on-accent);
  font: inherit;
  font-weight: 600;
  box-shadow: 0 2px 12px rgb(0 0 0 / 25%);
  cursor: pointer;
}
.launcher:hover { box-shadow: 0 4px 18px rgb(0 0 0 / 35%); }
.launcher:focus-visible { outline: 3px solid light-dark(#b97a00, #f0b840); outline-offset: 2px; }
.launcher[aria-busy] { opacity: .8; cursor: progress; }
.launcher svg { width: 1.375rem; height: 1.375rem; fill: none; stroke: currentcolor; stroke-width: 2; stroke-linejoin: round; }
.failure {
  max-width: 18rem;
  margin: 0 0 .75rem;
  padding: .75rem 1rem;
  border: 1px solid light-dark(#cfd6dd, #3a4856);
  border-radius: .75rem;
  background: light-dark(#fff, #1a232c);
  color: light-dark(#1c2733, #e4e9ee);
  box-shadow: 0 2px 12px rgb(0 0 0 / 25%);
}
@media (max-height: 20rem) {
  .launcher { padding: .75rem; }
  .launcher span { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
}
`);

class VentanillaChat extends HTMLElement {
  #launcher = element(
    "button",
    { className: "launcher", type: "button", ariaHasPopup: "dialog", onclick: () => this.open() },
    icon(SPEECH),
    element("span", { textContent: STRINGS.label }),
  );
  #failure = element("div", { className: "failure", role: "alert", hidden: true });
  #panel;

  connectedCallback() {
    if (this.shadowRoot) return; // it was only moved
    const label = this.getAttribute("label");
    if (label) this.#launcher.lastChild.textContent = label;
    this.attachShadow({ mode: "open" }).append(this.#failure, this.#launcher);
    this.shadowRoot.adoptedStyleSheets = [styles];
    this.#reopen(left());
    addEventListener("hashchange", () => this.#start());
    this.#start();
  }

  /** Opens the conversation and lets the customer write. */
  async open() {
    if (await this.#load()) this.#panel.open();
  }

  /** Closes the conversation. */
  close() {
    this.#panel?.close();
  }

  /** Opens the conversation with this question of the customer. */
  async ask(text) {
    if (!(await this.#load())) return;
    this.#panel.open();
    this.#panel.send(text);
  }

  /** Begins what the page's address asks for, once: it is taken out of the address. */
  async #start() {
    const entry = START.exec(location.hash)?.[1];
    if (!entry || !(await this.#load()) || !START.test(location.hash)) return;
    history.replaceState(history.state, "", location.pathname + location.search);
    this.#panel.open();
    this.#panel.start(entry);
  }

  async #reopen(draft) {
    if (draft !== undefined && (await this.#load())) this.#panel.reopen(draft);
  }

  /** Whether the panel is there; where it cannot be had, the page's own content takes its place. */
  async #load() {
    if (this.#panel) return true;
    this.#launcher.ariaBusy = "true";
    try {
      const { Panel } = await import("./panel.js");
      this.#panel ??= new Panel(this, this.#launcher); // unless another call was faster
    } catch (error) {
      this.#failure.replaceChildren(element("p", { textContent: STRINGS.failure }), element("slot"));
      this.dispatchEvent(new CustomEvent("ventanilla:error", { detail: { error } }));
    }
    this.#launcher.ariaBusy = null;
    this.#failure.hidden = Boolean(this.#panel);
    return Boolean(this.#panel);
  }
}

/** What was being written when a page was left with the panel open; undefined where it was closed. */
function left() {
  try {
    return sessionStorage.getItem(LEFT)?.slice("open".length);
  } catch {
    return; // a browser that keeps nothing
  }
}

customElements.define("ventanilla-chat", VentanillaChat);
