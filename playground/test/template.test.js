// One template: typing, surroundings, completion, problems, trace.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { WIDTHS, editor, output, show, start, write } from "./page.js";

let world;
before(async () => (world = await start()));
after(() => world.stop());

for (const width of WIDTHS) {
  test(`renders as one types, with the sample request (${width})`, async () => {
    const page = await world.open({ width });
    await write(page, "Template", "$input.path('$.n')/$input.params('q')/$context.stage/$stageVariables.t");
    await show(page, "Request");
    await write(page, "Payload", '{"n": 1.50}');
    await page.getByRole("tab", { name: "Parameters" }).click();
    await write(page, "Parameters", '{"querystring": {"q": "seven"}}');
    await page.getByRole("tab", { name: "$context" }).click();
    await page.getByRole("combobox", { name: /API type/ }).selectOption("HTTP");
    await page.getByRole("tab", { name: "Stage variables" }).click();
    await write(page, "Stage variables", '{"t": "orders"}');
    await show(page, "Output");
    await output(page, "1.5/seven/$default/orders");
    assert.match(await page.locator(".template-view .time").textContent(), /^[\d.]+ ms$/);
    assert.deepEqual(page.errors, []);
  });

  test(`a byte of the output leads to its piece of the template, and back (${width})`, async () => {
    const page = await world.open({ width });
    await write(page, "Template", "a: $input.path('$.n')\n#foreach($i in [1, 2])<$i>#end");
    await show(page, "Request");
    await write(page, "Payload", '{"n": "seven"}');
    await show(page, "Output");
    await output(page, "a: seven\n<1><2>");
    await editor(page, "Output").click();
    await page.keyboard.press("Control+Home");
    for (let at = 0; at < 4; at += 1) await page.keyboard.press("ArrowRight");
    const lit = (label) => page.locator(`[aria-label="${label}"] .cm-written`).allTextContents();
    assert.equal((await lit("Template")).join(""), "$input.path('$.n')");
    assert.match(await page.locator(".strip").textContent(), /line 1.*\$input\.path\('\$\.n'\)/);
    await page.locator(".strip").getByRole("button", { name: "Go to" }).click();
    await page.keyboard.press("Control+End");
    for (let at = 0; at < 6; at += 1) await page.keyboard.press("ArrowLeft");
    await show(page, "Output");
    assert.deepEqual(await lit("Output"), ["1", "2"]);
    assert.match(await page.locator(".strip").textContent(), /line 2, 2 times.*\$i/);
    // A click, as well as the keys.
    await page.locator('[aria-label="Output"] .cm-line').first().click({ position: { x: 50, y: 8 } });
    assert.match(await page.locator(".strip").textContent(), /line 1/);
    await page.getByRole("tab", { name: /^Trace/ }).click();
    const rows = page.locator(".trace li");
    assert.deepEqual((await rows.allTextContents()).map((row) => row.replace(/\s+/g, "")), ["1:1a:", "1:4$input.path('$.n')→seven", "1:22⏎", "2:23<", "2:24$i→1", "2:26>", "2:23<", "2:24$i→2", "2:26>"]);
    await rows.nth(7).getByRole("button").click();
    assert.deepEqual([(await lit("Output")).join(""), (await lit("Template")).join("")], ["2", "$i"]);
  });

  test(`problems are at their places, with their pages (${width})`, async () => {
    const page = await world.open({ width });
    await write(page, "Template", "x\n  #if(true)");
    await show(page, "Output");
    const finding = page.locator(".finding").first();
    await finding.getByText("`#if` is not closed".replace(/`/g, "")).waitFor();
    assert.match(await page.locator(".banner:visible").textContent(), /answers with an error/);
    await finding.getByRole("button", { name: "V002 unclosed-block" }).click();
    const dialog = page.getByRole("dialog");
    assert.match(await dialog.textContent(), /V002.*#end/s);
    await page.keyboard.press("Escape");
    await finding.getByRole("button", { name: "Line 2, column 3" }).click();
    assert.equal(await page.locator('[aria-label="Template"] .cm-lintRange-error').textContent(), "#if(true)");
    assert.ok(await editor(page, "Template").evaluate((box) => box === document.activeElement));
    // Repaired, it is gone.
    await page.keyboard.press("Control+End");
    await page.keyboard.insertText("y#end");
    await show(page, "Output");
    await page.locator(".finding .severity.error").first().waitFor({ state: "detached" });
    await output(page, "x\n  y");
  });

  test(`completes roots, functions, methods, variables and names of the sample (${width})`, async () => {
    const page = await world.open({ width });
    const cases = [
      ["$in", "$input"], ["$util.escape", "escapeJavaScript"], ["$input.pa", "path"], ["$context.identity.source", "sourceIp"], ["$input.path('$.cust", "customer"],
      ["$input.params('la", "lang"], ["$stageVariables.t", "table"], ["#set($x = 'a')$x.repl", "replaceAll"], ["#set($order = 1)$or", "$order"], ["#fore", "foreach"],
    ];
    for (const [typed, expected] of cases) {
      await write(page, "Template", "");
      await editor(page, "Template").pressSequentially(typed.slice(0, -1));
      await page.keyboard.type(typed.slice(-1));
      await page.keyboard.press("Control+Space");
      const list = page.locator(".cm-tooltip-autocomplete li .cm-completionLabel");
      await list.filter({ hasText: expected }).first().waitFor({ timeout: 4000 }).catch(() => assert.fail(`${typed} does not offer ${expected}`));
      await page.keyboard.press("Escape");
    }
  });
}

test("overrides are listed", async () => {
  const page = await world.open();
  await write(page, "Template", "#set($context.responseOverride.status = 404)gone");
  await output(page, "gone");
  await page.getByRole("tab", { name: /^Overrides/ }).click();
  assert.match(await page.locator(".override").textContent(), /responseOverride.*404/s);
});

test("a request part that is no JSON is said", async () => {
  const page = await world.open();
  await page.getByRole("tab", { name: "Parameters" }).click();
  await write(page, "Parameters", "{nope");
  await page.getByText("Parameters: not a JSON object, so taken as empty.").waitFor();
});
