// Node.js, Bun and Deno: each module is read from the package when it is first needed.
import { readFileSync } from "node:fs";
import { connect } from "./core.js";

const read = (name) => () => new WebAssembly.Module(readFileSync(new URL(name, import.meta.url)));

export const { Api, Template, VtlError, check, explain, reference, render, version } = connect(
  read("./render.wasm"),
  read("./vtl.wasm"),
);

/** Browsers fetch the module for documents; here it is loaded when it is needed. */
export async function loadDocuments() {}
