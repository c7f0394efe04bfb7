// Wrapped lines: what does not fit goes on below the text of its line, not at the margin.
import { RangeSetBuilder } from "@codemirror/state";
import { Decoration, ViewPlugin, type DecorationSet, type EditorView, type ViewUpdate } from "@codemirror/view";

/** Deepest indent that is kept, in characters: on a phone a line has few. */
const DEEPEST = 16;

function indents(view: EditorView): DecorationSet {
  const marks = new RangeSetBuilder<Decoration>();
  for (const { from, to } of view.visibleRanges) {
    for (let at = from; at <= to; ) {
      const line = view.state.doc.lineAt(at);
      const indent = Math.min(/^ */.exec(line.text)?.[0].length ?? 0, DEEPEST) + 2;
      marks.add(line.from, line.from, Decoration.line({ attributes: { style: `text-indent:-${indent}ch;padding-left:calc(${indent}ch + 6px)` } }));
      at = line.to + 1;
    }
  }
  return marks.finish();
}

export const hanging = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = indents(view);
    }
    update(update: ViewUpdate) {
      if (update.docChanged || update.viewportChanged) this.decorations = indents(update.view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);
