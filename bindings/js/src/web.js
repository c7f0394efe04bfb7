// Browsers, workers and Deno: the module is compiled while this file is imported.
import { connect } from "./core.js";

const url = new URL("./vtl.wasm", import.meta.url);
const compiled = await WebAssembly.compile(await (await fetch(url)).arrayBuffer());

export const { Api, Template, VtlError, check, explain, reference, render, version } = connect(() => compiled);
