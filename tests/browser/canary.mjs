// Reads a JSON list of page paths on stdin; writes {path: what came alive in it} on stdout. The policy of the page is
// off: what must hold is the escaping alone. Everything that waits for a hand is touched.
import { pathToFileURL } from "node:url";
import { context, input, launch, unfold, watch } from "./browser.mjs";

const AT_ONCE = 2;

/** Runs in the page: events on every element, and a click on every link that is a script. */
function touch() {
  const events = ["mouseover", "mouseenter", "pointerenter", "focus", "focusin", "blur", "toggle", "animationstart"];
  for (const element of document.querySelectorAll("*")) {
    for (const name of events) element.dispatchEvent(new Event(name, { bubbles: false }));
    const link = element.getAttribute("href") || element.getAttribute("xlink:href") || element.getAttribute("action");
    if (/^[\s\x00-\x1f]*j\s*a\s*v\s*a\s*script:/i.test(link || "")) element.dispatchEvent(new MouseEvent("click"));
  }
}

async function open(browser, url) {
  const own = await context(browser, { bypassCSP: true });
  const page = await own.newPage();
  const seen = await watch(page, url);
  const hits = [];
  await page.exposeBinding("__report", (_, value) => hits.push(String(value)));
  await page.addInitScript(() => {
    Object.defineProperty(window, "__hit", { set: (value) => window.__report(value), configurable: false });
  });
  // A payload that leads away from the page destroys it under our hands: it is then seen as a request.
  await page.goto(url).catch(() => {});
  await unfold(page).catch(() => {});
  await page.evaluate(touch).catch(() => {});
  await page.waitForTimeout(300);
  const away = page.url().split("#")[0] !== url ? [page.url()] : [];
  await own.close();
  return { hits, requests: seen.requests, dialogs: seen.dialogs, windows: [...seen.windows, ...away] };
}

const rest = await input();
const browser = await launch();
const found = {};
const worker = async () => {
  for (let path = rest.shift(); path; path = rest.shift()) found[path] = await open(browser, pathToFileURL(path).href);
};
await Promise.all(Array.from({ length: AT_ONCE }, worker));
await browser.close();
process.stdout.write(JSON.stringify(found));
