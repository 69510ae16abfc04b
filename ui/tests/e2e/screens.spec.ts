import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { added, renamed, wholeWhatIf } from "../fixtures/authoring";
import { tiedMatrix } from "../fixtures/system";
import { untranslated } from "./keys";
import { choose, playScene, type Scene } from "./mock";

interface Screen {
  name: string;
  path: string;
  /** The address in an empty workspace, where the full one names something that is not there. */
  emptyPath?: string;
  /** What the screen shows when it is whole, per scene; a scene without it looks like another screen's. */
  ready: Partial<Record<Scene, string>>;
  closed?: boolean;
  /** A step taken before the picture. */
  act?: (page: Page) => Promise<void>;
}

const refused = "store-unreachable";
const fault = ".fault";

const screens: Screen[] = [
  { name: "graph", path: "/graph?env=prod", ready: { full: ".react-flow__node", empty: ".empty", error: fault } },
  { name: "inspector", path: "/graph?env=prod&sel=prod/payments-prod/rds-cluster", ready: { full: ".rr" } },
  {
    name: "modules",
    path: "/graph?env=prod",
    ready: { full: ".react-flow__node" },
    act: async (page) => {
      await page.keyboard.press("m");
      await page.locator(".module-card").first().waitFor();
    },
  },
  {
    name: "new-composition",
    path: "/graph?env=prod",
    ready: { full: ".react-flow__node" },
    act: async (page) => {
      await page.route(/\/api\/author$/, (route) => route.fulfill({ json: added }));
      await page.keyboard.press("a");
      const sheet = page.getByRole("dialog");
      await sheet.locator("select").first().selectOption("modules/redis");
      await sheet.locator("select").last().selectOption("PaaS");
      await sheet.getByRole("textbox").first().fill("sessions");
      await page.locator(".diff-section .cm-line").first().waitFor();
    },
  },
  {
    name: "rename",
    path: "/graph?env=prod&sel=prod/payments-prod/rds-cluster",
    ready: { full: ".rr" },
    act: async (page) => {
      await page.route(/\/api\/author$/, (route) => route.fulfill({ json: renamed }));
      await page.keyboard.press("F2");
      await page.getByRole("dialog").getByRole("textbox").fill("aurora");
      await page.locator(".diff-section .cm-line").first().waitFor();
    },
  },
  {
    name: "adopt",
    path: "/graph?env=prod",
    ready: { full: ".react-flow__node" },
    act: async (page) => {
      await page.locator(".viewbar button:has(use[href='#i-plus'])").click();
      await page.getByRole("menuitem").last().click();
      await page.locator(".adopt-env").first().waitFor();
    },
  },
  {
    name: "export",
    path: "/graph?env=prod",
    ready: { full: ".react-flow__node" },
    act: async (page) => {
      await page.keyboard.press("Control+Shift+E");
      await page.locator(".export-node").first().waitFor();
      await page.locator(".cm-changedLine, .cm-insertedLine").first().waitFor();
    },
  },
  {
    name: "what-if",
    path: "/graph?env=prod",
    ready: { full: ".react-flow__node" },
    act: async (page) => {
      await page.route(/\/api\/what-if$/, (route) => route.fulfill({ json: wholeWhatIf }));
      await page.reload();
      const affects = page.locator(".draft button").first();
      await expect(affects).not.toHaveAttribute("aria-disabled", "true");
      await affects.click();
      await page.locator(".wi-list").first().waitFor();
    },
  },
  { name: "changes", path: "/changes", ready: { full: ".cs-row", empty: ".empty", error: fault } },
  { name: "review", path: "/change/CS-1042", ready: { full: ".cr-unit", empty: ".cr-none", error: fault } },
  { name: "review-console", path: "/change/CS-1042/console", ready: { full: ".cr-console" } },
  {
    name: "approve",
    path: "/change/CS-1042",
    ready: { full: ".cr-unit" },
    act: async (page) => {
      await page.keyboard.press("a");
      await page.locator(".cr-typed").waitFor();
    },
  },
  { name: "runs", path: "/runs", ready: { full: ".rn-row", empty: ".empty", error: fault } },
  { name: "run", path: "/run/R-2207", ready: { full: ".rn-node", empty: ".rn-node", error: fault } },
  {
    name: "cancel-run",
    path: "/run/R-2207",
    ready: { full: ".rn-node" },
    act: async (page) => {
      await page.locator(".oh-actions button").first().click();
      await page.locator(".rn-behind").waitFor();
    },
  },
  { name: "locks", path: "/locks", ready: { full: ".rn-table", empty: ".empty", error: fault } },
  {
    name: "matrix",
    path: "/matrix?for=prod/payments-prod/rds-cluster",
    emptyPath: "/matrix",
    ready: { full: ".mx-it td", empty: ".empty", error: fault },
  },
  {
    name: "matrix-cell",
    path: "/matrix?for=prod/payments-prod/rds-cluster",
    ready: { full: ".mx-it td" },
    act: async (page) => {
      await page.locator('[data-cell="4-8"]').focus();
      await page.keyboard.press("Enter");
      await page.locator(".mx-choices").waitFor();
    },
  },
  {
    name: "matrix-tied",
    path: "/matrix?for=prod/payments-prod/rds-cluster",
    ready: { full: ".mx-it td" },
    act: async (page) => {
      await page.route(/\/api\/matrix$/, (route) => route.fulfill({ json: tiedMatrix }));
      await page.reload();
      await page.locator(".mx-faults li").first().waitFor();
    },
  },
  { name: "doctor", path: "/settings/doctor", ready: { full: ".se-fix", empty: ".se-head .st", error: fault } },
  { name: "people", path: "/settings/people", ready: { full: ".se-people" } },
  { name: "first-run", path: "/welcome", ready: { full: ".fr-door", error: ".fr-problem" }, closed: true },
  { name: "problems", path: "/problems", ready: { full: ".problems tr", empty: ".empty", error: ".problems tr" } },
];

const themes = ["light", "dark"] as const;
const languages = ["en", "zh-CN"] as const;
const scenes: Scene[] = ["full", "empty", "error"];

async function open(page: Page, screen: Screen, scene: Scene, ready: string): Promise<void> {
  await playScene(page, scene, { closed: screen.closed });
  await page.goto(scene === "empty" ? (screen.emptyPath ?? screen.path) : screen.path);
  await page.locator(ready).first().waitFor();
  if (ready === fault) await expect(page.getByText(refused).first()).toBeVisible();
  await screen.act?.(page);
  await page.evaluate(() => document.fonts.ready);
}

for (const screen of screens) {
  for (const scene of scenes) {
    const ready = screen.ready[scene];
    if (ready === undefined) continue;
    for (const language of languages) {
      test(`${screen.name}, ${scene}, ${language}`, async ({ page }) => {
        await choose(page, "light", language);
        await open(page, screen, scene, ready);
        expect(await untranslated(page)).toEqual([]);
        for (const theme of themes) {
          await page.evaluate((to) => {
            document.documentElement.dataset.theme = to;
          }, theme);
          await expect.soft(page).toHaveScreenshot(`${screen.name}-${scene}-${language}-${theme}.png`);
          const found = await new AxeBuilder({ page }).analyze();
          const grave = found.violations.filter((v) => v.impact === "serious" || v.impact === "critical");
          expect
            .soft(grave.map((v) => `${theme} ${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`))
            .toEqual([]);
        }
      });
    }
  }
}
