import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { untranslated } from "./keys";
import { choose, playScene, type Scene } from "./mock";

interface Screen {
  name: string;
  path: string;
  /** Shown by the browser before the picture is taken. */
  ready: Record<Scene, RegExp | string>;
  closed?: boolean;
  /** Scenes in which the screen looks like another one. */
  skip?: Scene[];
}

const refused = "store-unreachable";

const screens: Screen[] = [
  { name: "graph", path: "/graph?env=prod", ready: { full: "[data-id]", empty: ".empty", error: ".fault" } },
  {
    name: "inspector",
    path: "/graph?env=prod&sel=prod/payments-prod/rds-cluster",
    ready: { full: ".rr", empty: ".empty", error: ".fault" },
    skip: ["empty", "error"],
  },
  { name: "changes", path: "/changes", ready: { full: ".cs-row", empty: ".empty", error: ".fault" } },
  { name: "review", path: "/change/CS-1042", ready: { full: ".cr-unit", empty: ".cr-none", error: ".fault" } },
  { name: "runs", path: "/runs", ready: { full: ".rn-row", empty: ".empty", error: ".fault" } },
  { name: "run", path: "/run/R-2207", ready: { full: ".rn-node", empty: ".rn-node", error: ".fault" } },
  { name: "locks", path: "/locks", ready: { full: ".rn-table", empty: ".empty", error: ".fault" } },
  {
    name: "matrix",
    path: "/matrix?for=prod/payments-prod/rds-cluster",
    ready: { full: ".mx-route", empty: ".empty", error: ".fault" },
  },
  { name: "doctor", path: "/settings/doctor", ready: { full: ".se-fix", empty: ".se-head .st", error: ".fault" } },
  {
    name: "first-run",
    path: "/welcome",
    ready: { full: ".fr-door", empty: ".fr-door", error: ".fr-problem" },
    closed: true,
    skip: ["empty"],
  },
  { name: "problems", path: "/problems", ready: { full: ".problems tr", empty: ".empty", error: ".problems tr" } },
];

const themes = ["light", "dark"] as const;
const languages = ["en", "zh-CN"] as const;
const scenes: Scene[] = ["full", "empty", "error"];

async function open(page: Page, screen: Screen, scene: Scene): Promise<void> {
  await playScene(page, scene, { closed: screen.closed });
  await page.goto(screen.path);
  await page.locator(String(screen.ready[scene])).first().waitFor();
  await page.evaluate(() => document.fonts.ready);
  if (scene === "error" && screen.ready.error === ".fault") await expect(page.getByText(refused).first()).toBeVisible();
}

for (const screen of screens) {
  for (const scene of scenes) {
    if (screen.skip?.includes(scene) === true) continue;
    for (const language of languages) {
      for (const theme of themes) {
        test(`${screen.name}, ${scene}, ${language}, ${theme}`, async ({ page }) => {
          await choose(page, theme, language);
          await open(page, screen, scene);
          await expect(page).toHaveScreenshot(`${screen.name}-${scene}-${language}-${theme}.png`);
          expect(await untranslated(page)).toEqual([]);
          const found = await new AxeBuilder({ page }).analyze();
          const grave = found.violations.filter((v) => v.impact === "serious" || v.impact === "critical");
          expect(grave.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`)).toEqual([]);
        });
      }
    }
  }
}
