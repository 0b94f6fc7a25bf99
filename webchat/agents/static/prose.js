/** Plain text as paragraphs and lists: nodes to show, and HTML to paste into a mail. */

import { make } from "./dom.js";

const LINK = /(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]]|[^\s@<>"]+@[^\s@<>"]+\.\p{L}{2,})/u;

export function prose(text) {
  const blocks = [];
  for (const line of text.split("\n").map((line) => line.trim())) {
    const last = blocks.at(-1);
    if (!line) blocks.push(null);
    else if (line.startsWith("•")) {
      const item = make("li", ...linked(line.slice(1).trim()));
      if (last?.tagName === "UL") last.append(item);
      else blocks.push(make("ul", item));
    } else if (last?.tagName === "P") last.append(document.createElement("br"), ...linked(line));
    else blocks.push(make("p", ...linked(line)));
  }
  return blocks.filter(Boolean);
}

export function html(text) {
  return make("div", ...prose(text)).innerHTML;
}

function linked(line) {
  return line.split(LINK).map((piece, index) => {
    if (index % 2 === 0) return piece;
    const link = make("a", piece);
    link.href = piece.includes("://") ? piece : `mailto:${piece}`;
    return link;
  });
}
