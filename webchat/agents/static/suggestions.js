/** The page of suggestions: asks as the text settles, joins answers into one reply, and copies it. */

import { $, make, newId, word } from "./dom.js";
import { post, reason } from "./api.js";
import { ActionDialog } from "./action.js";
import { cards } from "./needs.js";
import { html } from "./prose.js";

const LATE = 300; // milliseconds without a suggestion before that is said
const PAUSE = 80; // milliseconds without a key before the assistant is asked
const message = $("#mensaje");
const reply = $("#respuesta");
let conversation, used, understanding, timer, asking;

const dialog = new ActionDialog(({ number, url }) => {
  const link = make("a", number);
  link.href = url;
  $(".done").replaceChildren(`${word("recorded")} `, link);
  $(".done a").focus();
});

function begin() {
  [conversation, used, understanding] = [newId(), [], null];
  $(".done").textContent = "";
}

function settle() {
  clearTimeout(timer);
  asking?.abort();
  timer = setTimeout(ask, PAUSE);
}

async function ask() {
  const text = message.value;
  understanding = null;
  if (!text.trim()) {
    $("#needs").replaceChildren();
    return say("empty");
  }
  const signal = (asking = new AbortController()).signal;
  const late = setTimeout(() => say("waiting"), LATE);
  try {
    understanding = await post("/api/suggestions", { text }, signal);
    $("#needs").replaceChildren(...cards(understanding, { use, start }));
    say("");
  } catch (error) {
    if (error.name !== "AbortError") say(reason(error));
  } finally {
    clearTimeout(late);
  }
}

function say(name) {
  $(".state").textContent = name && word(name);
}

function use({ id, answer }) {
  used.push(id);
  append(answer);
  reply.focus();
}

function append(text) {
  reply.value = [reply.value.trimEnd(), text].filter(Boolean).join("\n\n");
  reply.setSelectionRange(reply.value.length, reply.value.length);
}

function start({ action, values, need }) {
  const faq_id = need.outcome === "answer" ? need.entries[0].id : null;
  dialog.open({ action, values, faq_id, text: message.value, conversation });
}

/** The best answer of each need, with greeting and signature, copied: one key from message to reply. */
async function compose() {
  clearTimeout(timer);
  if (understanding?.text !== message.value) await ask();
  const best = understanding?.needs.filter((need) => need.outcome === "answer").map((need) => need.entries[0]) ?? [];
  if (!best.length) return tell("nothing");
  used = best.map(({ id }) => id);
  reply.value = [word("greeting"), ...best.map(({ answer }) => answer), word("signature")].join("\n\n");
  reply.focus();
  await copy();
}

async function copy(asHtml = false) {
  const text = reply.value.trim();
  if (!text) return tell("nothing");
  const types = { "text/plain": new Blob([text], { type: "text/plain" }) };
  if (asHtml) types["text/html"] = new Blob([html(text)], { type: "text/html" });
  try {
    await navigator.clipboard.write([new ClipboardItem(types)]);
    tell("copied");
  } catch {
    reply.select(); // no permission, or no https: the agent's own keys copy it
    tell("uncopied");
  }
  if (!message.value.trim()) return;
  const kept = { text: message.value, reply: text, faq_ids: used, conversation };
  await post("/api/agents/uses", kept).catch((error) => tell(reason(error)));
}

function tell(name) {
  $(".done").textContent = word(name);
}

function keys(event, action) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  action(event.shiftKey);
}

function move(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !event.target.matches("#needs button, #needs summary")) return;
  const stops = [...document.querySelectorAll("#needs button, #needs summary")];
  event.preventDefault();
  stops[stops.indexOf(event.target) + step]?.focus();
}

message.addEventListener("input", settle);
message.addEventListener("keydown", (event) => keys(event, compose));
reply.addEventListener("keydown", (event) => keys(event, copy));
$("#needs").addEventListener("keydown", move);
$("#copiar").addEventListener("click", () => copy());
$("#copiar-html").addEventListener("click", () => copy(true));
$("#vaciar").addEventListener("click", () => { reply.value = ""; used = []; reply.focus(); });
$("#firma").addEventListener("click", () => { append(word("signature")); reply.focus(); });
$("#saludo").addEventListener("click", () => { reply.value = [word("greeting"), reply.value.trim()].join("\n\n"); reply.focus(); });
$("#otro").addEventListener("click", () => { message.value = reply.value = ""; begin(); ask(); message.focus(); });
begin();
if (message.value) ask();
