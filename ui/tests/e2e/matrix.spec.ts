import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { choose } from "./mock";
import { type Served, serve } from "./serve";
import { words } from "./words";

// The matrix editor against the real server: what a cell's edit means, what it writes, and taking it back.
test.setTimeout(3 * 60_000);

let served: Served;
test.beforeEach(async () => {
  served = await serve();
});
test.afterEach(async () => {
  await served.stop();
});

test("a cell is edited: the impact shows, the text keeps its comments, undo restores it", async ({ page }) => {
  const say = words("en");
  await choose(page, "light", "en");
  const folder = join(served.home, "sample");
  await page.goto(served.address);
  await page.getByLabel(say("first-run:sample.path")).fill(folder);
  await page.getByRole("button", { name: say("first-run:sample.open") }).click();
  await expect(page.locator(".react-flow__node").first()).toBeVisible({ timeout: 60_000 });
  const file = join(folder, "policies/matrix.yaml");
  const before = readFileSync(file, "utf8");

  await page.goto(new URL("/matrix", served.address).toString());
  await expect(page.locator(".mx-impact")).toContainText(say("matrix:impact.nothing"));
  const row = page.locator(".mx tr.ov", { hasText: "dev-is-free" });
  const gate = row.locator("td").nth(7);
  await expect(gate).toHaveText("auto");
  await gate.dblclick();
  await page.getByRole("radio", { name: "strong" }).check();
  await page.getByRole("button", { name: say("matrix:edit.set") }).click();

  await expect(gate).toContainText("strong");
  await expect(gate).toHaveClass(/mx-chg/);
  await expect(page.locator(".mx-it tbody tr").first()).toContainText(say("matrix:turn.tightening"));
  await expect(page.locator(".mx-now")).toBeVisible();
  expect(readFileSync(file, "utf8")).toBe(before.replace("approval: auto", "approval: strong"));
  await page.getByRole("button", { name: say("graph:draft.show") }).click();
  await expect(page.getByRole("dialog")).toContainText("approval: strong");
  await page.keyboard.press("Escape");

  await page.keyboard.press("Control+z");
  await expect(gate).toHaveText("auto");
  await expect(page.locator(".mx-impact")).toContainText(say("matrix:impact.nothing"));
  expect(readFileSync(file, "utf8")).toBe(before);
});
