/** The API of the server, and how it fails. */

const PATIENCE = 30_000; // milliseconds; the server gives up before
const PATIENCE_FOR_FILES = 180_000;

/** Why a request failed: the type and status of the server's problem; the status is 0 if nothing was heard of it. */
export class Problem extends Error {
  constructor(type, status, options) {
    super(`${type} (${status})`, options);
    this.type = type;
    this.status = status;
    this.wait = options?.wait; // seconds, where the server names them
  }

  /** Whether the token of the conversation was refused. */
  get isAboutConversation() {
    return this.type.startsWith("/problems/conversation-");
  }

  /** Whether the same request may succeed when it is sent again. */
  get isPassing() {
    return this.status === 0 || this.status === 429 || this.status >= 500 || this.isAboutConversation;
  }
}

export class Api {
  #server;

  constructor(server) {
    this.#server = server;
  }

  /** The replies to a message, as `{ conversation, messages }`; rejects with a Problem, as do all. */
  async send(message) {
    return json(await this.#request("POST", "api/chat", { body: message }));
  }

  /** What customers are told of the present incident; null in quiet times. */
  async incident() {
    return (await json(await this.#request("GET", "api/incident", {}))).text;
  }

  /** Keeps whether the replies to a message helped: `{ id, helpful, reason }`. */
  async rate(token, feedback) {
    await this.#request("POST", "api/conversation/feedback", { body: feedback, token });
  }

  /** The conversation as a text file. */
  async transcript(token) {
    return (await this.#request("GET", "api/conversation/transcript", { token })).blob();
  }

  /** Deletes the conversation. */
  async erase(token) {
    await this.#request("DELETE", "api/conversation", { token });
  }

  /** Keeps a file, as `{ id, name }`; calls back with the share of it that has gone. */
  attach(token, file, onprogress, signal) {
    const body = new FormData();
    body.append("file", file);
    const request = new XMLHttpRequest(); // fetch does not tell how much has gone
    request.open("POST", new URL("api/conversation/attachments", this.#server));
    Object.assign(request, { responseType: "json", timeout: PATIENCE_FOR_FILES });
    request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.upload.addEventListener("progress", ({ loaded, total }) => onprogress(loaded / total));
    signal.addEventListener("abort", () => request.abort());
    return new Promise((resolve, reject) => {
      request.addEventListener("loadend", () => {
        const { status, response } = request;
        if (status === 201 && response) resolve(response);
        else reject(new Problem(response?.type ?? "unattached", status));
      });
      request.send(body);
    });
  }

  /** Deletes a file that waits for a ticket. */
  async detach(token, id) {
    await this.#request("DELETE", `api/conversation/attachments/${id}`, { token });
  }

  async #request(method, path, content) {
    const response = await this.#fetch(method, path, content);
    if (response.ok) return response;
    const { type = "about:blank" } = isProblem(response) ? await json(response) : {};
    const wait = Number(response.headers.get("Retry-After")) || undefined;
    throw new Problem(type, response.status, { wait });
  }

  async #fetch(method, path, { body, token }) {
    try {
      return await fetch(new URL(path, this.#server), {
        method,
        headers: { ...(body && { "Content-Type": "application/json" }), ...(token && { Authorization: `Bearer ${token}` }) },
        body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(PATIENCE),
      });
    } catch (cause) {
      throw new Problem("offline", 0, { cause });
    }
  }
}

function isProblem(response) {
  return response.headers.get("Content-Type")?.startsWith("application/problem+json");
}

async function json(response) {
  try {
    return await response.json();
  } catch (cause) {
    throw new Problem("offline", 0, { cause }); // cut off, or the words of something in between
  }
}
