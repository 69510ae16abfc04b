import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { untranslated } from "./keys";
import { choose } from "./mock";
import { type Served, serve } from "./serve";
import { type Language, words } from "./words";

// The text editor against the real server: its language service, its draft, and what a crash leaves.
test.setTimeout(5 * 60_000);

const SHOP = "compositions/apps/shop.yaml";

let served: Served;
test.beforeEach(async () => {
  served = await serve();
});
test.afterEach(async () => {
  await served.stop();
});

async function sound(page: Page, where: string): Promise<void> {
  expect(await untranslated(page), where).toEqual([]);
  const { violations } = await new AxeBuilder({ page }).analyze();
  const grave = violations.filter((v) => v.impact === "serious" || v.impact === "critical");
  expect(grave.map((v) => `${where}: ${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`)).toEqual([]);
}

async function openSample(page: Page, language: Language): Promise<string> {
  const say = words(language);
  const folder = join(served.home, "sample");
  await page.goto(served.address);
  await page.getByLabel(say("first-run:sample.path")).fill(folder);
  await page.getByRole("button", { name: say("first-run:sample.open") }).click();
  await expect(page.locator(".react-flow__node").first()).toBeVisible({ timeout: 60_000 });
  return folder;
}

async function openText(page: Page, language: Language) {
  const say = words(language);
  await page.goto(new URL("/graph?env=prod&sel=prod/shop/deploy", served.address).toString());
  await page.getByRole("tab", { name: say("inspector:tab.yaml") }).click();
  const text = page.locator(".ins").getByRole("textbox", { name: SHOP });
  await expect(text).toContainText("lifecycle");
  return text;
}

/** Types and takes the suggestion for it. */
async function take(page: Page, typed: string, label: string): Promise<void> {
  await page.keyboard.type(typed);
  const chosen = page.locator(".cm-tooltip-autocomplete li[aria-selected]");
  await expect(chosen).toContainText(label);
  // A new list lets keys through to the text for a moment, so it is clicked.
  await chosen.click();
  await expect(chosen.filter({ hasText: label })).toHaveCount(0);
}

/** Ctrl-click on a word of the text. */
async function followWord(page: Page, word: string): Promise<void> {
  const at = await page.locator(".ins .cm-content").evaluate((content, wanted) => {
    const walk = document.createTreeWalker(content, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node !== null; node = walk.nextNode()) {
      const start = node.textContent?.indexOf(wanted) ?? -1;
      if (start < 0) continue;
      const range = document.createRange();
      range.setStart(node, start);
      range.setEnd(node, start + wanted.length);
      const box = range.getBoundingClientRect();
      return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
    }
    return null;
  }, word);
  if (at === null) throw new Error(`${word} is not on screen`);
  await page.keyboard.down("Control");
  await page.mouse.click(at.x, at.y);
  await page.keyboard.up("Control");
}

test("write with completion, see what is wrong, go to a definition, save, undo, redo", async ({ page }) => {
  await choose(page, "light", "en");
  const say = words("en");
  const folder = await openSample(page, "en");
  const file = join(folder, SHOP);
  const before = readFileSync(file, "utf8");
  const text = await openText(page, "en");

  await test.step("keys and words come from the service", async () => {
    await text.click();
    await page.keyboard.press("Control+End");
    await page.keyboard.type("  po");
    await expect(page.locator(".cm-tooltip-autocomplete")).toContainText("policies");
    await sound(page, "completion");
    await take(page, "l", "policies");
    await take(page, "appr", "approval");
    await take(page, "str", "strong");
    await expect(text).toContainText("approval: strong");
  });

  await test.step("what is wrong is marked while typing, and nothing is written", async () => {
    await page.keyboard.type("\nlifecycel: x");
    await page.keyboard.press("Escape");
    await expect(page.locator(".cm-lintRange-error").first()).toBeVisible();
    await expect(page.locator(".cm-lint-marker-error").first()).toBeVisible();
    expect(readFileSync(file, "utf8")).toBe(before);
    for (let n = 0; n < 3 && (await text.textContent())?.includes("lifecycel"); n += 1)
      await page.keyboard.press("Control+z");
    await expect(text).not.toContainText("lifecycel");
    await expect(page.locator(".cm-lintRange-error")).toHaveCount(0);
  });

  await test.step("a name leads to its definition", async () => {
    await followWord(page, "orders-db");
    const sheet = page.getByRole("dialog");
    await expect(sheet).toContainText("compositions/data/orders-db.yaml");
    await expect(sheet.getByRole("textbox")).toContainText("storage_gb");
    await sound(page, "definition");
    await page.keyboard.press("Escape");
    await expect(sheet).toHaveCount(0);
  });

  await test.step("saving is one step of the draft; undo and redo take it back and again", async () => {
    await text.click();
    await page.keyboard.press("Control+s");
    await expect(page.locator(".ed-head")).toContainText(say("editor:saved"));
    const saved = readFileSync(file, "utf8");
    expect(saved.startsWith(before)).toBe(true);
    expect(saved.slice(before.length)).toBe("  policies:\n    approval: strong");
    await expect(page.locator(".draft")).toContainText(SHOP);
    await page.keyboard.press("Control+z");
    await expect.poll(() => readFileSync(file, "utf8")).toBe(before);
    await expect(text).not.toContainText("approval: strong");
    await page.keyboard.press("Control+Shift+Z");
    await expect.poll(() => readFileSync(file, "utf8")).toBe(saved);
    await expect(text).toContainText("approval: strong");
  });
});

test("a crash loses no typed text, and a file changed meanwhile is never written over", async ({ page }) => {
  await choose(page, "dark", "zh-CN");
  const say = words("zh-CN");
  const folder = await openSample(page, "zh-CN");
  const file = join(folder, SHOP);
  const before = readFileSync(file, "utf8");
  const text = await openText(page, "zh-CN");
  await text.click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type("# typed before the crash");
  await expect(page.locator(".ed-head")).toContainText(say("editor:kept.kept"));
  await served.crash();
  expect(readFileSync(file, "utf8")).toBe(before);

  served = await serve({ home: served.home, folder });
  await page.goto(served.address);
  const banner = page.locator(".banner", { hasText: say("editor:unsaved_other", { count: "1" }) });
  await expect(banner).toBeVisible();
  await sound(page, "unsaved");
  await banner.getByRole("button", { name: SHOP }).click();
  const sheet = page.getByRole("dialog");
  await expect(sheet.getByRole("textbox")).toContainText("typed before the crash");
  await expect(sheet).toContainText(say("editor:restored"));

  // What touches nothing of ours is merged, and still only a draft.
  const elsewhere = `# from somewhere else\n${before}`;
  writeFileSync(file, elsewhere);
  await sheet.getByRole("button", { name: new RegExp(say("editor:save")) }).click();
  await expect(sheet.getByRole("status").filter({ hasText: say("editor:merged") })).toBeVisible();
  await expect(sheet.getByRole("textbox")).toContainText("typed before the crash");
  await expect(sheet.getByRole("textbox")).toContainText("from somewhere else");
  expect(readFileSync(file, "utf8")).toBe(elsewhere);
  await sound(page, "merged");

  // What can't be merged is a choice; nothing is written over.
  writeFileSync(file, `${elsewhere}kind: [\n`);
  await sheet.getByRole("button", { name: new RegExp(say("editor:save")) }).click();
  await expect(sheet.getByRole("alert")).toContainText(SHOP);
  expect(readFileSync(file, "utf8")).toBe(`${elsewhere}kind: [\n`);
  await sheet.getByRole("button", { name: say("editor:conflict.both") }).click();
  await expect(sheet.locator(".diff-view")).toContainText("kind: [");
  await sound(page, "conflict");
  await sheet.getByRole("button", { name: say("editor:conflict.disk") }).click();
  await expect(sheet.getByRole("textbox")).toContainText("from somewhere else");
  await expect(sheet.getByRole("alert")).toHaveCount(0);
  await expect(banner).toHaveCount(0);
});
