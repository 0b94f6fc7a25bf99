/** A file on its way to the server, as one line: its name, how much has gone, and why it did not arrive. */

import { Problem } from "./api.js";
import { element, icon } from "./nodes.js";
import { PROBLEMS, STRINGS } from "./strings.js";

export const CLIP = "M20 11.5l-8.2 8.2a5 5 0 0 1-7-7l8.5-8.6a3.3 3.3 0 0 1 4.7 4.7l-8.5 8.5a1.7 1.7 0 0 1-2.4-2.4l7.6-7.5";
export const TYPES = ["image/png", "image/jpeg", "application/pdf"];
export const CROSS = "M7 7l10 10M17 7L7 17";
const LARGEST = 5 * 1024 * 1024; // bytes; the server's, as what follows
const BEGINNINGS = ["\x89PNG\r\n\x1a\n", "\xff\xd8\xff", "%PDF-"]; // of the contents, whatever the name says

export class Upload {
  #file;
  #send;
  #onkept;
  #onend;
  #isLeft = false;
  #stop = new AbortController();
  #bar = element("progress", { max: 1, value: 0, hidden: true });
  #words = element("p", { role: "alert" });
  #retry = element("button", { textContent: STRINGS.retry, hidden: true, onclick: () => this.#go() });

  node = element("div", { className: "file", role: "group" });

  /** Whether it waits to be begun. */
  isReady = false;

  /** A file that waits; calls back with `{ id, name, isLeft }` once the server has it, and at its end in any case. */
  constructor(file, send, onkept, onend) {
    this.#file = file;
    this.#send = send;
    this.#onkept = onkept;
    this.#onend = onend;
    this.node.ariaLabel = this.#bar.ariaLabel = file.name;
    const leave = { ariaLabel: STRINGS.leave(file.name), title: STRINGS.leave(file.name), onclick: () => this.leave() };
    const name = element("span", { textContent: file.name });
    this.node.append(icon(CLIP), name, element("button", leave, icon(CROSS)), this.#bar, this.#words, this.#retry);
  }

  /** Finds out whether it will be taken; if so, it waits to be begun. */
  async prepare() {
    await this.#attempt(async () => {
      await check(this.#file);
      this.isReady = true;
      this.#words.textContent = STRINGS.attachesLater;
    });
  }

  /** Sends it. */
  begin() {
    this.isReady = false;
    return this.#go();
  }

  /** Whether it was refused for good. */
  get isRefused() {
    return this.node.matches(".bad") && this.#retry.hidden;
  }

  /** Leaves it out; where all of it has gone, the server may have it already. */
  leave() {
    if (this.#bar.value < 1) this.#stop.abort();
    this.#isLeft = true;
    this.#end();
  }

  #go() {
    this.#explain();
    return this.#attempt(async () => {
      const kept = await this.#send((share) => (this.#bar.value = share), this.#stop.signal);
      this.#end();
      this.#onkept({ ...kept, isLeft: this.#isLeft });
    });
  }

  async #attempt(task) {
    try {
      await task();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.#explain(error);
    }
  }

  #explain(problem) {
    this.node.classList.toggle("bad", Boolean(problem));
    this.#bar.hidden = Boolean(problem);
    this.#retry.hidden = !problem?.isPassing;
    this.#words.textContent = problem ? (PROBLEMS[problem.type] ?? PROBLEMS.unattached) : "";
  }

  #end() {
    this.node.remove();
    this.#onend();
  }
}

/** Rejects with what the server would say of it, before it is sent. */
async function check(file) {
  if (file.size > LARGEST) throw new Problem("/problems/attachment-too-large", 413);
  const bytes = await file.slice(0, 8).arrayBuffer().catch((cause) => {
    throw new Problem("unattached", 0, { cause }); // a folder, or gone meanwhile
  });
  const beginning = String.fromCharCode(...new Uint8Array(bytes));
  if (!BEGINNINGS.some((known) => beginning.startsWith(known))) throw new Problem("/problems/attachment-unknown", 415);
}
