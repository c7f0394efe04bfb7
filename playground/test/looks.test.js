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
