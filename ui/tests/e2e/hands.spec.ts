import { expect, test } from "@playwright/test";
import { tiedMatrix } from "../fixtures/system";
import { choose, playScene } from "./mock";

test.beforeEach(async ({ page }) => {
  await choose(page, "light", "en");
  await playScene(page, "full");
});

test.describe("without a mouse", () => {
  test("from the graph to a review, through it, and to the next", async ({ page }) => {
    await page.goto("/graph?env=prod");
    await page.locator(".react-flow__node").first().waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("c");
    await expect(page).toHaveURL(/\/changes/);
    await page.locator(".cs-row").first().waitFor();
    await page.keyboard.press("j");
    await expect(page.locator(".cs-row").first()).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/change\/CS-1042/);
    await page.locator(".cr-unit").first().waitFor();
    await page.keyboard.press("Shift+C");
    await expect(page.locator(".cr-detail")).toHaveCount(0);
    await page.keyboard.press("Shift+E");
    await expect(page.locator(".cr-detail")).toHaveCount(7);
    await page.locator(".cr-unit-head").first().focus();
    await page.keyboard.press("v");
    await expect(page.locator(".cr-viewed").first()).toBeChecked();
    await expect(page.locator(".cr-bar")).toContainText("Viewed 1 of 7");
    await page.keyboard.press("a");
    await expect(page.getByRole("dialog")).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await expect(page).toHaveURL(/\/change\/CS-1042/);
    await page.keyboard.press("Escape");
    await expect(page).toHaveURL(/\/changes/);
  });

  test("a list opens a review and never approves", async ({ page }) => {
    const sent: string[] = [];
    page.on("request", (request) => {
      if (request.method() !== "GET") sent.push(request.url());
    });
    await page.goto("/changes");
    await page.locator(".cs-row").first().focus();
    await page.keyboard.press("a");
    await expect(page).toHaveURL(/\/change\/CS-1042/);
    await page.locator(".cr-unit").first().waitFor();
    await expect(page.getByRole("dialog")).toHaveCount(0);
    expect(sent).toEqual([]);
  });

  test("a run is walked unit by unit, its log found in, followed and hidden", async ({ page }) => {
    await page.goto("/run/R-2207");
    await page.locator(".rn-line").first().waitFor();
    await page.keyboard.press("j");
    await expect(page).toHaveURL(/unit\/prod\/payments-prod\/kafka-topics/);
    await expect(page.locator(".rn-node.sel")).toContainText("kafka-topics");
    await page.locator(".rn-line").first().waitFor();
    await page.keyboard.press("/");
    await expect(page.getByPlaceholder("Find in log")).toBeFocused();
    await page.keyboard.type("modifying");
    await expect(page.locator(".rn-log")).toContainText("1 of 4");
    await page.keyboard.press("Enter");
    await expect(page.locator(".rn-log")).toContainText("2 of 4");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await page.keyboard.press("f");
    await expect(page.getByRole("button", { name: "Following" })).toBeVisible();
    await page.keyboard.press("l");
    await expect(page.locator(".rn-log")).toHaveCount(0);
  });

  test("a line of a log has its own address", async ({ page }) => {
    await page.goto("/run/R-2207/unit/prod/payments-prod/rds-cluster/log#L12");
    await expect(page.locator(".rn-line.on")).toContainText("12");
    await page.locator(".rn-no", { hasText: /^14$/ }).click();
    await expect(page).toHaveURL(/rds-cluster\/log#L14$/);
  });

  test("a cell of the matrix is edited and put back to inherited", async ({ page }) => {
    const sent: unknown[] = [];
    await page.route(/\/api\/matrix\/edit$/, (route) => {
      sent.push(route.request().postDataJSON());
      return route.fulfill({
        json: { file: "policies/matrix.yaml", oldText: "", newText: "", digest: "", diagnostics: [] },
      });
    });
    await page.goto("/matrix?for=prod/payments-prod/rds-cluster");
    const row = { file: "policies/matrix.yaml", document: 0, index: 1, name: "prod-paas" };
    await page.locator('[data-cell="4-7"]').focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("dialog")).toContainText("Gate of prod-paas");
    await page.getByRole("radio", { name: "approve" }).focus();
    await page.keyboard.press("Space");
    await page.getByRole("button", { name: "Set value" }).focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    expect(sent).toEqual([{ op: "set", row, field: "approval", value: "approve" }]);
    await page.locator('[data-cell="4-9"]').focus();
    await page.keyboard.press("Delete");
    await expect.poll(() => sent.length).toBe(2);
    expect(sent[1]).toEqual({ op: "inherit", row, field: "window", value: null });
    // Nothing is said in this cell, so there is nothing to take out of it.
    await page.locator('[data-cell="4-6"]').focus();
    await page.keyboard.press("Delete");
    // A built-in row is overridden by a row of its own.
    await page.locator('[data-cell="0-6"]').focus();
    await page.keyboard.press("Enter");
    await page.getByRole("radio", { name: "correct" }).check();
    await page.getByLabel("Only in environment").selectOption("dev");
    await page.getByRole("button", { name: "Add override" }).click();
    await expect.poll(() => sent.length).toBe(3);
    const value = { match: { lifecycle: "Foundation", environment: "dev" }, drift: "correct" };
    expect(sent[2]).toEqual({ op: "add", row: null, field: "", value });
  });

  test("a tie or gap blocks plan and commit and links every row", async ({ page }) => {
    const planned: string[] = [];
    page.on("request", (request) => {
      if (/\/api\/(plan|commit)$/.test(request.url())) planned.push(request.url());
    });
    await page.route(/\/api\/matrix$/, (route) => route.fulfill({ json: tiedMatrix }));
    await page.goto("/matrix?for=prod/payments-prod/rds-cluster");
    await expect(page.locator(".mx-faults .src")).toHaveText([
      "policies/matrix.yaml:12",
      "policies/matrix.yaml:38",
      "policies/matrix.yaml:28",
    ]);
    await expect(page.locator(".mx .mx-fault")).toHaveCount(3);
    await page.getByRole("button", { name: "Plan draft" }).click({ force: true });
    await page.keyboard.press("Control+Enter");
    await page.keyboard.press("Control+Shift+Enter");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    expect(planned).toEqual([]);
  });

  test("the matrix is one tab stop that arrows walk", async ({ page }) => {
    await page.goto("/matrix?for=prod/payments-prod/rds-cluster");
    await page.locator(".mx td").first().focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("End");
    await expect(page.locator('[data-cell="1-11"]')).toBeFocused();
    await expect(page.locator(".mx td[tabindex='0']")).toHaveCount(1);
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("dialog")).toContainText("policies/matrix.yaml:8");
  });
});

test.describe("in the smallest window, 880 by 600", () => {
  test.use({ viewport: { width: 880, height: 600 } });
  const screens = {
    "/changes": ".viewbar .btn.pri",
    "/change/CS-1042": ".oh-actions .btn.pri",
    "/run/R-2207": ".oh-actions .btn.pri",
    "/runs": ".rn-row",
    "/locks": ".rn-table button",
    "/matrix": ".mx",
    "/settings/doctor": ".se-head .btn.pri",
  };
  for (const [path, selector] of Object.entries(screens)) {
    test(`${path} keeps its action in sight`, async ({ page }) => {
      await page.goto(path);
      await expect(page.locator(selector).first()).toBeInViewport({ ratio: path === "/matrix" ? 0.1 : 0.99 });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide).toBeLessThanOrEqual(880);
    });
  }
});
