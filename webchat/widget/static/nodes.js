/** Nodes for the page. Texts become text: there is no way from here to HTML. */

const ADDRESS = /([\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+)/u;
const BULLET = "•";
const SVG = "http://www.w3.org/2000/svg";

/** An element with these properties and children. */
export function element(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

/** A line drawing of 24 × 24 units in the colour of the text around it. */
export function icon(outline) {
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", outline);
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  drawing.append(path);
  return drawing;
}

/** The paragraphs and lists of a plain text, with its e-mail addresses as links. */
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

function linked(line) {
  // Splitting at a group keeps what it matched, at the odd places.
  return line.split(ADDRESS).map((part, place) =>
    place % 2 ? element("a", { href: `mailto:${part}`, textContent: part }) : part);
}
