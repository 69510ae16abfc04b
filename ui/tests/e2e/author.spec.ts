import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { byMouse } from "./mouse";
import { type Served, serve } from "./serve";
import { words } from "./words";

// Drawing in a repository that holds modules only; the whole of `prod` is drawn in prod.spec.ts.
test.setTimeout(5 * 60_000);

const say = words("en");
const sample = join(import.meta.dirname, "../../../crates/xcf-api/sample");
const CONFIG = `apiVersion: xcloudflow.io/v1alpha1
kind: Config
metadata:
  name: drawn
  uid: 01934f6e-7c00-7000-8000-00000000d12a
spec: {}
`;

let served: Served;
let folder: string;
test.beforeEach(async ({ page }) => {
  served = await serve();
  folder = join(served.home, "repo");
  mkdirSync(folder);
  cpSync(join(sample, "modules"), join(folder, "modules"), { recursive: true });
  writeFileSync(join(folder, ".xcf.yaml"), CONFIG);
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", ...args], { cwd: folder });
  git("init", "--quiet", "--initial-branch=main");
  git("add", ".");
  git("commit", "--quiet", "--message", "Modules");
  await page.goto(served.address);
  await page.getByLabel(say("first-run:repository.path")).fill(folder);
  await page.getByRole("button", { name: say("first-run:repository.open"), exact: true }).click();
  await expect(page.getByText(say("graph:empty.title"))).toBeVisible({ timeout: 60_000 });
});
test.afterEach(async () => {
  await served.stop();
});

const text = (file: string) => readFileSync(join(folder, file), "utf8");
const sheet = (page: Page) => page.getByRole("dialog");

async function done(page: Page, verb: string): Promise<void> {
  await sheet(page).getByRole("button", { name: verb, exact: true }).click();
  await expect(sheet(page)).toHaveCount(0);
}

test("d2_1 what was drawn by mouse is one stack of steps", async ({ page }) => {
  const hand = byMouse(page);
  await hand.environment("prod");
  await hand.add({ ref: "modules/network", into: { lane: "Foundation", name: "network" } });
  await hand.add({ ref: "modules/database", into: { lane: "PaaS", name: "database" } });
  await hand.connect({
    from: "prod/network/network",
    to: "prod/database/database",
    ports: { output: "subnet_ids", input: "subnet_ids" },
  });
  const before = text("compositions/database.yaml");
  await page.getByRole("button", { name: say("graph:draft.undo") }).click();
  await expect.poll(() => text("compositions/database.yaml")).not.toContain("from: network");
  await page.getByRole("button", { name: say("graph:draft.redo") }).click();
  await expect.poll(() => text("compositions/database.yaml")).toBe(before);
});

test("d12 a wire within one Composition is drawn, found and taken away by keys", async ({ page }) => {
  const choose = async (label: string, value: string) => {
    await sheet(page).getByLabel(label, { exact: true }).focus();
    await sheet(page).getByLabel(label, { exact: true }).selectOption(value);
  };
  await page.keyboard.press("a");
  await choose(say("author:add.module"), "modules/network");
  await page.keyboard.press("Enter");
  await done(page, say("author:add.verb"));
  await expect.poll(() => text("compositions/network.yaml")).toContain("- ref: modules/network\n");

  await page.keyboard.press("a");
  await choose(say("author:add.module"), "modules/cluster");
  await choose(say("author:add.into"), "network");
  await done(page, say("author:add.verb"));
  await expect.poll(() => text("compositions/network.yaml")).toContain("- ref: modules/cluster\n");

  await page.keyboard.press("c");
  await choose(say("author:connect.from"), "default/network/network");
  await choose(say("author:connect.to"), "default/network/cluster");
  await expect(sheet(page).getByLabel(say("author:connect.input"))).toHaveValue("network_id");
  await done(page, say("author:connect.verb"));
  await expect.poll(() => text("compositions/network.yaml")).toContain("{module: network");
  expect(text("compositions/network.yaml")).toBe(`apiVersion: xcloudflow.io/v1alpha1
kind: Composition
metadata:
  name: network
spec:
  lifecycle: Foundation
  modules:
    - ref: modules/network
    - ref: modules/cluster
      inputs:
        network_id: {module: network, output: network_id}
`);

  // The wire is found again by its unit, and taken away.
  await page.keyboard.press("w");
  await sheet(page)
    .getByRole("button", { name: say("author:wires.remove") })
    .first()
    .press("Enter");
  await expect.poll(() => text("compositions/network.yaml")).not.toContain("inputs:");
});
