/** What was understood, as cards: each need with its entries, data and the action to start. */

import { $, make, piece, word } from "./dom.js";
import { prose } from "./prose.js";

const WORD = /([\p{L}\p{N}]+)/u;
const LEAST = 0.01; // below it an entry only distracts

export function cards(understanding, { use, start }) {
  const known = Object.fromEntries(understanding.entities.map(({ name, value }) => [name, value]));
  return understanding.needs.map((need) => card(need, known, use, start));
}

function card(need, known, use, start) {
  const article = piece("need");
  article.dataset.outcome = need.outcome;
  $("h3", article).textContent = word(need.outcome);
  $("blockquote", article).append(...marked(need.text, need.because));
  if (need.theme) $(".theme", article).append(`${word("theme")} `, make("strong", need.topic ?? need.theme.replaceAll("_", " ")));
  else $(".theme", article).remove();
  const answering = need.outcome === "answer" || need.outcome === "clarify";
  const likely = need.entries.slice(0, 3).filter(({ confidence }, index) => confidence > LEAST || (answering && index === 0));
  $(".entries", article).append(...likely.map((entry, index) => row(entry, answering && index === 0, use)));
  const best = need.entries[0];
  const action = need.action ?? (need.outcome === "answer" ? best?.action : null) ?? (answering ? null : "open_ticket");
  if (action && need.outcome !== "smalltalk") offer($(".offer", article), { action, asks: asked(need, action), known, need, start });
  return article;
}

function asked(need, action) {
  const entry = need.entries.find((candidate) => candidate.action === action);
  if (entry && need.outcome === "answer") return entry.asks.filter((name) => name !== "error");
  return action === "open_ticket" ? ["contacto", "detalle"] : ["email"];
}

function row({ id, question, answer, confidence }, open, use) {
  const item = piece("entry");
  $("details", item).open = open;
  $(".number", item).textContent = id;
  $(".question", item).textContent = question;
  $("meter", item).value = confidence;
  $(".percent", item).textContent = `${Math.round(confidence * 100)} %`;
  $(".answer", item).append(...prose(answer));
  const button = $(".use", item);
  button.setAttribute("aria-label", `${button.textContent} ${id}: ${question}`);
  button.addEventListener("click", () => use({ id, answer }));
  return item;
}

function offer(place, { action, asks, known, need, start }) {
  place.hidden = false;
  const values = Object.fromEntries(asks.map((name) => [name, name === "detalle" ? need.text.trim() : value(name, known)]));
  for (const name of asks) {
    const given = make("dd", values[name] || word("missing"));
    given.classList.toggle("wrong", !values[name]);
    $(".data", place).append(make("dt", word(name)), given);
  }
  const button = $("button", place);
  button.textContent = `${word(action)}…`;
  button.addEventListener("click", () => start({ action, values, need }));
}

function value(name, known) {
  const entity = { contacto: "email", cuenta: "usuario" }[name] ?? name;
  return known[entity] ?? (name === "cuenta" ? known.email : "") ?? "";
}

/** The text with the words that decided marked where they stand side by side, whatever their accents and case. */
function marked(text, because) {
  const parts = text.split(WORD);
  const words = parts.filter((_, index) => index % 2).map(level);
  const deciding = new Set();
  for (const phrase of because) {
    const sought = (phrase.match(new RegExp(WORD, "gu")) ?? []).map(level);
    if (sought.length !== phrase.split(/\s+/).length) continue; // a mark of punctuation stands in it
    words.forEach((_, start) => {
      if (sought.every((word, next) => words[start + next] === word)) sought.forEach((_, next) => deciding.add(start + next));
    });
  }
  const nodes = [];
  parts.forEach((part, index) => {
    const word = (index - 1) / 2;
    const inside = index % 2 ? deciding.has(word) : index && deciding.has((index - 2) / 2) && deciding.has(index / 2) && !part.trim();
    const last = nodes.at(-1);
    if (inside && last?.tagName === "MARK") last.append(part);
    else nodes.push(inside ? make("mark", part) : part);
  });
  return nodes;
}

function level(part) {
  return part.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
