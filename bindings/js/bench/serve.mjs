// Times renders of the package for a harness: one JSON object a line each way.
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Template } from "apigw-vtl";

let job;

const compile = () => new Template(job.source, { dialect: "velocity-1.7" });

function render() {
  const { params, context, stageVariables } = job.variables;
  return job.template.render({ body: job.body, params, context, stageVariables });
}

function time(what, count) {
  if (what === "pre") throw new Error("the payload is read inside");
  const step = what === "compile" ? () => compile().free() : render;
  const start = process.hrtime.bigint();
  for (let turn = 0; turn < count; turn++) step();
  return Number(process.hrtime.bigint() - start);
}

function answer(asked) {
  if (asked.cmd === "load") {
    job = {
      source: readFileSync(asked.template, "utf8"),
      body: readFileSync(asked.body),
      variables: JSON.parse(readFileSync(asked.vars, "utf8")),
    };
    job.template = compile();
    return {};
  }
  if (asked.cmd === "output") return writeFileSync(asked.to, render().text), {};
  return { ns: time(asked.what, asked.n) };
}

for await (const line of createInterface({ input: process.stdin })) {
  let reply;
  try {
    reply = answer(JSON.parse(line));
  } catch (error) {
    reply = { error: `${error.name}: ${error.message}` };
  }
  console.log(JSON.stringify(reply));
}
