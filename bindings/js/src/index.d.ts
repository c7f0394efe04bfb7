declare global {
  // For projects whose `lib` does not have it.
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
}

/** `error`: the service refuses or fails; `warning`: probably a mistake; `advice`: worth knowing. */
export type Severity = "error" | "warning" | "advice";

/** Something that is wrong, or worth knowing, with its place. Lines and columns count from 1. */
export interface Diagnostic {
  /** Stable code such as `V002`. */
  code: string;
  /** Name of the code such as `unclosed-block`. */
  name: string;
  severity: Severity;
  message: string;
  /** Suggested way out. */
  help?: string;
  file?: string;
  line?: number;
  column?: number;
  endLine?: number;
  endColumn?: number;
  /** Key of the route that it concerns. */
  route?: string;
  /** Name of the template that it concerns. */
  template?: string;
  /** Property of the integration that it concerns. */
  property?: string;
  related?: Array<{ message: string; file?: string; line: number; column: number; endLine: number; endColumn: number }>;
}

/** A template that does not compile or render, or a document that cannot be loaded. */
export class VtlError extends Error {
  /** Stable code such as `V002`. */
  readonly code: string;
  /** Name of the code such as `unclosed-block`. */
  readonly codeName: string;
  readonly line?: number;
  readonly column?: number;
  /** Suggested way out. */
  readonly help?: string;
  /** The error drawn with its line of the template. */
  readonly report: string;
  readonly diagnostic: Diagnostic;
}

/** The rules that a template is compiled under. */
export interface Rules {
  /** Name that errors show. */
  name?: string;
  /** The rules of the service, the default, or those of Velocity 1.7. */
  dialect?: "service" | "velocity-1.7";
  /** Switches of the dialect that are on, such as `escape-slash`. */
  switches?: readonly string[];
  /** Limits that differ from those of the dialect; `null` removes one. */
  limits?: Readonly<Record<string, number | null>>;
  /** Fail at the limit of a `#foreach`; by default the loop ends there with a note. */
  foreachFails?: boolean;
}

type Scalar = string | number | boolean;
type Texts = Readonly<Record<string, Scalar | readonly Scalar[]>>;

/** The data of a render. Besides the body, only what the template reads is looked at. */
export interface RenderData {
  /** Payload: text, bytes, or a value whose JSON text it is. */
  body?: unknown;
  /** Parameters; of several values of a name templates see the last. */
  params?: { path?: Texts; querystring?: Texts; header?: Texts };
  /** `$context`. */
  context?: object;
  /** `$stageVariables`. */
  stageVariables?: Readonly<Record<string, Scalar>>;
  /** Top-level variables: `{x: 1}` defines `$x`; as the text of an object its numbers keep their digits. */
  variables?: object | string;
  /** Overrides that the template of the request left for that of the response. */
  requestOverride?: object;
  responseOverride?: object;
  /** Return which part of the template wrote which part of the output. */
  trace?: boolean;
}

/** A part of an output, and the part of the template that wrote it. */
export interface Written {
  /** Bytes of the output. */
  start: number;
  end: number;
  /** Text of the template. */
  source: string;
  /** Text of the output. */
  output: string;
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

/** The result of a render. */
export interface Rendered {
  text: string;
  /** Values that the template set below `$context.requestOverride`. */
  requestOverride: Record<string, unknown>;
  /** Values that the template set below `$context.responseOverride`. */
  responseOverride: Record<string, unknown>;
  /** Mistakes that Velocity ignores in silence, in the order of their places. */
  notes: Diagnostic[];
  /** Parts of the output in order, if `trace` was asked for. */
  trace?: Written[];
}

/** A compiled template. It never changes. */
export class Template {
  /** @throws {VtlError} if the text does not compile; {TypeError} for an unknown rule. */
  constructor(source: string, options?: Rules);
  readonly source: string;
  /** Notes on the text, without a render. */
  readonly notes: Diagnostic[];
  /** @throws {VtlError} where the service answers with an error. */
  render(data?: RenderData): Rendered;
  /** Frees the memory at once; the garbage collector does it otherwise. */
  free(): void;
  /** Frees the memory at the end of a block: `using template = new Template(source)`. */
  [Symbol.dispose](): void;
}

/** Renders the text of a template. The last 256 texts, of 4 Mi characters at most, are kept compiled. */
export function render(source: string, options?: RenderData & Rules): Rendered;

/** The client's request. The path may have a query string. */
export interface Request {
  method?: string;
  path?: string;
  pathParameters?: Readonly<Record<string, string>>;
  querystring?: Readonly<Record<string, string | readonly string[]>>;
  headers?: Readonly<Record<string, string | readonly string[]>>;
  body?: string | Uint8Array;
  bodyIsBase64?: boolean;
  /** Of a WebSocket API, which has no method and no path. */
  eventType?: "CONNECT" | "MESSAGE" | "DISCONNECT";
}

/** The request that the backend receives. */
export interface IntegrationRequest {
  method: string;
  uri: string;
  /** What an HTTP client calls. */
  url: string;
  headers: Record<string, string | string[]>;
  querystring: Record<string, string[]>;
  body: string;
  bodyIsBase64: boolean;
  settings: Record<string, unknown>;
  cacheKey: unknown;
  integrationSubtype?: string;
  parameters?: Record<string, string>;
}

/** The answer of a backend: a response, the result of a Lambda function, or a failure. */
export type BackendAnswer =
  | { status: number; headers?: Record<string, string | string[]>; body?: string | Uint8Array; bodyIsBase64?: boolean }
  | { lambda: { payload: unknown; functionError?: string } }
  | { failure: "timeout" | "connection" };

/** The result of a call, as `vtl invoke --format json` prints it. */
export interface CallResult {
  routeKey?: string | null;
  pathParameters?: Record<string, string>;
  integrationRequest: IntegrationRequest | null;
  response: { status: number; headers: Record<string, string | string[]>; body: string; bodyIsBase64: boolean } | null;
  /** Of a WebSocket API. */
  status?: number;
  message?: string | null;
  invalid?: string[];
  notes: Diagnostic[];
  log?: string;
}

/** The surroundings of a call. */
export interface CallOptions {
  context?: object;
  stageVariables?: Readonly<Record<string, Scalar>>;
  /** Name or number of the API, if the document has several. */
  api?: string;
  /** Return the execution log. */
  log?: boolean;
}

/** A call that was started: either it is answered, or its backend has to be asked. */
export type Step =
  | { answer: CallResult; request: undefined; respond: undefined }
  | { answer: undefined; request: IntegrationRequest; respond(answer: BackendAnswer): CallResult };

/** How a document is read. */
export interface LoadOptions extends Rules {
  /** Format such as `openapi3`; it is detected otherwise. */
  kind?: string;
  /** Values of template parameters, Terraform variables or pseudo parameters. */
  parameters?: Readonly<Record<string, string>>;
  /** Further files by name: the rest of a Terraform folder, and files that the document refers to. */
  files?: Readonly<Record<string, string>>;
}

/** A loaded document that answers requests. */
export class Api {
  private constructor();
  /** Loads the text of a document, or a document that is an object. @throws {VtlError} if it cannot be read. */
  static load(document: string | object, options?: LoadOptions): Api;
  /** Loads a single integration with the settings of its API; without one it only selects routes. */
  static integration(
    integration: string | object | undefined,
    options?: Rules & { settings?: string | object; resource?: string },
  ): Api;
  /** The document as `vtl routes --format json` prints it. */
  readonly document: { kind: string; apis: object[]; routes: object[]; findings: Diagnostic[] };
  /** Sends a request through its route. Exceptions of a backend that is a function travel through. */
  invoke(
    request: Request,
    options?: CallOptions & { backend?: BackendAnswer | ((request: IntegrationRequest) => BackendAnswer) },
  ): CallResult;
  /** The same with a backend that is awaited. */
  invokeAsync(
    request: Request,
    options?: CallOptions & {
      backend?: BackendAnswer | ((request: IntegrationRequest) => BackendAnswer | Promise<BackendAnswer>);
    },
  ): Promise<CallResult>;
  /** Takes the steps of a call up to the backend. */
  start(request: Request, options?: CallOptions): Step;
  /** Frees the memory at once; the garbage collector does it otherwise. */
  free(): void;
  /** Frees the memory at the end of a block: `using api = Api.load(text)`. */
  [Symbol.dispose](): void;
}

/**
 * Returns the findings in a template, or in a document: if `kind` or `files` are given, or `name` ends as the
 * name of a document does. A `vtl.toml` among the files has the settings.
 */
export function check(
  source: string | object,
  options?: Omit<LoadOptions, "switches" | "limits" | "foreachFails">,
): { findings: Diagnostic[]; summary: { error: number; warning: number; advice: number; files: number } };

/** A method, or a function of `$input` or `$util`. */
export interface Method {
  /** Kind of the value that it is called on: `String`, `List`, … */
  receiver: string;
  name: string;
  /** Types and names of the parameters. */
  parameters: string;
  returns: string;
  doc: string;
  example: string;
  output: string;
}

/** Lists everything that a template can name. */
export function reference(): {
  input: Method[];
  util: Method[];
  methods: Method[];
  /** `websocket` is set for variables of WebSocket APIs alone. */
  context: { name: string; doc: string; websocket?: true }[];
};

/** Returns the page of a diagnostic in Markdown, by its code or name. @throws {TypeError} if there is none. */
export function explain(code: string): { code: string; name: string; severity: Severity; title: string; page: string };

/** Returns the version of the engine. */
export function version(): string;

/**
 * Fetches the module for documents, which `Api`, `check`, `explain` and `reference` need in browsers. Elsewhere it
 * does nothing: the module is loaded when it is needed.
 */
export function loadDocuments(): Promise<void>;
