/** What was said, turn by turn. */

import { element, icon } from "./nodes.js";
import { outward, prose } from "./prose.js";
import { Rating } from "./rating.js";
import { STRINGS } from "./strings.js";
import { CLIP, CROSS } from "./upload.js";

export class Log {
  #shown = new Map();
  #faqAddress;
  #onrate;
  #onleave;

  /** The element that listeners hear: what is added to it is read out. */
  node = element("div", { className: "log", role: "log", ariaLive: "polite", ariaLabel: STRINGS.log });

  /**
   * A log that begins with these nodes; `faqAddress` gives the address of an FAQ entry, `onrate` takes each rating and tells
   * whether it was kept, `onleave` hears of each turn whose file is to be taken back.
   */
  constructor(beginning, faqAddress, onrate, onleave) {
    this.#faqAddress = faqAddress;
    this.#onrate = onrate;
    this.#onleave = onleave;
    this.node.append(...beginning);
  }

  /** The last turn, with its `node`; undefined before the first. */
  get last() {
    return [...this.#shown.values()].at(-1);
  }

  /** Shows these turns; whether anything was added. */
  show(turns) {
    const ids = new Set(turns.map(({ id }) => id));
    for (const [id, { node }] of this.#shown) if (!ids.has(id)) this.#remove(id, node);
    const isStuck = turns.some(({ state, problem }) => state === "pending" && problem);
    return turns.map((turn) => this.#update(turn, isStuck)).some(Boolean);
  }

  #remove(id, node) {
    node.remove();
    this.#shown.delete(id);
  }

  #update(turn, isStuck) {
    const isNew = !this.#shown.has(turn.id);
    if (isNew) this.#add(turn);
    const shown = this.#shown.get(turn.id);
    const isUnsent = turn.state === "failed" || (isStuck && turn.state === "pending");
    const label = isUnsent ? STRINGS[turn.state] : turn.file ? STRINGS.attached : "";
    if (shown.status.textContent !== label) shown.status.textContent = label;
    shown.node.classList.toggle("unsent", isUnsent);
    const isAnswered = Boolean(turn.replies) && !shown.isAnswered;
    if (isAnswered) shown.node.append(...this.#answers(turn, shown.rating));
    shown.isAnswered ||= isAnswered;
    shown.rating.show(turn.helpful);
    return isNew || isAnswered;
  }

  #add(turn) {
    const { id, text, file } = turn;
    const status = element("small");
    const words = file ? this.#file(turn) : element("p", {}, text);
    const bubble = element("div", { className: "bubble own" }, hidden(STRINGS.customer), words, status);
    const node = element("div", { className: "turn" }, bubble);
    const rating = new Rating((helpful, reason) => this.#onrate({ id, helpful, reason }));
    this.#shown.set(id, { node, status, rating, isAnswered: false });
    this.node.append(node);
  }

  #file(turn) {
    const label = STRINGS.leave(turn.text);
    const properties = { ariaLabel: label, title: label, onclick: () => this.#onleave(turn) };
    const leave = element("button", properties, icon(CROSS));
    return element("p", { className: "kept" }, icon(CLIP), element("span", { textContent: turn.text }), leave);
  }

  #answers({ replies }, rating) {
    const bubbles = replies.map((reply) => this.#answer(reply));
    bubbles[replies.findLastIndex(({ faq }) => faq)]?.append(rating.node);
    return bubbles;
  }

  #answer({ text, faq }) {
    const bubble = said(...prose(text));
    if (faq) bubble.append(this.#source(faq));
    return bubble;
  }

  #source(faq) {
    const href = this.#faqAddress(faq);
    const link = href.startsWith("#") ? element("a", { href, textContent: STRINGS.faq(faq) }) : outward(href, STRINGS.faq(faq));
    link.className = "source";
    return link;
  }
}

/** A bubble of the assistant. */
export function said(...nodes) {
  return element("div", { className: "bubble" }, hidden(STRINGS.assistant), ...nodes);
}

/** A text for those who listen. */
export function hidden(text) {
  return element("span", { className: "hidden", textContent: text });
}
