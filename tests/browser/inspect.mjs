// Reads a JSON list of page paths on stdin; writes {path: what was found} on stdout.
import fs from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { VIEWS, context, input, launch, look, unfold, watch } from "./browser.mjs";

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const AT_ONCE = 2;

const brief = ({ id, impact, help, nodes }) => ({
  id,
  impact,
  help,
  count: nodes.length,
  nodes: nodes.slice(0, 5).map((node) => ({ at: node.target.join(" "), why: (node.failureSummary || "").slice(0, 300) })),
});

async function axe(page) {
  const found = await page.evaluate((tags) => axe.run(document, { runOnly: tags }), TAGS);
  const kinds = ["violations", "incomplete", "passes", "inapplicable"];
  return {
    violations: found.violations.map(brief),
    undecided: found.incomplete.map(brief),
    rules: kinds.flatMap((kind) => found[kind].map((rule) => rule.id)).sort(),
  };
}

/** Text from 4.5:1 to 7:1, which fails level AAA alone, but for words in the colour of what is on its way, which is no grey. */
function faint(page) {
  return page.evaluate(async () => {
    const { violations } = await axe.run(document, { runOnly: { type: "rule", values: ["color-contrast-enhanced"] } });
    const nodes = violations.flatMap((rule) => rule.nodes).filter((node) => !document.querySelector(node.target[0]).closest(".way"));
    return nodes.map((node) => node.html.slice(0, 120));
  });
}

/** Whether the page scrolls sideways, and what sticks out. */
function overflow(page) {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const out = [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > clientWidth + 1);
    const name = (e) => `${e.tagName.toLowerCase()}${e.id && `#${e.id}`}${e.className ? `.${e.getAttribute("class")}` : ""}`;
    return { scrollWidth, clientWidth, out: scrollWidth > clientWidth ? out.slice(0, 5).map(name) : [] };
  });
}

function pictures(page) {
  return page.evaluate(() => {
    const shown = (e) => e.outerHTML.slice(0, 120);
    const named = (e) =>
      [e.getAttribute("aria-label"), e.querySelector(":scope > title")?.textContent, e.getAttribute("alt")]
        .concat((e.getAttribute("aria-labelledby") || "").split(/\s+/).map((id) => document.getElementById(id)?.textContent))
        .some((text) => text && text.trim());
    const all = (selector) => [...document.querySelectorAll(selector)];
    const images = all("img, area, input[type=image]");
    return {
      images: images.length,
      withoutAlt: images.filter((e) => !(e.getAttribute("alt") || "").trim()).map(shown),
      roles: all("[role=img]").length,
      unnamed: all("[role=img]").filter((e) => !named(e)).map(shown),
    };
  });
}

/** axe and widths in every view; the policy of the page is off, for axe comes as a script. */
async function views(browser, url) {
  const own = await context(browser, { bypassCSP: true });
  const page = await own.newPage();
  const result = {};
  for (const [name, view] of Object.entries(VIEWS)) {
    await look(page, view);
    await page.goto(url);
    await page.addScriptTag({ content: AXE });
    const seen = { ...(await axe(page)), overflow: await overflow(page), opened: null };
    if (name.startsWith("1280")) seen.faint = await faint(page);
    if (view.width === 390) {
      await unfold(page);
      const { violations } = await axe(page);
      seen.opened = { violations, overflow: await overflow(page) };
    }
    result[name] = seen;
  }
  await own.close();
  return result;
}

/** What the page does under its own policy, in every view, with everything opened. */
async function behaviour(browser, url) {
  const own = await context(browser, { bypassCSP: false });
  const page = await own.newPage();
  const seen = await watch(page, url);
  await page.goto(url);
  const details = await page.evaluate(() => document.querySelectorAll("details").length);
  const found = await pictures(page);
  for (const view of Object.values(VIEWS)) {
    await look(page, view);
    await unfold(page);
  }
  await page.pdf({ format: "A4" });
  await page.waitForTimeout(200);
  await own.close();
  return { ...seen, details, pictures: found };
}

const pages = await input();
const browser = await launch();
const found = {};
const rest = [...pages];
const worker = async () => {
  for (let path = rest.shift(); path; path = rest.shift()) {
    const url = pathToFileURL(path).href;
    found[path] = { ...(await behaviour(browser, url)), views: await views(browser, url) };
  }
};
await Promise.all(Array.from({ length: AT_ONCE }, worker));
await browser.close();
process.stdout.write(JSON.stringify(found));
