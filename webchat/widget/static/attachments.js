/** The files that the customer adds: chosen, dropped or pasted. */

import { element, icon } from "./nodes.js";
import { STRINGS } from "./strings.js";
import { CLIP, TYPES, Upload } from "./upload.js";

export class Attachments {
  #api;
  #token;
  #onkept;
  #uploads = new Set();
  #isBusy = false;
  #input = element("input", { type: "file", accept: TYPES.join(), multiple: true, hidden: true, onchange: () => this.#chosen() });

  button = element(
    "button",
    { type: "button", className: "attach", ariaLabel: STRINGS.attach, title: STRINGS.attach, onclick: () => this.choose() },
    icon(CLIP),
  );

  /** The files on their way. */
  node = element("div", { className: "files" }, this.#input);

  /** `token` gives that of the conversation, undefined before it begins; calls back with `{ id, name, isLeft }` of each file kept. */
  constructor(api, token, onkept) {
    this.#api = api;
    this.#token = token;
    this.#onkept = onkept;
    this.node.addEventListener("click", ({ target }) => target.isConnected || this.button.focus());
  }

  /** Lets the customer choose files. */
  choose() {
    this.#input.click();
  }

  /** Takes what is dropped on or pasted into this element. */
  watch(target) {
    const mark = (isOver) => target.classList.toggle("dropping", isOver);
    target.addEventListener("paste", (event) => {
      const { types, files } = event.clipboardData;
      if (!types.includes("text/plain")) this.#given(event, files); // what office programs copy is text, and a picture of it
    });
    target.addEventListener("dragover", (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      mark(true);
    });
    target.addEventListener("dragleave", () => mark(false));
    target.addEventListener("drop", (event) => {
      mark(false);
      this.#given(event, event.dataTransfer.files);
    });
  }

  /** Sends what waits for the conversation to begin, one after the other: so they stand in their order. */
  async resume() {
    if (!this.#token() || this.#isBusy) return;
    this.#isBusy = true;
    for (let upload; (upload = [...this.#uploads].find(({ isReady }) => isReady)); ) await upload.begin();
    this.#isBusy = false;
  }

  /** Leaves out all that is not sent yet. */
  clear() {
    for (const upload of this.#uploads) upload.leave();
  }

  #chosen() {
    this.#add([...this.#input.files]);
    this.#input.value = ""; // the same file can be chosen again
  }

  #given(event, files) {
    if (!files.length) return;
    event.preventDefault();
    this.#add(files);
  }

  #add(files) {
    for (const upload of this.#uploads) if (upload.isRefused) upload.leave();
    for (const file of files) {
      const send = (onprogress, signal) => this.#api.attach(this.#token(), file, onprogress, signal);
      const upload = new Upload(file, send, this.#onkept, () => this.#uploads.delete(upload));
      this.#uploads.add(upload);
      this.node.append(upload.node);
      upload.prepare().then(() => this.resume());
    }
  }
}
