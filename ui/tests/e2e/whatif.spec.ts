import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { untranslated } from "./keys";
import { choose } from "./mock";
import { type Served, serve } from "./serve";
import { words } from "./words";

// Issue 4, point 5: what an edit means is told on the graph while it is made, before anything is committed or planned.
let served: Served;
test.beforeEach(async () => {
  served = await serve();
});
test.afterEach(async () => {
  await served.stop();
});

for (const [theme, language] of [
  ["light", "en"],
  ["dark", "zh-CN"],
] as const) {
  test(`d12 an edit a policy denies says so at once, in ${language}`, async ({ page }) => {
    await choose(page, theme, language);
    const say = words(language);
    const folder = join(served.home, "sample");
    await page.goto(served.address);
    await page.getByLabel(say("first-run:sample.path")).fill(folder);
    await page.getByRole("button", { name: say("first-run:sample.open") }).click();
    await expect(page.locator(".react-flow__node").first()).toBeVisible({ timeout: 60_000 });

    const file = join(folder, "compositions/data/orders-db.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("public: false", "public: true"));
    const bar = page.locator(".draft");
    await expect(bar).toContainText(say("graph:whatIf.denials_other", { count: "2" }));
    await bar.getByRole("button", { name: new RegExp(say("graph:draft.affects_other", { count: "\\d+" })) }).click();
    const sheet = page.getByRole("dialog");
    await expect(sheet).toContainText("policies/database.rego");
    await expect(sheet).toContainText(say("graph:whatIf.denied"));
    await expect(sheet.getByRole("button", { name: "prod/orders-db/database" }).first()).toBeVisible();
    expect(await untranslated(page)).toEqual([]);
    const { violations } = await new AxeBuilder({ page }).analyze();
    const grave = violations.filter((v) => v.impact === "serious" || v.impact === "critical");
    expect(grave.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`)).toEqual([]);
    await page.screenshot({ path: test.info().outputPath("sheet.png") });

    await sheet.getByRole("button", { name: "prod/orders-db/database" }).first().click();
    await expect(page).toHaveURL(/sel=prod(%2F|\/)orders-db(%2F|\/)database/);
    writeFileSync(file, readFileSync(file, "utf8").replace("public: true", "public: false"));
    await expect(bar).toHaveCount(0);
  });
}
