// The page as its tests use it.
import { afterEach } from "node:test";
import { launch, serve } from "./site.js";

export const WIDTHS = [360, 768, 1440];
export const HEIGHTS = { 360: 740, 768: 1024, 1440: 900 };

/** Contexts of the running test: a page that stays open goes on working. */
const opened = [];
afterEach(async () => {
  for (const context of opened.splice(0)) await context.close();
});

/** Starts site and browser for the tests of a file. `open` gives a page that is ready. */
export async function start() {
  const site = await serve();
  const browser = await launch();
  return {
    site,
    browser,
    async open({ width = 1440, scheme = "light", hash = "" } = {}) {
      const context = await browser.newContext({ viewport: { width, height: HEIGHTS[width] ?? 900 }, colorScheme: scheme, acceptDownloads: true });
      await context.grantPermissions(["clipboard-read", "clipboard-write"]);
      opened.push(context);
      context.setDefaultTimeout(8000);
      const page = await context.newPage();
      page.errors = [];
      page.on("pageerror", (error) => page.errors.push(error.message));
      page.on("console", (message) => message.type() === "error" && page.errors.push(message.text()));
      await page.goto(site.address + hash);
      await page.waitForFunction(() => / ms$/.test(document.querySelector(".template-view .time").textContent));
      return page;
    },
    async stop() {
      await browser.close();
      await site.close();
    },
  };
}

/** Shows a pane, which on a phone is behind a tab. */
export async function show(page, name) {
  const tab = page.locator(".tabs.panes:visible").getByRole("tab", { name });
  if ((await tab.count()) > 0) await tab.first().click();
}

export const editor = (page, label) => page.getByRole("textbox", { name: label, exact: true });

/** Replaces the text of an editor as typing does. */
export async function write(page, label, text) {
  const box = editor(page, label);
  await box.click();
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Delete");
  await page.keyboard.insertText(text);
}

/** Returns the text of an editor, lines that are not drawn included. */
export const read = (page, label) => editor(page, label).evaluate((box) => box.cmTile?.view?.state.doc.toString() ?? box.innerText);

/** Waits until the output is this text. */
export async function output(page, text) {
  await page.waitForFunction((wanted) => {
    const lines = [...document.querySelectorAll('[aria-label="Output"] .cm-line')].map((line) => line.textContent);
    return lines.join("\n") === wanted;
  }, text);
}
