// The report of `vtl test --format json`.

export interface Finding {
  message: string;
  help?: string;
  line?: number;
  column?: number;
}

export interface Result {
  name: string;
  line: number;
  status: "passed" | "failed" | "skipped" | "todo" | string;
  findings: Finding[];
  diff?: string;
}

/** Returns the arguments of `vtl` that list or run the tests of a file, or the one of a name; nothing is written. */
export function arguments_(file: string, { list = false, name }: { list?: boolean; name?: string }): string[] {
  const given = ["test", "--format", "json", "--unreferenced", "ignore", list ? "--list" : "--check"];
  if (name !== undefined) given.push("--filter", `^${name.replace(/[\\^$.*+?()[\]{}|&~#-]/g, "\\$&")}$`);
  return [...given, "--", file];
}

/** Reads a report; undefined if the text is none. */
export function parse(text: string): Result[] | undefined {
  try {
    const report = JSON.parse(text) as { tests?: Result[] };
    return Array.isArray(report.tests) ? report.tests : undefined;
  } catch {
    return undefined;
  }
}
