// Which part of the template wrote which part of the output, both ways.
import type { Written } from "apigw-vtl";
import type { Editor, Range } from "../editor/editor";
import { fill, h } from "./dom";

/** A part with its ranges in both editors. */
interface Part {
  written: Written;
  source: Range;
  output: Range;
}

/** Rows of the list; more are counted. */
const ROWS = 400;
/** Parts of the output that are lit up at once. */
const LIT = 2000;

const short = (text: string) => {
  const line = text.replace(/\n/g, "⏎");
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
};

export class Trace {
  #parts: Part[] = [];
  readonly #template: Editor;
  readonly #output: Editor;
  readonly #strip: HTMLElement;
  readonly #list: HTMLElement;
  readonly #show: (pane: "template" | "output") => void;

  constructor(template: Editor, output: Editor, strip: HTMLElement, list: HTMLElement, show: (pane: "template" | "output") => void) {
    this.#template = template;
    this.#output = output;
    this.#strip = strip;
    this.#list = list;
    this.#show = show;
    this.set(undefined, false);
  }

  get count() {
    return this.#parts.length;
  }

  /** Takes the trace of the output that is shown. */
  set(trace: readonly Written[] | undefined, isTooLarge: boolean) {
    let at = 0;
    this.#parts = (trace ?? []).map((written) => {
      const from = this.#template.position(written.line, written.column);
      const output = { from: at, to: (at += written.output.length) };
      return { written, source: { from, to: from + written.source.length }, output };
    });
    this.#template.light([], false);
    this.#output.light([], false);
    this.#say(undefined, isTooLarge);
    if (this.#parts.length === 0) {
      fill(this.#list, h("p", { className: "empty" }, isTooLarge ? "The output is too large to be traced." : "Nothing was written."));
      return;
    }
    const row = (part: Part) => {
      const { written } = part;
      const isText = written.source === written.output;
      return h("li", {}, h("button", { type: "button", onclick: () => this.#choose(part, true) },
        h("span", { className: "place" }, `${written.line}:${written.column}`),
        h("code", { className: isText ? "text" : "" }, short(written.source)),
        isText ? undefined : h("span", { className: "arrow", "aria-label": "wrote" }, "→"),
        isText ? undefined : h("code", {}, short(written.output))));
    };
    const more = this.#parts.length - ROWS;
    fill(this.#list, h("ol", { className: "trace" }, ...this.#parts.slice(0, ROWS).map(row)), more > 0 && h("p", { className: "empty" }, `and ${more} more`));
  }

  /** The cursor went to a byte of the output: its part of the template lights up. */
  fromOutput(at: number) {
    let [low, high] = [0, this.#parts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#parts[middle]?.output.to ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    const part = this.#parts[low] ?? this.#parts.at(-1);
    if (part) this.#choose(part, false);
  }

  /** The cursor went to a place of the template: what it wrote lights up. */
  fromTemplate(at: number) {
    const around = this.#parts.filter(({ source }) => source.from <= at && at <= source.to);
    const size = ({ source }: Part) => source.to - source.from;
    const isInside = ({ source }: Part) => at < source.to;
    around.sort((a, b) => Number(isInside(b)) - Number(isInside(a)) || size(a) - size(b));
    const [first] = around;
    if (!first) {
      this.#template.light([], false);
      this.#output.light([], false);
      this.#say(undefined, false);
      return;
    }
    const same = this.#parts.filter(({ source }) => source.from === first.source.from && source.to === first.source.to);
    this.#template.light([first.source], false);
    this.#output.light(same.slice(0, LIT).map(({ output }) => output));
    this.#say(first, false, same.length);
  }

  #choose(part: Part, isBoth: boolean) {
    this.#template.light([part.source]);
    this.#output.light([part.output], isBoth);
    this.#say(part, false);
  }

  #say(part: Part | undefined, isTooLarge: boolean, times = 1) {
    if (!part) {
      fill(this.#strip, h("span", { className: "hint" }, isTooLarge ? "Too large to be traced" : "Click the output to see what wrote it"));
      return;
    }
    const { written, source } = part;
    const often = times > 1 ? `, ${times} times` : "";
    fill(this.#strip,
      h("span", {}, `Written by line ${written.line}${often}`),
      h("code", {}, short(written.source)),
      h("button", { type: "button", className: "link", onclick: () => {
        this.#show("template");
        this.#template.go(source.from);
        this.#choose(part, false);
      } }, "Go to"));
  }
}
