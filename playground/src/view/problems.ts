// Findings: the list, the marks in an editor, and the page of a code.
import type { Diagnostic } from "apigw-vtl";
import { setDiagnostics, type Diagnostic as Mark } from "@codemirror/lint";
import type { Editor } from "../editor/editor";
import type { Engine } from "../engine/client";
import { inlineMarkdown, markdown } from "../markdown";
import { fill, h, openDialog } from "./dom";

const WORDS = { error: "Error", warning: "Warning", advice: "Advice" } as const;

/** Opens the page of a code: example, cause and way out. */
export async function explain(engine: Engine, code: string) {
  const page = await engine.ask("explain", code).catch(() => undefined);
  if (!page) return;
  const kind = h("p", { className: "page-kind" }, h("span", { className: `severity ${page.severity}` }, WORDS[page.severity]), ` ${page.name}`);
  openDialog(`${page.code} ${page.title}`, "page", kind, ...markdown(page.page));
}

/** Marks findings in an editor, each with a link to its page. */
export function mark(editor: Editor, findings: readonly Diagnostic[], engine: Engine) {
  const end = editor.view.state.doc.length;
  const marks = findings.filter(({ line }) => line !== undefined).map((it): Mark => {
    const from = Math.min(editor.position(it.line ?? 1, it.column ?? 1), end);
    let to = Math.min(editor.position(it.endLine ?? it.line ?? 1, it.endColumn ?? (it.column ?? 1) + 1), end);
    if (to <= from) to = Math.min(from + 1, end);
    return {
      from: Math.min(from, to),
      to,
      severity: it.severity === "advice" ? "info" : it.severity,
      message: it.help ? `${it.message}\n${it.help}` : it.message,
      source: it.code,
      actions: it.code ? [{ name: `Explain ${it.code}`, apply: () => void explain(engine, it.code) }] : [],
    };
  });
  marks.sort((a, b) => a.from - b.from);
  editor.view.dispatch(setDiagnostics(editor.view.state, marks));
}

/** Fills a list with findings; choosing a place goes there. */
export function list(box: HTMLElement, findings: readonly Diagnostic[], engine: Engine, go: ((it: Diagnostic) => void) | undefined, none: string) {
  if (findings.length === 0) {
    fill(box, h("p", { className: "empty" }, none));
    return;
  }
  const row = (it: Diagnostic) => {
    const place = it.line === undefined ? undefined : `${it.line}:${it.column}`;
    return h("li", { className: "finding" },
      h("span", { className: `severity ${it.severity}` }, WORDS[it.severity]),
      h("div", { className: "finding-text" },
        h("p", {}, ...inlineMarkdown(it.message)),
        it.help ? h("p", { className: "help" }, ...inlineMarkdown(it.help)) : undefined,
        h("p", { className: "finding-links" },
          place && go ? h("button", { type: "button", className: "link", onclick: () => go(it) }, `Line ${it.line}, column ${it.column}`) : place,
          it.route ? h("span", {}, it.route) : undefined,
          it.template ? h("span", {}, it.template) : undefined,
          it.code ? h("button", { type: "button", className: "link", onclick: () => void explain(engine, it.code) }, `${it.code} ${it.name}`) : undefined)));
  };
  fill(box, h("ul", { className: "findings" }, ...findings.slice(0, 200).map(row)));
  if (findings.length > 200) box.append(h("p", { className: "empty" }, `and ${findings.length - 200} more`));
}
