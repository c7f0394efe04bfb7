// The Markdown of the engine's pages: paragraphs, lists, code. Nothing of it is read as HTML.
import { h } from "./view/dom";

const inline = (text: string): (Node | string)[] =>
  text.split(/(`[^`]+`|\*\*[^*]+\*\*|\[[^\]]+\]\([^)]+\))/).map((part) => {
    if (part.startsWith("`") && part.endsWith("`") && part.length > 2) return h("code", {}, part.slice(1, -1));
    if (part.startsWith("**") && part.length > 4) return h("strong", {}, part.slice(2, -2));
    const link = part.match(/^\[([^\]]+)\]\(([^)]+)\)$/);
    // A link of a page leads into the repository: its text is enough here.
    return link ? (link[1] ?? "") : part;
  });

/** Returns the text without its marks. */
export const plain = (text: string) => text.replace(/`([^`]+)`/g, "$1").replace(/\*\*([^*]+)\*\*/g, "$1").replace(/\[([^\]]+)\]\([^)]+\)/g, "$1");

export const inlineMarkdown = inline;

export function markdown(text: string): Node[] {
  const nodes: Node[] = [];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? "";
    const fence = line.match(/^(```+|~~~+)/);
    if (fence) {
      const code: string[] = [];
      for (at += 1; at < lines.length && !(lines[at] ?? "").startsWith(fence[1] ?? "```"); at += 1) code.push(lines[at] ?? "");
      at += 1;
      nodes.push(h("pre", { tabIndex: 0 }, h("code", {}, code.join("\n"))));
    } else if (/^ {4}\S/.test(line)) {
      const code: string[] = [];
      for (; at < lines.length && /^(?: {4}|$)/.test(lines[at] ?? ""); at += 1) code.push((lines[at] ?? "").slice(4));
      nodes.push(h("pre", { tabIndex: 0 }, h("code", {}, code.join("\n").trimEnd())));
    } else if (/^#+ /.test(line)) {
      nodes.push(h("h3", {}, ...inline(line.replace(/^#+ /, ""))));
      at += 1;
    } else if (/^[-*] /.test(line)) {
      const items: string[] = [];
      for (; at < lines.length && /^(?:[-*] | {2}\S)/.test(lines[at] ?? ""); at += 1) {
        const item = lines[at] ?? "";
        if (/^[-*] /.test(item)) items.push(item.slice(2));
        else items.push(`${items.pop() ?? ""} ${item.trim()}`);
      }
      nodes.push(h("ul", {}, ...items.map((item) => h("li", {}, ...inline(item)))));
    } else if (line.trim() === "") {
      at += 1;
    } else {
      const words: string[] = [];
      for (; at < lines.length && (lines[at] ?? "").trim() !== "" && !/^(```|~~~|[-*] |#+ )/.test(lines[at] ?? ""); at += 1) words.push(lines[at] ?? "");
      if (words.length === 0) words.push(lines[at++] ?? "");
      nodes.push(h("p", {}, ...inline(words.join(" "))));
    }
  }
  return nodes;
}
