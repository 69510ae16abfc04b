import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { choose } from "./mock";
import { type Served, serve } from "./serve";
import { sound } from "./sound";
import { type Language, words } from "./words";

// One person's whole way through the window, against the real server and the real engines.
test.setTimeout(12 * 60_000);

const APPLY_MS = 4 * 60_000;

let served: Served;
test.beforeEach(async () => {
  served = await serve();
});
test.afterEach(async () => {
  await served.stop();
});

async function openSample(page: Page, language: Language): Promise<string> {
  const say = words(language);
  const folder = join(served.home, "sample");
  await page.goto(served.address);
  await page.getByLabel(say("first-run:sample.path")).fill(folder);
  await sound(page, "first run");
  await page.getByRole("button", { name: say("first-run:sample.open") }).click();
  await expect(page.locator(".react-flow__node").first()).toBeVisible({ timeout: 60_000 });
  return folder;
}

/** The deep link as a person would open it, in the same page. */
async function visit(page: Page, path: string): Promise<void> {
  await page.goto(new URL(path, served.address).toString());
}

async function commitAndPlan(page: Page, language: Language, message: string): Promise<void> {
  const say = words(language);
  await page.getByRole("button", { name: say("graph:commit"), exact: true }).click();
  await page.getByLabel(say("graph:commitDialog.message")).fill(message);
  await page.getByRole("button", { name: say("graph:commitDialog.commitAndPlan") }).click();
  await page.waitForURL(/\/change(s|\/)/, { timeout: 5 * 60_000 });
}

/** Opens the review of the environment's ChangeSet, from the list if planning made several. */
async function openReview(page: Page, environment: string): Promise<void> {
  if (/\/changes/.test(page.url())) {
    await page
      .locator(".cs-row", { hasText: new RegExp(`CS-\\d+\\s*${environment}`) })
      .first()
      .click();
  }
  await expect(page.locator(".cr-unit").first()).toBeVisible();
}

/** Signs once: as whoever the server says can sign here, in the first role that is missing. */
async function approve(page: Page): Promise<void> {
  const open = page.locator(".cr-slots li:not(:has(.st.ok))");
  const before = await open.count();
  await page.locator(".oh-actions .btn.pri").click();
  const sheet = page.getByRole("dialog");
  await sheet.locator(".dialog-actions .btn.pri").click();
  await expect(sheet).toBeHidden({ timeout: 30_000 });
  await expect.poll(() => open.count()).toBeLessThan(before);
}

/** Signs until nothing is missing that keys on this machine can give. */
async function approveAll(page: Page): Promise<void> {
  await expect(page.locator(".cr-slots")).toBeVisible();
  while ((await page.locator('.oh-actions .btn.pri:has(use[href="#i-usercheck"])').count()) > 0) await approve(page);
}

async function applyAndWatch(page: Page, language: Language, environment: string): Promise<void> {
  const say = words(language);
  await page.getByRole("button", { name: say("changes:apply.open") }).click();
  await page.getByRole("button", { name: say("changes:apply.do", { env: environment }) }).click();
  await page.waitForURL(/\/run\/R-\d+/, { timeout: 60_000 });
  await expect(page.locator(".rn-node").first()).toBeVisible();
  const closed = page.locator(".oh-title .st", { hasText: say("parts:status.closed") });
  const signing = page.locator(".oh-actions").getByRole("button", { name: say("run:signOff.open") });
  const asksAgain = page.locator(".oh-actions a.btn.pri");
  await expect(async () => {
    if (await signing.isVisible()) {
      await signing.click();
      await page.getByRole("dialog").locator(".btn.pri").click();
    }
    // A unit fed by what was unknown passes its own gate again, with the plan that is now complete.
    if (await asksAgain.isVisible()) {
      await asksAgain.click();
      await approveAll(page);
      await page.locator(".oh-actions").getByRole("link", { name: /R-\d+/ }).click();
    }
    await expect(page.locator(".rn-node .st.bad"), "no unit fails").toHaveCount(0);
    await expect(closed).toBeVisible({ timeout: 1000 });
  }).toPass({ timeout: APPLY_MS });
  await expect(page.locator(".rn-node .st.bad")).toHaveCount(0);
  await expect(page.locator(".rn-lines .rn-line").first()).toBeVisible();
}

async function allHealthy(page: Page, language: Language, environment: string): Promise<void> {
  const say = words(language);
  await visit(page, `/graph?env=${environment}`);
  await expect(page.locator(".react-flow__node").first()).toBeVisible();
  const units = await page.locator(".react-flow__node").count();
  await expect(page.locator(".react-flow__node", { hasText: say("parts:status.healthy") })).toHaveCount(units);
}

test("edit, see the diff, commit, review, approve by two, apply, watch it go green", async ({ page }) => {
  await choose(page, "light", "en");
  const say = words("en");
  const folder = await openSample(page, "en");
  await sound(page, "graph");
  const file = join(folder, "envs/prod.yaml");
  const before = readFileSync(file, "utf8");

  await test.step("edit an input in the form", async () => {
    await visit(page, "/graph?env=prod&sel=prod/orders-db/database");
    const input = page.locator(".ins").getByLabel("storage_gb", { exact: true });
    await expect(input).toHaveValue("200");
    await input.fill("250");
    await input.press("Enter");
    await expect(page.locator(".draft")).toContainText("envs/prod.yaml");
    await sound(page, "inspector");
  });

  await test.step("the text diff keeps every comment", async () => {
    const after = readFileSync(file, "utf8");
    expect(after).toBe(before.replace("storage_gb: 200", "storage_gb: 250"));
    await page.getByRole("button", { name: say("graph:draft.show") }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog.locator(".cm-changedLine, .cm-insertedLine").first()).toContainText("storage_gb: 250");
    await expect(dialog.locator(".cm-deletedChunk").first()).toContainText("storage_gb: 200");
    await expect(dialog.locator(".cm-deletedChunk")).not.toContainText("#");
    await sound(page, "text diff");
    await page.keyboard.press("Escape");
  });

  await test.step("commit and plan", async () => {
    await commitAndPlan(page, "en", "Give the orders database room to grow");
    await openReview(page, "prod");
  });

  await test.step("review", async () => {
    await page.getByRole("button", { name: say("changes:expand") }).click();
    const unit = page.locator('[data-unit="prod/orders-db/database"]');
    await expect(unit).toContainText("250");
    await sound(page, "review");
    await page.getByRole("radio", { name: say("changes:view.console") }).click();
    await expect(page.locator(".cr-console")).toContainText("prod/orders-db/database");
    await page.getByRole("radio", { name: say("changes:view.structured") }).click();
    await expect(page.locator("body")).not.toContainText("sample-only-not-a-secret");
  });

  await test.step("two people approve", async () => {
    await approve(page);
    await approve(page);
    await expect(page.locator(".cr-slots")).toContainText("ada");
    await expect(page.locator(".cr-slots")).toContainText("grace");
  });

  await test.step("apply and watch", async () => {
    await applyAndWatch(page, "en", "prod");
    await sound(page, "run");
    await expect(page.locator("body")).not.toContainText("sample-only-not-a-secret");
    await allHealthy(page, "en", "prod");
  });

  await test.step("nothing is left to plan", async () => {
    await visit(page, "/changes?env=prod");
    await page.getByRole("button", { name: say("changes:new") }).click();
    await expect(page.getByRole("dialog")).toContainText(say("changes:result.none"), { timeout: 5 * 60_000 });
  });
});

test("the same way in Chinese, in dev, where nobody has to agree", async ({ page }) => {
  await choose(page, "dark", "zh-CN");
  const say = words("zh-CN");
  await openSample(page, "zh-CN");
  await sound(page, "graph");
  await visit(page, "/graph?env=dev&sel=dev/orders-db/database");
  const input = page.locator(".ins").getByLabel("storage_gb", { exact: true });
  await input.fill("30");
  await input.press("Enter");
  await expect(page.locator(".draft")).toContainText("envs/dev.yaml");
  await commitAndPlan(page, "zh-CN", "扩大订单数据库");
  await openReview(page, "dev");
  await sound(page, "review");
  await applyAndWatch(page, "zh-CN", "dev");
  await sound(page, "run");
  await allHealthy(page, "zh-CN", "dev");
  for (const path of ["/changes", "/runs", "/locks", "/matrix", "/problems", "/settings/doctor", "/settings/people"]) {
    await visit(page, path);
    await expect(page.locator("main h1, main h2").first()).toBeVisible();
    await sound(page, path);
  }
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
  expect(say("parts:status.healthy")).toBe("健康");
});
