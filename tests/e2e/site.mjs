// Opens the site given as argument with and without scripts; writes what sorting and searching show, as JSON.
import { pathToFileURL } from "node:url";
import { launch } from "../browser/browser.mjs";

const url = pathToFileURL(process.argv[2]).href;
const browser = await launch();
const page = await browser.newPage({ locale: "vi-VN" });
await page.goto(url);
const shown = () =>
  page.evaluate(() =>
    [...document.querySelectorAll("#list tbody tr")].filter((row) => !row.hidden).map((row) => row.cells[0].innerText.trim()),
  );
const sorted = () => page.evaluate(() => [...document.querySelectorAll("#list thead [aria-sort]")].map((h) => h.ariaSort));

async function press(column) {
  await page.locator("#list thead button", { hasText: column }).focus();
  await page.keyboard.press("Enter");
  return { names: await shown(), sorted: await sorted() };
}

const found = { plain: await shown() };
found.rate = [await press("Tỷ lệ đạt"), await press("Tỷ lệ đạt")];
found.name = [await press("Địa phương"), await press("Địa phương")];
const search = page.getByLabel("Tìm địa phương");
await search.fill("BINH giang");
found.search = { names: await shown(), told: await page.locator("output").innerText() };
await search.fill("");
found.cleared = (await shown()).length;

const bare = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
await bare.goto(url);
found.bare = {
  rows: await bare.locator("#list tbody tr:visible").count(),
  controls: await bare.locator("input, button").count(),
  search: await bare.locator(".search").isVisible(),
};
await browser.close();
process.stdout.write(JSON.stringify(found));
