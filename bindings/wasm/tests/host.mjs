// A host in Node.js, with nothing but the ABI. The argument names the module.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const name = process.argv[2] ?? "vtl.wasm";
const module = new WebAssembly.Module(readFileSync(new URL(`../dist/${name}`, import.meta.url)));
assert.deepEqual(WebAssembly.Module.imports(module), []);
const { memory, alloc, free, call, call_with_payload, render } = new WebAssembly.Instance(module).exports;

function ask(request, payload) {
  const parts = [new TextEncoder().encode(JSON.stringify(request)), payload ?? new Uint8Array()];
  const length = parts[0].length + parts[1].length;
  const address = alloc(length);
  new Uint8Array(memory.buffer, address, length).set(parts[0]);
  new Uint8Array(memory.buffer, address + parts[0].length, parts[1].length).set(parts[1]);
  const at = payload ? call_with_payload(address, parts[0].length, payload.length) : call(address, length);
  const head = new DataView(memory.buffer, at, 8);
  const [json, output] = [head.getUint32(0, true), head.getUint32(4, true)];
  const text = (from, size) => new TextDecoder().decode(new Uint8Array(memory.buffer, from, size));
  const answer = { ...JSON.parse(text(at + 8, json)), raw: text(at + 8 + json, output) };
  free(address, length);
  return answer;
}

assert.equal(ask({ command: "render", template: "Hi $input.path('$.n')", body: { n: "Ada" } }).output, "Hi Ada");
assert.equal(ask({ command: "render", template: "[$input.body]" }, Uint8Array.of(0xff)).raw, "[\ufffd]");
assert.equal(ask({ command: "render", template: "#if($x)" }).findings[0].code, "V002");
// The slots of a template: values and payload as they are.
const compiled = ask({ command: "compile", template: "$input.params('q') $input.params('r')|$context.a.b $stageVariables.t $input.body" });
assert.deepEqual(compiled.slots, [["params", "q"], ["params", "r"], ["context", "a", "b"], ["stageVariables", "t"]]);
function slots(values, payload) {
  const bytes = [...values, payload].map((value) => (value === undefined ? undefined : new TextEncoder().encode(value)));
  const last = bytes.pop();
  const head = Uint32Array.of(last.length, ...bytes.map((value) => value?.length ?? 0xffffffff));
  const whole = Buffer.concat([Buffer.from(head.buffer), ...bytes.filter(Boolean), last]);
  const address = alloc(whole.length);
  new Uint8Array(memory.buffer, address, whole.length).set(whole);
  const at = render(compiled.template, address, whole.length);
  free(address, whole.length);
  const view = new DataView(memory.buffer, at, 8);
  const [json, output] = [view.getUint32(0, true), view.getUint32(4, true)];
  return [json, Buffer.from(memory.buffer, at + 8, json + output).toString()];
}
assert.deepEqual(slots(["é", "r", "b", "t"], "[1]"), [0, "é r|b t [1]"]);
const [length, noted] = slots(["q", undefined, "b", "t"], "{}");
assert.equal(JSON.parse(noted.slice(0, length)).notes[0].code, "V150");
assert.equal(noted.slice(length), "q |b t {}");
assert.match(slots(["q"], "")[1], /do not fit the slots/);

const big = "x".repeat(3_000_000);
assert.equal(ask({ command: "render", template: "$input.body" }, new TextEncoder().encode(big)).raw, big);
const before = memory.buffer.byteLength;
for (let n = 0; n < 20_000; n += 1) assert.equal(ask({ command: "render", template: "$input.body", body: `${n}` }).output, `${n}`);
assert.ok(memory.buffer.byteLength - before <= 1 << 17, "the memory grows");
const checked = ask({ command: "check", template: "#if($x)" });
if (name === "render.wasm") assert.match(checked.error, /renders templates only/);
else assert.equal(checked.findings[0].code, "V002");
console.log(`${name} answers through Node.js`);
