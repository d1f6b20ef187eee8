// A real JupyterLab in Chromium: opens notebooks and does with them what a person does, step by step.
// In: {base, theme, notebooks: [{path, steps: ["run" | "save" | "autosave" | "trust" | "type:text" | "shoot:file"]}]}
// Out: for each path what its cells ended with.
import { chromium } from "playwright-core";
import { input } from "./browser.mjs";

const { base, theme = "JupyterLab Light", notebooks } = await input();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
});
const page = await (await browser.newContext({ viewport: { width: 1500, height: 1300 } })).newPage();
page.setDefaultTimeout(120_000);

const run = (id, args = {}) =>
  page.evaluate(([id, args]) => void window.jupyterapp.commands.execute(id, args), [id, args]);
const until = (condition) => page.waitForFunction(condition, null, { timeout: 200_000, polling: 300 });
const SAVED = () => !window.jupyterapp.shell.currentWidget.context.model.dirty;

const STEPS = {
  async run() {
    await until(() => window.jupyterapp.shell.currentWidget.context.sessionContext.session?.kernel?.status === "idle");
    await page.evaluate(() => {
      const cells = window.jupyterapp.shell.currentWidget.content.model.cells;
      window.started = [...cells].filter((cell) => cell.type === "code").map((cell) => cell.executionCount);
    });
    await run("notebook:run-all-cells");
    await until(() => {
      const { content, context } = window.jupyterapp.shell.currentWidget;
      const code = [...content.model.cells].filter((cell) => cell.type === "code" && cell.sharedModel.getSource().trim());
      const failed = code.some((cell) => cell.outputs.toJSON().some((output) => output.output_type === "error"));
      const ran = code.every((cell, n) => cell.executionCount && cell.executionCount !== window.started[n]);
      return (ran || failed) && context.sessionContext.session.kernel.status === "idle";
    });
  },
  async save() {
    await run("docmanager:save");
    await until(SAVED);
  },
  autosave: () => until(SAVED),
  async trust() {
    await run("notebook:trust");
    await page.click(".jp-Dialog button.jp-mod-accept");
    await page.waitForTimeout(1000);
  },
  async type(text) {
    await run("notebook:move-cursor-heading-below-or-bottom");
    await run("notebook:insert-cell-below");
    await run("notebook:enter-edit-mode");
    await page.waitForTimeout(500);
    await page.keyboard.type(text);
    await page.waitForTimeout(300);
  },
  async shoot(file) {
    await page.evaluate(() => window.jupyterapp.shell.collapseLeft());
    for (let n = 0; n < 7; n += 1) {
      await page.evaluate((n) => {
        const outer = document.querySelector(".jp-MainAreaWidget:not(.lm-mod-hidden) .jp-WindowedPanel-outer");
        outer.scrollTop = n * 1150;
      }, n);
      await page.waitForTimeout(1200);
      await page.screenshot({ path: `${file}-${n}.png` });
    }
  },
};

const found = {};
await page.goto(`${base}/lab?reset`);
await page.waitForFunction(() => window.jupyterapp?.shell);
await page.evaluate(() => window.jupyterapp.restored);
await run("apputils:change-theme", { theme });
for (const { path, steps } of notebooks) {
  await page.evaluate((path) => window.jupyterapp.commands.execute("docmanager:open", { path }).then(() => null), path);
  await page.waitForFunction((path) => window.jupyterapp.shell.currentWidget?.context?.path === path, path);
  await page.evaluate(() => window.jupyterapp.shell.currentWidget.context.ready);
  for (const step of steps) {
    const [name, ...rest] = step.split(":");
    await STEPS[name](rest.join(":"));
  }
  found[path] = await page.evaluate(() =>
    [...window.jupyterapp.shell.currentWidget.content.model.cells].flatMap((cell) =>
      cell.type === "code" ? cell.outputs.toJSON().filter((o) => o.output_type === "error" || o.name === "stderr") : [],
    ),
  );
}
await browser.close();
console.log(JSON.stringify(found));
