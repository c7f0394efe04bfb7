// Completion in templates: from the tables of the engine, and from the sample request.
import { autocompletion, snippetCompletion, type Completion, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import type { Method } from "apigw-vtl";
import type { Reference } from "../engine/messages";
import { plain } from "../markdown";

export interface Sample {
  body: string;
  params: Record<string, Record<string, unknown>>;
  stageVariables: Record<string, unknown>;
}

const DIRECTIVES = [
  snippetCompletion("set(\\$${name} = ${value})", { label: "set", detail: "a variable", type: "keyword" }),
  snippetCompletion("if(${condition})\n${}\n#end", { label: "if", detail: "… #end", type: "keyword" }),
  snippetCompletion("elseif(${condition})", { label: "elseif", type: "keyword" }),
  { label: "else", type: "keyword" },
  { label: "end", type: "keyword" },
  snippetCompletion("foreach(\\$${item} in ${list})\n${}#if(\\$foreach.hasNext),#end\n#end", { label: "foreach", detail: "… #end", type: "keyword" }),
  snippetCompletion("define(\\$${block})${}#end", { label: "define", detail: "a block", type: "keyword" }),
  { label: "break", detail: "leaves the loop", type: "keyword" },
  { label: "stop", detail: "ends the output", type: "keyword" },
] satisfies Completion[];

const ROOTS: Completion[] = [
  { label: "$input", detail: "payload and parameters", type: "variable" },
  { label: "$util", detail: "functions", type: "variable" },
  { label: "$context", detail: "about the request", type: "variable" },
  { label: "$stageVariables", detail: "of the stage", type: "variable" },
];

const ofMethod = ({ name, parameters, returns, doc, receiver }: Method): Completion => ({
  label: name,
  detail: `(${parameters}) ${returns}`,
  info: () => {
    const box = document.createElement("div");
    box.textContent = plain(receiver === "Input" || receiver === "Util" ? doc : `${receiver}: ${doc}`);
    return box;
  },
  type: "method",
  apply: (view, completion, from, to) => {
    const insert = `${completion.label}()`;
    const inside = parameters === "" ? insert.length : insert.length - 1;
    view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + inside } });
  },
});

/** Methods by name: overloads and kinds of receivers are one row. */
const byName = (methods: Method[]): Completion[] => {
  const rows = new Map<string, Method & { receivers: string[] }>();
  for (const method of methods) {
    const row = rows.get(method.name);
    if (row) row.receivers.push(method.receiver);
    else rows.set(method.name, { ...method, receivers: [method.receiver] });
  }
  return [...rows.values()].map((row) => ({ ...ofMethod(row), detail: `(${row.parameters}) ${[...new Set(row.receivers)].join(", ")}` }));
};

/** The names below a path of the `$context` table: of `identity` they are `sourceIp` and so on. */
const below = (reference: Reference, path: string): Completion[] => {
  const names = new Map<string, string>();
  for (const { name, doc } of reference.context) {
    if (!name.startsWith(path)) continue;
    const [next = "", ...more] = name.slice(path.length).split(".");
    if (next !== "" && !/^[A-Z]+$/.test(next)) names.set(next, more.length > 0 ? "…" : doc);
  }
  return [...names].map(([label, doc]) => ({ label, info: doc === "…" ? undefined : plain(doc), detail: doc === "…" ? "{…}" : "", type: "property" }));
};

/** The keys of the sample's payload at the start of a JSONPath. */
const keysAt = (body: string, path: string): string[] => {
  if (body.length > 200_000) return [];
  try {
    let value: unknown = JSON.parse(body);
    for (const step of path.match(/\[(?:\d+|\*|'[^']*')\]|[\w-]+/g) ?? []) {
      const key = step.replace(/^\['?|'?\]$/g, "");
      if (value === null || typeof value !== "object") return [];
      value = Array.isArray(value) && key === "*" ? value[0] : (value as Record<string, unknown>)[key];
    }
    if (Array.isArray(value)) value = value[0];
    return value !== null && typeof value === "object" ? Object.keys(value) : [];
  } catch {
    return [];
  }
};

const variables = (text: string): string[] => {
  const names = new Set<string>();
  for (const [, name] of text.matchAll(/#(?:set|foreach|define)\s*\(\s*\$!?\{?([A-Za-z_][\w-]*)/g)) if (name) names.add(name);
  return [...names];
};

export function complete(reference: () => Reference | undefined, sample: () => Sample) {
  const source = (context: CompletionContext): CompletionResult | null => {
    const tables = reference();
    if (tables === undefined) return null;
    const line = context.state.doc.lineAt(context.pos);
    const before = line.text.slice(Math.max(0, context.pos - line.from - 300), context.pos - line.from);
    const at = (typed: string, options: Completion[]): CompletionResult => ({ from: context.pos - typed.length, options, validFor: /^[\w-]*$/ });
    let found: RegExpMatchArray | null;
    if ((found = before.match(/\$!?\{?input\.(?:path|json)\(\s*["']\$((?:\.[\w-]+|\[[^\]]*\])*)\.([\w-]*)$/))) {
      return at(found[2] ?? "", keysAt(sample().body, found[1] ?? "").map((label) => ({ label, type: "property", detail: "of the sample" })));
    }
    if ((found = before.match(/\$!?\{?input\.params\(\s*["']([\w-]*)$/))) {
      const groups = Object.entries(sample().params);
      return at(found[1] ?? "", groups.flatMap(([group, names]) => Object.keys(names ?? {}).map((label) => ({ label, detail: group, type: "property" }))));
    }
    if ((found = before.match(/\$!?\{?context\.((?:[\w-]+\.)*)([\w-]*)$/))) return at(found[2] ?? "", below(tables, found[1] ?? ""));
    if ((found = before.match(/\$!?\{?stageVariables\.([\w-]*)$/))) {
      return at(found[1] ?? "", Object.keys(sample().stageVariables).map((label) => ({ label, type: "property" })));
    }
    if ((found = before.match(/\$!?\{?input\.(\w*)$/))) {
      return at(found[1] ?? "", [...byName(tables.input).map((it) => ({ ...it, detail: it.detail?.replace(/ Input$/, "") })), { label: "body", detail: "the payload, a text", type: "property" }]);
    }
    if ((found = before.match(/\$!?\{?util\.(\w*)$/))) return at(found[1] ?? "", tables.util.map(ofMethod));
    if ((found = before.match(/\$!?\{?foreach\.(\w*)$/))) {
      return at(found[1] ?? "", ["hasNext", "count", "index", "first", "last"].map((label) => ({ label, type: "property" })));
    }
    if ((found = before.match(/\$!?\{?[A-Za-z_][\w-]*(?:\.\w+(?:\([^()]*\))?|\[[^\]]*\]|\([^()]*\))*\.(\w*)$/))) return at(found[1] ?? "", byName(tables.methods));
    if ((found = before.match(/#(\w*)$/))) return at(found[1] ?? "", DIRECTIVES);
    if ((found = before.match(/\$!?\{?([\w-]*)$/))) {
      const braces = found[0].includes("{");
      const own = variables(context.state.doc.toString()).map((name) => ({ label: `$${name}`, type: "variable" }));
      const loop = /#foreach/.test(context.state.sliceDoc(0, context.pos)) ? [{ label: "$foreach", detail: "the loop", type: "variable" }] : [];
      const all = [...ROOTS, ...own, ...loop].map((it) => ({ ...it, label: it.label.slice(1), displayLabel: it.label }));
      return { ...at(found[1] ?? "", all), ...(braces ? {} : {}) };
    }
    return null;
  };
  return autocompletion({ override: [source], icons: false });
}
