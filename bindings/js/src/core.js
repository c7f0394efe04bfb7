// The package over an instance of the WebAssembly module. `connect` takes a function that returns the module.

const CACHED = 256;
const TEMPLATES = /\.(vtl|vm)$/;
const DOCUMENTS = /\.(json|ya?ml|tf|sh|template)$/;

/** A template that does not compile or render, or a document that cannot be loaded. */
class VtlError extends Error {
  constructor(failure) {
    super(failure.error);
    const finding = failure.findings[0];
    this.name = "VtlError";
    this.code = finding.code;
    this.codeName = finding.name;
    this.line = finding.line;
    this.column = finding.column;
    this.help = finding.help;
    this.report = failure.report;
    this.diagnostic = finding;
  }
}

/** The instance with its memory. */
class Engine {
  #compiled;
  #exports;
  #address = 0;
  #size = 0;
  #encoder = new TextEncoder();
  #decoder = new TextDecoder();
  /** Grows when the instance is replaced, after a trap: what it kept is lost. */
  generation = 0;

  constructor(module) {
    this.#compiled = module;
  }

  #start() {
    this.#exports = new WebAssembly.Instance(this.#module(), {}).exports;
    this.#address = this.#size = 0;
  }

  #module() {
    if (typeof this.#compiled === "function") this.#compiled = this.#compiled();
    return this.#compiled;
  }

  /** Makes room for a request. */
  #reserve(size) {
    if (size <= this.#size) return;
    const { alloc, free } = this.#exports;
    if (this.#size > 0) free(this.#address, this.#size);
    this.#size = 0;
    this.#address = alloc(Math.max(size, 4096)) >>> 0;
    this.#size = Math.max(size, 4096);
  }

  /** Writes text or bytes behind `at` and returns their length. */
  #write(value, at) {
    const room = new Uint8Array(this.#exports.memory.buffer, this.#address + at, this.#size - at);
    if (typeof value === "string") return this.#encoder.encodeInto(value, room).written;
    room.set(value);
    return value.length;
  }

  /** Answers a request; with a payload the result is the document and the output apart. */
  ask(request, payload) {
    if (this.#exports === undefined) this.#start();
    const text = JSON.stringify(request);
    const most = (value) => (typeof value === "string" ? value.length * 3 : value.length);
    let address;
    try {
      this.#reserve(most(text) + (payload === undefined ? 0 : most(payload)));
      const length = this.#write(text, 0);
      if (payload === undefined) address = this.#exports.call(this.#address, length);
      else address = this.#exports.call_with_payload(this.#address, length, this.#write(payload, length));
    } catch (error) {
      // A trap leaves the instance in no known state.
      this.#exports = undefined;
      this.generation += 1;
      throw new RangeError(`the request is beyond what the engine can hold: ${error.message}`, { cause: error });
    }
    const { buffer } = this.#exports.memory;
    const [json, output] = new Uint32Array(buffer.slice(address >>> 0, (address >>> 0) + 8));
    const bytes = new Uint8Array(buffer, (address >>> 0) + 8, json + output);
    const answer = JSON.parse(this.#decoder.decode(bytes.subarray(0, json)));
    if (answer.error !== undefined) {
      throw answer.findings === undefined ? new TypeError(answer.error) : new VtlError(answer);
    }
    if (payload !== undefined) answer.text = this.#decoder.decode(bytes.subarray(json));
    // A large request does not keep its room.
    if (this.#size > 1 << 22) {
      this.#exports.free(this.#address, this.#size);
      this.#size = 0;
    }
    return answer;
  }
}

const toPayload = (body) => {
  if (body === undefined || body === null) return "";
  if (typeof body === "string" || body instanceof Uint8Array) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  const text = JSON.stringify(body);
  if (text === undefined) throw new TypeError(`a body of type ${typeof body} has no JSON text`);
  return text;
};

const toBase64 = (bytes) => {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
};

/** Converts a body of bytes. */
const toMessage = (message, what) => {
  if (message === null || typeof message !== "object") throw new TypeError(`${what} must be an object`);
  if (!(message.body instanceof Uint8Array)) return message;
  return { ...message, body: toBase64(message.body), bodyIsBase64: true };
};

const rulesOf = ({ name, dialect, switches, limits, foreachFails } = {}) => ({
  name,
  dialect,
  dialectSwitches: switches,
  limits,
  foreachFails,
});

const toText = (value) => (typeof value === "string" ? value : JSON.stringify(value));

export function connect(module) {
  const engine = new Engine(module);
  const freed = new FinalizationRegistry(({ kind, held }) => release(kind, held));

  function release(kind, held) {
    const { number, generation } = held;
    held.number = undefined;
    if (number !== undefined && generation === engine.generation) engine.ask({ command: "free", [kind]: number });
  }

  /** What the instance keeps for an object: made again after a trap. */
  class Kept {
    #kind;
    #make;
    #held;

    constructor(kind, make) {
      this.#kind = kind;
      this.#make = make;
      this.#held = { number: undefined, generation: 0 };
      this.made = this.#renew();
      freed.register(this, { kind, held: this.#held }, this);
    }

    #renew() {
      const made = engine.ask(this.#make);
      this.#held.number = made[this.#kind];
      this.#held.generation = engine.generation;
      return made;
    }

    get number() {
      if (this.#make === undefined) throw new TypeError(`the ${this.#kind} has been freed`);
      if (this.#held.generation !== engine.generation) this.#renew();
      return this.#held.number;
    }

    free() {
      if (this.#make === undefined) return;
      this.#make = undefined;
      freed.unregister(this);
      release(this.#kind, this.#held);
    }
  }

  class Template {
    #kept;
    #source;

    constructor(source, options = {}) {
      if (typeof source !== "string") throw new TypeError("the source of a template must be a string");
      this.#source = source;
      this.#kept = new Kept("template", { command: "compile", template: source, ...rulesOf(options) });
    }

    get source() {
      return this.#source;
    }

    get notes() {
      return this.#kept.made.notes;
    }

    render({ body, params, context, stageVariables, variables, requestOverride, responseOverride, trace } = {}) {
      const template = this.#kept.number;
      const request = { command: "render", template, params, context, stageVariables, variables, requestOverride, responseOverride, trace };
      return engine.ask(request, toPayload(body));
    }

    free() {
      this.#kept.free();
    }
  }

  class Api {
    #kept;

    constructor(request) {
      this.#kept = new Kept("api", request);
    }

    static load(text, { files, kind, parameters, name, ...rules } = {}) {
      const others = Object.entries(files ?? {}).map(([name, text]) => ({ name, text }));
      const all = [{ name: name ?? "document", text: toText(text) }, ...others];
      return new Api({ command: "load", files: all, kind, parameters, ...rulesOf(rules) });
    }

    static integration(integration, { settings, resource, ...rules } = {}) {
      return new Api({ command: "load", integration, settings: settings ?? (integration ? undefined : {}), resource, ...rulesOf(rules) });
    }

    get document() {
      const { api, ...document } = this.#kept.made;
      return document;
    }

    #call(command, request, { context, stageVariables, api, log } = {}, backend) {
      const message = toMessage(request, "the request");
      return engine.ask({ command, api: this.#kept.number, request: message, context, stageVariables, apiName: api, log, backend });
    }

    start(request, options = {}) {
      const step = this.#call("start", request, options);
      if (step.waiting === undefined) return { answer: step, request: undefined, respond: undefined };
      const respond = (backend) => this.#call("invoke", request, options, toMessage(backend, "the backend's answer"));
      return { answer: undefined, request: step.waiting, respond };
    }

    invoke(request, options = {}) {
      const { backend } = options;
      if (typeof backend === "function") {
        const step = this.start(request, options);
        return step.answer ?? step.respond(backend(step.request));
      }
      return this.#call("invoke", request, options, backend && toMessage(backend, "the backend's answer"));
    }

    async invokeAsync(request, options = {}) {
      const { backend } = options;
      if (typeof backend !== "function") return this.invoke(request, options);
      const step = this.start(request, options);
      return step.answer ?? step.respond(await backend(step.request));
    }

    free() {
      this.#kept.free();
    }
  }

  if (Symbol.dispose !== undefined) {
    for (const kind of [Template, Api]) {
      Object.defineProperty(kind.prototype, Symbol.dispose, { value: kind.prototype.free, configurable: true });
    }
  }

  // The texts that were rendered last, oldest first.
  const cache = new Map();

  function render(source, { name, dialect, switches, limits, foreachFails, ...data } = {}) {
    const rules = dialect === undefined && name === undefined && !switches && !limits && !foreachFails;
    const key = rules ? source : JSON.stringify([source, name, dialect, switches, limits, foreachFails]);
    let template = cache.get(key);
    if (template === undefined) {
      template = new Template(source, { name, dialect, switches, limits, foreachFails });
      if (cache.size >= CACHED) {
        const [oldest, freed] = cache.entries().next().value;
        cache.delete(oldest);
        freed.free();
      }
      cache.set(key, template);
    }
    return template.render(data);
  }

  function check(source, { name, kind, files, parameters, dialect } = {}) {
    const isDocument = kind !== undefined || files !== undefined || (DOCUMENTS.test(name ?? "") && !TEMPLATES.test(name));
    if (!isDocument) return engine.ask({ command: "check", template: source, name, dialect });
    const others = Object.entries(files ?? {}).map(([name, text]) => ({ name, text }));
    return engine.ask({ command: "check", files: [{ name: name ?? "document", text: toText(source) }, ...others], kind, parameters });
  }

  const reference = () => engine.ask({ command: "reference" });
  const explain = (code) => engine.ask({ command: "explain", code });
  const version = () => engine.ask({ command: "version" }).version;
  return { Api, Template, VtlError, check, explain, reference, render, version };
}
