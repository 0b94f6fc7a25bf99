/** The help page: the FAQ entry that the address names, and a search while one types. */

const PAUSE = 250; // milliseconds without a key before the search goes
const form = document.querySelector(".search");
const found = document.querySelector(".found");
let timer, search;

/** Opens the entry whose answer the address names, where the browser does not do so by itself. */
function reveal() {
  const name = location.hash.slice(1);
  if (name) document.getElementById(name)?.closest("details")?.setAttribute("open", "");
}

function typed() {
  clearTimeout(timer);
  search?.abort();
  timer = setTimeout(show, PAUSE);
}

async function show() {
  const words = form.elements.q.value.trim();
  if (!words) {
    found.hidden = true;
    return;
  }
  search = new AbortController();
  const { signal } = search;
  const address = new URL("/api/faq", location);
  address.searchParams.set("q", words);
  try {
    const response = await fetch(address, { signal });
    if (!response.ok) throw new Error(`${address}: ${response.status}`);
    const { entries } = await response.json();
    fill(entries, entries.length ? "" : wordsOf("nada"));
  } catch (error) {
    if (signal.aborted) return;
    console.warn("search:", error);
    fill([], wordsOf("fallo")); // what was found for other words would mislead
  }
}

function fill(entries, instead) {
  found.hidden = false;
  found.querySelector(".none").textContent = instead;
  found.querySelector(".count").textContent = entries.length ? `${wordsOf("cuantas")} ${entries.length}` : "";
  found.querySelector(".hits").replaceChildren(...entries.map(hit));
}

function wordsOf(template) {
  return document.getElementById(template).content.textContent;
}

function hit({ id, question }) {
  const link = document.createElement("a");
  link.href = `#faq-${id}`;
  const number = Object.assign(document.createElement("span"), { className: "number", textContent: id });
  link.append(number, " ", Object.assign(document.createElement("span"), { textContent: question }));
  const item = document.createElement("li");
  item.append(link);
  return item;
}

addEventListener("hashchange", reveal);
form?.addEventListener("input", typed);
reveal();
