// The scanner of JSON against the browser's own, on texts and on every text with a character more or less.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { build } from "vite";

let brokenAt;
before(async () => {
  const source = new URL("../src/json.ts", import.meta.url).pathname;
  const { output } = await build({ configFile: false, logLevel: "silent", build: { write: false, minify: false, lib: { entry: source, formats: ["es"], fileName: "json" } } }).then((it) => [it].flat()[0]);
  ({ brokenAt } = await import(`data:text/javascript,${encodeURIComponent(output[0].code)}`));
});

const isJson = (text) => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

test("a text is JSON exactly if the browser reads it", () => {
  const seeds = ['{"a": [1, -2.5e+3, true, null, "x\\u00e9\\n"], "b": {}, "c": []}', "[[],[{}],0]", '"s"', " 7 ", "", "{", "[1,]", '{"a":1,}', "{'a':1}", "01", "1.", "nul", '"\\\'"', "{}{}", "[1 2]", '{"a" 1}', '{1:2}', "]", "tru e"];
  const characters = ['"', "{", "}", "[", "]", ",", ":", "\\", "0", "-", ".", "e", "t", " ", "\n", "'", "$"];
  let count = 0;
  for (const seed of seeds) {
    for (let at = 0; at <= seed.length; at += 1) {
      const texts = [seed, seed.slice(0, at) + seed.slice(at + 1), ...characters.map((c) => seed.slice(0, at) + c + seed.slice(at))];
      for (const text of texts) {
        assert.equal(brokenAt(text) === undefined, isJson(text), text);
        count += 1;
      }
    }
  }
  assert.ok(count > 1500);
});

test("the position is that of the first wrong character", () => {
  for (const [text, at] of [['{"a": , "b": 1}', 6], ['{"note": "it\\\'s"}', 12], ["[1,2,]", 5], ["{a=1}", 1], ['{"a": "b', 8], ["{} x", 3]]) assert.equal(brokenAt(text), at, text);
  assert.equal(brokenAt("[".repeat(200_000)), 200_000);
});
