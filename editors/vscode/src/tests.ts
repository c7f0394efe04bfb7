// Tests of `*.vtl-test.yaml` files in the editor's test view, listed and run by `vtl test`.

import { execFile } from "node:child_process";
import { dirname } from "node:path";
import * as vscode from "vscode";
import { arguments_, parse, Result } from "./report";

const PATTERN = "**/*.vtl-test.{yaml,yml,json}";

export class Tests implements vscode.Disposable {
  private readonly controller = vscode.tests.createTestController("vtl", "VTL");
  private readonly own: vscode.Disposable[];

  constructor(private readonly command: () => string) {
    const watcher = vscode.workspace.createFileSystemWatcher(PATTERN);
    this.controller.resolveHandler = (item) => (item ? this.list(item) : this.discover());
    this.controller.refreshHandler = () => this.discover();
    this.controller.createRunProfile(
      "Run",
      vscode.TestRunProfileKind.Run,
      (request, token) => this.run(request, token),
      true,
    );
    this.own = [
      this.controller,
      watcher,
      watcher.onDidCreate((uri) => this.list(this.file(uri))),
      watcher.onDidChange((uri) => this.list(this.file(uri))),
      watcher.onDidDelete((uri) => this.controller.items.delete(uri.toString())),
    ];
  }

  private file(uri: vscode.Uri): vscode.TestItem {
    const known = this.controller.items.get(uri.toString());
    if (known) return known;
    const item = this.controller.createTestItem(uri.toString(), vscode.workspace.asRelativePath(uri), uri);
    item.canResolveChildren = true;
    this.controller.items.add(item);
    return item;
  }

  private async discover(): Promise<void> {
    const files = await vscode.workspace.findFiles(PATTERN, "**/{node_modules,target,.git}/**");
    await Promise.all(files.map((uri) => this.list(this.file(uri))));
  }

  /** Lists the tests of a file. */
  private async list(file: vscode.TestItem): Promise<void> {
    try {
      const results = await this.call(file.uri!, arguments_(file.uri!.fsPath, { list: true }));
      file.error = undefined;
      file.children.replace(
        results.map((result) => {
          const item = this.controller.createTestItem(`${file.id}#${result.name}`, result.name, file.uri);
          item.range = new vscode.Range(result.line - 1, 0, result.line - 1, 0);
          return item;
        }),
      );
    } catch (error) {
      file.error = error instanceof Error ? error.message : String(error);
    }
  }

  /** Runs the tests of a file, or the one of a name. */
  async runFile(uri?: string, name?: string): Promise<void> {
    const at = uri ? vscode.Uri.parse(uri) : vscode.window.activeTextEditor?.document.uri;
    if (!at || !/\.vtl-test\.(ya?ml|json)$/.test(at.path)) {
      await vscode.window.showInformationMessage("Open a file NAME.vtl-test.yaml to run its tests.");
      return;
    }
    const file = this.file(at);
    await this.list(file);
    const one = name === undefined ? undefined : file.children.get(`${file.id}#${name}`);
    const source = new vscode.CancellationTokenSource();
    await this.run(new vscode.TestRunRequest([one ?? file]), source.token);
    source.dispose();
  }

  private async run(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    const run = this.controller.createTestRun(request);
    const wanted = request.include ?? [...this.controller.items].map(([, item]) => item);
    const excluded = new Set(request.exclude?.map((item) => item.id));
    for (const item of wanted) {
      if (token.isCancellationRequested) break;
      const file = item.parent ?? item;
      if (!item.parent) await this.list(file);
      const all = item.parent ? [item] : [...file.children].map(([, child]) => child);
      const items = all.filter((child) => !excluded.has(child.id));
      items.forEach((child) => run.started(child));
      try {
        const name = item.parent ? item.label : undefined;
        const results = await this.call(file.uri!, arguments_(file.uri!.fsPath, { name }), token);
        const byName = new Map(results.map((result) => [result.name, result]));
        items.forEach((child) => this.tell(run, child, byName.get(child.label)));
      } catch (error) {
        const message = new vscode.TestMessage(error instanceof Error ? error.message : String(error));
        items.forEach((child) => (token.isCancellationRequested ? run.skipped(child) : run.errored(child, message)));
      }
    }
    run.end();
  }

  private tell(run: vscode.TestRun, item: vscode.TestItem, result: Result | undefined): void {
    if (!result || result.status === "skipped" || result.status === "todo") return run.skipped(item);
    if (result.status === "passed") return run.passed(item);
    const messages = result.findings.map((finding) => {
      const text = finding.help ? `${finding.message}\n${finding.help}` : finding.message;
      const message = new vscode.TestMessage(text);
      const line = (finding.line ?? result.line) - 1;
      message.location = new vscode.Location(item.uri!, new vscode.Position(line, (finding.column ?? 1) - 1));
      return message;
    });
    if (result.diff) messages.push(new vscode.TestMessage(result.diff));
    run.failed(item, messages);
  }

  private call(uri: vscode.Uri, given: string[], token?: vscode.CancellationToken): Promise<Result[]> {
    const cwd = vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath ?? dirname(uri.fsPath);
    return new Promise((resolve, reject) => {
      const child = execFile(this.command(), given, { cwd, maxBuffer: 1 << 28 }, (error, output, errors) => {
        stopped?.dispose();
        // Failed tests have an exit code of 1 and a report.
        const results = parse(output);
        if (results) resolve(results);
        else reject(new Error(errors.trim() || error?.message || "`vtl test` printed no report"));
      });
      const stopped = token?.onCancellationRequested(() => child.kill());
    });
  }

  dispose(): void {
    vscode.Disposable.from(...this.own).dispose();
  }
}
