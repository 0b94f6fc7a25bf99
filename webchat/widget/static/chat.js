/** What is said and what can be said next: the inside of the panel. */

import { Api, Problem } from "./api.js";
import { Attachments } from "./attachments.js";
import { Composer } from "./composer.js";
import { hidden, Log, said } from "./log.js";
import { element, icon } from "./nodes.js";
import { Outbox } from "./outbox.js";
import { outward, prose } from "./prose.js";
import { Store } from "./store.js";
import { PROBLEMS, STRINGS } from "./strings.js";

const DOWNLOAD = "M12 4v11M7 10l5 5 5-5M4 20h16";
const BIN = "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13";
const PERSON = "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4.5 20c.5-4 3.5-6 7.5-6s7 2 7.5 6";
const MARGIN = 12; // pixels above the message that is scrolled to
const LIMIT = 4000; // characters of a message

export class Chat {
  #host;
  #server;
  #api;
  #store = new Store(() => this.#changedElsewhere());
  #outbox;
  #log;
  #attachments;
  #composer;

  #incident = element("p", { className: "incident", role: "status" });
  #typing = element("div", { className: "typing", role: "status" });
  #notice = element("div", { className: "notice", role: "alert" });
  #choices = element("fieldset", { className: "choices", ariaLabel: STRINGS.choices });
  #scroller;
  #offered = []; // the buttons there are
  #own = element(
    "div",
    { className: "ours" },
    tool(DOWNLOAD, STRINGS.transcript, () => this.#download()),
    tool(BIN, STRINGS.erase, () => this.#askToErase()),
  );

  /** The conversation so far, as the attributes of the host element ask for it. */
  constructor(host) {
    this.#host = host;
    this.#server = serverOf(host);
    const emit = (replies) => {
      replies.forEach(({ faq }) => this.#emit({ from: "assistant", faq: faq ?? null }));
      this.inform();
    };
    this.#api = new Api(this.#server);
    this.#outbox = new Outbox(this.#api, this.#store, () => this.#show(), emit);
    this.#attachments = new Attachments(this.#api, () => this.#store.token, (file) => this.#attached(file));
    new ResizeObserver(() => this.scroll()).observe(this.#attachments.node);
    this.#composer = new Composer((text) => this.send(text), this.#attachments.button);
    this.#log = new Log(
      this.#beginning(),
      (number) => this.#faqAddress(number),
      (feedback) => this.#rate(feedback),
      (turn) => this.#takeBack(turn),
    );
    const children = [this.#log.node, this.#typing, this.#notice, this.#choices];
    const properties = { className: "scroller", role: "region", ariaLabel: STRINGS.conversation, tabIndex: 0 };
    this.#scroller = element("div", properties, ...children);
    this.#outbox.flush();
  }

  /** What belongs into the panel. */
  get nodes() {
    const label = [icon(PERSON), STRINGS.person];
    const person = element("button", { onclick: () => this.#say(STRINGS.askPerson) }, ...label);
    const tools = element("div", { className: "tools" }, person, this.#own);
    return [this.#incident, this.#scroller, tools, this.#attachments.node, this.#composer.node];
  }

  /** Takes files that are dropped on or pasted into this element. */
  watch(target) {
    this.#attachments.watch(target);
  }

  get isEmpty() {
    return !this.#store.turns.length;
  }

  /** Where the customer writes. */
  get input() {
    return this.#composer.input;
  }

  /** Lets the customer write. */
  focus() {
    this.input.focus();
  }

  /** Shows what is broken now; nothing in quiet times, or where it cannot be asked. */
  async inform() {
    let text;
    try {
      text = await this.#api.incident();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    }
    if (this.#incident.textContent !== (text ?? "")) this.#incident.textContent = text ?? ""; // else it would be read out again
  }

  /** Shows the customer's last message and as much as there is room for of what follows. */
  scroll() {
    const { last } = this.#log;
    this.#scroller.scrollTop = last ? last.node.offsetTop - MARGIN : 0;
  }

  /** Takes a text of the customer, who may press a button by its words; false if it is too long, which is said. */
  send(text) {
    if ([...text].length > Number(this.#host.getAttribute("limit") ?? LIMIT)) {
      this.#explain(new Problem("/problems/message-too-long", 413));
      return false;
    }
    const meant = this.#offered.find(({ title, attaches }) => !attaches && title.toLowerCase() === text.toLowerCase());
    this.#add({ text, button: meant?.payload });
    return true;
  }

  /** Begins what this FAQ entry offers to do. */
  start(entry) {
    this.#add({ text: STRINGS.start, start: entry });
  }

  #add(message) {
    this.#outbox.add(message);
    this.#emit({ from: "customer" });
  }

  /** Sends what is pressed, once: it goes, and the input would bring up a phone's keyboard. */
  #say(text, button) {
    if (this.#store.turns.some((turn) => turn.state === "pending" && turn.text === text)) return;
    this.#scroller.focus();
    this.#add({ text, button });
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
    if (this.isEmpty) this.#answer(); // deleted
    this.#show();
    this.#outbox.plan();
  }

  #show() {
    const { turns } = this.#store;
    const last = turns.findLast(({ state, replies }) => state !== "failed" && replies?.length !== 0); // others leave the question
    const waiting = turns.find(({ state }) => state === "pending");
    const failed = turns.findLast((turn) => turn.state === "failed" && (turn === turns.at(-1) || turn.problem.isPassing));
    const hasGrown = this.#log.show(turns);
    this.#wait(waiting && !waiting.problem);
    this.#explain(waiting?.problem ?? failed?.problem);
    this.#offer(waiting ? [] : last ? last.replies.flatMap(({ buttons }) => buttons) : this.#starters);
    this.#composer.expect(last?.replies?.at(-1)?.asks);
    this.#own.hidden = !this.#store.token;
    this.#attachments.resume();
    if (hasGrown) this.scroll();
  }

  async #rate({ id, helpful, reason }) {
    if (!(await this.#ask((token) => this.#api.rate(token, { id, helpful, reason })))) return;
    const kept = this.#store.get(id);
    if (kept) this.#store.put({ ...kept, helpful });
    this.#show();
    return true;
  }

  async #download() {
    const done = await this.#ask(async (token) => {
      const href = URL.createObjectURL(await this.#api.transcript(token));
      element("a", { href, download: STRINGS.file }).click();
      URL.revokeObjectURL(href);
    });
    if (done) this.#explain();
  }

  async #takeBack({ id, file }) {
    this.#scroller.focus(); // the button goes
    if (!(await this.#ask((token) => this.#api.detach(token, file)))) return;
    this.#store.remove(id);
    this.#show();
  }

  #askToErase() {
    const erase = button(STRINGS.doErase, () => this.#erase());
    const keep = button(STRINGS.keep, () => (this.#answer(), this.#show(), this.focus()));
    erase.onkeydown = keep.onkeydown = (event) => event.key !== "Escape" || (event.stopPropagation(), keep.click());
    this.#notify(STRINGS.sureToErase, erase, " ", keep);
    erase.focus();
  }

  /** Lets other words take the place of the question. */
  #answer() {
    this.#notice.dataset.text = "";
  }

  async #erase() {
    this.#scroller.focus();
    this.#answer();
    if (!(await this.#ask((token) => this.#api.erase(token)))) return;
    this.#attachments.clear();
    this.#store.clear();
    this.#show();
    this.focus();
    this.#host.dispatchEvent(new CustomEvent("ventanilla:erase"));
  }

  /** Whether the server did what is asked; it is said if it did not. */
  async #ask(request) {
    try {
      await request(this.#store.token);
      return true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.#notify(PROBLEMS[error.status ? error.type : "unreached"] ?? PROBLEMS.unasked);
      return false;
    }
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
    const { text: shown } = this.#notice.dataset;
    // It would be read out again, asked in vain, or hide what could not be done behind what still waits.
    if ([text, STRINGS.sureToErase, text && PROBLEMS.unreached].includes(shown)) return;
    if (text) this.#notify(text, ...this.#waysOn(problem));
    else this.#notice.replaceChildren();
    if (!text) delete this.#notice.dataset.text;
  }

  #notify(text, ...nodes) {
    this.#notice.dataset.text = text;
    this.#notice.replaceChildren(element("p", { textContent: text }), ...nodes);
    this.#notice.scrollIntoView({ block: "nearest" });
  }

  #waysOn({ isPassing }) {
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
    this.#offered = buttons;
    const press = ({ title, payload, attaches }) => (attaches ? this.#attachments.choose() : this.#say(title, payload));
    this.#choices.replaceChildren(...buttons.map((offered) => button(offered.title, () => press(offered))));
  }

  /** Shows a file that was kept, unless it was left out too late; where the assistant has asked for one, it goes on. */
  #attached({ id: file, name: text, isLeft }) {
    if (isLeft) return this.#ask((token) => this.#api.detach(token, file));
    const asked = this.#offered.find(({ attaches }) => attaches);
    const sent = asked ? { button: asked.payload } : { state: "answered", replies: [] };
    this.#outbox.add({ text, file, ...sent });
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
  return element("button", { textContent: title, onclick });
}

function tool(outline, label, onclick) {
  return element("button", { ariaLabel: label, title: label, onclick }, icon(outline));
}

function dot() {
  return element("span", { className: "dot" });
}
