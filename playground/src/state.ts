// What a person has typed: one value, that links, history and local storage hold.
import { deflateSync, inflateSync, strFromU8, strToU8 } from "fflate";
import { lessons } from "./lessons/lessons";
import { CONTEXTS, PARAMS, STAGE } from "./samples";

export type ApiType = "REST" | "HTTP" | "WebSocket";

export interface State {
  view: "template" | "call";
  template: string;
  body: string;
  /** JSON texts, as they are typed. */
  params: string;
  context: string;
  stageVariables: string;
  apiType: ApiType;
  /** Name of the lesson that is open. */
  lesson: string;
  document: string;
  /** Name of the document's file; its end tells the language. */
  file: string;
  /** Index of the route among those of the document. */
  route: number;
  /** `GET /pets/7` */
  line: string;
  headers: string;
  message: string;
  backend: "response" | "lambda" | "timeout" | "connection";
  status: string;
  answerHeaders: string;
  answer: string;
}

export const START: State = {
  view: "template",
  template: `#set($order = $input.path('$'))
{
  "id": $input.json('$.id'),
  "customer": $input.json('$.customer'),
  "lines": [
#foreach($line in $order.lines)
    {"sku": "$util.escapeJavaScript($line.sku).replaceAll("\\\\'", "'")"}#if($foreach.hasNext),#end

#end
  ],
  "stage": "$context.stage",
  "caller": "$context.identity.sourceIp",
  "language": "$util.escapeJavaScript($input.params('lang')).replaceAll("\\\\'", "'")"
}
`,
  body: `{
  "id": 1017,
  "customer": {"name": "Ada", "since": 1843},
  "lines": [
    {"sku": "A1", "price": 12.50},
    {"sku": "B2", "price": 3}
  ]
}
`,
  params: PARAMS,
  context: CONTEXTS.REST,
  stageVariables: STAGE,
  apiType: "REST",
  lesson: "",
  document: "",
  file: "openapi.yaml",
  route: 0,
  line: "GET /",
  headers: "{}",
  message: "",
  backend: "response",
  status: "200",
  answerHeaders: `{"Content-Type": "application/json"}`,
  answer: "{}",
};

/** A text longer than this is not put into links and not kept. */
export const KEPT = 100_000;

const toBase64 = (bytes: Uint8Array) => {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
};

const fromBase64 = (text: string) => {
  const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(binary, (c) => c.charCodeAt(0));
};

/** Returns the members that differ from those of the start. */
const difference = (state: State): Partial<State> =>
  Object.fromEntries(Object.entries(state).filter(([key, value]) => value !== START[key as keyof State]));

const isState = (value: unknown): value is Partial<State> =>
  typeof value === "object" && value !== null &&
  Object.entries(value).every(([key, it]) => key in START && typeof it === typeof START[key as keyof State]);

/** Writes a state as the fragment of an address; nothing if it is too large. */
export function toFragment(state: State): string | undefined {
  const text = JSON.stringify(difference(state));
  if (text.length > KEPT) return undefined;
  return `s=${toBase64(deflateSync(strToU8(text), { level: 9 }))}`;
}

/** Reads the fragment of an address: a state, or the name of a lesson. */
export function fromFragment(fragment: string): State | undefined {
  const values = new URLSearchParams(fragment.replace(/^#/, ""));
  const lesson = lessons.find(({ name }) => name === values.get("example"));
  if (lesson) return { ...START, ...lesson.state, lesson: lesson.name };
  const packed = values.get("s");
  if (!packed) return undefined;
  try {
    const value: unknown = JSON.parse(strFromU8(inflateSync(fromBase64(packed))));
    return isState(value) ? { ...START, ...value } : undefined;
  } catch {
    return undefined;
  }
}

// ---- What the browser keeps.

const HISTORY = "vtl-playground-history";
const LAST = "vtl-playground-last";
const MOST = 30;

export interface Kept {
  at: number;
  title: string;
  state: Partial<State>;
}

const read = (key: string): unknown => {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
};

const write = (key: string, value: unknown) => {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Storage is full or switched off: nothing is kept.
  }
};

const titleOf = (state: State) => {
  if (state.view === "call") return `${state.file}: ${state.line}`;
  const lines = state.template.split("\n").map((line) => line.trim());
  return (lines.find((line) => line !== "" && !line.startsWith("##") && !/^[{}[\]]$/.test(line)) ?? "an empty template").slice(0, 80);
};

export function history(): Kept[] {
  const kept = read(HISTORY);
  if (!Array.isArray(kept)) return [];
  return kept.filter((it): it is Kept => typeof it?.at === "number" && typeof it.title === "string" && isState(it.state));
}

/** Adds a state to the history. What differs from the newest by a few keys replaces it within ten minutes. */
export function remember(state: State) {
  const different = difference(state);
  if (Object.keys(different).length === 0 || JSON.stringify(different).length > KEPT) return;
  const kept = history();
  const now = Date.now();
  const title = titleOf(state);
  const [newest] = kept;
  const same = JSON.stringify(newest?.state) === JSON.stringify(different);
  if (newest && (same || (newest.title === title && now - newest.at < 600_000))) kept.shift();
  kept.unshift({ at: now, title, state: different });
  write(HISTORY, kept.slice(0, MOST));
}

export const forget = () => localStorage.removeItem(HISTORY);

export const keepLast = (state: State) => {
  const different = difference(state);
  if (JSON.stringify(different).length <= KEPT) write(LAST, different);
};

export function last(): State | undefined {
  const kept = read(LAST);
  return isState(kept) ? { ...START, ...kept } : undefined;
}
