// A host in Node.js, with nothing but the ABI.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const module = new WebAssembly.Module(readFileSync(new URL("../dist/vtl.wasm", import.meta.url)));
assert.deepEqual(WebAssembly.Module.imports(module), []);
const { memory, alloc, free, call, call_with_payload } = new WebAssembly.Instance(module).exports;

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
const big = "x".repeat(3_000_000);
assert.equal(ask({ command: "render", template: "$input.body" }, new TextEncoder().encode(big)).raw, big);
const before = memory.buffer.byteLength;
for (let n = 0; n < 20_000; n += 1) assert.equal(ask({ command: "render", template: "$input.body", body: `${n}` }).output, `${n}`);
assert.ok(memory.buffer.byteLength - before <= 1 << 17, "the memory grows");
console.log("the module answers through Node.js");
