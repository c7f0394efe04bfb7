// What a page must survive: templates that loop, large payloads, broken documents.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { editor, output, start, write } from "./page.js";

let world;
before(async () => (world = await start()));
after(() => world.stop());

const set = (page, label, text) => page.evaluate(([label, text]) => {
  const { view } = document.querySelector(`[aria-label="${label}"]`).cmTile;
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
}, [label, text]);

const LOOPS = "#foreach($a in [1..1000])#foreach($b in [1..1000])#foreach($c in [1..1000])#set($x = $a)#end#end#end";

test("a template that loops to its limits is stopped, or ends with them", async () => {
  const page = await world.open();
  await write(page, "Template", `${LOOPS}done`);
  const stop = page.getByRole("button", { name: "Stop" });
  const ended = page.locator(".banner:visible", { hasText: "answers with an error" });
  await Promise.race([stop.waitFor(), ended.waitFor()]);
  if (await stop.isVisible()) {
    // The page answers while the engine runs.
    await page.getByRole("tab", { name: "Parameters" }).click();
    await page.getByRole("tab", { name: "Payload" }).click();
    await stop.click().catch(() => undefined);
  }
  await write(page, "Template", "still $input.path('$.id')");
  await output(page, "still 1017");
  assert.deepEqual(page.errors, []);
});

test("Stop ends what runs, and Escape does", async () => {
  const page = await world.open();
  for (const end of [() => page.getByRole("button", { name: "Stop" }).click(), () => page.keyboard.press("Escape")]) {
    // A scan of the whole payload in each turn: some 20 seconds up to the limit of steps.
    await set(page, "Template", "#foreach($a in [1..1000])#foreach($b in [1..1000])#set($x = $input.path('$..k'))#end#end");
    await set(page, "Payload", JSON.stringify({ a: Array(2000).fill({ k: 1 }) }));
    await page.getByRole("button", { name: "Stop" }).waitFor({ timeout: 10_000 });
    await end();
    await page.getByText("Stopped. It renders again when you change something.").waitFor();
    await set(page, "Payload", "{}");
    await set(page, "Template", "again");
    await output(page, "again");
  }
});

test("a payload of 10 MB", async () => {
  const page = await world.open();
  page.setDefaultTimeout(30_000);
  await set(page, "Payload", JSON.stringify({ n: "seven", rest: "x".repeat(10_000_000) }));
  await set(page, "Template", "$input.path('$.n')!");
  await output(page, "seven!");
  await set(page, "Template", "$input.body");
  await page.getByText(/^The first 2,000,000 of 10,0/).waitFor();
  assert.match(await page.locator(".template-view .strip").textContent(), /Too large/);
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByText(/^Too large for a link/).waitFor();
  await set(page, "Payload", "{}");
  await output(page, "{}");
  assert.deepEqual(page.errors, []);
});

test("documents that are broken", async () => {
  const page = await world.open();
  await page.getByRole("button", { name: "Whole call" }).click();
  await page.locator(".message").first().waitFor();
  for (const text of ["{", "openapi: [", "\u0000\u0001", "a: &a [*a, *a]", "resource \"x\" {", "openapi: 3.0.1\npaths: 7", "null", "- - - -", "{".repeat(50_000)]) {
    await set(page, "Document", text);
    await page.waitForTimeout(250);
  }
  await page.locator(".messages .finding, .messages .empty").first().waitFor();
  await page.getByRole("combobox", { name: "Sample documents" }).selectOption({ index: 1 });
  await page.locator(".messages").getByText('{"queued": "m-1", "order": "1017"}').waitFor();
  assert.deepEqual(page.errors, []);
});

test("texts are never markup", async () => {
  const page = await world.open();
  const evil = `<img src=x onerror="document.title='bad'">`;
  await write(page, "Template", `${evil}$input.foo('${"<b>"}')`);
  await page.waitForTimeout(400);
  await page.getByRole("tab", { name: /^Trace/ }).click();
  assert.equal(await page.locator("main img[src], main b").count(), 0);
  assert.notEqual(await page.title(), "bad");
  assert.ok(await editor(page, "Output").textContent());
});
