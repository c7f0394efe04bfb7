// The editors: one way to make them, and what the page does with their texts.
import { closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { StreamLanguage, bracketMatching, indentOnInput } from "@codemirror/language";
import { jsonld } from "@codemirror/legacy-modes/mode/javascript";
import { yaml } from "@codemirror/legacy-modes/mode/yaml";
import { lintKeymap } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, StateEffect, StateField, type Extension } from "@codemirror/state";
import { Decoration, EditorView, drawSelection, highlightActiveLine, highlightSpecialChars, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { hanging } from "./hanging";
import { hcl } from "./hcl";
import { theme } from "./theme";
import { vtl } from "./vtl";

export type Language = "vtl" | "json" | "yaml" | "hcl" | "text";
const LANGUAGES: Record<Language, () => Extension> = {
  vtl,
  // Of the modes for JSON this one tells keys from other strings.
  json: () => StreamLanguage.define(jsonld),
  yaml: () => StreamLanguage.define({ ...yaml, tokenTable: { atom: tags.propertyName, meta: tags.punctuation } }),
  hcl,
  text: () => [],
};

/** Above this, a text is shown without colours and without wrapped lines. */
const PLAIN = 200_000;

/** Brackets that are open at once; the parsers of the editor recurse. */
const DEEP = 1000;

/** Checks if a text is too large, or nested too deeply, for colours. */
function isHeavy(text: string): boolean {
  if (text.length > PLAIN) return true;
  if (text.length < DEEP) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const c = text[at];
    if (c === "{" || c === "[" || c === "(") depth += 1;
    else if ((c === "}" || c === "]" || c === ")") && depth > 0) depth -= 1;
    if (depth > DEEP) return true;
  }
  return false;
}

export interface Range {
  from: number;
  to: number;
}

const light = StateEffect.define<readonly Range[]>();
const lit = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    let next = transaction.docChanged ? Decoration.none : marks;
    for (const effect of transaction.effects) {
      if (!effect.is(light)) continue;
      const mark = Decoration.mark({ class: "cm-written" });
      const end = transaction.newDoc.length;
      const ranges = effect.value.filter(({ from, to }) => from < to && to <= end);
      next = Decoration.set(ranges.map(({ from, to }) => mark.range(from, to)), true);
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

export interface Options {
  parent: HTMLElement;
  label: string;
  language: Language;
  text?: string;
  readOnly?: boolean;
  hint?: string;
  numbers?: boolean;
  extensions?: Extension;
  /** The text was changed by its user. */
  changed?: (text: string) => void;
  /** The cursor was moved by its user. */
  moved?: (at: number) => void;
}

export class Editor {
  readonly view: EditorView;
  #language: Language;
  readonly #shape = new Compartment();
  #isPlain = false;
  #isOurs = false;

  constructor(options: Options) {
    this.#language = options.language;
    this.#isPlain = isHeavy(options.text ?? "");
    const { parent, label, readOnly = false, numbers = true } = options;
    const state = EditorState.create({
      doc: options.text ?? "",
      extensions: [
        numbers ? lineNumbers() : [],
        highlightSpecialChars(),
        drawSelection(),
        highlightSelectionMatches(),
        readOnly ? EditorState.readOnly.of(true) : [history(), closeBrackets(), indentOnInput(), highlightActiveLine()],
        options.hint ? placeholder(options.hint) : [],
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap]),
        EditorView.contentAttributes.of({ tabindex: "0", "aria-label": label, ...(readOnly ? { "aria-readonly": "true" } : {}) }),
        theme,
        lit,
        this.#shape.of(this.#shaped(this.#isPlain)),
        EditorState.transactionExtender.of((transaction) => {
          if (!transaction.docChanged) return null;
          const isPlain = isHeavy(transaction.newDoc.toString());
          if (isPlain === this.#isPlain) return null;
          this.#isPlain = isPlain;
          return { effects: this.#shape.reconfigure(this.#shaped(isPlain)) };
        }),
        options.extensions ?? [],
        EditorView.updateListener.of((update) => {
          if (this.#isOurs) return;
          if (update.docChanged) {
            options.changed?.(update.state.doc.toString());
          } else if (update.selectionSet) {
            options.moved?.(update.state.selection.main.head);
          }
        }),
      ],
    });
    this.view = new EditorView({ parent, state });
  }

  get text() {
    return this.view.state.doc.toString();
  }

  /** Replaces the text without telling that it changed. The cursor stays where it can. */
  set text(text: string) {
    if (text === this.text) return;
    const head = Math.min(this.view.state.selection.main.head, text.length);
    this.#quietly(() => {
      this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text }, selection: { anchor: head } });
    });
  }

  set language(language: Language) {
    if (language === this.#language) return;
    this.#language = language;
    this.view.dispatch({ effects: this.#shape.reconfigure(this.#shaped(this.#isPlain)) });
  }

  /** Lights up ranges, and shows the first if asked. */
  light(ranges: readonly Range[], isShown = true) {
    const [first] = ranges;
    const effects: StateEffect<unknown>[] = [light.of(ranges)];
    if (isShown && first && first.from <= this.view.state.doc.length) effects.push(EditorView.scrollIntoView(first.from, { y: "nearest", yMargin: 40 }));
    this.#quietly(() => this.view.dispatch({ effects }));
  }

  /** Sets the cursor and the focus. */
  go(from: number, to = from) {
    const end = this.view.state.doc.length;
    this.view.dispatch({ selection: { anchor: Math.min(from, end), head: Math.min(to, end) }, scrollIntoView: true });
    this.view.focus();
  }

  /** Returns the position of a line and a column, both from 1; columns count characters. */
  position(line: number, column: number): number {
    const { doc } = this.view.state;
    if (line > doc.lines) return doc.length;
    const { from, text } = doc.line(Math.max(line, 1));
    return from + [...text.slice(0, column * 2)].slice(0, column - 1).join("").length;
  }

  #quietly(change: () => void) {
    this.#isOurs = true;
    try {
      change();
    } finally {
      this.#isOurs = false;
    }
  }

  #shaped(isPlain: boolean): Extension {
    return isPlain ? [] : [EditorView.lineWrapping, hanging, bracketMatching(), LANGUAGES[this.#language]()];
  }
}
