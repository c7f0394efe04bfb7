// Hostile input, many templates, memory.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Api, Template, VtlError, check, render } from "apigw-vtl";

const deep = "[".repeat(100_000) + "]".repeat(100_000);
const isRefused = (error) => error instanceof VtlError || error instanceof TypeError || error instanceof RangeError;
const ends = (work) => {
  try {
    work();
  } catch (error) {
    assert.ok(isRefused(error), error.stack);
  }
  assert.equal(render("$input.body", { body: "still here" }).text, "still here");
};

test("hostile templates end", () => {
  for (const [template, body] of [
    ["#if(true)".repeat(30_000), ""],
    ["$a" + "(".repeat(100_000), ""],
    ["$a.b".repeat(70_000), ""],
    ["$input.json('$')", deep],
    ["#set($x = $input.path('$'))$x", deep],
    [`$input.path('$${"..a".repeat(10_000)}')`, "{}"],
    ["#foreach($i in [1..1000])#foreach($j in [1..1000])#foreach($k in [1..1000])x#end#end#end", ""],
    ["#set($m = {})#set($m.m = $m)$m", ""],
    ["#set($s = 'x')#foreach($i in [1..900])#set($s = $s + $s)#end$s", ""],
    ["$input.path('$.a').replaceAll('(a+)+b', 'c')", `{"a": "${"a".repeat(50_000)}"}`],
    ["[".repeat(90), "\0"],
    [`#set($x = ${"[".repeat(99)}${"]".repeat(99)})$x`, ""],
  ]) {
    ends(() => render(template, { body }));
  }
});

test("hostile documents end", () => {
  for (const text of ["", "\0", deep, "{".repeat(50_000), "&a [*a]", "a: &a [*a, *a]", "- ".repeat(50_000), "\ufeff", "(".repeat(50_000)]) {
    for (const name of ["a.json", "a.yaml", "a.tf", "a.sh"]) {
      ends(() => Api.load(text, { name }).free());
      ends(() => check(text, { name }));
    }
  }
});

test("hostile values are refused", () => {
  const loop = {};
  loop.self = loop;
  ends(() => render("x", { body: loop }));
  ends(() => render("$context", { context: loop }));
  ends(() => render("$context", { context: { toJSON: () => 1n } }));
  ends(() => render("x", { context: 7, params: [] }));
  class Trouble extends Error {}
  const rude = { toJSON() { throw new Trouble(); } };
  assert.throws(() => render("$context", { context: rude }), Trouble);
});

test("10,000 templates are made and freed", () => {
  const one = (number) => {
    const template = new Template(`#if($input.path('$.a'))${number}#end`);
    assert.equal(template.render({ body: '{"a": 1}' }).text, String(number));
    template.free();
  };
  for (let number = 0; number < 2_000; number += 1) one(number);
  const before = process.memoryUsage().rss;
  for (let number = 0; number < 10_000; number += 1) one(number);
  const grown = process.memoryUsage().rss - before;
  assert.ok(grown < 60e6, `${grown} bytes more`);
});
