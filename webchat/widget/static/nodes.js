/** Nodes for the page. Texts become text: there is no way from here to HTML. */

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
