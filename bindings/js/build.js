// Builds the WebAssembly modules and the files of dist.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

const here = new URL(".", import.meta.url);
const path = (name) => fileURLToPath(new URL(name, here));
const run = (command, args, options) => execFileSync(command, args, { stdio: "inherit", ...options });

run(path("../wasm/build"), []);
rmSync(path("dist"), { recursive: true, force: true });
mkdirSync(path("dist"));
const modules = ["render.wasm", "vtl.wasm"];
for (const name of modules) copyFileSync(path(`../wasm/dist/${name}`), path(`dist/${name}`));
for (const license of ["LICENSE-MIT", "LICENSE-APACHE"]) copyFileSync(path(`../../${license}`), path(license));

// One core, as a module and for `require`.
const core = readFileSync(path("src/core.js"), "utf8");
writeFileSync(path("dist/core.js"), core);
for (const entry of ["node", "web", "workerd"]) copyFileSync(path(`src/${entry}.js`), path(`dist/${entry}.js`));
const common = core.replace("export function connect", "function connect");
if (common === core) throw new Error("src/core.js must export connect");
writeFileSync(path("dist/node.cjs"), `${common}
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const read = (name) => () => new WebAssembly.Module(readFileSync(join(__dirname, name)));
module.exports = { ...connect(read("render.wasm"), read("vtl.wasm")), async loadDocuments() {} };
`);
const types = readFileSync(path("src/index.d.ts"), "utf8");
for (const name of ["index.d.ts", "index.d.cts"]) writeFileSync(path(`dist/${name}`), types);
copyFileSync(path("src/core.d.ts"), path("dist/core.d.ts"));

for (const name of modules) {
  const module = readFileSync(path(`dist/${name}`));
  const [gzip, brotli] = [gzipSync(module, { level: 9 }).length, brotliCompressSync(module).length];
  console.log(`${name} ${module.length} bytes, gzip ${gzip}, brotli ${brotli}`);
}
