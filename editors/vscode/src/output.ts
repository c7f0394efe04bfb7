// The output of a template, shown beside it: a click in it leads to the code that wrote it.

import * as vscode from "vscode";
import { LanguageClient, LSPErrorCodes, ResponseError } from "vscode-languageclient/node";
import { Piece, pieceAt } from "./pieces";

/** Answer of `vtl/render`. */
interface Rendered {
  output: string;
  pieces: Piece[];
  notes: string[];
  sample: string | null;
}

interface Shown {
  text: string;
  source: vscode.Uri;
  pieces: Piece[];
  /** Arguments of the request, to render again after an edit. */
  request: { uri: string; line: number; sample: string | null; trace: boolean };
}

export class Outputs implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly shown = new Map<string, Shown>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly mark = vscode.window.createTextEditorDecorationType({
    backgroundColor: new vscode.ThemeColor("editor.wordHighlightStrongBackground"),
  });
  private readonly own: vscode.Disposable[];
  private pending: NodeJS.Timeout | undefined;

  constructor(private readonly client: () => LanguageClient | undefined) {
    this.own = [
      this.changed,
      this.mark,
      vscode.workspace.registerTextDocumentContentProvider("vtl-output", this),
      vscode.commands.registerCommand("vtl.render", (uri, line, sample) => this.show(false, uri, line, sample)),
      vscode.commands.registerCommand("vtl.trace", (uri, line, sample) => this.show(true, uri, line, sample)),
      vscode.commands.registerCommand("vtl.reveal", () => this.reveal(vscode.window.activeTextEditor, true)),
      vscode.window.onDidChangeTextEditorSelection((event) => {
        if (event.kind === vscode.TextEditorSelectionChangeKind.Mouse) void this.reveal(event.textEditor, false);
      }),
      vscode.workspace.onDidChangeTextDocument((event) => this.edited(event.document.uri)),
      vscode.workspace.onDidCloseTextDocument((document) => this.closed(document.uri.toString())),
    ];
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.shown.get(uri.toString())?.text ?? "";
  }

  /** Renders the template at a line of a file with a sample request, and shows the output beside it. */
  private async show(trace: boolean, uri?: string, line?: number, sample?: string | null): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const source = typeof uri === "string" ? vscode.Uri.parse(uri) : editor?.document.uri;
    if (!source) return;
    const at = line ?? editor?.selection.active.line ?? 0;
    const request = { uri: source.toString(), line: at, sample: sample ?? null, trace };
    const address = vscode.Uri.from({
      scheme: "vtl-output",
      path: `${source.path}${trace ? ".trace" : ".output"}`,
      query: `line=${at}`,
    });
    if (!(await this.render(address, source, request))) return;
    const document = await vscode.workspace.openTextDocument(address);
    if (!trace && isJson(document.getText())) await vscode.languages.setTextDocumentLanguage(document, "json");
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true });
  }

  private async render(address: vscode.Uri, source: vscode.Uri, request: Shown["request"]): Promise<boolean> {
    const client = this.client();
    if (!client?.isRunning()) {
      await vscode.window.showErrorMessage("`vtl lsp` is not running.");
      return false;
    }
    try {
      const { uri, line, sample, trace } = request;
      const answer = await client.sendRequest<Rendered | null>("vtl/render", {
        textDocument: { uri },
        position: { line, character: 0 },
        sample,
        trace,
      });
      if (!answer) {
        await vscode.window.showInformationMessage("There is no template at this line.");
        return false;
      }
      this.shown.set(address.toString(), { text: answer.output, source, pieces: answer.pieces, request });
      this.changed.fire(address);
      if (answer.notes.length > 0) vscode.window.setStatusBarMessage(`VTL: ${answer.notes.join("; ")}`, 8000);
      return true;
    } catch (error) {
      // The text has changed meanwhile; it is rendered again a moment after the last edit.
      if (error instanceof ResponseError && error.code === LSPErrorCodes.ContentModified) return false;
      await vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
      return false;
    }
  }

  /** Forgets an output, unless it is open again: a change of its language closes and opens it. */
  private closed(address: string): void {
    setTimeout(() => {
      if (!vscode.workspace.textDocuments.some((it) => it.uri.toString() === address)) this.shown.delete(address);
    });
  }

  /** Renders the outputs of a file again, a moment after its last edit. */
  private edited(uri: vscode.Uri): void {
    const own = [...this.shown].filter(([, shown]) => shown.source.toString() === uri.toString());
    if (own.length === 0) return;
    clearTimeout(this.pending);
    this.pending = setTimeout(() => {
      for (const [address, shown] of own) void this.render(vscode.Uri.parse(address), shown.source, shown.request);
    }, 200);
  }

  /** Marks the code that wrote what is selected in an output. */
  private async reveal(editor: vscode.TextEditor | undefined, focus: boolean): Promise<void> {
    const shown = editor && this.shown.get(editor.document.uri.toString());
    if (!editor || !shown) return;
    const piece = pieceAt(shown.pieces, editor.document.offsetAt(editor.selection.active));
    if (!piece) return;
    const { start, end } = piece.range;
    const range = new vscode.Range(start.line, start.character, end.line, end.character);
    const visible = vscode.window.visibleTextEditors.find(
      (other) => other.document.uri.toString() === shown.source.toString(),
    );
    const target =
      visible && !focus
        ? visible
        : await vscode.window.showTextDocument(shown.source, {
            viewColumn: visible?.viewColumn ?? vscode.ViewColumn.One,
            preserveFocus: !focus,
          });
    target.setDecorations(this.mark, [range]);
    target.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    if (focus) target.selection = new vscode.Selection(range.start, range.end);
  }

  dispose(): void {
    clearTimeout(this.pending);
    vscode.Disposable.from(...this.own).dispose();
  }
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}
