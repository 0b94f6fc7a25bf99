/** One conversation with the assistant, remembered from page to page. */

import { recall, remember } from "./storage.js";

const KEY = "ventanilla.conversation";
const PATIENCE = 30_000; // milliseconds; the server gives up before

/** Why a message got no reply: the type and status of the server's problem; the status is 0 if nothing was heard of it. */
export class Problem extends Error {
  constructor(type, status, options) {
    super(`${type} (${status})`, options);
    this.type = type;
    this.status = status;
  }

  /** Whether the token of the conversation was refused. */
  get isAboutConversation() {
    return this.type.startsWith("/problems/conversation-");
  }

  /** Whether the same message may succeed when it is sent again. */
  get isPassing() {
    return this.status === 0 || this.status === 429 || this.status >= 500 || this.isAboutConversation;
  }
}

export class Conversation {
  #url;
  #token;
  #messages;

  constructor(url) {
    this.#url = url;
    ({ token: this.#token, messages: this.#messages } = recall(KEY) ?? { messages: [] });
  }

  /** Everything said: the customer's `{ text, button, own: true, answered }`, the assistant's `{ text, faq, buttons }`. */
  get messages() {
    return this.#messages;
  }

  /** The replies to a message of the customer; rejects with a Problem. `button` is the payload behind its text. */
  send(text, button) {
    this.#messages.push({ text, button, own: true, answered: false });
    return this.resend();
  }

  /** The replies to the last message of the customer, sent once more. */
  async resend() {
    const message = this.#messages.at(-1);
    this.#keep();
    const content = message.button ? { button: message.button } : { text: message.text };
    const { conversation, messages } = await this.#post({ ...content, conversation: this.#token });
    message.answered = true;
    this.#token = conversation;
    this.#messages.push(...messages);
    this.#keep();
    return messages;
  }

  async #post(body) {
    const response = await this.#fetch(body);
    if (response.ok) return readJson(response);
    const isProblem = response.headers.get("Content-Type")?.startsWith("application/problem+json");
    const { type = "about:blank" } = isProblem ? await readJson(response) : {};
    const problem = new Problem(type, response.status);
    if (problem.isAboutConversation) this.#token = undefined;
    throw problem;
  }

  async #fetch(body) {
    try {
      return await fetch(this.#url, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(PATIENCE),
      });
    } catch (cause) {
      throw new Problem("offline", 0, { cause });
    }
  }

  #keep() {
    remember(KEY, { token: this.#token, messages: this.#messages });
  }
}

async function readJson(response) {
  try {
    return await response.json();
  } catch (cause) {
    throw new Problem("offline", 0, { cause }); // cut off, or the words of something in between
  }
}
