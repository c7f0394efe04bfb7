// What leaves the page and what stays: links, history, test files, strings; and that nothing goes out.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { unzipSync } from "fflate";
import { WIDTHS, editor, output, show, start, write } from "./page.js";

let world;
before(async () => (world = await start()));
after(() => world.stop());

const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText());

/** Runs `vtl test` on a downloaded zip, and returns what it prints. */
async function runTests(download) {
  const folder = mkdtempSync(join(tmpdir(), "playground-"));
  const { readFileSync } = await import("node:fs");
  for (const [name, bytes] of Object.entries(unzipSync(readFileSync(await download.path())))) writeFileSync(join(folder, name), bytes);
  const vtl = process.env.VTL ?? new URL("../../target/debug/vtl", import.meta.url).pathname;
  return execFileSync(vtl, ["test"], { cwd: folder, encoding: "utf8", env: { ...process.env, CI: "1" } });
}

const take = async (page, item) => {
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("button", { name: item }).click();
};

for (const width of WIDTHS) {
  test(`a link holds everything (${width})`, async () => {
    const page = await world.open({ width });
    await write(page, "Template", "é $input.path('$.n')");
    await show(page, "Request");
    await write(page, "Payload", '{"n": "seven"}');
    await page.getByRole("button", { name: "Share" }).click();
    await page.getByText(/^Link copied/).waitFor();
    const link = await clipboard(page);
    assert.match(link, /#s=[\w-]+$/);
    const other = await world.open({ width, hash: new URL(link).hash });
    assert.equal(await editor(other, "Template").textContent(), "é $input.path('$.n')");
    await show(other, "Output");
    await output(other, "é seven");
  });
}

test("a broken link gives the first template", async () => {
  const page = await world.open({ hash: "#s=AAAA" });
  assert.match(await editor(page, "Template").textContent(), /^#set\(\$order/);
});

test("what was written is there after a reload, and in the history", async () => {
  const page = await world.open();
  await write(page, "Template", "first of all");
  await page.waitForTimeout(1700);
  await page.reload();
  await output(page, "first of all");
  await page.getByRole("button", { name: "Examples" }).click();
  await page.getByRole("button", { name: "Start over" }).click();
  await page.getByRole("button", { name: "History" }).click();
  await page.getByRole("dialog").getByRole("button", { name: /^first of all/ }).click();
  await output(page, "first of all");
  await page.getByRole("button", { name: "History" }).click();
  await page.getByRole("button", { name: "Forget it all" }).click();
  assert.equal(await page.evaluate(() => localStorage.getItem("vtl-playground-history")), null);
});

test("vtl test runs the test of a template", async () => {
  const page = await world.open();
  for (const [template, body] of [
    ["#set($x = $input.path('$.n'))\n{\"n\": \"$x\",\n \"id\": \"$input.params('id')\"}\n", '{\n  "n": "it\'s: #1 ✓"\n}\n'],
    ["  $input.body", ""],
    ["#if(true)", "{}"],
    ["\t$input.json('$')\r\n", "{\"a\": 1.50}\n\n"],
  ]) {
    await page.evaluate(([template, body]) => {
      // Keys would indent and close brackets.
      for (const [label, text] of [["Template", template], ["Payload", body]]) {
        const { view } = document.querySelector(`[aria-label="${label}"]`).cmTile;
        view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
      }
    }, [template, body]);
    await page.waitForTimeout(400);
    const [download] = await Promise.all([page.waitForEvent("download"), take(page, /^Download as a test/)]);
    assert.match(await runTests(download), /1 passed/, template);
  }
});

test("vtl test runs the test of a whole call", async () => {
  const page = await world.open();
  await page.getByRole("button", { name: "Whole call" }).click();
  await page.locator(".messages").getByText('{"queued": "m-1", "order": "1017"}').waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), take(page, /^Download as a test/)]);
  assert.match(await runTests(download), /1 passed/);
});

test("the template is copied as a string of YAML, JSON and HCL", async () => {
  const page = await world.open();
  await write(page, "Template", '{"a": "${x}"}\n');
  await take(page, /^Copy as YAML/);
  assert.equal(await clipboard(page), '|\n  {"a": "${x}"}');
  await take(page, /^Copy as JSON/);
  assert.equal(JSON.parse(await clipboard(page)), '{"a": "${x}"}\n');
  await take(page, /^Copy as HCL/);
  assert.equal(await clipboard(page), '<<EOT\n{"a": "$${x}"}\nEOT');
});

test("nothing goes out, and it works without a network", async () => {
  const page = await world.open();
  await page.evaluate(() => navigator.serviceWorker.ready);
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await write(page, "Template", "$input.path('$.secret')");
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: "Whole call" }).click();
  await page.waitForTimeout(500);
  assert.deepEqual(asked, []);
  await page.context().setOffline(true);
  await page.goto(world.site.address);
  await page.getByRole("button", { name: "Template", exact: true }).click();
  await write(page, "Template", "$input.path('$.id')!");
  await output(page, "1017!");
});

test("the keyboard reaches everything", async () => {
  const page = await world.open();
  const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  await page.keyboard.press("Alt+1");
  assert.equal(await focused(), "Template");
  // An editor does not keep the key Tab.
  await page.keyboard.press("Tab");
  assert.notEqual(await focused(), "Template");
  await page.keyboard.press("Alt+2");
  assert.equal(await focused(), "Payload");
  await page.keyboard.press("Alt+3");
  assert.equal(await focused(), "Output");
  await page.keyboard.press("Alt+e");
  await page.getByRole("dialog", { name: "Examples" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("tab", { name: "Payload" }).focus();
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Parameters");
  await page.keyboard.press("Alt+4");
  await page.keyboard.press("Alt+2");
  assert.equal(await focused(), "Method and path of the request");
});
