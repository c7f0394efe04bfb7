// Builds the site: relative addresses, one style sheet, a service worker that keeps every file.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { defineConfig } from "vite";

const CORPUS = new URL("../corpus/apigateway/", import.meta.url);

/** The recorded cases that the lessons name, from the corpus: `import cases from "virtual:recorded"`. */
function recorded() {
  const id = "virtual:recorded";
  return {
    name: "recorded-cases",
    resolveId: (source) => (source === id ? `\0${id}` : undefined),
    load(source) {
      if (source !== `\0${id}`) return undefined;
      const lessons = readFileSync(new URL("src/lessons/lessons.ts", import.meta.url), "utf8");
      const wanted = new Set([...lessons.matchAll(/recorded: "([^"]+)"/g)].map((found) => found[1]));
      const cases = {};
      for (const file of readdirSync(CORPUS).filter((name) => name.startsWith("templates"))) {
        for (const line of readFileSync(new URL(file, CORPUS), "utf8").split("\n").filter(Boolean)) {
          const it = JSON.parse(line);
          if (wanted.has(it.id)) cases[it.id] = it;
        }
      }
      const missing = [...wanted].filter((name) => !(name in cases));
      if (missing.length > 0) throw new Error(`the corpus has no case ${missing.join(", ")}`);
      return `export default ${JSON.stringify(cases)}`;
    },
  };
}

/** The engine in one module that does all, in place of the package's, of which pages need both. */
function whole() {
  return {
    name: "whole-engine",
    enforce: "pre",
    transform(code, id) {
      if (!/bindings\/js\/dist\/web\.js$/.test(id)) return undefined;
      const names = /export const (\{[^}]*\}) = connect\(/.exec(code)?.[1];
      if (names === undefined) throw new Error("web.js of the package does not connect as it did");
      return {
        code: `import { connect } from "./core.js";
          const answer = await fetch(new URL("./vtl.wasm", import.meta.url));
          const compiled = await WebAssembly.compile(await answer.arrayBuffer());
          export const ${names} = connect(() => compiled);`,
        map: null,
      };
    },
  };
}

/** The service worker, with the list of all files and a version made of their contents. */
function offline() {
  return {
    name: "offline",
    apply: "build",
    generateBundle(_, bundle) {
      const files = Object.keys(bundle).sort();
      const hash = createHash("sha256");
      for (const name of files) hash.update(name).update(bundle[name].code ?? bundle[name].source);
      const template = readFileSync(new URL("src/offline.js", import.meta.url), "utf8");
      const source = template
        .replace('"VERSION"', JSON.stringify(hash.digest("hex").slice(0, 12)))
        .replace('["FILES"]', JSON.stringify(["./", ...files.filter((name) => name !== "index.html")]));
      this.emitFile({ type: "asset", fileName: "offline.js", source });
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [recorded(), offline()],
  worker: { format: "es", plugins: () => [whole()] },
  optimizeDeps: { exclude: ["apigw-vtl"] },
  server: { fs: { allow: [".."] } },
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 800 },
});
