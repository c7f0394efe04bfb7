// Runs the tests of the grammars: each file of `grammar` names its host language, whose grammar comes from `tm-grammars`.
const { spawnSync } = require("node:child_process");
const { readdirSync } = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "..");
const hosts = ["yaml", "json", "hcl", "terraform"].flatMap((name) => ["-g", `node_modules/tm-grammars/grammars/${name}.json`]);
const files = readdirSync(join(__dirname, "grammar")).map((name) => `test/grammar/${name}`);
const tool = join(root, "node_modules/vscode-tmgrammar-test/dist/unit.js");
const run = spawnSync(process.execPath, [tool, ...hosts, ...files], { cwd: root, stdio: "inherit" });
process.exit(run.status ?? 1);
