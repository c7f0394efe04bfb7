// The examples: each falls into its trap, and its way out does not; the recorded cases are answered as recorded.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { WIDTHS, output, show, start, write } from "./page.js";

/** Outputs with the trap and without, worked out by hand from docs/observed.md. */
const EXPECTED = {
  "missing-is-true": ['{\n  "notify": true\n}\n', '{\n  "notify": false\n}\n'],
  apostrophes: [`{"note": "it\\'s \\"fragile\\""}\n`, `{"note": "it's \\"fragile\\""}\n`],
  commas: ['{"skus": ["A1","B2","C3",]}\n', '{"skus": ["A1","B2","C3"]}\n'],
  "java-maps": ['{"customer": {name=Ada}, "tags": ["new"]}\n', '{"customer": {"name":"Ada"}, "tags": ["new"]}\n'],
  "numbers-as-strings": ['{"count": "7", "gift": "true", "name": "Ada"}\n', '{"count": 7, "gift": true, "name": "Ada"}\n'],
  "null-prints-nothing": ['{"middle": , "last": "Lovelace"}\n', '{"middle": null, "last": "Lovelace"}\n'],
  "quotes-in-strings": ["", '{"name": "Ada"}\n'],
  hyphens: ['{"range": "2026-03-04"}\n', '{"range": "2026-03-01-2026-03-04"}\n'],
  macros: ['{"name": "#name()"}\n', '{"name": "Ada Lovelace"}\n'],
  "params-order": ['{"tenant": "from the query"}\n', '{"tenant": "from the header"}\n'],
  "empty-payload": ['{\n  "payload": {}\n}\n', '{\n  "error": "no payload"\n}\n'],
  "body-is-text": ['{"name": ""}\n', '{"name": "Ada"}\n'],
};

let world;
before(async () => (world = await start()));
after(() => world.stop());

test("every example shows its trap and its way out", async () => {
  const page = await world.open();
  await page.getByRole("button", { name: "Examples" }).click();
  assert.equal(await page.getByRole("dialog").getByRole("listitem").count(), Object.keys(EXPECTED).length);
  await page.keyboard.press("Escape");
  for (const [name, [trap, way]] of Object.entries(EXPECTED)) {
    await page.evaluate((name) => (location.hash = `example=${name}`), name);
    await output(page, trap).catch(() => assert.fail(`${name}: the trap does not give ${trap}`));
    await page.getByRole("button", { name: "Show the way out" }).click();
    await output(page, way).catch(() => assert.fail(`${name}: the way out does not give ${way}`));
    if (name !== "macros") assert.equal(await page.locator(".shape").textContent(), "JSON", name);
  }
  assert.deepEqual(page.errors, []);
});

test("the recorded cases are answered as recorded", async () => {
  const page = await world.open();
  const lines = readFileSync(new URL("../../corpus/apigateway/templates.jsonl", import.meta.url), "utf8").trim().split("\n");
  const cases = new Map(lines.map((line) => JSON.parse(line)).map((it) => [it.id, it]));
  const source = readFileSync(new URL("../src/lessons/lessons.ts", import.meta.url), "utf8");
  const named = [...source.matchAll(/recorded: "([^"]+)"/g)].map((found) => found[1]);
  assert.ok(named.length >= 10);
  for (const id of named) {
    const { template, body, params, expect } = cases.get(id);
    await page.evaluate(({ template, body, params }) => {
      for (const [label, text] of [["Template", template], ["Payload", body], ["Parameters", JSON.stringify(params)]]) {
        const { view } = document.querySelector(`[aria-label="${label}"]`).cmTile;
        view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
      }
    }, { template, body, params });
    if (expect.output !== undefined) await output(page, expect.output);
    else await page.locator(".banner:visible", { hasText: "answers with an error" }).waitFor();
  }
});

for (const width of WIDTHS) {
  test(`an example is opened from the list, with its recorded case (${width})`, async () => {
    const page = await world.open({ width });
    await page.getByRole("button", { name: "Examples" }).click();
    await page.getByRole("button", { name: /^What is missing is true/ }).click();
    await page.getByRole("heading", { name: "What is missing is true" }).waitFor();
    await page.getByRole("button", { name: "The recorded case" }).click();
    assert.match(await page.getByRole("dialog").textContent(), /Recorded on AWS.*#if\(\$nothing\)yes.*Answer of the service.*yes.*if-undefined-true.*airspeed/s);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Next trap" }).click();
    await page.getByRole("heading", { name: "Apostrophes break the JSON" }).waitFor();
    await show(page, "Output");
    await page.locator(".shape", { hasText: "not JSON" }).waitFor();
    await page.getByText("The output is not JSON from line 1, column 13").waitFor();
    await page.getByRole("button", { name: "Show what wrote it" }).click();
    assert.equal((await page.locator('[aria-label="Template"] .cm-written').allTextContents()).join(""), "$util.escapeJavaScript($input.path('$.note'))");
    await page.getByRole("button", { name: "Close the example" }).click();
    await page.locator(".lesson").waitFor({ state: "hidden" });
    await show(page, "Template");
    await write(page, "Template", "mine");
    await show(page, "Output");
    await output(page, "mine");
  });
}
