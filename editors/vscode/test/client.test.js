// The parts of the extension that need no editor.
const assert = require("node:assert");
const { test } = require("node:test");
const { buildSync } = require("esbuild");
const { join } = require("node:path");

/** Loads a source file that imports no editor. */
function load(name) {
  const entryPoints = [join(__dirname, "..", "src", name)];
  const built = buildSync({ entryPoints, bundle: true, write: false, format: "cjs", platform: "node" });
  const module = { exports: {} };
  new Function("module", "exports", "require", built.outputFiles[0].text)(module, module.exports, require);
  return module.exports;
}

test("the piece at an offset is the one that wrote it", () => {
  const { pieceAt } = load("pieces.ts");
  const pieces = [[0, 3], [3, 4], [4, 9]].map(([start, end]) => ({ start, end }));
  const found = [0, 2, 3, 4, 8, 9].map((offset) => pieceAt(pieces, offset)?.start);
  assert.deepStrictEqual(found, [0, 0, 3, 4, 4, undefined]);
  assert.strictEqual(pieceAt([], 0), undefined);
});

test("a failed test shows its differences", () => {
  const { asRange, withDiff } = load("results.ts");
  assert.strictEqual(withDiff("no", "-a\n+b"), "no\n\n-a\n+b");
  assert.strictEqual(withDiff("no", null), "no");
  assert.deepStrictEqual(asRange({ start: { line: 1, character: 2 }, end: { line: 3, character: 4 } }), [1, 2, 3, 4]);
});

test("what the manifest names exists", () => {
  const { existsSync } = require("node:fs");
  const { contributes } = require("../package.json");
  const paths = [
    ...contributes.grammars.map((it) => it.path),
    ...contributes.snippets.map((it) => it.path),
    ...contributes.languages.map((it) => it.configuration),
  ];
  for (const path of paths) {
    assert.ok(existsSync(join(__dirname, "..", path)), path);
    JSON.parse(require("node:fs").readFileSync(join(__dirname, "..", path), "utf8"));
  }
});
