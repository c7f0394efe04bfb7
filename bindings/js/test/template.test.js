// Templates: what goes in, what comes out, what is refused.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Template, VtlError, check, explain, reference, render, version } from "apigw-vtl";

test("a body is text, bytes or a value", () => {
  const text = (body) => render("$input.body", { body }).text;
  assert.equal(text('{"a": 1}'), '{"a": 1}');
  assert.equal(text(new TextEncoder().encode('{"a":"é"}')), '{"a":"é"}');
  assert.equal(text(Uint8Array.of(0xff)), "\ufffd");
  assert.equal(text({ a: [1, null, "é\n"] }), '{"a":[1,null,"é\\n"]}');
  assert.equal(text(0), "0");
  assert.equal(text(undefined), "{}");
  assert.equal(text("lone \ud800 half"), "lone \ufffd half");
  assert.throws(() => text(() => 1), TypeError);
});

test("numbers keep their digits", () => {
  const rendered = render("$input.json('$.n') $input.body", { body: '{"n": 12345678901234567890123.10}' });
  assert.match(rendered.text, /\{"n": 12345678901234567890123\.10\}$/);
});

test("the data of a request", () => {
  const template = new Template(
    "$input.params('p') $input.params('q') $input.params('x-h') $context.identity.sourceIp $stageVariables.t $x",
  );
  const { text } = template.render({
    params: { path: { p: "1" }, querystring: { q: ["a", "b"] }, header: { "X-H": 7 } },
    context: { identity: { sourceIp: "192.0.2.1" } },
    stageVariables: { t: "orders" },
    variables: { x: true },
  });
  assert.equal(text, "1 b 7 192.0.2.1 orders true");
});

test("only what is read is converted", () => {
  const unread = { toJSON: () => assert.fail("it is not read") };
  const template = new Template("$input.params('q') $context.identity.sourceIp $stageVariables.t");
  const data = {
    params: { path: { x: unread }, querystring: { q: "1", r: unread }, header: undefined },
    context: { identity: { sourceIp: "192.0.2.1", user: unread }, a: unread },
    stageVariables: { t: "orders", u: unread },
  };
  const rendered = template.render(data);
  assert.deepEqual([rendered.text, rendered.notes], ["1 192.0.2.1 orders", []]);
  // Objects may change between renders.
  data.context.identity.sourceIp = "192.0.2.2";
  assert.equal(template.render(data).text, "1 192.0.2.2 orders");
  class Context {
    stage = "prod";
  }
  assert.equal(render("$context.stage", { context: new Context() }).text, "prod");
  assert.equal(render("$context.constructor", { context: {} }).text, "");
  assert.equal(render("$context['__proto__']", { context: JSON.parse('{"__proto__": "own"}') }).text, "own");
  assert.equal(render("$input.params('__proto__')", { params: { path: JSON.parse('{"__proto__": "own"}') } }).text, "own");
});

test("a missing member is named with the one that was meant", () => {
  const [note] = render("$context.identity.sourceIP", { context: { identity: { sourceIp: "192.0.2.1" } } }).notes;
  assert.equal(note.help, "did you mean `$context.identity.sourceIp`?");
});

test("overrides go from the request to the response", () => {
  const first = render("#set($context.requestOverride.header.X = 'v')#set($context.responseOverride.status = 404)");
  assert.deepEqual(first.requestOverride, { header: { X: "v" } });
  const second = render("$context.responseOverride.status", { responseOverride: first.responseOverride });
  assert.deepEqual([second.text, second.responseOverride], ["404", { status: 404 }]);
});

test("notes and errors have their places", () => {
  const [note] = new Template("\n$input.foo()", { name: "a.vtl" }).render().notes;
  assert.deepEqual([note.code, note.name, note.file, note.line], ["V151", "no-such-method", "a.vtl", 2]);
  assert.throws(
    () => new Template("a\n  #if($x)", { name: "a.vtl" }),
    (error) => {
      assert.ok(error instanceof VtlError && error instanceof Error);
      assert.deepEqual([error.code, error.codeName, error.line, error.column], ["V002", "unclosed-block", 2, 3]);
      assert.equal(error.help, "close the block with `#end`");
      assert.match(error.report, /--> a\.vtl:2:3/);
      return true;
    },
  );
  assert.throws(() => render("$util.parseJson('{')"), { code: "V203" });
  assert.equal(check("#if($x)").findings[0].code, "V002");
  assert.deepEqual(check("$input.body").findings, []);
  // The rules of `vtl check`.
  assert.deepEqual(check("$util.escapeJavascript('x')").findings.map((finding) => finding.name), ["unknown-util"]);
  const files = { "vtl.toml": '[rules]\nunknown-util = "off"' };
  assert.deepEqual(check("$util.escapeJavascript('x')", { files }).findings, []);
});

test("dialects, limits and switches", () => {
  assert.equal(render("$nobody", { dialect: "velocity-1.7" }).text, "$nobody");
  assert.equal(render("$nobody").text, "");
  assert.equal(new Template("$input.json('$')", { switches: ["escape-slash"] }).render({ body: '["a/b"]' }).text, '["a\\/b"]');
  assert.equal(render("#foreach($i in [1..9])$i#end", { limits: { foreach: 3 } }).text, "123");
  assert.throws(() => render("#foreach($i in [1..9])$i#end", { limits: { foreach: 3 }, foreachFails: true }), VtlError);
  assert.throws(() => render("", { dialect: "jinja" }), { name: "TypeError", message: /the dialects are/ });
  assert.throws(() => render("$input.params()", { params: { path: { a: {} } } }), /params\.path\.a must be a string/);
  assert.throws(() => new Template(7), TypeError);
  assert.match(version(), /^\d+\.\d+\.\d+$/);
});

test("a template that was freed is refused", () => {
  const template = new Template("x");
  template.free();
  template.free();
  assert.throws(() => template.render(), /freed/);
  if (Symbol.dispose) assert.equal(typeof template[Symbol.dispose], "function");
});

test("a trace, the reference and the page of a code", () => {
  const { trace } = new Template("é$input.path('$.a')").render({ body: { a: 1 }, trace: true });
  assert.deepEqual(trace.map(({ start, source, output, column }) => [start, source, output, column]), [
    [0, "é", "é", 1],
    [2, "$input.path('$.a')", "1", 2],
  ]);
  assert.ok(reference().context.some(({ name }) => name === "identity.sourceIp"));
  assert.match(explain("V002").page, /#end/);
  assert.throws(() => explain("V9999"), TypeError);
});
