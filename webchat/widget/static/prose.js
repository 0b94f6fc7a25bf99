/** The texts of answers as paragraphs, lists and links. */

import { element } from "./nodes.js";

const PART = /([\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+|https?:\/\/[^\s<>"]+[^\s<>".,;:!?)]|V-\d{4}-\d{6})/u;
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
  return line.split(PART).map((part, place) => (place % 2 ? whole(part) : part));
}

/** An address as a link; the number of a request as it is, which is not to be broken at its hyphens. */
function whole(part) {
  if (/^https?:/.test(part)) return outward(part, part);
  if (part.includes("@")) return element("a", { href: `mailto:${part}`, textContent: part });
  return element("span", { className: "whole", textContent: part });
}
