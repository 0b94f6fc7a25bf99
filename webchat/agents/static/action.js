/** Starts an action for the customer: asks what it needs, shows a summary, and sends it once it is confirmed. */

import { $, make, newId, piece, word } from "./dom.js";
import { post, reason } from "./api.js";

export class ActionDialog {
  #dialog = $("#accion");
  #action;
  #key; // made with the summary: sent twice, it is the same request
  #done;

  constructor(done) {
    this.#done = done;
    $("form", this.#dialog).addEventListener("submit", (event) => this.#submit(event));
    $(".back", this.#dialog).addEventListener("click", () => this.#ask());
    $(".cancel", this.#dialog).addEventListener("click", () => this.#dialog.close());
  }

  open(action) {
    this.#action = action;
    $("h2", this.#dialog).textContent = word(action.action);
    $(".fields", this.#dialog).replaceChildren(...Object.entries(action.values).map(field));
    this.#ask();
    this.#dialog.showModal();
    $("input", this.#dialog)?.focus();
  }

  #ask() {
    this.#show(false);
    $("input", this.#dialog)?.focus();
  }

  #show(summary) {
    this.#key = summary ? newId() : undefined;
    $(".fields", this.#dialog).hidden = summary;
    $(".summary", this.#dialog).hidden = !summary;
    $(".back", this.#dialog).hidden = !summary;
    $(".wrong", this.#dialog).textContent = "";
    const button = $("button.main", this.#dialog);
    button.textContent = summary ? button.dataset.confirm : button.dataset.review;
    button.disabled = false;
  }

  #submit(event) {
    event.preventDefault();
    if (this.#key) this.#send();
    else this.#review();
  }

  #review() {
    const lines = Object.entries(this.#fields()).flatMap(([name, value]) => [make("dt", word(name)), make("dd", value)]);
    $(".summary", this.#dialog).replaceChildren(...lines);
    this.#show(true);
    $("button.main", this.#dialog).focus();
  }

  #fields() {
    const inputs = [...this.#dialog.querySelectorAll("input")];
    return Object.fromEntries(inputs.filter(({ value }) => value.trim()).map(({ name, value }) => [name, value.trim()]));
  }

  async #send() {
    const { action, faq_id, text, conversation } = this.#action;
    const button = $("button.main", this.#dialog);
    button.disabled = true;
    try {
      const made = await post("/api/agents/requests", {
        key: this.#key, kind: action, faq_id, text, conversation, fields: this.#fields(),
      });
      this.#dialog.close();
      this.#done(made);
    } catch (error) {
      $(".wrong", this.#dialog).textContent = word(reason(error));
      button.disabled = false;
    }
  }
}

function field([name, value]) {
  const line = piece("line");
  const input = $("input", line);
  Object.assign(input, { id: `campo-${name}`, name, value, required: true });
  if (["email", "contacto", "correo_nuevo"].includes(name)) input.type = "email";
  Object.assign($("label", line), { htmlFor: input.id, textContent: word(name) });
  return line;
}
