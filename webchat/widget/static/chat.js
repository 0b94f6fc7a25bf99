/** What is said and what can be said next: the inside of the panel. */

import { Api, Problem } from "./api.js";
import { Composer } from "./composer.js";
import { hidden, Log, said } from "./log.js";
import { element, icon } from "./nodes.js";
import { Outbox } from "./outbox.js";
import { outward, prose } from "./prose.js";
import { Store } from "./store.js";
import { PROBLEMS, STRINGS } from "./strings.js";

const PERSON = "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4.5 20c.5-4 3.5-6 7.5-6s7 2 7.5 6";
const MARGIN = 12; // pixels above the message that is scrolled to
const LIMIT = 4000; // characters of a message

export class Chat {
  #host;
  #server;
  #store = new Store(() => this.#changedElsewhere());
  #outbox;
  #log;

  #typing = element("div", { className: "typing", role: "status" });
  #notice = element("div", { className: "notice", role: "alert" });
  #choices = element("fieldset", { className: "choices", ariaLabel: STRINGS.choices });
  #composer = new Composer((text) => this.send(text));
  #scroller;

  /** The conversation so far, as the attributes of the host element ask for it. */
  constructor(host) {
    this.#host = host;
    this.#server = serverOf(host);
    const emit = (replies) => replies.forEach(({ faq }) => this.#emit({ from: "assistant", faq: faq ?? null }));
    this.#outbox = new Outbox(new Api(this.#server), this.#store, () => this.#show(), emit);
    this.#log = new Log(this.#beginning(), (number) => this.#faqAddress(number));
    const children = [this.#log.node, this.#typing, this.#notice, this.#choices];
    const properties = { className: "scroller", role: "region", ariaLabel: STRINGS.conversation, tabIndex: 0 };
    this.#scroller = element("div", properties, ...children);
    this.#show();
    this.#outbox.plan();
  }

  /** What belongs into the panel. */
  get nodes() {
    const label = [icon(PERSON), STRINGS.person];
    const person = element("button", { type: "button", onclick: () => this.#say(STRINGS.askPerson) }, ...label);
    return [this.#scroller, element("div", { className: "tools" }, person), this.#composer.node];
  }

  get isEmpty() {
    return !this.#store.turns.length;
  }

  /** Lets the customer write. */
  focus() {
    this.#composer.focus();
  }

  /** Shows the customer's last message and as much as there is room for of what follows. */
  scroll() {
    const { last } = this.#log;
    this.#scroller.scrollTop = last ? last.node.offsetTop - MARGIN : 0;
  }

  /** Takes a text of the customer, or a button with its payload; false if it is too long, which is said. */
  send(text, button) {
    if ([...text].length > Number(this.#host.getAttribute("limit") ?? LIMIT)) {
      this.#explain(new Problem("/problems/message-too-long", 413));
      return false;
    }
    this.#outbox.add({ text, button });
    this.#emit({ from: "customer" });
    return true;
  }

  /** As `send`, for what is pressed: it goes, and the input would bring up a phone's keyboard. */
  #say(text, button) {
    this.#scroller.focus();
    this.send(text, button);
  }

  #emit(detail) {
    this.#host.dispatchEvent(new CustomEvent("ventanilla:message", { detail }));
  }

  #words(name) {
    return this.#host.getAttribute(name) ?? STRINGS[name];
  }

  #beginning() {
    const href = this.#host.getAttribute("privacy-href");
    const link = href ? [" ", outward(href, STRINGS.privacyLink)] : [];
    const privacy = element("p", { className: "privacy", textContent: this.#words("privacy") });
    privacy.append(...link);
    return [said(...prose(this.#words("greeting"))), privacy];
  }

  /** The address of an FAQ entry: on this page if it is there, else where the host element says or the server has it. */
  #faqAddress(number) {
    const anchor = `#faq-${number}`;
    if (document.getElementById(anchor.slice(1))) return anchor;
    return new URL(anchor, new URL(this.#host.getAttribute("faq") ?? this.#server, document.baseURI)).href;
  }

  #changedElsewhere() {
    this.#show();
    this.#outbox.plan();
  }

  #show() {
    const { turns } = this.#store;
    const last = turns.at(-1);
    const waiting = turns.find(({ state }) => state === "pending");
    const failed = turns.findLast(({ state }) => state === "failed");
    const hasGrown = this.#log.show(turns);
    this.#wait(waiting && !waiting.problem);
    this.#explain(waiting?.problem ?? failed?.problem);
    this.#offer(waiting ? [] : (last?.replies?.at(-1)?.buttons ?? (last ? [] : this.#starters)));
    this.#composer.expect(last?.replies?.at(-1)?.asks);
    if (hasGrown) this.scroll();
  }

  get #starters() {
    return this.#words("starters").split("|").map((title) => ({ title: title.trim() })).filter(({ title }) => title);
  }

  #wait(isWaiting) {
    if (Boolean(isWaiting) === this.#typing.hasChildNodes()) return;
    this.#typing.replaceChildren(...(isWaiting ? [hidden(STRINGS.typing), dot(), dot(), dot()] : []));
  }

  /** Says what failed, and how it can go on; nothing without a problem. */
  #explain(problem) {
    const text = problem && (PROBLEMS[problem.type] ?? PROBLEMS[problem.status] ?? PROBLEMS.default);
    if (this.#notice.dataset.text === text) return; // it would be read out again
    this.#notice.replaceChildren();
    delete this.#notice.dataset.text;
    if (!text) return;
    this.#notice.dataset.text = text;
    this.#notice.append(element("p", { textContent: text }), ...this.#waysOn(problem));
    this.#notice.scrollIntoView({ block: "nearest" });
  }

  #waysOn({ type, status }) {
    const { isPassing } = new Problem(type, status);
    if (!isPassing) return [];
    const mail = this.#host.querySelector("a[href^='mailto:']");
    const byMail = mail ? [element("p", {}, STRINGS.byMail, " ", linkTo(mail))] : [];
    return [...byMail, button(STRINGS.retry, () => this.#retry())];
  }

  #retry() {
    this.#scroller.focus(); // the button goes
    this.#outbox.retry();
  }

  #offer(buttons) {
    const key = JSON.stringify(buttons);
    if (this.#choices.dataset.key === key) return; // the focus may be there
    this.#choices.dataset.key = key;
    this.#choices.replaceChildren(...buttons.map(({ title, payload }) => button(title, () => this.#say(title, payload))));
  }
}

function serverOf(host) {
  const server = host.getAttribute("server");
  return server ? new URL(server, document.baseURI) : new URL("/", import.meta.url);
}

function linkTo({ href }) {
  return element("a", { href, textContent: decodeURIComponent(new URL(href).pathname) });
}

function button(title, onclick) {
  return element("button", { type: "button", textContent: title, onclick });
}

function dot() {
  return element("span", { className: "dot" });
}
