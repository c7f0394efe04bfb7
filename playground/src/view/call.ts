// The view of a whole call: document, request and backend's answer; the four messages with what was chosen and why.
import type { Diagnostic } from "apigw-vtl";
import { Editor, type Language } from "../editor/editor";
import { Stopped, type Engine } from "../engine/client";
import type { CallOutcome, Choice, LoadResult, Route } from "../engine/messages";
import { EVENTS, callBackend, callContext, callRequest } from "../export";
import { inlineMarkdown } from "../markdown";
import { DOCUMENTS, type Sample } from "../samples";
import type { State } from "../state";
import { Tabs, fill, h, say } from "./dom";
import { explain, list, mark } from "./problems";

const NAMES: Record<string, string> = {
  openapi3: "OpenAPI 3", swagger2: "Swagger 2", openapi2: "Swagger 2", cloudformation: "CloudFormation", sam: "SAM", terraform: "Terraform",
  serverless: "Serverless", cli: "AWS CLI",
};

const languageOf = (file: string, text: string): Language => {
  if (file.endsWith(".tf")) return "hcl";
  return file.endsWith(".json") || /^\s*\{/.test(text) ? "json" : "yaml";
};

/** Returns a name for a document that was pasted. */
const nameOf = (text: string, file: string): string => {
  if (/^\s*(?:(?:resource|data|provider|module|variable|output)\s+"[^\n]*|(?:terraform|locals)\s*)\{/m.test(text)) return file.endsWith(".tf") ? file : "main.tf";
  if (/^\s*\{/.test(text)) return file.endsWith(".json") ? file : "document.json";
  if (/^service:/m.test(text) && /^provider:/m.test(text)) return "serverless.yml";
  return /\.ya?ml$/.test(file) ? file : "document.yaml";
};

const isSocket = (route: Route | undefined, loaded: LoadResult) => loaded.apis?.[route?.api ?? 0]?.protocol === "WEBSOCKET";

export class CallView {
  readonly root: HTMLElement;
  outcome: CallOutcome | undefined;
  #loaded: LoadResult = { findings: [] };
  /** The document that is loaded, to load it only when it changed. */
  #source: string | undefined;
  /** Further files that were dropped with the document. */
  #files: { name: string; text: string }[] = [];
  readonly #engine: Engine;
  readonly #state: () => State;
  readonly #change: (part: Partial<State>) => void;
  readonly #open: (template: string, source: string) => void;
  readonly #document: Editor;
  readonly #message: Editor;
  readonly #headers: Editor;
  readonly #answer: Editor;
  readonly #kind = h("span", { className: "kind" });
  readonly #routes: HTMLSelectElement;
  readonly #line: HTMLInputElement;
  readonly #backend: HTMLSelectElement;
  readonly #status: HTMLInputElement;
  readonly #statusLabel: HTMLElement;
  readonly #messages = h("div", { className: "scroll messages", tabIndex: 0 });
  readonly #log = h("div", { className: "scroll log", tabIndex: 0 });
  readonly #findings = h("div", { className: "scroll", tabIndex: 0 });
  readonly #templates = h("div", { className: "templates" });
  readonly #time = h("span", { className: "time" });
  readonly #results: Tabs;
  readonly #panes: Tabs;
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(engine: Engine, state: () => State, change: (part: Partial<State>) => void, open: (template: string, source: string) => void) {
    this.#engine = engine;
    this.#state = state;
    this.#change = change;
    this.#open = open;
    const edited = (part: Partial<State>) => {
      change(part);
      this.later();
    };
    const at = { document: h("div", { className: "editor" }), message: h("div", { className: "editor small" }), headers: h("div", { className: "editor small" }), answer: h("div", { className: "editor small" }) };
    this.#document = new Editor({
      parent: at.document, label: "Document", language: "yaml", text: state().document,
      hint: "Paste an OpenAPI, CloudFormation, SAM, Terraform or serverless document, or drop its file here",
      changed: (document) => {
        const file = nameOf(document, state().file);
        this.#document.language = languageOf(file, document);
        edited({ document, file });
      },
    });
    this.#message = new Editor({ parent: at.message, label: "Body of the request", language: "json", numbers: false, hint: "No body", changed: (message) => edited({ message }) });
    this.#headers = new Editor({ parent: at.headers, label: "Headers of the request, as JSON", language: "json", numbers: false, hint: "{}", changed: (headers) => edited({ headers }) });
    this.#answer = new Editor({ parent: at.answer, label: "Body of the backend's answer", language: "json", numbers: false, hint: "No body", changed: (answer) => edited({ answer }) });
    this.#line = h("input", { type: "text", "aria-label": "Method and path of the request", spellcheck: false, autocomplete: "off", oninput: () => edited({ line: this.#line.value }) });
    this.#status = h("input", { type: "text", inputMode: "numeric", "aria-label": "Status of the backend's answer", className: "status", oninput: () => edited({ status: this.#status.value }) });
    this.#statusLabel = h("label", { className: "inline" }, "Status ", this.#status);
    const kinds: [State["backend"], string][] = [["response", "answers"], ["lambda", "is a function and returns"], ["timeout", "does not answer in time"], ["connection", "cannot be reached"]];
    this.#backend = h("select", { "aria-label": "The backend", onchange: () => {
      edited({ backend: this.#backend.value as State["backend"] });
      this.#shape();
    } }, ...kinds.map(([value, label]) => h("option", { value }, label)));
    this.#routes = h("select", { "aria-label": "Route", onchange: () => {
      const route = Number(this.#routes.value);
      const chosen = this.#loaded.routes?.[route];
      edited({ route, line: this.#sampleLine(chosen), ...this.#sampleMessage(chosen) });
      this.#line.value = state().line;
      this.#message.text = state().message;
      this.#shape();
    } });

    const samples = h("select", { "aria-label": "Sample documents", onchange: () => {
      const sample = DOCUMENTS[Number(samples.value)];
      if (sample) this.take(sample);
      samples.value = "";
    } }, h("option", { value: "", disabled: true, selected: true }, "Samples"), ...DOCUMENTS.map(({ title }, index) => h("option", { value: String(index) }, title)));
    const picker = h("input", { type: "file", multiple: true, hidden: true, "aria-label": "Open a document", accept: ".yaml,.yml,.json,.tf,.template,.sh,.txt", onchange: () => void this.#read([...(picker.files ?? [])]) });
    const panes = {
      document: h("section", { className: "pane document" },
        h("header", {}, h("h2", {}, "Document"), this.#kind, h("span", { className: "space" }), samples, h("button", { type: "button", onclick: () => picker.click() }, "Open…"), picker), at.document),
      call: h("section", { className: "pane request", "aria-label": "Request and backend" },
        h("div", { className: "scroll form" },
          h("label", { className: "row" }, h("span", {}, "Route"), this.#routes),
          h("label", { className: "row" }, h("span", {}, "Request"), this.#line),
          h("div", { className: "row" }, h("span", {}, "Headers"), at.headers),
          h("div", { className: "row" }, h("span", {}, "Body"), at.message),
          h("div", { className: "row" }, h("span", {}, "The backend"), h("span", { className: "pair" }, this.#backend, this.#statusLabel)),
          h("div", { className: "row answer-row" }, h("span", {}, "Answer"), at.answer),
          this.#templates)),
      result: h("section", { className: "pane output", "aria-label": "Result" }),
    };
    this.#results = new Tabs("Result", [
      { id: "messages", label: "Messages", panel: this.#messages },
      { id: "log", label: "Execution log", panel: this.#log },
      { id: "findings", label: "Findings", panel: this.#findings },
    ]);
    panes.result.append(h("header", {}, this.#results.list, this.#time), this.#messages, this.#log, this.#findings);
    const grid = h("div", { className: "bench", "data-pane": "document" }, panes.document, panes.call, panes.result);
    this.#panes = new Tabs("Panes", Object.keys(panes).map((name) => ({ id: `call-${name}`, label: { document: "Document", call: "Request", result: "Result" }[name] ?? name, panel: h("div") })),
      (id) => grid.setAttribute("data-pane", id.slice(5)));
    this.#panes.list.classList.add("panes");
    for (const [name, pane] of Object.entries(panes)) pane.id = `panel-call-${name}`;
    this.root = h("div", { className: "view call-view" }, this.#panes.list, grid);
    this.root.addEventListener("dragover", (event) => {
      event.preventDefault();
      this.root.classList.add("dropping");
    });
    this.root.addEventListener("dragleave", (event) => {
      if (!this.root.contains(event.relatedTarget as Node | null)) this.root.classList.remove("dropping");
    });
    this.root.addEventListener("drop", (event) => {
      event.preventDefault();
      event.stopPropagation();
      this.root.classList.remove("dropping");
      void this.#read([...(event.dataTransfer?.files ?? [])]);
    }, true);
  }

  /** The chosen route takes messages of a WebSocket connection. */
  get isSocket() {
    return isSocket(this.#loaded.routes?.[this.#state().route], this.#loaded);
  }

  focus(pane: "document" | "call" | "result") {
    this.#panes.choose(`call-${pane}`);
    if (pane === "document") this.#document.view.focus();
    else if (pane === "call") this.#line.focus();
    else this.#messages.focus();
  }

  /** Takes over the state, and calls. */
  load() {
    if (this.#state().document === "" && DOCUMENTS[0]) this.#change(this.#ofSample(DOCUMENTS[0]));
    const state = this.#state();
    this.#document.text = state.document;
    this.#document.language = languageOf(state.file, state.document);
    this.#message.text = state.message;
    this.#headers.text = state.headers;
    this.#answer.text = state.answer;
    this.#line.value = state.line;
    this.#status.value = state.status;
    this.#backend.value = state.backend;
    void this.call();
  }

  /** Takes a document with a request that fits. */
  take(sample: Sample) {
    this.#files = [];
    this.#change(this.#ofSample(sample));
    this.load();
  }

  #ofSample({ file, text, line, headers, message, answer }: Sample): Partial<State> {
    return { document: text, file, route: -1, line: line ?? "", headers: headers ?? `{"Content-Type": "application/json"}`, message: message ?? "", answer: answer ?? "{}", backend: "response", status: "200" };
  }

  async #read(files: File[]) {
    const texts = await Promise.all(files.map(async (file) => ({ name: file.webkitRelativePath || file.name, text: await file.text() })));
    const [document, ...others] = texts;
    if (!document) return;
    this.#files = others;
    this.#change({ document: document.text, file: document.name, route: 0, line: "" });
    this.load();
    say(`${document.name}${others.length > 0 ? ` and ${others.length} more` : ""} opened. It stays in your browser.`);
  }

  later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.call(), this.#state().document.length > 300_000 ? 500 : 120);
  }

  async call() {
    const turn = ++this.#turn;
    try {
      const { document, file } = this.#state();
      const source = JSON.stringify([file, document, this.#files.map(({ name }) => name)]);
      if (source !== this.#source) {
        const loaded = await this.#engine.ask("load", { files: [{ name: file, text: document }, ...this.#files] });
        if (turn !== this.#turn) return;
        this.#source = source;
        this.#take(loaded);
      }
      if ((this.#loaded.routes ?? []).length === 0) {
        this.#empty();
        return;
      }
      const { stageVariables, route } = this.#state();
      const parse = (text: string): object => {
        try {
          return JSON.parse(text) as object;
        } catch {
          return {};
        }
      };
      const api = (this.#loaded.apis ?? []).length > 1 ? String((this.#loaded.routes?.[route]?.api ?? 0) + 1) : undefined;
      const outcome = await this.#engine.ask("call", {
        request: callRequest(this.#state(), this.isSocket), backend: callBackend(this.#state()) as never, api,
        context: callContext(this.#state(), this.isSocket), stageVariables: parse(stageVariables),
      });
      if (turn === this.#turn) this.#show(outcome);
    } catch (error) {
      if (turn !== this.#turn) return;
      const text = error instanceof Stopped ? "Stopped. It runs again when you change something." : error instanceof Error ? error.message : String(error);
      fill(this.#messages, h("p", { className: "banner", role: "status" }, text));
    }
  }

  #take(loaded: LoadResult) {
    this.#loaded = loaded;
    const routes = loaded.routes ?? [];
    const name = (route: Route) => {
      const api = loaded.apis?.[route.api];
      const key = route.routeKey ?? [route.method, route.path].filter(Boolean).join(" ") ?? "?";
      return (loaded.apis ?? []).length > 1 ? `${key} (${api?.name ?? route.api + 1})` : key;
    };
    const labels = Object.values(NAMES);
    const kind = loaded.kind ?? "";
    this.#kind.textContent = kind === "" ? "" : (NAMES[kind] ?? labels.find((label) => label.toLowerCase() === kind) ?? kind);
    fill(this.#routes, ...routes.map((route, index) => h("option", { value: String(index) }, name(route))));
    this.#routes.disabled = routes.length === 0;
    let { route, line } = this.#state();
    if (route < 0 || route >= routes.length) route = this.#matching(line);
    if (line.trim() === "") line = this.#sampleLine(routes[route]);
    this.#change({ route, line });
    this.#routes.value = String(route);
    this.#line.value = line;
    this.#shape();
    const errors = loaded.findings.filter(({ severity }) => severity === "error").length;
    this.#results.count("findings", loaded.findings.length, errors > 0 ? "error" : "");
    const here = ({ file }: Diagnostic) => file === undefined || file === this.#state().file;
    mark(this.#document, loaded.findings.filter(here), this.#engine);
    list(this.#findings, loaded.findings, this.#engine, (it) => this.#goTo(it), "No findings in the document.");
  }

  /** Returns the route that a request line probably means: the first whose path fits. */
  #matching(line: string): number {
    const [method = "", path = ""] = line.split(/[\s?]+/);
    const fits = (route: Route) => {
      if (route.path === null || (route.method !== "ANY" && route.method !== method)) return false;
      const steps = route.path.split("/");
      const given = path.split("/");
      return steps.length === given.length && steps.every((step, at) => step.startsWith("{") || step === given[at]);
    };
    return Math.max(0, (this.#loaded.routes ?? []).findIndex(fits));
  }

  #sampleLine(route: Route | undefined): string {
    if (!route) return "";
    if (isSocket(route, this.#loaded)) return { $connect: "CONNECT", $disconnect: "DISCONNECT" }[route.routeKey ?? ""] ?? "MESSAGE";
    if (route.path === null) return "GET /";
    const method = route.method === null || route.method === "ANY" || route.method === "*" ? "GET" : route.method;
    return `${method} ${route.path.replace(/\{[^}]+\+\}/g, "a/b").replace(/\{[^}]+\}/g, "7")}`;
  }

  /** Returns the message that chooses a route of a WebSocket API. */
  #sampleMessage(route: Route | undefined): Partial<State> {
    const key = this.#loaded.apis?.[route?.api ?? 0]?.routeSelectionExpression?.match(/^\$\{?request\.body\.(\w+)\}?$/)?.[1];
    if (!isSocket(route, this.#loaded) || key === undefined || route?.routeKey?.startsWith("$")) return {};
    return { message: JSON.stringify({ [key]: route?.routeKey }) };
  }

  /** Shows the fields that the route and the backend need. */
  #shape() {
    const { backend, route } = this.#state();
    this.#statusLabel.hidden = backend !== "response";
    this.root.querySelector<HTMLElement>(".answer-row")?.toggleAttribute("hidden", backend !== "response" && backend !== "lambda");
    this.#line.closest<HTMLElement>(".row")?.toggleAttribute("hidden", this.isSocket);
    const integration = this.#loaded.routes?.[route]?.integration;
    const templates: [string, string][] = [
      ...Object.entries(integration?.requestTemplates ?? {}).map(([type, text]): [string, string] => [`request: ${type}`, text]),
      ...(integration?.responses ?? []).flatMap(({ statusCode, integrationResponseKey, responseTemplates }) =>
        Object.entries(responseTemplates ?? {}).map(([type, text]): [string, string] => [`response ${statusCode ?? integrationResponseKey}: ${type}`, text])),
    ];
    fill(this.#templates, templates.length > 0 && h("p", {}, "Templates of this route"),
      ...templates.map(([name, text]) => h("button", { type: "button", className: "chip", onclick: () => this.#open(text, name) }, name)));
  }

  #goTo({ line = 1, column = 1, endLine = line, endColumn = column }: Diagnostic) {
    this.#panes.choose("call-document");
    this.#document.go(this.#document.position(line, column), this.#document.position(endLine, endColumn));
  }

  #empty() {
    this.outcome = undefined;
    fill(this.#time);
    fill(this.#log, h("p", { className: "empty" }, "No call was made."));
    const box = h("div");
    list(box, this.#loaded.findings, this.#engine, (it) => this.#goTo(it), this.#state().document.trim() === "" ? "Paste a document, drop its file, or choose a sample." : "The document has no route.");
    fill(this.#messages, box);
  }

  #show(outcome: CallOutcome) {
    this.outcome = outcome;
    const { result, error, time } = outcome;
    fill(this.#time, `${time < 10 ? time.toFixed(2) : Math.round(time)} ms`);
    if (!result) {
      fill(this.#messages, h("p", { className: "banner", role: "status" }, error ?? "No call was made."));
      fill(this.#log, h("p", { className: "empty" }, "No call was made."));
      return;
    }
    const { integrationRequest: sent, response, choices, refusal, notes, log } = result;
    const state = this.#state();
    const of = (kind: string) => choices.filter((choice) => choice.kind === kind);
    const request = callRequest(state, this.isSocket);
    const answer = callBackend(state);
    const status = response?.status ?? result.status;
    const parts: (Node | false | null | undefined)[] = [
      message("1", "Method request", "from the client", [
        text("line", this.isSocket ? (state.line in EVENTS ? state.line : "MESSAGE") : state.line), headers(("headers" in request ? request.headers : {}) as Record<string, string>), body("body" in request ? request.body : "")]),
      ...of("request template").map(chosen),
      sent && message("2", "Integration request", "to the backend", [
        text("line", [sent.method, sent.url || sent.uri || "(mock)"].join(" ")), headers(sent.headers), body(sent.body)]),
      !sent && refusal === undefined && text("note", "The backend was not called."),
      refusal && h("div", { className: "refusal" }, h("p", {}, h("strong", {}, refusal.responseType), ` ${refusal.reason}`),
        h("button", { type: "button", className: "link", onclick: () => void explain(this.#engine, refusal.code) }, `Explain ${refusal.code}`)),
      sent && message("3", "Integration response", "from the backend", sent.url === "" && sent.uri === ""
        ? [text("note", "A mock: the integration request says the status.")]
        : "failure" in answer ? [text("line", answer.failure === "timeout" ? "No answer in time" : "No connection")]
          : "lambda" in answer ? [text("line", "Result of the function"), body(JSON.stringify(answer.lambda?.payload, null, 2) ?? "")]
            : [text("line", String(answer.status)), headers(("headers" in answer ? answer.headers : {}) ?? {}), body(answer.body)]),
      ...choices.filter(({ kind }) => kind !== "request template").map(chosen),
      message("4", this.isSocket ? "Answer to the client" : "Method response", "to the client", response
        ? [text(`line status-${String(response.status)[0]}`, String(response.status)), headers(response.headers), body(response.body)]
        : [text("line", status === undefined ? "No answer" : String(status)), body(result.message ?? "")]),
    ];
    fill(this.#messages, ...parts.map((part) => part ?? undefined));
    if (notes.length > 0) {
      const box = h("section", { className: "call-notes" }, h("h2", {}, "Notes"));
      const found = h("div");
      list(found, notes, this.#engine, (it) => this.#goTo(it), "");
      box.append(found);
      this.#messages.append(box);
    }
    fill(this.#log, h("pre", {}, h("code", {}, log ?? "")));
  }
}

const text = (className: string, content: string) => h("p", { className: `message-${className}` }, content);

const headers = (values: Record<string, string | string[]>) => {
  const rows = Object.entries(values ?? {});
  return rows.length > 0 && h("dl", { className: "headers" }, ...rows.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, [value].flat().join(", "))]));
};

const body = (content: unknown) => {
  const shown = typeof content === "string" ? content : content === undefined ? "" : JSON.stringify(content);
  if (shown === "") return text("note", "No body");
  const cut = shown.length > 50_000 ? `${shown.slice(0, 50_000)}…` : shown;
  return h("pre", { tabIndex: 0 }, h("code", {}, cut));
};

const message = (number: string, title: string, side: string, children: (Node | false)[]) =>
  h("section", { className: "message" }, h("h2", {}, h("span", { className: "number", "aria-hidden": "true" }, number), title, h("small", {}, side)), ...children);

const chosen = ({ kind, text: why }: Choice) => h("p", { className: "choice" }, h("strong", {}, kind), " ", ...inlineMarkdown(why));
