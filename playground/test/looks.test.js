// Every view at each width, light and dark: axe finds nothing, nothing is wider than the window; and it is ready soon.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { WIDTHS, show, start } from "./page.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let world;
before(async () => (world = await start()));
after(() => world.stop());

/** In dark colours only the contrast is another. */
async function judge(page, where, scheme) {
  // What fades in is judged when it is there.
  await page.waitForTimeout(200);
  await page.evaluate(axe);
  const { violations } = await page.evaluate((runOnly) => window.axe.run(document, { runOnly }), scheme === "dark" ? ["color-contrast"] : ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]);
  const told = violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${where}: ${id}: ${html.slice(0, 200)} ${failureSummary.slice(0, 300)}`));
  assert.deepEqual(told, []);
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(wider <= 0, `${where}: ${wider} pixels too wide`);
}

for (const width of WIDTHS) {
  for (const scheme of ["light", "dark"]) {
    test(`every view (${width}, ${scheme})`, async () => {
      const page = await world.open({ width, scheme, hash: "#example=quotes-in-strings" });
      const panes = ["Template", "Request", "Output"];
      for (const pane of width < 500 ? panes : panes.slice(0, 1)) {
        await show(page, pane);
        await judge(page, `template, ${pane}`, scheme);
      }
      await page.getByRole("button", { name: "Show the way out" }).click();
      await show(page, "Output");
      await page.getByRole("tab", { name: /^Trace/ }).click();
      await page.locator(".trace button").first().click();
      await judge(page, "trace", scheme);
      for (const name of ["Examples", "Export", "History", "About and keys"]) {
        await page.getByRole("button", { name }).click();
        await judge(page, name, scheme);
        await page.keyboard.press("Escape");
      }
      await page.getByRole("button", { name: "Whole call" }).click();
      await page.locator(".message").first().waitFor({ state: "attached" });
      for (const pane of width < 500 ? ["Document", "Request", "Result"] : ["Result"]) {
        await show(page, pane);
        await judge(page, `call, ${pane}`, scheme);
      }
      await page.getByRole("tab", { name: "Execution log" }).click();
      await judge(page, "log", scheme);
    });
  }
}

test("it is ready soon", async (t) => {
  const context = await world.browser.newContext();
  const page = await context.newPage();
  await page.goto(world.site.address);
  await page.waitForFunction(() => / ms$/.test(document.querySelector(".template-view .time").textContent));
  const ready = await page.evaluate(() => performance.now());
  t.diagnostic(`ready after ${Math.round(ready)} ms`);
  console.log(`ready after ${Math.round(ready)} ms`);
  await context.close();
});

/** Returns the colour of the first piece of an editor that is this text alone. */
const colour = (page, label, text) => page.getByRole("textbox", { name: label, exact: true }).evaluate((box, wanted) => {
  const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (walker.currentNode.data.trim() === wanted) return getComputedStyle(walker.currentNode.parentElement).color;
  throw new Error(`no piece ${wanted} in ${box.innerText}`);
}, text);

test("colours tell the words of each language apart", async () => {
  const page = await world.open();
  const apart = async (label, ...texts) => {
    const colours = [];
    for (const text of texts) colours.push(await colour(page, label, text));
    assert.equal(new Set(colours).size, texts.length, `${label}: ${texts} have ${colours}`);
  };
  await apart("Template", "#set", "$order", "$input", "'$'");
  await apart("Payload", '"id"', '"A1"', "1017");
  await apart("Output", '"id"', '"A1"', "1017");
  await page.getByRole("button", { name: "Whole call" }).click();
  await apart("Document", "paths", '"1"');
  await page.getByRole("combobox", { name: "Sample documents" }).selectOption({ label: "Terraform: an HTTP backend" });
  await page.locator(".kind", { hasText: "Terraform" }).waitFor();
  await apart("Document", "resource", '"aws_api_gateway_rest_api"');
});

test("a wrapped line goes on below its own text", async () => {
  const page = await world.open({ width: 360 });
  const tops = new Map();
  const rows = await page.getByRole("textbox", { name: "Template" }).evaluate((box) => {
    const line = [...box.querySelectorAll(".cm-line")].find((it) => it.textContent.includes("escapeJavaScript($line.sku)"));
    const range = document.createRange();
    range.selectNodeContents(line);
    return [...range.getClientRects()].map((rect) => [Math.round(rect.top), rect.left]);
  });
  // The first row starts with the blanks of the line, the others behind them.
  for (const [top, left] of rows) tops.set(top, Math.min(left, tops.get(top) ?? left));
  const [first, ...others] = [...tops].sort(([a], [b]) => a - b).map(([, left]) => left);
  assert.ok(others.length > 0 && others.every((left) => left > first + 20), `${first}: ${others}`);
});
