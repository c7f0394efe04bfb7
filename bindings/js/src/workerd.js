// Workers on workerd, which compile modules when they are deployed.
import { connect } from "./core.js";
import templates from "./render.wasm";
import documents from "./vtl.wasm";

export const { Api, Template, VtlError, check, explain, reference, render, version } = connect(
  () => templates,
  () => documents,
);

/** Browsers fetch the module for documents; here it is a part of the worker. */
export async function loadDocuments() {}
