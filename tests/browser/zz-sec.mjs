import { launch, context } from "./browser.mjs";
import { pathToFileURL } from "url";
const b = await launch(); const c = await context(b, { bypassCSP: true }); const p = await c.newPage();
await p.goto(pathToFileURL(process.argv[2]).href); await p.setViewportSize({ width: +process.argv[3] || 390, height: 844 });
console.log((await p.evaluate(() => [...document.querySelectorAll("main > *, main section > *, header > *, .part > *")].map(e => [e.tagName, e.id || e.className, e.offsetHeight, (e.textContent||"").trim().slice(0,50).replace(/\s+/g," ")]).filter(x => x[2] > 150).map(x=>x.join(" | ")))).join("\n"));
await b.close();
