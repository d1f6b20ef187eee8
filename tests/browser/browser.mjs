// Headless Chromium as installed on the machine; nothing is fetched, and no name is ever resolved.
import { chromium } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--host-resolver-rules=MAP * ~NOTFOUND",
];

export const A4 = 688; // CSS pixels between the side margins of an A4 sheet: 182 mm at 96 dpi

export const VIEWS = {
  "1280-light": { width: 1280, colorScheme: "light", media: "screen" },
  "1280-dark": { width: 1280, colorScheme: "dark", media: "screen" },
  "390-light": { width: 390, colorScheme: "light", media: "screen" },
  "390-dark": { width: 390, colorScheme: "dark", media: "screen" },
  print: { width: A4, colorScheme: "light", media: "print" },
};

export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", headless: true, args: FLAGS });
}

/** A context without a network. With `bypassCSP` the page's own policy is off: for axe, and to test escaping alone. */
export function context(browser, { bypassCSP }) {
  return browser.newContext({ offline: true, bypassCSP, locale: "vi-VN", reducedMotion: "reduce" });
}

export async function look(page, view) {
  await page.setViewportSize({ width: view.width, height: 900 });
  await page.emulateMedia({ colorScheme: view.colorScheme, media: view.media });
}

/** Everything the page does beyond showing itself: requests, refusals by its policy, errors, dialogs, windows. */
export async function watch(page, url) {
  const seen = { requests: [], refused: [], errors: [], dialogs: [], windows: [] };
  const own = (address) => address.startsWith("data:") || address.split("#")[0] === url;
  page.on("request", (request) => own(request.url()) || seen.requests.push(request.url().slice(0, 200)));
  page.on("websocket", (socket) => seen.requests.push(socket.url().slice(0, 200)));
  page.on("pageerror", (error) => seen.errors.push(String(error).slice(0, 200)));
  page.on("console", (line) => line.type() === "error" && seen.errors.push(line.text().slice(0, 200)));
  page.on("dialog", (dialog) => {
    seen.dialogs.push(dialog.message().slice(0, 200));
    dialog.dismiss().catch(() => {});
  });
  page.on("popup", (popup) => seen.windows.push(popup.url().slice(0, 200)));
  await page.exposeBinding("__refused", (_, text) => seen.refused.push(text));
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) =>
      window.__refused(`${event.violatedDirective}: ${event.blockedURI}`),
    );
  });
  return seen;
}

/** Opens every `details` and scrolls to the end, so that what loads late is loaded. */
export function unfold(page) {
  return page.evaluate(async () => {
    for (const element of document.querySelectorAll("details")) element.open = true;
    scrollTo(0, document.documentElement.scrollHeight);
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    scrollTo(0, 0);
  });
}

export async function input() {
  let text = "";
  for await (const part of process.stdin) text += part;
  return JSON.parse(text);
}
