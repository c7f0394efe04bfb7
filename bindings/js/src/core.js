// The package over instances of the WebAssembly modules. `connect` takes functions that return them: the one that
// renders, and the one that also loads, checks and calls documents.

const CACHED = 256;
/** Characters that the texts may have together: compiled they may take twenty times as much memory. */
const CACHED_CHARACTERS = 1 << 22;
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

/** Most characters of a text that is copied one by one, which is quicker for a short one. */
const SHORT = 48;

const MISSING = 0xffffffff;

/** The instance with its memory. */
class Engine {
  #compiled;
  #exports;
  #address = 0;
  #size = 0;
  /** Views of the memory, made anew when it has grown; `#buffer` where there is a `Buffer`, which is faster. */
  #bytes;
  #buffer;
  #view;
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
    this.#look();
  }

  #module() {
    if (typeof this.#compiled === "function") this.#compiled = this.#compiled();
    return this.#compiled;
  }

  #look() {
    const { buffer } = this.#exports.memory;
    this.#bytes = new Uint8Array(buffer);
    this.#buffer = globalThis.Buffer?.from(buffer);
    this.#view = new DataView(buffer);
  }

  /** Makes room for a request. */
  #reserve(size) {
    if (size <= this.#size) return;
    const { alloc, free } = this.#exports;
    if (this.#size > 0) free(this.#address, this.#size);
    this.#size = 0;
    this.#address = alloc(Math.max(size, 4096)) >>> 0;
    this.#size = Math.max(size, 4096);
    if (this.#bytes.length === 0) this.#look();
  }

  /** Writes text or bytes behind `at` and returns their length. */
  #write(value, at) {
    const start = this.#address + at;
    if (typeof value !== "string") {
      this.#bytes.set(value, start);
      return value.length;
    }
    if (value.length <= SHORT) {
      const bytes = this.#bytes;
      let index = 0;
      for (; index < value.length; index++) {
        const code = value.charCodeAt(index);
        if (code > 127) break;
        bytes[start + index] = code;
      }
      if (index === value.length) return index;
    }
    if (this.#buffer !== undefined) return this.#buffer.write(value, start, "utf8");
    return this.#encoder.encodeInto(value, this.#bytes.subarray(start, this.#address + this.#size)).written;
  }

  #text(start, length) {
    if (length === 0) return "";
    if (this.#buffer !== undefined) return this.#buffer.toString("utf8", start, start + length);
    return this.#decoder.decode(this.#bytes.subarray(start, start + length));
  }

  /** Runs a call of the module, for which `size` bytes have to be written. */
  #run(size, call) {
    if (this.#exports === undefined) this.#start();
    let address;
    try {
      this.#reserve(size);
      address = call(this.#exports, this.#address) >>> 0;
    } catch (error) {
      // A trap leaves the instance in no known state.
      this.#exports = undefined;
      this.generation += 1;
      throw new RangeError(`the request is beyond what the engine can hold: ${error.message}`, { cause: error });
    }
    if (this.#bytes.length === 0) this.#look();
    return address;
  }

  /** Reads an answer; with `apart` the output is behind the document. */
  #answer(address, apart) {
    const json = this.#view.getUint32(address, true);
    let answer;
    if (json === 0) {
      answer = { requestOverride: {}, responseOverride: {}, notes: [] };
    } else {
      answer = JSON.parse(this.#text(address + 8, json));
      if (answer.error !== undefined) {
        throw answer.findings === undefined ? new TypeError(answer.error) : new VtlError(answer);
      }
    }
    if (apart) answer.text = this.#text(address + 8 + json, this.#view.getUint32(address + 4, true));
    // A large request does not keep its room.
    if (this.#size > 1 << 22) {
      this.#exports.free(this.#address, this.#size);
      this.#size = 0;
    }
    return answer;
  }

  /** Answers a request; with a payload the result is the document and the output apart. */
  ask(request, payload) {
    const text = JSON.stringify(request);
    const size = most(text) + (payload === undefined ? 0 : most(payload));
    const address = this.#run(size, (exports, at) => {
      const length = this.#write(text, 0);
      if (payload === undefined) return exports.call(at, length);
      return exports.call_with_payload(at, length, this.#write(payload, length));
    });
    return this.#answer(address, payload !== undefined);
  }

  /** Renders with the values of the template's slots, texts; a missing parameter is `undefined`. */
  render(template, values, payload) {
    let size = 4 * (values.length + 1) + most(payload);
    for (const value of values) if (value !== undefined) size += most(value);
    const address = this.#run(size, (exports, at) => {
      let length = 4 * (values.length + 1);
      for (let slot = 0; slot < values.length; slot++) {
        const value = values[slot];
        const written = value === undefined ? MISSING : this.#write(value, length);
        this.#view.setUint32(at + 4 * (slot + 1), written, true);
        if (value !== undefined) length += written;
      }
      const written = this.#write(payload, length);
      this.#view.setUint32(at, written, true);
      return exports.render(template, at, length + written);
    });
    return this.#answer(address, true);
  }
}

/** Returns the number of bytes that a text or payload takes at most. */
const most = (value) => (typeof value === "string" ? value.length * 3 : value.length);

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

const isPlain = (value) => {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && value.toJSON === undefined;
};

/** Lists the members that a template reads, each with its own ones; `undefined` for all of them. */
const partOf = (read) => {
  if (read === true || Object.hasOwn(read, "__proto__")) return undefined;
  return Object.entries(read).map(([name, part]) => [name, partOf(part)]);
};

/** Picks the members that are read; all if one is missing, since notes name what was probably meant. */
function pick(value, part) {
  if (part === undefined || !isPlain(value)) return value;
  if (part.length === 0) return undefined;
  const picked = {};
  for (const [name, inner] of part) {
    if (!Object.hasOwn(value, name) || value[name] === undefined) return value;
    picked[name] = pick(value[name], inner);
  }
  return picked;
}

const GROUPS = ["path", "querystring", "header"];

/** Checks that parameters are plain objects in the known groups. */
function areKnown(params) {
  if (!isPlain(params)) return false;
  for (const group in params) {
    if (group !== "path" && group !== "querystring" && group !== "header") return false;
    if (params[group] != null && !isPlain(params[group])) return false;
  }
  return true;
}

/** Finds the text of a parameter; `undefined` if there is none, and `null` if it is not one text. */
function parameter({ path, querystring, header }, name) {
  // A plain object inherits no texts.
  let value = path?.[name];
  if (value === undefined) value = querystring?.[name];
  if (value === undefined) value = header?.[name];
  if (value !== undefined) return typeof value === "string" ? value : null;
  const lower = name.toLowerCase();
  for (const other in header) {
    if (other.length === name.length && other.toLowerCase() === lower) return null;
  }
  return undefined;
}

/** Finds the text of a member; `null` if it is none. */
function memberOf(value, path) {
  for (let at = 1; at < path.length; at++) {
    if (!isPlain(value)) return null;
    value = value[path[at]];
  }
  return typeof value === "string" ? value : null;
}

/** Lists the texts of the slots; `undefined` if one is no text, or nothing has it. */
function valuesOf(slots, data) {
  const { params } = data;
  if (params !== undefined && !areKnown(params)) return undefined;
  const values = new Array(slots.length);
  for (let at = 0; at < slots.length; at++) {
    const slot = slots[at];
    let value;
    if (slot[0] !== "params") value = memberOf(data[slot[0]], slot);
    else if (params !== undefined) value = parameter(params, slot[1]);
    if (value === null) return undefined;
    values[at] = value;
  }
  return values;
}

/** Picks the parameters that are read, or headers whose names differ in case only. */
function pickParams(params, part) {
  if (part === undefined || !isPlain(params)) return params;
  let count = 0;
  for (const group in params) {
    if (!GROUPS.includes(group) || !(isPlain(params[group]) || params[group] == null)) return params;
    count += 1;
  }
  if (part.length === 0 || count === 0) return undefined;
  const picked = {};
  for (const [name] of part) {
    let found = false;
    for (const group of GROUPS) {
      const members = params[group];
      if (members == null || !Object.hasOwn(members, name)) continue;
      (picked[group] ??= {})[name] = members[name];
      found = true;
    }
    if (found || params.header == null) continue;
    const lower = name.toLowerCase();
    for (const other of Object.keys(params.header)) {
      if (other.length === name.length && other.toLowerCase() === lower) (picked.header ??= {})[other] = params.header[other];
    }
  }
  return picked;
}

const toText = (value) => (typeof value === "string" ? value : JSON.stringify(value));

export function connect(module, documents = module) {
  const engine = new Engine(module);
  const whole = documents === module ? engine : new Engine(documents);
  const freed = new FinalizationRegistry(release);

  function release(held) {
    const { engine, kind, number, generation } = held;
    held.number = undefined;
    if (number !== undefined && generation === engine.generation) engine.ask({ command: "free", [kind]: number });
  }

  /** What the instance keeps for an object: made again after a trap. */
  class Kept {
    #make;
    #held;

    constructor(engine, kind, make) {
      this.#make = make;
      this.#held = { engine, kind, number: undefined, generation: 0 };
      this.made = this.#renew();
      freed.register(this, this.#held, this);
    }

    #renew() {
      const held = this.#held;
      const made = held.engine.ask(this.#make);
      held.number = made[held.kind];
      held.generation = held.engine.generation;
      return made;
    }

    get number() {
      const held = this.#held;
      if (this.#make === undefined) throw new TypeError(`the ${held.kind} has been freed`);
      if (held.generation !== held.engine.generation) this.#renew();
      return held.number;
    }

    free() {
      if (this.#make === undefined) return;
      this.#make = undefined;
      freed.unregister(this);
      release(this.#held);
    }
  }

  class Template {
    #kept;
    #source;
    /** The parts of the data that the template reads. */
    #params;
    #context;
    #stageVariables;
    /** Paths of the values that it reads; `null` if they are not known. */
    #slots;

    constructor(source, options = {}) {
      if (typeof source !== "string") throw new TypeError("the source of a template must be a string");
      this.#source = source;
      this.#kept = new Kept(engine, "template", { command: "compile", template: source, ...rulesOf(options) });
      const { reads, slots } = this.#kept.made;
      this.#slots = slots;
      [this.#params, this.#context, this.#stageVariables] = [reads.params, reads.context, reads.stageVariables].map(partOf);
    }

    get source() {
      return this.#source;
    }

    get notes() {
      return this.#kept.made.notes;
    }

    render(data = {}) {
      const { body, params, context, stageVariables, variables, requestOverride, responseOverride, trace } = data;
      const only = variables === undefined && requestOverride === undefined && responseOverride === undefined && !trace;
      const values = only && this.#slots !== null ? valuesOf(this.#slots, data) : undefined;
      if (values !== undefined) return engine.render(this.#kept.number, values, toPayload(body));
      const request = {
        command: "render",
        template: this.#kept.number,
        params: pickParams(params, this.#params),
        context: pick(context, this.#context),
        stageVariables: pick(stageVariables, this.#stageVariables),
        variables,
        requestOverride,
        responseOverride,
        trace,
      };
      return engine.ask(request, toPayload(body));
    }

    free() {
      this.#kept.free();
    }
  }

  class Api {
    #kept;

    constructor(request) {
      this.#kept = new Kept(whole, "api", request);
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
      return whole.ask({ command, api: this.#kept.number, request: message, context, stageVariables, apiName: api, log, backend });
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
  let cached = 0;

  function render(source, { name, dialect, switches, limits, foreachFails, ...data } = {}) {
    const rules = dialect === undefined && name === undefined && !switches && !limits && !foreachFails;
    const key = rules ? source : JSON.stringify([source, name, dialect, switches, limits, foreachFails]);
    let template = cache.get(key);
    if (template === undefined) {
      template = new Template(source, { name, dialect, switches, limits, foreachFails });
      cached += key.length;
      while (cache.size > 0 && (cache.size >= CACHED || cached > CACHED_CHARACTERS)) {
        const [oldest, freed] = cache.entries().next().value;
        cache.delete(oldest);
        cached -= oldest.length;
        freed.free();
      }
      cache.set(key, template);
    }
    return template.render(data);
  }

  function check(source, { name, kind, files, parameters, dialect } = {}) {
    const all = Object.entries(files ?? {}).map(([name, text]) => ({ name, text }));
    const onlySettings = all.length === 1 && all[0].name === "vtl.toml";
    const hasFiles = files !== undefined && !onlySettings;
    const isDocument = kind !== undefined || hasFiles || (DOCUMENTS.test(name ?? "") && !TEMPLATES.test(name));
    if (!isDocument) return whole.ask({ command: "check", template: source, name, dialect, files: onlySettings ? all : undefined });
    return whole.ask({ command: "check", files: [{ name: name ?? "document", text: toText(source) }, ...all], kind, parameters });
  }

  const reference = () => whole.ask({ command: "reference" });
  const explain = (code) => whole.ask({ command: "explain", code });
  const version = () => engine.ask({ command: "version" }).version;
  return { Api, Template, VtlError, check, explain, reference, render, version };
}
