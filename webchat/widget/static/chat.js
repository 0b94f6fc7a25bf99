/** What is said and what can be said next: the inside of the panel. */

import { Conversation, Problem } from "./conversation.js";
import { element, icon, prose } from "./nodes.js";

const STRINGS = {
  conversation: "Conversación",
  log: "Mensajes",
  customer: "Usted:",
  assistant: "Asistente:",
  faq: (number) => `Pregunta frecuente ${number}`,
  choices: "Respuestas sugeridas",
  typing: "El asistente está escribiendo",
  input: "Escriba su pregunta",
  send: "Enviar",
  retry: "Reintentar",
  unanswered: "No enviado",
  failure: "No hemos podido enviar su mensaje.",
};

const ARROW = "M12 20V5M6 11l6-6 6 6";
const MARGIN = 12; // pixels above the message that is scrolled to

export class Chat {
  #conversation = new Conversation(new URL("/api/chat", import.meta.url));
  #problems;
  #limit;
  #isWaiting = false;

  #log = element("div", { className: "log", role: "log", ariaLive: "polite", ariaLabel: STRINGS.log });
  #typing = element("p", { className: "typing", role: "status" });
  #failure = element("div", { className: "failure", role: "alert" });
  #choices = element("fieldset", { className: "choices", ariaLabel: STRINGS.choices });
  #scroller = element(
    "div",
    { className: "scroller", role: "region", ariaLabel: STRINGS.conversation, tabIndex: 0 },
    this.#log,
    this.#typing,
    this.#failure,
    this.#choices,
  );
  #input = element("textarea", { rows: 1, ariaLabel: STRINGS.input, placeholder: STRINGS.input, enterKeyHint: "send" });
  #form = element("form", {}, this.#input, element("button", { ariaLabel: STRINGS.send }, icon(ARROW)));

  /** The conversation so far, in the words that the host element gives. */
  constructor(host) {
    const words = host.querySelector("template")?.content ?? document.createDocumentFragment();
    const starters = [...words.querySelectorAll("[data-starter]")].map((node) => ({ title: node.textContent }));
    const problems = [...words.querySelectorAll("[data-problem]")];
    this.#problems = Object.fromEntries(problems.map((node) => [node.dataset.problem, node.textContent]));
    this.#limit = Number(host.getAttribute("limit") ?? Infinity);
    this.#input.addEventListener("keydown", (event) => this.#keyed(event));
    this.#form.addEventListener("submit", (event) => this.#submitted(event));
    this.#restore(host.getAttribute("greeting"), starters);
  }

  /** What belongs into the panel. */
  get nodes() {
    return [this.#scroller, this.#form];
  }

  /** Lets the customer write. */
  focus() {
    this.#input.focus();
  }

  /** Shows the customer's last message and as much as there is room for of what follows. */
  scroll() {
    const last = [...this.#log.querySelectorAll(".own")].at(-1);
    this.#scroller.scrollTop = last ? last.offsetTop - MARGIN : 0;
  }

  #restore(greeting, starters) {
    const { messages } = this.#conversation;
    if (greeting) this.#add({ text: greeting });
    for (const message of messages) {
      this.#add(message).classList.toggle("failed", Boolean(message.own) && !message.answered);
    }
    const last = messages.at(-1);
    this.#offer(last ? (last.buttons ?? []) : starters);
    if (last?.own) this.#fail(new Problem("default", 0));
  }

  #keyed(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#form.requestSubmit();
  }

  #submitted(event) {
    event.preventDefault();
    const text = this.#input.value.trim();
    if (!text || this.#isWaiting) return;
    if ([...text].length > this.#limit) {
      this.#explain(new Problem("/problems/message-too-long", 413));
      return;
    }
    this.#input.value = "";
    this.#send(text);
  }

  #send(text, button) {
    this.#add({ text, own: true });
    this.#exchange(this.#conversation.send(text, button));
  }

  #retry() {
    this.#scroller.focus(); // the button goes; the input would bring up a phone's keyboard
    this.#log.lastElementChild.classList.remove("failed");
    this.#exchange(this.#conversation.resend());
  }

  async #exchange(replies) {
    this.#wait(true);
    try {
      for (const reply of await replies) this.#add(reply);
      this.#offer(this.#conversation.messages.at(-1).buttons);
      this.scroll();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.#fail(error);
    } finally {
      this.#wait(false);
    }
  }

  #wait(isWaiting) {
    this.#isWaiting = isWaiting;
    this.#typing.replaceChildren(...(isWaiting ? [hidden(STRINGS.typing), ...["", "", ""].map(dot)] : []));
    if (isWaiting) {
      this.#choices.disabled = true;
      this.#failure.replaceChildren();
      this.scroll();
    }
  }

  #fail(problem) {
    this.#log.lastElementChild.classList.add("failed");
    this.#explain(problem);
  }

  #explain({ type, status, isPassing }) {
    const text = this.#problems[type] ?? this.#problems[status] ?? this.#problems.default ?? STRINGS.failure;
    const retry = button(STRINGS.retry, () => this.#retry());
    this.#failure.replaceChildren(element("p", { textContent: text }), ...(isPassing ? [retry] : []));
    this.#failure.scrollIntoView({ block: "nearest" });
  }

  #offer(buttons) {
    this.#choices.disabled = false;
    const choices = buttons.map(({ title, payload }) => button(title, () => this.#choose(title, payload)));
    this.#choices.replaceChildren(...choices);
  }

  #choose(title, payload) {
    this.#scroller.focus(); // as in #retry
    this.#send(title, payload);
  }

  #add({ text, own, faq }) {
    const bubble = own ? customers(text) : assistants(text, faq);
    this.#log.append(bubble);
    return bubble;
  }
}

function customers(text) {
  return element(
    "div",
    { className: "bubble own" },
    hidden(STRINGS.customer),
    element("p", { textContent: text }),
    element("small", { textContent: STRINGS.unanswered }), // shown when it failed
  );
}

function assistants(text, faq) {
  const bubble = element("div", { className: "bubble" }, hidden(STRINGS.assistant), ...prose(text));
  if (faq) bubble.append(element("a", { className: "source", href: `#faq-${faq}`, textContent: STRINGS.faq(faq) }));
  return bubble;
}

function button(title, onclick) {
  return element("button", { type: "button", textContent: title, onclick });
}

/** A text for those who listen. */
function hidden(text) {
  return element("span", { className: "hidden", textContent: text });
}

function dot() {
  return element("span", { className: "dot" });
}
