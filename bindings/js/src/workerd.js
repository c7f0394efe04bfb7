// Workers on workerd, which compile modules when they are deployed.
import { connect } from "./core.js";
import compiled from "./vtl.wasm";

export const { Api, Template, VtlError, check, explain, reference, render, version } = connect(() => compiled);
