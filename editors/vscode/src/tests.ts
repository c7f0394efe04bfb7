// Tests of `*.vtl-test.yaml` files in the editor's test view, listed and run by the server.

import * as vscode from "vscode";
import type { LanguageClient, Range } from "vscode-languageclient/node";
import { asRange, withDiff } from "./results";
import type { Listed, Result } from "./results";

const PATTERN = "**/*.vtl-test.{yaml,yml,json}";

export class Tests implements vscode.Disposable {
  private readonly controller = vscode.tests.createTestController("vtl", "VTL");
  private readonly own: vscode.Disposable[];

  constructor(private readonly client: () => LanguageClient | undefined) {
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
      const [found] = await this.request<Listed[]>("vtl/discoverTests", { paths: [file.uri!.fsPath] });
      file.error = undefined;
      file.children.replace(
        (found?.tests ?? []).map((test) => {
          const item = this.controller.createTestItem(`${file.id}#${test.name}`, test.name, file.uri);
          item.range = range(test.range);
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
    // The chosen tests of each file run together, so that the file's document is read once.
    const files = new Map<vscode.TestItem, vscode.TestItem[] | undefined>();
    for (const item of wanted) {
      const file = item.parent ?? item;
      if (!item.parent) files.set(file, undefined);
      else if (!files.has(file)) files.set(file, [item]);
      else files.get(file)?.push(item);
    }
    for (const [file, chosen] of files) {
      if (token.isCancellationRequested) break;
      if (!chosen) await this.list(file);
      const all = chosen ?? [...file.children].map(([, child]) => child);
      const items = all.filter((child) => !excluded.has(child.id));
      items.forEach((child) => run.started(child));
      try {
        const names = items.map((child) => child.label);
        const results = await this.request<Result[]>("vtl/runTests", { path: file.uri!.fsPath, names }, token);
        const byName = new Map(results.map((result) => [result.name, result]));
        items.forEach((child) => tell(run, child, byName.get(child.label)));
      } catch (error) {
        const message = new vscode.TestMessage(error instanceof Error ? error.message : String(error));
        items.forEach((child) => (token.isCancellationRequested ? run.skipped(child) : run.errored(child, message)));
      }
    }
    run.end();
  }

  private request<T>(method: string, params: object, token?: vscode.CancellationToken): Promise<T> {
    const client = this.client();
    if (!client) return Promise.reject(new Error("`vtl lsp` is not running."));
    return token ? client.sendRequest<T>(method, params, token) : client.sendRequest<T>(method, params);
  }

  dispose(): void {
    vscode.Disposable.from(...this.own).dispose();
  }
}

function range(range: Range): vscode.Range {
  return new vscode.Range(...asRange(range));
}

/** Shows the result of a test at its places. */
function tell(run: vscode.TestRun, item: vscode.TestItem, result: Result | undefined): void {
  if (!result || result.status === "skipped" || result.status === "todo") return run.skipped(item);
  if (result.status === "passed") return run.passed(item, result.milliseconds);
  const messages = result.messages.map((it, at) => {
    const message = new vscode.TestMessage(at === 0 ? withDiff(it.message, result.diff) : it.message);
    message.location = new vscode.Location(vscode.Uri.file(it.path), range(it.range));
    return message;
  });
  run.failed(item, messages, result.milliseconds);
}
