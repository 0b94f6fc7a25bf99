/**
 * Sends what the customer writes: once, in order, whatever happens between.
 *
 * A message is kept before it is sent and carries an id of its own, by which the server knows it again. It is sent again
 * until it is answered or cannot succeed. One tab at a time sends, for all of them.
 */

import { Problem } from "./api.js";

const LOCK = "ventanilla.outbox";
const FAILURES = 5; // after so many of the server the message is left to the customer, and the next one goes
const ABSENCES = 40; // likewise while the assistant is away: it may be for minutes
const LONGEST = 5; // seconds between two tries

export class Outbox {
  #api;
  #store;
  #onchange;
  #onanswer;
  #timer;
  #isSending = false;
  #isBack = false;

  /** Calls back when anything has changed, and with the replies when they come. */
  constructor(api, store, onchange, onanswer) {
    this.#api = api;
    this.#store = store;
    this.#onchange = onchange;
    this.#onanswer = onanswer;
    for (const name of ["online", "pageshow"]) addEventListener(name, () => this.#back()); // "pageshow": back from history
    for (const name of ["visibilitychange", "resume"]) document.addEventListener(name, () => document.hidden || this.flush());
  }

  /**
   * Takes a message `{ text, button, start, file }` of the customer: a `button` goes in place of the text, `start` with it, a
   * `file` has gone.
   */
  add(message) {
    const at = Math.max(Date.now(), (this.#store.turns.at(-1)?.at ?? 0) + 1); // clocks go back, the order stays
    this.#store.put({ id: newId(), at, state: "pending", tries: 0, ...message });
    this.flush();
  }

  /** Sends again what has failed and can succeed. */
  retry() {
    for (const turn of this.#store.turns.filter(({ problem }) => problem?.isPassing)) {
      this.#store.put({ ...turn, state: "pending", problem: undefined, tries: 0 });
    }
    this.flush();
  }

  /** Sends what is waiting. */
  async flush() {
    this.#onchange();
    if (this.#isSending) return;
    this.#isSending = true;
    try {
      do {
        this.#isBack = false;
        await exclusively(() => this.#drain());
      } while (this.#isBack); // what was under way may have failed before the network was back
    } finally {
      this.#isSending = false;
    }
    this.plan();
  }

  #back() {
    this.#isBack = true;
    this.flush();
  }

  /** Sees to it that what waits is sent later, be it by another tab, which may close before. */
  plan() {
    clearTimeout(this.#timer);
    const next = this.#next();
    if (!next || this.#isSending) return;
    const wait = next.wait ?? Math.min(2 ** next.tries, LONGEST);
    this.#timer = setTimeout(() => this.flush(), wait * 1000 * (1 + Math.random() / 4)); // not all tabs at once
  }

  #next() {
    return this.#store.turns.find(({ state }) => state === "pending");
  }

  async #drain() {
    let turn;
    while ((turn = this.#next())) {
      await this.#deliver(turn);
      if (this.#store.get(turn.id)?.state === "pending") return;
    }
  }

  async #deliver(turn) {
    const { id, text, button, start, tries, wasSent } = turn;
    const content = { ...(button ? { button } : { text, start }), ...(wasSent && { again: true }) };
    this.#store.put({ ...turn, wasSent: true });
    let outcome;
    try {
      const { conversation, messages } = await this.#api.send({ ...content, id, conversation: this.#store.token });
      if (this.#store.get(id)) this.#store.token = conversation;
      outcome = { state: "answered", replies: messages, problem: undefined };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      outcome = this.#failed(tries, error);
    }
    const kept = this.#store.get(id); // nothing if the conversation was erased meanwhile
    if (kept) this.#store.put({ ...kept, ...outcome });
    this.#onchange();
    if (kept && outcome.replies) this.#onanswer(outcome.replies);
  }

  #failed(tries, { type, status, wait, isPassing, isAboutConversation }) {
    if (isAboutConversation) this.#store.token = undefined;
    const isLeft = !isPassing || (status >= 500 && tries + 1 >= (status === 503 ? ABSENCES : FAILURES));
    return { state: isLeft ? "failed" : "pending", problem: { type, status, isPassing }, wait, tries: tries + 1 };
  }
}

/** Runs this while no other tab does. Without a lock, as on plain HTTP, the server still takes each message once. */
function exclusively(task) {
  return navigator.locks ? navigator.locks.request(LOCK, task) : task();
}

function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
