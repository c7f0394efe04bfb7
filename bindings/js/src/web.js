// Browsers and workers: the module that renders is compiled while this file is imported.
import { connect } from "./core.js";

const compile = async (url) => WebAssembly.compile(await (await fetch(url)).arrayBuffer());
const templates = await compile(new URL("./render.wasm", import.meta.url));
let documents;

export const { Api, Template, VtlError, check, explain, reference, render, version } = connect(
  () => templates,
  () => {
    if (documents === undefined) throw new Error("documents need their module: `await loadDocuments()` first");
    return documents;
  },
);

/** Fetches the module for documents, which `Api`, `check`, `explain` and `reference` need. */
export async function loadDocuments() {
  documents ??= await compile(new URL("./vtl.wasm", import.meta.url));
}
