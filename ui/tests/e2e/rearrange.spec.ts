import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { type Served, serve } from "./serve";
import { words } from "./words";

// Renaming, moving, copying, deleting and arranging what stands on the canvas, against the real server.
test.setTimeout(5 * 60_000);

const say = words("en");
const sample = join(import.meta.dirname, "../../../crates/xcf-api/sample");
const files: Record<string, string> = {
  ".xcf.yaml": `apiVersion: xcloudflow.io/v1alpha1
kind: Config
metadata:
  name: moved
  uid: 01934f6e-7c00-7000-8000-00000000d13a
spec: {}
`,
  "compositions/network.yaml": `apiVersion: xcloudflow.io/v1alpha1
kind: Composition
metadata:
  name: network
spec:
  lifecycle: Foundation
  modules:
    - ref: modules/network
      inputs:
        cidr: 10.0.0.0/16
    - name: second
      ref: modules/network
      inputs:
        cidr: 10.1.0.0/16 # beside the first
`,
  "compositions/cluster.yaml": `apiVersion: xcloudflow.io/v1alpha1
kind: Composition
metadata:
  name: cluster
spec:
  lifecycle: K8s
  modules:
    - ref: modules/cluster
      # the wire
      inputs:
        network_id: { from: network, module: network, output: network_id }
`,
  "envs/prod.yaml": `apiVersion: xcloudflow.io/v1alpha1
kind: Environment
metadata:
  name: prod
spec:
  compositions:
    - ref: compositions/network
    - ref: compositions/cluster
`,
};

let served: Served;
let folder: string;
test.beforeEach(async ({ page }) => {
  served = await serve();
  folder = join(served.home, "repo");
  for (const part of ["compositions", "envs"]) mkdirSync(join(folder, part), { recursive: true });
  cpSync(join(sample, "modules"), join(folder, "modules"), { recursive: true });
  for (const [file, written] of Object.entries(files)) writeFileSync(join(folder, file), written);
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", ...args], { cwd: folder });
  git("init", "--quiet", "--initial-branch=main");
  git("add", ".");
  git("commit", "--quiet", "--message", "Two layers");
  await page.goto(served.address);
  await page.getByLabel(say("first-run:repository.path")).fill(folder);
  await page.getByRole("button", { name: say("first-run:repository.open"), exact: true }).click();
  await expect(unit(page, "network/network")).toBeVisible({ timeout: 60_000 });
});
test.afterEach(async () => {
  await served.stop();
});

const text = (file: string) => readFileSync(join(folder, file), "utf8");
const there = (file: string) => existsSync(join(folder, file));
const sheet = (page: Page) => page.getByRole("dialog");
const unit = (page: Page, name: string) => page.locator(`[data-unit='prod/${name}']`);

async function done(page: Page, verb: string): Promise<void> {
  await sheet(page).getByRole("button", { name: verb, exact: true }).click();
  await expect(sheet(page)).toHaveCount(0);
}

test("i4_1 a renamed module keeps its state and its references, by key and by menu", async ({ page }) => {
  await unit(page, "network/network").click();
  await page.keyboard.press("F2");
  await expect(sheet(page).getByLabel(say("author:rename.to"))).toBeFocused();
  await page.keyboard.type("backbone");
  await expect(sheet(page)).toContainText(say("author:units.moved_one", { count: "1" }));
  await page.keyboard.press("Enter");
  await expect(sheet(page)).toHaveCount(0);
  await expect(unit(page, "network/backbone")).toHaveAttribute("aria-pressed", "true");
  expect(text("compositions/network.yaml")).toContain("name: backbone");
  expect(text("compositions/network.yaml")).toContain("moved:");
  expect(text("compositions/cluster.yaml")).toContain("module: backbone");
  expect(text("compositions/cluster.yaml")).toContain("# the wire");

  await unit(page, "network/backbone").click({ button: "right" });
  await page.getByRole("menuitem", { name: say("author:cmd.rename") }).click();
  await sheet(page).getByLabel(say("author:rename.what")).selectOption("composition");
  await sheet(page).getByLabel(say("author:rename.to")).fill("ground");
  await sheet(page).getByLabel(say("author:rename.keepFile")).check();
  await expect(sheet(page)).toContainText(say("author:units.moved_other", { count: "2" }));
  await done(page, say("author:rename.verb"));
  await expect(unit(page, "ground/backbone")).toBeVisible();
  expect(there("compositions/network.yaml"), "the file keeps its name").toBe(true);
  expect(text("compositions/network.yaml")).toContain("name: ground");
});

test("i4_1 a module moves, is duplicated and deleted, each undone to the byte", async ({ page }) => {
  await unit(page, "network/second").click();
  await page.keyboard.press("Shift+F10");
  await page.getByRole("menuitem", { name: say("author:cmd.move") }).press("Enter");
  await sheet(page).getByLabel(say("author:carry.move.to")).selectOption("cluster");
  await expect(sheet(page)).toContainText(say("author:units.moved_one", { count: "1" }));
  await done(page, say("author:carry.move.verb"));
  await expect(unit(page, "cluster/second")).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.press("Control+z");
  await expect.poll(() => text("compositions/network.yaml")).toBe(files["compositions/network.yaml"]);

  await unit(page, "network/second").click();
  await page.keyboard.press("Control+d");
  await expect(sheet(page)).toContainText("prod/network/second-2");
  await done(page, say("author:carry.copy.verb"));
  await expect(unit(page, "network/second-2")).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.press("Control+z");
  await expect.poll(() => text("compositions/network.yaml")).toBe(files["compositions/network.yaml"]);

  // Enter in the sheet of a deletion is the way out of it.
  await unit(page, "network/second").click();
  await page.keyboard.press("Delete");
  await expect(sheet(page)).toContainText(say("author:units.removed_one", { count: "1" }));
  await page.keyboard.press("Enter");
  await expect(sheet(page)).toHaveCount(0);
  expect(text("compositions/network.yaml")).toBe(files["compositions/network.yaml"]);
  await page.keyboard.press("Backspace");
  await done(page, say("author:delete.verb"));
  await expect(unit(page, "network/second")).toHaveCount(0);
  expect(text("compositions/network.yaml")).not.toContain("second");
});
