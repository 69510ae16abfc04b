import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { choose } from "./mock";
import { type Served, serve } from "./serve";
import { words } from "./words";

// A process that drives a run dies without a word; a person goes on from the window.
test.setTimeout(8 * 60_000);

let served: Served;
test.beforeEach(async () => {
  served = await serve();
});
test.afterEach(async () => {
  await served.stop();
});

/** The end of a child, with what it said. */
async function ended(child: ChildProcess): Promise<{ code: number | null; signal: string | null; said: string }> {
  const said: string[] = [];
  child.stdout?.on("data", (text: Buffer) => said.push(text.toString()));
  child.stderr?.on("data", (text: Buffer) => said.push(text.toString()));
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  return { code, signal, said: said.join("") };
}

for (const language of ["en", "zh-CN"] as const) {
  test(`d7_a_run_whose_driver_was_killed_goes_on_from_the_window, ${language}`, async ({ page }) => {
    await choose(page, "light", language);
    const say = words(language);
    const folder = join(served.home, "sample");
    await page.goto(served.address);
    await page.getByLabel(say("first-run:sample.path")).fill(folder);
    await page.getByRole("button", { name: say("first-run:sample.open") }).click();
    await expect(page.locator(".react-flow__node").first()).toBeVisible({ timeout: 60_000 });

    const planned = await ended(served.xcf("-C", folder, "--yes", "plan", "--env", "dev"));
    expect(planned.said).toContain("CS-1");

    const driver = served.xcf("-C", folder, "--yes", "apply", "CS-1");
    const death = ended(driver);
    await page.goto(new URL("/run/R-1", served.address).toString());
    const busy = page.locator(".rn-node.s-run");
    await expect(async () => {
      // The run may not be asked for yet when the page is first opened.
      const again = page.getByRole("button", { name: say("parts:retry") });
      if (await again.isVisible()) await again.click();
      await expect(busy.first()).toBeVisible({ timeout: 2000 });
    }).toPass({ timeout: 120_000 });

    driver.kill("SIGKILL");
    expect((await death).signal).toBe("SIGKILL");

    const waiting = page.locator(".oh-title .st", { hasText: say("parts:status.waitingForDriver") });
    await expect(waiting).toBeVisible({ timeout: 60_000 });
    const goOn = page.locator(".oh-actions").getByRole("button", { name: say("run:continue") });
    await expect(goOn).toBeVisible();
    await page.goto(new URL("/changes?env=dev", served.address).toString());
    const row = page.locator(".cs-row", { hasText: "CS-1" });
    await expect(row).toContainText(say("parts:status.waitingForDriver"));
    await page.goto(new URL("/run/R-1", served.address).toString());

    await goOn.click();
    await expect(waiting).toBeHidden({ timeout: 30_000 });
    const signing = page.locator(".oh-actions").getByRole("button", { name: say("run:signOff.open") });
    await expect(async () => {
      if (await signing.isVisible()) {
        await signing.click();
        await page.getByRole("dialog").locator(".btn.pri").click();
      }
      const closed = page.locator(".oh-title .st", { hasText: say("parts:status.closed") });
      await expect(closed).toBeVisible({ timeout: 1000 });
    }).toPass({ timeout: 4 * 60_000 });
    await expect(page.locator(".rn-node .st.bad")).toHaveCount(0);
    await page.goto(new URL("/graph?env=dev", served.address).toString());
    await expect(page.locator(".react-flow__node").first()).toBeVisible();
    const units = await page.locator(".react-flow__node").count();
    await expect(page.locator(".react-flow__node", { hasText: say("parts:status.healthy") })).toHaveCount(units);
  });
}
