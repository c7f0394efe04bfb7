// The JavaScript package `apigw-vtl` as an engine.
import { createInterface } from "node:readline";
import { Api, Template } from "apigw-vtl";

/** Returns the text of the member that stands last in a case, so that numbers keep their digits. */
const last = (line, key) => line.slice(line.lastIndexOf(`"${key}":`) + key.length + 3, -1);

function render(line, { template: source, body, params, context, stageVariables, variables }) {
  const template = new Template(source);
  try {
    const data = { body, params, context, stageVariables, variables: variables && last(line, "variables") };
    const { text, requestOverride, responseOverride } = template.render(data);
    return { output: text, requestOverride, responseOverride };
  } finally {
    template.free();
  }
}

function call({ integration, integrationResponses, api: settings = {}, request, backend, context, stageVariables }) {
  const whole = integrationResponses ? { ...integration, IntegrationResponses: integrationResponses } : integration;
  const api = Api.integration(whole, { settings });
  try {
    return api.invoke(request, { backend: backend ?? { failure: "connection" }, context, stageVariables });
  } finally {
    api.free();
  }
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const question = JSON.parse(line);
  let answer;
  try {
    answer = question.kind === "render" ? render(line, question) : call(question);
  } catch (error) {
    answer = { error: error.message, code: error.code };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
