// Compiled by the type checker, not run.
import { Api, Template, VtlError, check, render, type CallResult, type IntegrationRequest, type Rendered } from "apigw-vtl";

const template: Template = new Template("x", { name: "a.vtl", dialect: "velocity-1.7", limits: { foreach: null } });
const rendered: Rendered = template.render({ body: Uint8Array.of(1), params: { querystring: { q: ["a", 1] } }, context: { a: 1 } });
const text: string = rendered.text + render("x", { variables: { x: 1 }, dialect: "service" }).notes[0]?.code;
const api: Api = Api.load({ openapi: "3.0.1" }, { files: { "a.vtl": "x" } });
const backend = (request: IntegrationRequest) => ({ status: 200, body: request.url });
const result: CallResult = api.invoke({ path: "/", headers: { a: ["b", "c"] } }, { backend, log: true });
const later: Promise<CallResult> = api.invokeAsync({ path: "/" }, { backend: async (request) => backend(request) });
const step = api.start({ path: "/" });
const answer: CallResult = step.answer ?? step.respond({ failure: "timeout" });
const count: number = check("x").summary.error;
{
  using scoped = new Template("x");
  using document = Api.load("{}");
  scoped[Symbol.dispose]();
  document.free();
}
// @ts-expect-error a dialect that does not exist
new Template("x", { dialect: "jinja" });
// @ts-expect-error no answer of a backend
api.invoke({ path: "/" }, { backend: {} });
export { VtlError, answer, count, later, result, text };
