// The view of one template: template, sample request, output.
import { Editor } from "../editor/editor";
import { complete } from "../editor/completion";
import { Stopped, type Engine } from "../engine/client";
import type { Reference, RenderResult } from "../engine/messages";
import { brokenAt } from "../json";
import { inlineMarkdown } from "../markdown";
import { lessons } from "../lessons/lessons";
import { CONTEXTS } from "../samples";
import type { ApiType, State } from "../state";
import recorded from "virtual:recorded";
import { Tabs, fill, h, openDialog } from "./dom";
import { list, mark } from "./problems";
import { Trace } from "./trace";

/** An output longer than this is shown in part. */
const SHOWN = 2_000_000;

type Part = "body" | "params" | "context" | "stageVariables";
const PARTS: [Part, string][] = [["body", "Payload"], ["params", "Parameters"], ["context", "$context"], ["stageVariables", "Stage variables"]];

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

export class TemplateView {
  readonly root: HTMLElement;
  result: RenderResult | undefined;
  readonly #engine: Engine;
  readonly #state: () => State;
  readonly #template: Editor;
  readonly #parts: Record<Part, Editor>;
  readonly #output: Editor;
  readonly #trace: Trace;
  readonly #details: Tabs;
  readonly #panes: Tabs;
  readonly #request: Tabs;
  readonly #time = h("span", { className: "time" });
  readonly #shape = h("span", { className: "shape" });
  readonly #problems = h("div", { className: "scroll", tabIndex: 0 });
  readonly #overrides = h("div", { className: "scroll", tabIndex: 0 });
  readonly #lesson = h("section", { className: "lesson", "aria-label": "Example", hidden: true });
  readonly #banner = h("p", { className: "banner", hidden: true, role: "status" });
  readonly #apiType: HTMLSelectElement;
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(engine: Engine, state: () => State, change: (part: Partial<State>) => void, reference: () => Reference | undefined) {
    this.#engine = engine;
    this.#state = state;
    const edited = (part: Partial<State>) => {
      change(part);
      this.later();
    };

    const at = { template: h("div", { className: "editor" }), output: h("div", { className: "editor" }) };
    this.#template = new Editor({
      parent: at.template, label: "Template", language: "vtl", text: state().template, hint: "A mapping template, such as {\"id\": $input.json('$.id')}",
      changed: (template) => edited({ template }),
      moved: (position) => this.#trace.fromTemplate(position),
      extensions: complete(reference, () => {
        const { params, stageVariables } = this.#surroundings();
        return { body: state().body, params: params as Record<string, Record<string, unknown>>, stageVariables: stageVariables as Record<string, unknown> };
      }),
    });
    this.#output = new Editor({
      parent: at.output, label: "Output", language: "json", readOnly: true,
      moved: (position) => this.#trace.fromOutput(position),
    });

    this.#apiType = h("select", { "aria-label": "Sample $context of an API type", onchange: () => {
      const apiType = this.#apiType.value as ApiType;
      this.#parts.context.text = CONTEXTS[apiType];
      edited({ apiType, context: CONTEXTS[apiType] });
    } }, ...Object.keys(CONTEXTS).map((name) => h("option", { value: name }, `${name} API`)));
    const panels = Object.fromEntries(PARTS.map(([part]) => [part, h("div", { className: "editor" })])) as unknown as Record<Part, HTMLElement>;
    this.#parts = Object.fromEntries(PARTS.map(([part, label]) => [part, new Editor({
      parent: panels[part], label, language: "json", text: state()[part], numbers: part === "body",
      hint: part === "body" ? "An empty payload" : "{}",
      changed: (text) => edited({ [part]: text }),
    })])) as unknown as Record<Part, Editor>;
    panels.context.prepend(h("div", { className: "sample-line" }, h("span", {}, "Sample for a"), this.#apiType));
    this.#request = new Tabs("Sample request", PARTS.map(([part, label]) => ({ id: part, label, panel: panels[part] })));

    const strip = h("div", { className: "strip", "aria-live": "polite" });
    const traced = h("div", { className: "scroll", tabIndex: 0 });
    this.#details = new Tabs("Details", [
      { id: "problems", label: "Problems", panel: this.#problems },
      { id: "trace", label: "Trace", panel: traced },
      { id: "overrides", label: "Overrides", panel: this.#overrides },
    ]);
    const panes = {
      template: h("section", { className: "pane template" }, h("header", {}, h("h2", {}, "Template")), at.template),
      request: h("section", { className: "pane request", "aria-label": "Sample request" }, h("header", {}, this.#request.list), ...Object.values(panels)),
      output: h("div", { className: "pane output" },
        h("section", { className: "result" }, h("header", {}, h("h2", {}, "Output"), this.#shape, this.#time), this.#banner, at.output, strip),
        h("section", { className: "details", "aria-label": "Details" }, h("header", {}, this.#details.list), this.#problems, traced, this.#overrides)),
    };
    const grid = h("div", { className: "bench", "data-pane": "template" }, panes.template, panes.request, panes.output);
    // On a phone one pane is shown at a time.
    const shades = { template: h("div"), request: h("div"), output: h("div") };
    this.#panes = new Tabs("Panes", [
      { id: "pane-template", label: "Template", panel: shades.template },
      { id: "pane-request", label: "Request", panel: shades.request },
      { id: "pane-output", label: "Output", panel: shades.output },
    ], (id) => grid.setAttribute("data-pane", id.slice(5)));
    this.#panes.list.classList.add("panes");
    for (const [name, pane] of Object.entries(panes)) {
      pane.id = `panel-pane-${name}`;
      for (const button of this.#panes.list.querySelectorAll(`#tab-pane-${name}`)) button.setAttribute("aria-controls", pane.id);
    }
    this.#trace = new Trace(this.#template, this.#output, strip, traced, (pane) => this.show(pane));
    this.root = h("div", { className: "view template-view" }, this.#lesson, this.#panes.list, grid);
    this.load();
  }

  /** Shows a pane, which on a phone hides the others. */
  show(pane: "template" | "request" | "output") {
    this.#panes.choose(`pane-${pane}`);
  }

  focus(pane: "template" | "request" | "output") {
    this.show(pane);
    const editor = { template: this.#template, request: this.#parts[this.#request.current as Part], output: this.#output }[pane];
    editor.view.focus();
  }

  /** Takes over the state: texts, lesson, and renders. */
  load() {
    const state = this.#state();
    this.#template.text = state.template;
    for (const [part] of PARTS) this.#parts[part].text = state[part];
    this.#apiType.value = state.apiType;
    this.#teach();
    void this.render();
  }

  /** Renders when the typing pauses for a moment; at once for what is small. */
  later() {
    clearTimeout(this.#timer);
    const size = this.#state().body.length + this.#state().template.length;
    this.#timer = setTimeout(() => void this.render(), size > 500_000 ? 400 : 40);
  }

  async render() {
    const turn = ++this.#turn;
    const { template, body } = this.#state();
    const { params, context, stageVariables, wrong } = this.#surroundings();
    try {
      const result = await this.#engine.ask("render", { template, body, params, context, stageVariables });
      if (turn === this.#turn) this.#show(result, wrong);
    } catch (error) {
      if (turn !== this.#turn) return;
      if (error instanceof Stopped) this.#tell("Stopped. It renders again when you change something.");
      else this.#tell(error instanceof Error ? error.message : String(error));
    }
  }

  #surroundings() {
    const state = this.#state();
    const wrong: string[] = [];
    const read = (part: Part, label: string): object => {
      if (state[part].trim() === "") return {};
      try {
        const value: unknown = JSON.parse(state[part]);
        if (isObject(value)) return value;
      } catch {
        // Told below.
      }
      wrong.push(label);
      return {};
    };
    return { params: read("params", "Parameters"), context: read("context", "$context"), stageVariables: read("stageVariables", "Stage variables"), wrong };
  }

  #tell(text: string | undefined, ...more: Node[]) {
    this.#banner.hidden = text === undefined;
    fill(this.#banner, text, ...more);
  }

  #show(result: RenderResult, wrong: string[]) {
    this.result = result;
    const { text, findings, trace, time } = result;
    fill(this.#time, `${time < 10 ? time.toFixed(2) : Math.round(time)} ms`);
    const isLarge = text !== undefined && text.length > SHOWN;
    const failed = findings.find(({ severity }) => severity === "error");
    if (wrong.length > 0) this.#tell(`${wrong.join(" and ")}: not a JSON object, so taken as empty.`);
    else if (text === undefined) this.#tell(`The service answers with an error: ${failed?.message ?? "the template fails"}.`);
    else if (isLarge) this.#tell(`The first ${SHOWN.toLocaleString("en")} of ${text.length.toLocaleString("en")} characters.`);
    else this.#tell(undefined);
    const shown = isLarge ? text.slice(0, SHOWN) : (text ?? "");
    this.#output.text = shown;
    this.#output.language = /^\s*[{[]/.test(shown) ? "json" : "text";
    this.#judge(isLarge ? undefined : text);
    this.#trace.set(trace, text !== undefined && trace === undefined);
    mark(this.#template, findings, this.#engine);
    list(this.#problems, findings, this.#engine, (it) => {
      this.show("template");
      this.#template.go(this.#template.position(it.line ?? 1, it.column ?? 1), this.#template.position(it.endLine ?? it.line ?? 1, it.endColumn ?? it.column ?? 1));
    }, "No problems found.");
    const errors = findings.filter(({ severity }) => severity === "error").length;
    this.#details.count("problems", findings.length, errors > 0 ? "error" : "");
    this.#details.count("trace", this.#trace.count);
    this.#panes.count("pane-output", findings.length, errors > 0 ? "error" : "");
    this.#overridden(result);
  }

  /** Says if an output that looks like JSON is JSON. */
  #judge(text: string | undefined) {
    const isJson = text !== undefined && /^\s*[{[]/.test(text);
    this.#shape.textContent = "";
    if (!isJson) return;
    const at = brokenAt(text);
    this.#shape.textContent = at === undefined ? "JSON" : "not JSON";
    this.#shape.className = at === undefined ? "shape" : "shape bad";
    if (at !== undefined && this.#banner.hidden) {
      const place = this.#output.view.state.doc.lineAt(Math.min(at, this.#output.view.state.doc.length));
      this.#tell(`The output is not JSON from line ${place.number}, column ${at - place.from + 1}. `,
        h("button", { type: "button", className: "link", onclick: () => this.#trace.fromOutput(at) }, "Show what wrote it"));
    }
  }

  #overridden({ requestOverride, responseOverride }: RenderResult) {
    const all = { requestOverride, responseOverride };
    const set = Object.entries(all).filter(([, value]) => value && Object.keys(value).length > 0);
    this.#details.count("overrides", set.length);
    if (set.length === 0) fill(this.#overrides, h("p", { className: "empty" }, ...inlineMarkdown("The template sets nothing below `$context.requestOverride` or `$context.responseOverride`.")));
    else fill(this.#overrides, ...set.map(([name, value]) => h("div", { className: "override" }, h("h3", {}, `$context.${name}`), h("pre", { tabIndex: 0 }, h("code", {}, JSON.stringify(value, null, 2))))));
  }

  #teach() {
    const lesson = lessons.find(({ name }) => name === this.#state().lesson);
    this.#lesson.hidden = lesson === undefined;
    if (!lesson) return;
    const at = lessons.indexOf(lesson);
    const open = (to: number) => {
      const next = lessons[(to + lessons.length) % lessons.length];
      if (next) location.hash = `example=${next.name}`;
    };
    const isFixed = () => this.#template.text === lesson.fixed;
    const fix = h("button", { type: "button", className: "primary", onclick: () => {
      this.#put(isFixed() ? lesson.state.template : lesson.fixed);
      fix.textContent = isFixed() ? "Show the trap" : "Show the way out";
    } }, isFixed() ? "Show the trap" : "Show the way out");
    const found = lesson.recorded ? recorded[lesson.recorded] : undefined;
    fill(this.#lesson,
      h("div", { className: "lesson-text" },
        h("p", { className: "lesson-number" }, `Trap ${at + 1} of ${lessons.length}`),
        h("h2", {}, lesson.title),
        h("p", {}, ...inlineMarkdown(lesson.why)),
        h("p", { className: "way" }, ...inlineMarkdown(lesson.way))),
      h("div", { className: "lesson-actions" },
        fix,
        found ? h("button", { type: "button", onclick: () => this.#case(found) }, found.confidence.startsWith("recorded") ? "The recorded case" : "The case behind it") : undefined,
        h("span", { className: "steps" },
          h("button", { type: "button", className: "icon", "aria-label": "Previous trap", onclick: () => open(at - 1) }, "←"),
          h("button", { type: "button", className: "icon", "aria-label": "Next trap", onclick: () => open(at + 1) }, "→"),
          h("button", { type: "button", className: "icon", "aria-label": "Close the example", onclick: () => {
            this.#lesson.hidden = true;
            this.#changeLesson("");
          } }, "✕"))));
  }

  #changeLesson: (name: string) => void = () => undefined;
  /** Sets what is told when a lesson is closed. */
  set lessonClosed(told: (name: string) => void) {
    this.#changeLesson = told;
  }

  /** Replaces the template as its user would, so that it can be undone. */
  #put(template: string) {
    const { view } = this.#template;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: template } });
  }

  #case(found: (typeof recorded)[string]) {
    const row = (label: string, text: string) => [h("dt", {}, label), h("dd", {}, h("pre", { tabIndex: 0 }, h("code", {}, text === "" ? "(empty)" : text)))];
    const params = Object.entries(found.params).filter(([, values]) => Object.keys(values).length > 0);
    openDialog(found.confidence.replace(/^./, (c) => c.toUpperCase()), "case",
      h("p", {}, found.note),
      h("dl", {},
        ...row("Template", found.template),
        ...row("Payload", found.body),
        ...(params.length > 0 ? row("Parameters", JSON.stringify(Object.fromEntries(params))) : []),
        ...row("Answer of the service", found.expect.output ?? `an error: ${found.expect.error}`)),
      h("p", { className: "source" }, `Case ${found.id} of the corpus. Source: ${found.source}`));
  }
}
