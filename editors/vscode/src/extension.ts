// Starts `vtl lsp` and adds what the protocol has no words for: renders beside the template, and the test view.

import * as vscode from "vscode";
import { LanguageClient, LanguageClientOptions, ServerOptions } from "vscode-languageclient/node";
import { Outputs } from "./output";
import { Tests } from "./tests";

const LANGUAGES = ["vtl", "yaml", "json", "jsonc", "terraform", "hcl"];

let client: LanguageClient | undefined;

/** Returns the command `vtl` of the settings. */
function command(): string {
  return vscode.workspace.getConfiguration("vtl").get<string>("server.path") || "vtl";
}

async function start(): Promise<void> {
  const server: ServerOptions = { command: command(), args: ["lsp", "--stdio"] };
  const options: LanguageClientOptions = {
    documentSelector: [
      ...LANGUAGES.flatMap((language) => [
        { scheme: "file", language },
        { scheme: "untitled", language },
      ]),
      // Without an extension for Terraform these files have no language.
      { scheme: "file", pattern: "**/*.tf" },
    ],
    initializationOptions: {
      sampleValues: vscode.workspace.getConfiguration("vtl").get<boolean>("inlayHints.sampleValues"),
    },
    markdown: { isTrusted: false },
  };
  client = new LanguageClient("vtl", "VTL", server, options);
  try {
    await client.start();
  } catch (error) {
    const choice = await vscode.window.showErrorMessage(
      `\`${command()} lsp\` does not start: ${error instanceof Error ? error.message : error}`,
      "Settings",
    );
    if (choice) await vscode.commands.executeCommand("workbench.action.openSettings", "vtl.server.path");
  }
}

async function stop(): Promise<void> {
  const running = client;
  client = undefined;
  // A server that has not started, or has ended, has nothing to stop.
  if (running?.isRunning()) await running.stop();
}

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const outputs = new Outputs(() => client);
  const tests = new Tests(() => client);
  context.subscriptions.push(
    outputs,
    tests,
    vscode.commands.registerCommand("vtl.restart", async () => {
      await stop();
      await start();
    }),
    vscode.commands.registerCommand("vtl.runTest", (uri?: string, name?: string) => tests.runFile(uri, name)),
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration("vtl.server.path") || change.affectsConfiguration("vtl.inlayHints")) {
        await stop();
        await start();
      }
    }),
  );
  await start();
}

export function deactivate(): Promise<void> {
  return stop();
}
