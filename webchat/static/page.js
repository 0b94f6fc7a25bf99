/** The help page: the FAQ entry that the address names, and a search while one types. */

const PAUSE = 250; // milliseconds without a key before the search goes
const form = document.querySelector(".search");
const found = document.querySelector(".found");
let timer, search;

/** Opens the entry whose answer the address names, where the browser does not do so by itself. */
function reveal() {
  document.getElementById(location.hash.slice(1))?.closest("details")?.setAttribute("open", "");
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
  const address = new URL("/api/faq", location);
  address.searchParams.set("q", words);
  try {
    const response = await fetch(address, { signal: search.signal });
    if (response.ok) fill((await response.json()).entries);
  } catch (error) {
    if (error.name !== "AbortError") console.warn("search:", error); // the button sends the form as ever
  }
}

function fill(entries) {
  found.hidden = false;
  const nothing = entries.length ? "" : document.getElementById("nada").content.textContent;
  found.querySelector(".none").textContent = nothing;
  found.querySelector(".hits").replaceChildren(...entries.map(hit));
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
