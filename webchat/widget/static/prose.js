/** The texts of answers as paragraphs, lists and links. */

import { element } from "./nodes.js";

const ADDRESS = /([\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+|https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])/u;
const BULLET = "•";

/** The nodes of a plain text: a line is a paragraph, lines that begin with a bullet are a list. */
export function prose(text) {
  const nodes = [];
  for (const line of text.split("\n").map((line) => line.trim()).filter(Boolean)) {
    if (!line.startsWith(BULLET)) {
      nodes.push(element("p", {}, ...linked(line)));
      continue;
    }
    if (nodes.at(-1)?.tagName !== "UL") nodes.push(element("ul"));
    nodes.at(-1).append(element("li", {}, ...linked(line.slice(BULLET.length).trim())));
  }
  return nodes;
}

/** A link that leaves the page where it is. */
export function outward(href, text) {
  return element("a", { href, textContent: text, target: "_blank", rel: "noopener" });
}

function linked(line) {
  // Splitting at a group keeps what it matched, at the odd places.
  return line.split(ADDRESS).map((part, place) => (place % 2 ? link(part) : part));
}

function link(address) {
  if (/^https?:/.test(address)) return outward(address, address);
  return element("a", { href: `mailto:${address}`, textContent: address });
}
