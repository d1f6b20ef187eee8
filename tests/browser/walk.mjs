// Reads a JSON list of site pages on stdin; writes for each what a keyboard and a phone meet on the way to the list.
import { pathToFileURL } from "node:url";
import { context, input, launch, look } from "./browser.mjs";

const MOST = 400;

/** Tab by tab to the list of localities, taking each way past a part that is offered; the texts of the stops. */
async function stops(page) {
  const seen = [];
  while (seen.length < MOST) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const e = document.activeElement;
      const past = e.classList.contains("skip") && e.getAttribute("href") !== "#content";
      const box = e.getBoundingClientRect();
      const list = Boolean(e.closest("#localities"));
      return { text: e.textContent.trim().slice(0, 40), past, list, onScreen: box.left >= 0 && box.width > 20 };
    });
    seen.push(at);
    if (at.list) break;
    if (at.past) await page.keyboard.press("Enter");
  }
  return seen;
}

/** How many columns the page says are to the right, and how many there are; which heads are cut; small targets. */
const table = (page) =>
  page.evaluate(() => {
    const box = document.querySelector(".box");
    const heads = [...box.querySelectorAll(".concept")];
    const edge = box.getBoundingClientRect().right;
    const spans = heads.map((head) => head.firstElementChild);
    const links = [...box.querySelectorAll("td a")].map((a) => a.getBoundingClientRect());
    return {
      said: Number(/\d+/.exec(box.previousElementSibling.textContent)?.[0] ?? 0),
      right: heads.filter((head) => head.getBoundingClientRect().right > edge + 1).length,
      cut: spans.filter((s) => s.scrollHeight > s.clientHeight + 1 || s.scrollWidth > s.clientWidth + 1).length,
      small: links.filter((r) => r.width < 24 || r.height < 24).length,
      links: links.length,
    };
  });

const browser = await launch();
const found = {};
for (const path of await input()) {
  const own = await context(browser, { bypassCSP: false });
  const page = await own.newPage();
  await look(page, { width: 1280, colorScheme: "light", media: "screen" });
  await page.goto(pathToFileURL(path).href);
  const walked = await stops(page);
  await look(page, { width: 390, colorScheme: "light", media: "screen" });
  await page.goto("about:blank");
  await page.goto(pathToFileURL(path).href);
  const before = await table(page);
  await page.evaluate(() => document.querySelector(".box").scrollBy(400, 0));
  await page.waitForTimeout(100);
  const after = await table(page);
  const stuck = await page.evaluate(() => {
    const box = document.querySelector(".box");
    box.scrollTo(0, 2000);
    return Math.round(box.querySelector("thead").getBoundingClientRect().top - box.getBoundingClientRect().top);
  });
  found[path] = { stops: walked, phone: [before, after], stuck };
  await own.close();
}
await browser.close();
process.stdout.write(JSON.stringify(found));
