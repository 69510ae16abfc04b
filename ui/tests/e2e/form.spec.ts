import { readFileSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { untranslated } from "./keys";
import { choose } from "./mock";
import { type Served, serve } from "./serve";
import { type Language, words } from "./words";

// The typed form of the Inspector against the real server: what is written is what a careful person would write.
test.setTimeout(4 * 60_000);

let served: Served;
test.beforeEach(async () => {
  served = await serve();
});
test.afterEach(async () => {
  await served.stop();
});

async function openUnit(page: Page, language: Language): Promise<string> {
  const say = words(language);
  const folder = join(served.home, "sample");
  await page.goto(served.address);
  await page.getByLabel(say("first-run:sample.path")).fill(folder);
  await page.getByRole("button", { name: say("first-run:sample.open") }).click();
  await expect(page.locator(".react-flow__node").first()).toBeVisible({ timeout: 60_000 });
  await page.goto(new URL("/graph?env=prod&sel=prod/orders-db/database", served.address).toString());
  await expect(page.locator("[data-field=storage_gb]")).toBeVisible();
  return folder;
}

for (const [theme, language] of [
  ["light", "en"],
  ["dark", "zh-CN"],
] as const) {
  test(`typed fields, live messages, overrides and resets in ${language}`, async ({ page }) => {
    await choose(page, theme, language);
    const say = words(language);
    const folder = await openUnit(page, language);
    const text = (file: string) => readFileSync(join(folder, file), "utf8");
    const before = { env: text("envs/prod.yaml"), doc: text("compositions/data/orders-db.yaml") };
    const isPublic = page.locator("[data-field=public]");

    // An override for this unit alone, by keyboard: it goes into the Environment's document and nowhere else.
    await isPublic.getByRole("combobox").selectOption("environment-module");
    await isPublic.getByRole("switch").focus();
    await page.keyboard.press("Space");
    await expect(isPublic.getByRole("switch")).toHaveAttribute("aria-checked", "true");
    await expect.poll(() => text("envs/prod.yaml")).toContain("public: true");
    expect(text("compositions/data/orders-db.yaml")).toBe(before.doc);
    await isPublic.getByRole("button", { name: say("inspector:form.resetTo", { value: "false" }) }).click();
    await expect.poll(() => text("envs/prod.yaml")).not.toContain("public: true");

    // What the server says of a value while it is typed; leaving with Escape writes nothing.
    const subnets = page.locator("[data-field=subnet_ids]");
    await subnets.getByRole("button", { name: say("inspector:form.pickOutput", { name: "subnet_ids" }) }).click();
    await expect(subnets.locator(".pick", { hasText: "prod/network/network · subnet_ids" })).toBeEnabled();
    await page.keyboard.type("network vpc");
    const storage = page.locator("[data-field=storage_gb]");
    const field = storage.getByRole("textbox");
    await field.fill("200x");
    await expect(storage.locator(".hint.bad")).toBeVisible();
    await field.press("Escape");
    await expect(storage.locator(".hint.bad")).toHaveCount(0);
    await field.fill("250");
    await field.press("Enter");
    await expect.poll(() => text("envs/prod.yaml")).toContain("storage_gb: 250");

    expect(await untranslated(page)).toEqual([]);
    const { violations } = await new AxeBuilder({ page }).analyze();
    const grave = violations.filter((v) => v.impact === "serious" || v.impact === "critical");
    expect(grave.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`)).toEqual([]);
  });
}
