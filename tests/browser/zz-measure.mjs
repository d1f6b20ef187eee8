import { launch, context, look, VIEWS } from "./browser.mjs";
import fs from "fs";
import { pathToFileURL } from "url";
const [dir, shots, ...names] = process.argv.slice(2);
const b = await launch(); const c = await context(b, { bypassCSP: true }); const out = {};
const axe = fs.readFileSync(new URL("./node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
for (const n of names) {
  const p = await c.newPage(); const url = pathToFileURL(`${dir}/${n}.html`).href; await p.goto(url);
  const r = {};
  for (const w of [390, 1280]) { await p.setViewportSize({ width: w, height: 844 }); r[w] = await p.evaluate(() => document.documentElement.scrollHeight); r["over"+w] = await p.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (shots !== "-") await p.screenshot({ path: `${shots}-${n}-${w}.png`, fullPage: true }); }
  const pdf = await p.pdf({ preferCSSPageSize: true, path: `${dir}/${n}.pdf` });
  r.pages = (pdf.toString("latin1").match(/\/Type\s*\/Page\b/g) || []).length;
  r.kb = Math.round(fs.statSync(`${dir}/${n}.html`).size / 1000);
  if (process.env.AXE) { await p.evaluate(axe); for (const k of Object.keys(VIEWS)) { await look(p, VIEWS[k]); const v = await p.evaluate(async () => (await axe.run(document,{runOnly:["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22aa","best-practice"]})).violations.map(x => x.id + ": " + x.nodes.slice(0,3).map(q=>q.html.slice(0,120)+" | "+q.failureSummary.slice(0,150)).join(" ;; "))); if (v.length) r["axe-" + k] = v; } }
  out[n] = r; console.log(n, JSON.stringify(r)); await p.close();
}
await b.close();
