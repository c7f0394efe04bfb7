// The messages between the page and the worker.
import type { BackendAnswer, CallResult, Diagnostic, Method, Request, Severity, Written } from "apigw-vtl";

export interface RenderJob {
  template: string;
  body: string;
  params: object;
  context: object;
  stageVariables: object;
}

export interface RenderResult {
  /** The output; absent if the render failed. */
  text?: string;
  requestOverride?: object;
  responseOverride?: object;
  /** The failure, notes and findings of `check`, each once. */
  findings: Diagnostic[];
  /** Which part of the template wrote which part of the output; absent for a large output. */
  trace?: Written[];
  /** Milliseconds of compiling and of rendering. */
  time: number;
}

export interface Route {
  api: number;
  routeKey: string | null;
  method: string | null;
  path: string | null;
  integration: {
    type?: string;
    requestTemplates?: Record<string, string>;
    responses?: { statusCode?: string; integrationResponseKey?: string; responseTemplates?: Record<string, string> }[];
  } | null;
}

export interface LoadResult {
  kind?: string;
  apis?: { name?: string; protocol: "REST" | "HTTP" | "WEBSOCKET"; routeSelectionExpression?: string | null }[];
  routes?: Route[];
  findings: Diagnostic[];
}

export interface CallJob {
  request: Request;
  backend: BackendAnswer;
  api?: string;
  context: object;
  stageVariables: object;
}

export interface Choice {
  kind: string;
  text: string;
}

export interface CallOutcome {
  result?: CallResult & { choices: Choice[]; refusal?: { responseType: string; code: string; reason: string } };
  /** The reason why there is no result. */
  error?: string;
  time: number;
}

export interface Page {
  code: string;
  name: string;
  severity: Severity;
  title: string;
  page: string;
}

export interface Reference {
  input: Method[];
  util: Method[];
  methods: Method[];
  context: { name: string; doc: string }[];
  version: string;
}

/** Everything that the worker does, by name: what it takes and what it gives. */
export interface Jobs {
  render: [RenderJob, RenderResult];
  load: [{ files: { name: string; text: string }[] }, LoadResult];
  call: [CallJob, CallOutcome];
  explain: [string, Page];
  reference: [undefined, Reference];
}

export type JobName = keyof Jobs;
export interface Ask {
  id: number;
  job: JobName;
  value: unknown;
}
export type Answer = { id: number; value: unknown } | { id: number; error: string } | { ready: true };
