// The page: header, the two views, and what belongs to both.
import "./style.css";
import { Engine } from "./engine/client";
import type { Reference } from "./engine/messages";
import { asHcl, asJson, asYaml, callTest, templateTest, zip } from "./export";
import { lessons } from "./lessons/lessons";
import * as states from "./state";
import { START, type State } from "./state";
import { CallView } from "./view/call";
import { fill, h, openDialog, save, say } from "./view/dom";
import { TemplateView } from "./view/template";

let state: State = states.fromFragment(location.hash) ?? states.last() ?? START;
let reference: Reference | undefined;

const stop = h("button", { type: "button", className: "stop", hidden: true, title: "Escape", onclick: () => engine.stop() }, "Stop");
let slow: ReturnType<typeof setTimeout> | undefined;
const engine = new Engine((isBusy) => {
  clearTimeout(slow);
  if (isBusy) slow = setTimeout(() => (stop.hidden = false), 250);
  else stop.hidden = true;
  document.documentElement.toggleAttribute("data-busy", isBusy);
});

let remembering: ReturnType<typeof setTimeout> | undefined;
const change = (part: Partial<State>) => {
  state = { ...state, ...part };
  clearTimeout(remembering);
  remembering = setTimeout(() => {
    states.keepLast(state);
    states.remember(state);
  }, 1500);
  // A link that was opened is no longer what is shown.
  if (location.hash.length > 1) history.replaceState(null, "", location.pathname + location.search);
};

const template = new TemplateView(engine, () => state, change, () => reference);
template.lessonClosed = (lesson) => change({ lesson });
const call = new CallView(engine, () => state, change, (text, source) => {
  change({ view: "template", template: text, lesson: "" });
  view();
  template.load();
  say(`Opened ${source}`);
});

const views = { template: h("button", { type: "button", onclick: () => go("template") }, "Template"), call: h("button", { type: "button", onclick: () => go("call") }, "Whole call") };

function go(to: State["view"]) {
  change({ view: to });
  view();
}

function view() {
  const isCall = state.view === "call";
  template.root.hidden = isCall;
  call.root.hidden = !isCall;
  views.template.setAttribute("aria-pressed", String(!isCall));
  views.call.setAttribute("aria-pressed", String(isCall));
  if (isCall) call.load();
}

/** Shows another state: of a link, of the history, of an example. */
function take(next: State) {
  states.remember(state);
  state = next;
  template.load();
  view();
  states.keepLast(state);
}

window.addEventListener("hashchange", () => {
  const next = states.fromFragment(location.hash);
  if (next) take(next);
});

// ---- What the header opens.

function examples() {
  const open = (name: string) => {
    dialog.close();
    location.hash = name === "" ? "" : `example=${name}`;
    if (name === "") {
      history.replaceState(null, "", location.pathname + location.search);
      take({ ...START });
    }
  };
  const dialog = openDialog("Examples", "examples",
    h("p", {}, "Ten traps and two more that everybody falls into once. Each shows the mistake, the service's answer, and the way out."),
    h("ol", { className: "cards" }, ...lessons.map((lesson) => h("li", {}, h("button", { type: "button", className: "card", onclick: () => open(lesson.name) }, h("strong", {}, lesson.title), h("span", {}, `${lesson.why.replace(/`/g, "").split(". ")[0]?.replace(/\.$/, "") ?? ""}.`))))),
    h("button", { type: "button", onclick: () => open("") }, "Start over with the first template"));
}

async function share() {
  const fragment = states.toFragment(state);
  if (fragment === undefined) {
    say("Too large for a link: more than 100,000 characters.");
    return;
  }
  history.replaceState(null, "", `#${fragment}`);
  states.remember(state);
  await copy(location.href, "Link copied. The template is in the link itself; no server keeps it.");
}

async function copy(text: string, told: string) {
  try {
    await navigator.clipboard.writeText(text);
    say(told);
  } catch {
    const field = h("textarea", { value: text, readOnly: true, rows: 8, "aria-label": "Text to copy" });
    openDialog("Copy", "copy", h("p", {}, "The browser does not let the page copy. Copy this:"), field);
    field.select();
  }
}

function downloadTest() {
  if (state.view === "call") {
    const { result } = call.outcome ?? {};
    const answer = result?.response ? { status: result.response.status, body: result.response.body } : { status: result?.status, message: result?.message };
    save("call-test.zip", zip({ [state.file]: state.document, "call.vtl-test.yaml": callTest(state, call.isSocket, answer) }), "application/zip");
  } else {
    const failed = template.result?.findings.find(({ severity }) => severity === "error");
    save("template-test.zip", zip({ "template.vtl": state.template, "template.vtl-test.yaml": templateTest(state, template.result?.text, failed) }), "application/zip");
  }
  say("A zip with the test file and what it tests: unpack it and run vtl test.");
}

function menu() {
  const item = (label: string, hint: string, run: () => void) =>
    h("li", {}, h("button", { type: "button", className: "card", onclick: () => { dialog.close(); run(); } }, h("strong", {}, label), h("span", {}, hint)));
  const dialog = openDialog("Take it with you", "menu", h("ul", { className: "cards" },
    item("Download as a test", "A zip with a file that vtl test runs, and what it tests", downloadTest),
    item("Download the template", "template.vtl", () => save("template.vtl", state.template, "text/plain")),
    item("Copy as YAML", "A block for OpenAPI, SAM and serverless documents", () => void copy(asYaml(state.template), "Copied as YAML.")),
    item("Copy as JSON", "A string with its escapes", () => void copy(asJson(state.template), "Copied as JSON.")),
    item("Copy as HCL", "A heredoc for Terraform", () => void copy(asHcl(state.template), "Copied as HCL."))));
}

function past() {
  const kept = states.history();
  const when = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  const dialog = openDialog("History", "history",
    h("p", {}, "What you wrote, kept by this browser alone."),
    kept.length === 0 && h("p", { className: "empty" }, "Nothing yet."),
    h("ul", { className: "cards" }, ...kept.map((it) => h("li", {}, h("button", { type: "button", className: "card", onclick: () => {
      dialog.close();
      take({ ...START, ...it.state });
    } }, h("code", {}, it.title), h("span", {}, when.format(it.at)))))),
    kept.length > 0 && h("button", { type: "button", onclick: () => {
      states.forget();
      dialog.close();
      say("The history is empty.");
    } }, "Forget it all"));
}

const KEYS: [string, string][] = [
  ["Alt+1, 2, 3", "Template, request, output"], ["Alt+4", "Template or whole call"], ["Ctrl+Space", "Complete"], ["F8", "Next problem"],
  ["Ctrl+F", "Search in an editor"], ["Escape", "Stop what runs too long"], ["Alt+E", "Examples"], ["Alt+S", "Copy a link"], ["Alt+D", "Download as a test"],
  ["Tab", "Leave an editor"], ["Arrow keys in the output", "See what wrote the character"],
];

function help() {
  openDialog("About", "about",
    h("p", {}, "Mapping templates of Amazon API Gateway, rendered as the service does: Velocity 1.7 with the service's settings, payloads and JSONPaths read as the service reads them. The engine runs in your browser. Nothing you type leaves it, and the page works without a network once it is loaded."),
    h("h3", {}, "Keys"),
    h("dl", { className: "keys" }, ...KEYS.flatMap(([keys, what]) => [h("dt", {}, ...keys.split("+").flatMap((key, at) => [at > 0 ? "+" : "", h("kbd", {}, key)])), h("dd", {}, what)])),
    h("p", { className: "source" }, `vtl ${reference?.version ?? ""}`));
}

const THEMES = ["", "light", "dark"];
const theme = h("button", { type: "button", className: "icon", onclick: () => {
  const next = THEMES[(THEMES.indexOf(document.documentElement.dataset.theme ?? "") + 1) % THEMES.length] ?? "";
  if (next === "") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem("vtl-playground-theme", next);
  } catch {
    // It is not kept.
  }
  named();
} });
const named = () => {
  const now = document.documentElement.dataset.theme ?? "";
  theme.textContent = { light: "☀", dark: "☾" }[now] ?? "◐";
  theme.setAttribute("aria-label", `Colours: ${now === "" ? "as the system" : now}`);
  theme.title = theme.getAttribute("aria-label") ?? "";
};
named();

const header = h("header", { className: "top" },
  h("h1", {}, h("span", { className: "mark", "aria-hidden": "true" }), h("span", {}, "vtl"), h("span", { className: "sub" }, "playground")),
  h("div", { className: "switch", role: "group", "aria-label": "View" }, views.template, views.call),
  h("p", { className: "about" }, "Mapping templates of API Gateway, rendered as the service does"),
  stop,
  h("nav", { "aria-label": "Tools" },
    h("button", { type: "button", className: "wide", onclick: examples }, "Examples"),
    h("button", { type: "button", onclick: () => void share() }, "Share"),
    h("button", { type: "button", onclick: menu }, "Export"),
    h("button", { type: "button", onclick: past }, "History"),
    theme,
    h("button", { type: "button", className: "icon", "aria-label": "About and keys", onclick: help }, "?")));

window.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !stop.hidden && !document.querySelector("dialog[open]")) {
    engine.stop();
    return;
  }
  if (!event.altKey || event.ctrlKey || event.metaKey) return;
  const isCall = state.view === "call";
  const keys: Record<string, () => void> = {
    Digit1: () => (isCall ? call.focus("document") : template.focus("template")),
    Digit2: () => (isCall ? call.focus("call") : template.focus("request")),
    Digit3: () => (isCall ? call.focus("result") : template.focus("output")),
    Digit4: () => go(isCall ? "template" : "call"),
    KeyE: examples, KeyS: () => void share(), KeyD: downloadTest,
  };
  const run = keys[event.code];
  if (!run || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  run();
});

// A template that is dropped on its view is opened there.
template.root.addEventListener("dragover", (event) => event.preventDefault());
template.root.addEventListener("drop", (event) => {
  const [file] = event.dataTransfer?.files ?? [];
  if (!file) return;
  event.preventDefault();
  event.stopPropagation();
  void file.text().then((text) => {
    if (/\.(vtl|vm|txt)$/.test(file.name)) take({ ...state, template: text, lesson: "" });
    else if (/\.json$/.test(file.name) && !/"(?:openapi|swagger|Resources)"/.test(text)) take({ ...state, body: text });
    else take({ ...state, view: "call", document: text, file: file.name, route: 0, line: "" });
  });
}, true);

const app = document.getElementById("app");
if (app) fill(app, header, h("main", {}, template.root, call.root));
view();
engine.ask("reference", undefined).then((tables) => (reference = tables)).catch(() => undefined);

if ("serviceWorker" in navigator && import.meta.env.PROD && window.isSecureContext) {
  navigator.serviceWorker.register(new URL("offline.js", document.baseURI)).catch(() => undefined);
}
