// Node.js and Bun: the module is read from the package when it is first needed.
import { readFileSync } from "node:fs";
import { connect } from "./core.js";

export const { Api, Template, VtlError, check, explain, reference, render, version } = connect(
  () => new WebAssembly.Module(readFileSync(new URL("./vtl.wasm", import.meta.url))),
);
