/**
 * What this browser remembers of the conversation, for all tabs and pages of the site: the token, and one record a turn.
 *
 * A turn is `{ id, at, text, button, start, file, state, problem, tries, replies }`: what the customer sent, and what came of it.
 * The text of a `file`, the server's number of it, is its name; it has no replies where none were asked.
 * Each has a key of its own, so that two tabs that write at once overwrite nothing of each other. Nothing is kept before the
 * first message, nor longer than a day after the last: computers are shared. A browser that refuses to remember costs
 * memory between pages, not the conversation.
 */

const OURS = "ventanilla.";
const TOKEN = `${OURS}token`;
const TURN = `${OURS}turn.`;
const KEPT = 24 * 3600 * 1000; // milliseconds

export class Store {
  #kept = usable() ? localStorage : new Memory();

  /** Calls back when another tab has changed something. */
  constructor(onchange) {
    addEventListener("storage", ({ key }) => (key === null || key.startsWith(OURS)) && onchange());
    const last = this.turns.at(-1);
    if (last && Date.now() - last.at > KEPT) this.clear();
  }

  /** The turns, oldest first. */
  get turns() {
    const turns = this.#keys.filter((key) => key.startsWith(TURN)).map((key) => JSON.parse(this.#kept.getItem(key)));
    return turns.sort((one, other) => one.at - other.at);
  }

  /** The turn as it is now; null if it was erased meanwhile. */
  get(id) {
    return JSON.parse(this.#kept.getItem(TURN + id) ?? null);
  }

  put(turn) {
    this.#write(TURN + turn.id, JSON.stringify(turn));
  }

  remove(id) {
    this.#kept.removeItem(TURN + id);
  }

  get token() {
    return this.#kept.getItem(TOKEN) ?? undefined;
  }

  set token(token) {
    if (token) this.#write(TOKEN, token);
    else this.#kept.removeItem(TOKEN);
  }

  /** Forgets everything. */
  clear() {
    for (const key of this.#keys) this.#kept.removeItem(key);
  }

  get #keys() {
    return Object.keys(this.#kept).filter((key) => key.startsWith(OURS));
  }

  #write(key, value) {
    try {
      this.#kept.setItem(key, value);
    } catch (error) {
      warn(error); // no room is left
      this.#kept = Object.assign(new Memory(), this.#kept);
      this.#kept.setItem(key, value);
    }
  }
}

/** What localStorage does, for as long as the page lives. */
class Memory {
  getItem(key) {
    return this[key] ?? null;
  }

  setItem(key, value) {
    this[key] = value;
  }

  removeItem(key) {
    delete this[key];
  }
}

function usable() {
  try {
    return Boolean(localStorage);
  } catch (error) {
    warn(error);
    return false;
  }
}

function warn(error) {
  console.warn("ventanilla: nothing more is remembered from page to page:", error);
}
