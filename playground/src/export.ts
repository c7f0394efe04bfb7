// What leaves the page by its user's hand: a test file, and the template as a string of other languages.
import { strToU8, zipSync } from "fflate";
import type { State } from "./state";

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Returns a text as a block of YAML, or in quotes where a block cannot hold it. */
function yamlText(text: string, indent: string): string {
  const isBlock = text !== "" && !/[^\n\x20-\x7e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/.test(text) && !/^[ \n]/.test(text);
  if (!isBlock) return JSON.stringify(text);
  const ends = text.endsWith("\n\n") ? "+" : text.endsWith("\n") ? "" : "-";
  const lines = (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
  return `|${ends}\n${lines.map((line) => (line === "" ? "" : indent + line)).join("\n")}`;
}

export const asYaml = (template: string) => yamlText(template, "  ");
export const asJson = (template: string) => JSON.stringify(template);

/** Returns a text as a heredoc of HCL, or in quotes if it does not end with a line. */
export function asHcl(template: string): string {
  const escaped = template.replace(/\$\{/g, "$$${").replace(/%\{/g, "%%{");
  if (!template.endsWith("\n") || template.includes("\r") || /^EOT$/m.test(template)) {
    return JSON.stringify(template).replace(/\$\{/g, "$$${").replace(/%\{/g, "%%{");
  }
  return `<<EOT\n${escaped}EOT`;
}

/** Returns the members of a JSON text that are not empty. */
const members = (text: string): Record<string, unknown> | undefined => {
  const value = parsed(text);
  if (!isRecord(value)) return undefined;
  const kept = Object.entries(value).filter(([, it]) => !isRecord(it) || Object.keys(it).length > 0);
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
};

/** Returns the test file of a template as `vtl test` reads it. */
export function templateTest(state: State, output: string | undefined, failure: { code: string; line?: number } | undefined): string {
  const lines = ["# Run with: vtl test", "template: template.vtl", "tests:", "  - name: from the playground", "    input:"];
  lines.push(`      body: ${yamlText(state.body, "        ")}`);
  for (const key of ["params", "context", "stageVariables"] as const) {
    const value = members(state[key]);
    if (value) lines.push(`      ${key}: ${JSON.stringify(value)}`);
  }
  lines.push("    expect:");
  if (output !== undefined) lines.push(`      output: ${yamlText(output, "        ")}`);
  else lines.push(`      error: ${failure?.code || "V001"}`);
  return `${lines.join("\n")}\n`;
}

export const EVENTS: Record<string, "CONNECT" | "DISCONNECT"> = { CONNECT: "CONNECT", DISCONNECT: "DISCONNECT" };

export const callRequest = (state: State, isSocket: boolean) => {
  const headers = parsed(state.headers);
  const rest = { ...(isRecord(headers) ? { headers: headers as Record<string, string> } : {}), ...(state.message === "" ? {} : { body: state.message }) };
  if (isSocket) return { eventType: EVENTS[state.line] ?? "MESSAGE", ...rest };
  const [method = "GET", ...path] = state.line.trim().split(/\s+/);
  return path.length === 0 ? { method: "GET", path: method, ...rest } : { method, path: path.join("%20"), ...rest };
};

/** Returns the sample's `$context` without what the route fills. */
export function callContext(state: State, isSocket: boolean): object {
  const sample = (members(state.context) ?? {}) as Record<string, unknown>;
  const kept = ["requestTime", "requestTimeEpoch", "requestId", "identity", "stage", "authorizer", "accountId", "apiId"].filter((key) => key in sample);
  const context = Object.fromEntries(kept.map((key) => [key, sample[key]]));
  return isSocket ? { ...context, connectionId: sample.connectionId ?? "L0SM9cOFIAMCIdw=" } : context;
}

export const callBackend = (state: State) => {
  if (state.backend === "timeout" || state.backend === "connection") return { failure: state.backend };
  if (state.backend === "lambda") {
    const payload = parsed(state.answer);
    return { lambda: { payload: payload === undefined ? state.answer : payload } };
  }
  const headers = parsed(state.answerHeaders);
  return {
    status: Number.parseInt(state.status, 10) || 200,
    ...(isRecord(headers) ? { headers: headers as Record<string, string> } : {}),
    body: state.answer,
  };
};

/** Returns the test file of a whole call. */
export function callTest(state: State, isSocket: boolean, answer: { status?: number; body?: string; message?: string | null }): string {
  const lines = ["# Run with: vtl test", `document: ${JSON.stringify(state.file)}`, "tests:", "  - name: from the playground"];
  lines.push(`    request: ${JSON.stringify(callRequest(state, isSocket))}`, `    backend: ${JSON.stringify(callBackend(state))}`);
  lines.push(`    context: ${JSON.stringify(callContext(state, isSocket))}`);
  const variables = members(state.stageVariables);
  if (variables) lines.push(`    stageVariables: ${JSON.stringify(variables)}`);
  lines.push("    expect:");
  if (answer.status !== undefined) lines.push(`      status: ${answer.status}`);
  if (answer.body !== undefined) lines.push(`      body: ${yamlText(answer.body, "        ")}`);
  if (answer.message !== undefined) lines.push(`      message: ${JSON.stringify(answer.message)}`);
  return `${lines.join("\n")}\n`;
}

/** Packs texts into a zip file. */
export const zip = (files: Record<string, string>) =>
  zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)]))) as Uint8Array<ArrayBuffer>;
