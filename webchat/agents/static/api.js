/** Calls to the server, with the session's token. */

import { $ } from "./dom.js";

export class Refused extends Error {
  constructor(status, problem) {
    super(`${status} ${problem.title ?? ""}`);
    this.status = status;
  }
}

export async function post(address, body, signal) {
  const response = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": $("[data-csrf]").dataset.csrf },
    body: JSON.stringify(body),
    signal,
  });
  if (!response.ok) throw new Refused(response.status, await response.json().catch(() => ({})));
  return response.status === 204 ? null : response.json();
}

export function reason(error) {
  if (!(error instanceof Refused)) return "unavailable";
  return { 400: "invalid", 401: "expired", 403: "expired", 429: "too-many" }[error.status] ?? "unavailable";
}
