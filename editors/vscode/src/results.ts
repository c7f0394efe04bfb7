// The answers of `vtl/discoverTests` and `vtl/runTests`.

import type { Range } from "vscode-languageclient/node";

/** A test file with its tests. */
export interface Listed {
  path: string;
  tests: { name: string; range: Range }[];
}

/** The result of a test. */
export interface Result {
  name: string;
  status: "passed" | "failed" | "skipped" | "todo";
  range: Range;
  messages: { code: string; message: string; path: string; range: Range }[];
  diff: string | null;
  reason: string | null;
  milliseconds: number;
}

/** Returns the ends of a range as numbers: line and column of the start, then of the end. */
export function asRange({ start, end }: Range): [number, number, number, number] {
  return [start.line, start.character, end.line, end.character];
}

/** Returns a message with the drawn differences of its test. */
export function withDiff(message: string, diff: string | null): string {
  return diff ? `${message}\n\n${diff}` : message;
}
