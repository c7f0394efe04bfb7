// The examples of README.md, run as a new user would.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import * as vtl from "apigw-vtl";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const blocks = [...readme.matchAll(/```js\n([^]*?)```/g)].map(([, code]) => code.replace(/^import .*\n/gm, ""));
const run = (code, names) => {
  const lines = [];
  const console = { log: (...values) => lines.push(values.join(" ")) };
  new Function("console", ...Object.keys(names), code)(console, ...Object.values(names));
  return lines;
};

test("the examples run", () => {
  assert.equal(blocks.length, 2);
  const text = '{"id": "7", "skus": ["A1","B2"],\n "trace": "t-1", "stage": "prod"}';
  assert.deepEqual(run(blocks[0], vtl), [text]);
  const integration = { type: "http", httpMethod: "POST", uri: "http://b.test/", responses: { default: { statusCode: "200" } } };
  const post = { responses: { 200: {} }, "x-amazon-apigateway-integration": integration };
  const document = JSON.stringify({ openapi: "3.0.1", paths: { "/pets/{id}": { post } } });
  const read = (path) => (path === "openapi.yaml" ? document : undefined);
  assert.deepEqual(run(blocks[1], { ...vtl, readFileSync: read }), ["200 {}"]);
});

test("require gives the same names", () => {
  const common = createRequire(import.meta.url)("apigw-vtl");
  assert.deepEqual(Object.keys(common).sort(), Object.keys(vtl).sort());
  assert.equal(common.render("$input.body", { body: "x" }).text, "x");
});

test("modules that the host loads", async () => {
  const { connect } = await import("apigw-vtl/core");
  const load = (name) => new WebAssembly.Module(readFileSync(createRequire(import.meta.url).resolve(`apigw-vtl/${name}`)));
  const { check, render } = connect(() => load("vtl.wasm"));
  assert.equal(render("$input.body", { body: "x" }).text, "x");
  assert.equal(check("#if($x)").findings[0].code, "V002");
  // As in a page where the second module was not fetched yet.
  const page = connect(() => load("render.wasm"), () => {
    throw new Error("not fetched");
  });
  assert.equal(page.render("$input.body", { body: "x" }).text, "x");
  assert.throws(() => page.check("x"), /not fetched/);
  assert.equal(await vtl.loadDocuments(), undefined);
});
