// Documents and whole calls.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Api, VtlError, check } from "apigw-vtl";

const PETS = `
openapi: 3.0.1
info: {title: pets}
paths:
  /pets/{id}:
    post:
      responses: {'201': {description: made}}
      x-amazon-apigateway-integration:
        type: http
        httpMethod: PUT
        uri: http://backend.test/
        requestTemplates: {application/json: "$input.json('$.n') $input.nothing()"}
        responses: {default: {statusCode: '201', responseTemplates: {application/json: "$context.resourcePath $input.body"}}}
  /health:
    get:
      responses: {'200': {description: fine}}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses: {default: {statusCode: '200', responseTemplates: {application/json: '$stageVariables.v'}}}
`;
const POST = { method: "POST", path: "/pets/7?a=b", body: '{"n": 1}' };
const OK = { status: 200, headers: { "Content-Type": "application/json" }, body: "{}" };
const api = Api.load(PETS, { name: "pets.yaml" });

test("the document as data", () => {
  assert.equal(api.document.kind, "openapi3");
  assert.deepEqual(api.document.routes.map((route) => route.routeKey), ["POST /pets/{id}", "GET /health"]);
});

test("a mock needs no backend", () => {
  const result = api.invoke({ path: "/health" }, { stageVariables: { v: "1.2" } });
  assert.deepEqual([result.routeKey, result.response.body], ["GET /health", "1.2"]);
});

test("the backend as data", () => {
  const result = api.invoke(POST, { backend: OK, log: true });
  assert.deepEqual([result.response.status, result.response.body], [201, "/pets/{id} {}"]);
  assert.equal(result.integrationRequest.body, "1 ");
  assert.match(result.log, /^Execution log for request/);
  assert.deepEqual([result.notes[0].code, result.notes[0].line], ["V151", 12]);
  assert.equal(api.invoke(POST, { backend: { failure: "timeout" } }).response.status, 504);
  assert.throws(() => api.invoke(POST), /the request goes to http:\/\/backend\.test\//);
});

test("the backend as a function", async () => {
  const echo = (request) => ({ ...OK, body: new TextEncoder().encode(request.method) });
  assert.equal(api.invoke(POST, { backend: echo }).response.body, "/pets/{id} PUT");
  const slow = async (request) => ({ ...OK, body: request.url });
  assert.equal((await api.invokeAsync(POST, { backend: slow })).response.body, "/pets/{id} http://backend.test/");
  class Trouble extends Error {}
  const fails = () => {
    throw new Trouble();
  };
  assert.throws(() => api.invoke(POST, { backend: fails }), Trouble);
  await assert.rejects(api.invokeAsync(POST, { backend: fails }), Trouble);
  assert.throws(() => api.invoke(POST, { backend: () => undefined }), TypeError);
});

test("the steps apart", () => {
  const step = api.start(POST);
  assert.equal(step.request.url, "http://backend.test/");
  assert.equal(step.respond(OK).response.status, 201);
  assert.equal(api.start({ path: "/health" }).answer.response.status, 200);
});

test("a document of files, a document as an object, a single integration", () => {
  const main = `resource "aws_api_gateway_integration" "i" {
  rest_api_id = "x"
  resource_id = "y"
  http_method = "GET"
  type        = "MOCK"
  request_templates = { "application/json" = file("t.vtl") }
}`;
  const terraform = Api.load(main, { name: "main.tf", files: { "t.vtl": '{"statusCode": 204}' } });
  assert.deepEqual(terraform.document.routes[0].integration.requestTemplates, { "application/json": '{"statusCode": 204}' });
  const mock = {
    type: "mock",
    requestTemplates: { "application/json": '{"statusCode": 200}' },
    responses: { default: { statusCode: "200", responseTemplates: { "application/json": "$input.params('id')" } } },
  };
  const single = Api.integration(mock, { resource: "/pets/{id}" });
  assert.equal(single.invoke({ path: "/pets/7" }).response.body, "7");
  const object = Api.load({ openapi: "3.0.1", paths: { "/a": { get: { "x-amazon-apigateway-integration": mock } } } });
  assert.equal(object.document.routes[0].routeKey, "GET /a");
  single.free();
  assert.throws(() => single.invoke({ path: "/pets/7" }), /freed/);
});

test("findings, and what cannot be loaded", () => {
  const { findings } = check(PETS.replace("http://backend.test/", "backend.test"), { name: "pets.yaml" });
  const finding = findings.find(({ severity }) => severity === "error");
  assert.deepEqual([finding.severity, finding.line, finding.route], ["error", 11, "POST /pets/{id}"]);
  assert.throws(() => Api.load('{"openapi": ', { name: "a.json" }), VtlError);
  assert.throws(() => Api.load("{}", { kind: "wsdl" }), /unknown document format/);
  assert.throws(() => Api.integration({ type: "mock" }, { settings: { protocolType: "GOPHER" } }), /settings/);
});
