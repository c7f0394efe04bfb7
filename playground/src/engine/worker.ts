// The worker: the engine, one job after the other.
import { Api, Template, VtlError, check, explain, reference, version } from "apigw-vtl";
import type { CallOptions, Diagnostic } from "apigw-vtl";
import type { Answer, Ask, CallJob, CallOutcome, Jobs, LoadResult, RenderJob, RenderResult } from "./messages";

/** An output longer than this has no trace: there may be a part for each byte. */
const TRACED = 100_000;

/** A document longer than this is not checked while it is typed. */
const CHECKED = 1_000_000;

let api: Api | undefined;

const unique = (findings: Diagnostic[]): Diagnostic[] => {
  const seen = new Map<string, Diagnostic>();
  for (const it of findings) {
    const key = `${it.code}:${it.line}:${it.column}`;
    if (!seen.has(key)) seen.set(key, it);
  }
  return [...seen.values()].sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
};

const failure = (error: unknown): Diagnostic => {
  if (error instanceof VtlError) return error.diagnostic;
  return { code: "", name: "", severity: "error", message: error instanceof Error ? error.message : String(error) };
};

function render({ template: source, body, params, context, stageVariables }: RenderJob): RenderResult {
  const data = { body, params: params as object, context, stageVariables: stageVariables as Record<string, string> };
  const started = performance.now();
  let template: Template | undefined;
  try {
    template = new Template(source);
    const { text, notes, requestOverride, responseOverride } = template.render(data);
    const time = performance.now() - started;
    const trace = text.length <= TRACED ? template.render({ ...data, trace: true }).trace : undefined;
    return { text, requestOverride, responseOverride, trace, time, findings: unique([...notes, ...check(source).findings]) };
  } catch (error) {
    const time = performance.now() - started;
    const found = failure(error);
    let others: Diagnostic[] = [];
    try {
      others = check(source).findings;
    } catch {
      // The failure itself is told.
    }
    return { time, findings: unique([found, ...others]) };
  } finally {
    template?.free();
  }
}

function load({ files }: Jobs["load"][0]): LoadResult {
  api?.free();
  api = undefined;
  const [document, ...rest] = files;
  if (document === undefined || document.text.trim() === "") return { findings: [] };
  const others = Object.fromEntries(rest.map(({ name, text }) => [name, text]));
  try {
    api = Api.load(document.text, { name: document.name, files: others });
    const loaded = api.document as LoadResult;
    // The rules read every template, which takes a while in large documents.
    if (document.text.length > CHECKED) return loaded;
    const { findings } = check(document.text, { name: document.name, files: others });
    return { ...loaded, findings: unique(findings) };
  } catch (error) {
    return { findings: [failure(error)] };
  }
}

function call({ request, backend, context, stageVariables, api: named }: CallJob): CallOutcome {
  const started = performance.now();
  if (api === undefined) return { error: "There is no document that could be read.", time: 0 };
  try {
    const options: CallOptions = { context, stageVariables: stageVariables as Record<string, string>, api: named, log: true };
    const result = api.invoke(request, { ...options, backend }) as CallOutcome["result"];
    return { result, time: performance.now() - started };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error), time: performance.now() - started };
  }
}

const jobs: { [Name in keyof Jobs]: (value: Jobs[Name][0]) => Jobs[Name][1] } = {
  render,
  load,
  call,
  explain,
  reference: () => ({ ...reference(), version: version() }),
};

const post = (answer: Answer) => self.postMessage(answer);

self.addEventListener("message", ({ data }: MessageEvent<Ask>) => {
  const { id, job, value } = data;
  try {
    post({ id, value: jobs[job](value as never) });
  } catch (error) {
    post({ id, error: error instanceof Error ? error.message : String(error) });
  }
});
// The first job pays for the start of the engine; this one is nobody's.
new Template("$input.json('$')").render({ body: "{}" });
post({ ready: true });
