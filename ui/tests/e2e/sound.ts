import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";
import { untranslated } from "./keys";

/** No message key on screen, and nothing a screen reader stumbles over badly. */
export async function sound(page: Page, where: string): Promise<void> {
  expect(await untranslated(page), where).toEqual([]);
  const { violations } = await new AxeBuilder({ page }).analyze();
  const grave = violations.filter((v) => v.impact === "serious" || v.impact === "critical");
  expect(
    grave.map((v) => `${where}: ${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`),
    where,
  ).toEqual([]);
}
