/**
 * The package over compiled modules that you load yourself, for bundlers and hosts that have a way of their own:
 * `render.wasm` renders, `vtl.wasm` does all.
 *
 * ```js
 * import { connect } from "apigw-vtl/core";
 * const module = await WebAssembly.compile(bytes); // of vtl.wasm
 * const { Template, Api, check } = connect(() => module);
 * ```
 *
 * @param templates returns the module that renders; asked once, when it is first needed
 * @param documents returns the module for documents, `vtl.wasm`; the first one if it is left out
 */
export function connect(
  templates: () => WebAssembly.Module,
  documents?: () => WebAssembly.Module,
): Omit<typeof import("./index.js"), "loadDocuments">;
