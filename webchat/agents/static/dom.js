/** Words and pieces of the page, which stand in its markup. */

export const $ = (selector, inside = document) => inside.querySelector(selector);

export function word(name) {
  const found = $(`[data-word="${CSS.escape(name)}"]`, $("#words").content);
  return found ? found.textContent : name;
}

export function piece(name) {
  return $(`#${name}`).content.firstElementChild.cloneNode(true);
}

export function make(tag, ...content) {
  const element = document.createElement(tag);
  element.append(...content);
  return element;
}

/** A name that nobody guesses: 32 hexadecimal digits. */
export function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
