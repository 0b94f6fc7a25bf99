/** Shows what each attribute, custom property, method and event of <ventanilla-chat> does. */

const EVENTS = ["open", "close", "message", "erase", "error"];
const form = document.getElementById("ajustes");
const code = document.getElementById("codigo");
const events = document.getElementById("eventos");
const mail = document.querySelector("ventanilla-chat a");
const script = document.querySelector("script[src$='ventanilla.js']").src;
let chat = document.querySelector("ventanilla-chat");

function tell({ type, detail }) {
  if (!chat.wasHeard) events.replaceChildren();
  chat.wasHeard = true;
  events.append(Object.assign(document.createElement("li"), { textContent: `${type} ${detail ? JSON.stringify(detail) : ""}` }));
}

/** Puts a new element in the place of the one there: attributes are read when it comes into the page. */
function renew() {
  const next = document.createElement("ventanilla-chat");
  for (const { value, dataset } of changed("attribute")) next.setAttribute(dataset.attribute, value);
  next.append(mail);
  for (const name of EVENTS) next.addEventListener(`ventanilla:${name}`, tell);
  chat.replaceWith(next);
  chat = next;
  paint();
}

/** The fields of a kind whose value is another than the chat's own. */
function changed(kind) {
  return [...form.elements].filter((field) => field.dataset[kind] && field.value !== (field.defaultValue ?? field.options[0].value));
}

function paint() {
  const properties = changed("property");
  chat.removeAttribute("style");
  for (const { value, dataset } of properties) chat.style.setProperty(dataset.property, value);
  const style = properties.map(({ value, dataset }) => `${dataset.property}: ${value};`).join(" ");
  const attributes = [...chat.attributes].filter(({ name }) => name !== "style").map(({ name, value }) => `\n  ${name}="${value}"`);
  code.textContent =
    `<script type="module" src="${script}"></script>\n` +
    `<ventanilla-chat${attributes.join("")}>\n  ${mail.outerHTML}\n</ventanilla-chat>` +
    (style && `\n<style>ventanilla-chat { ${style} }</style>`);
}

form.addEventListener("input", ({ target }) => (target.dataset.attribute ? renew() : paint()));
form.addEventListener("submit", (event) => event.preventDefault());
document.getElementById("abrir").addEventListener("click", () => chat.open());
document.getElementById("cerrar").addEventListener("click", () => chat.close());
document.getElementById("preguntar").addEventListener("click", () => chat.ask("¿Cómo me registro?"));
renew();
