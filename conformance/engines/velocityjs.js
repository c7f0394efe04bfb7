// velocityjs as an engine, with $input and $util as its users write them. Usage: node velocityjs.js FOLDER, which has
// node_modules/velocityjs.
"use strict";
const { createRequire } = require("node:module");
const path = require("node:path");
const { createInterface } = require("node:readline");
const { Compile, parse } = createRequire(path.resolve(process.argv[2] ?? ".") + "/")("velocityjs");

const find = (body, jsonPath) => {
  let at = body;
  for (const [, key, index, name] of String(jsonPath).matchAll(/\.([^.[]+)|\[(\d+)\]|\['([^']*)'\]/g)) {
    if (at === null || at === undefined) return undefined;
    at = at[key ?? index ?? name];
  }
  return at;
};
const ESCAPES = { '"': '\\"', "'": "\\'", "\\": "\\\\", "/": "\\/", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f" };
const util = {
  escapeJavaScript: (s) => String(s).replace(/["'\\/\u0000-\u001f\u0080-\uffff]/g, (c) => ESCAPES[c] || "\\u" + c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")),
  base64Encode: (s) => Buffer.from(s, "utf8").toString("base64"),
  base64Decode: (s) => Buffer.from(s, "base64").toString("utf8"),
  urlEncode: (s) => encodeURIComponent(s).replace(/%20/g, "+"),
  urlDecode: (s) => decodeURIComponent(s.replace(/\+/g, " ")),
  parseJson: (s) => JSON.parse(s),
};

function render({ template, body = "", params = {}, context = {}, stageVariables = {}, variables = {} }) {
  const payload = () => JSON.parse(body || "{}");
  const all = { path: params.path ?? {}, querystring: params.querystring ?? {}, header: params.header ?? {} };
  const input = {
    body,
    path: (p) => find(payload(), p),
    json: (p) => JSON.stringify(find(payload(), p)),
    params: (name) => (name === undefined ? all : (all.path[name] ?? all.querystring[name] ?? all.header[name] ?? "")),
  };
  const whole = { ...context, requestOverride: { header: {}, path: {}, querystring: {} }, responseOverride: { header: {} } };
  const output = new Compile(parse(template), { escape: false }).render({ input, util, context: whole, stageVariables, ...variables });
  return { output, requestOverride: whole.requestOverride, responseOverride: whole.responseOverride };
}

createInterface({ input: process.stdin }).on("line", (line) => {
  let answer;
  try {
    const question = JSON.parse(line);
    answer = question.kind === "render" ? render(question) : { error: "no calls" };
  } catch (error) {
    answer = { error: String(error.message ?? error) };
  }
  console.log(JSON.stringify(answer));
});
