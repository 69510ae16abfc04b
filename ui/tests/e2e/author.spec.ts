import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { type Served, serve } from "./serve";
import { words } from "./words";

// From a repository that holds modules only to an Environment of three layers, drawn; the text is what a careful
// person would have written.
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

/** Drags a module card onto a lane, where it asks for a Composition of that lifecycle. */
async function dropOnLane(page: Page, name: string, lane: string): Promise<void> {
  const band = page.locator(".lh", { hasText: lane }).first();
  const box = await band.boundingBox();
  const stage = await page.locator(".cv").boundingBox();
  if (box === null || stage === null) throw new Error("no lane");
  await page.locator(".module-card", { hasText: `modules/${name}` }).dragTo(page.locator(".cv .react-flow__pane"), {
    targetPosition: { x: 420, y: box.y - stage.y + box.height / 2 },
  });
  await expect(sheet(page).getByLabel(say("author:add.lifecycle"))).toHaveValue(lane);
  await done(page, say("author:add.verb"));
  // The lanes make room for it: the next drop needs them at rest.
  await expect(page.locator(`[data-unit='prod/${name}/${name}']`)).toBeVisible();
}

test("d2_1 three layers drawn by mouse read as written by hand", async ({ page }) => {
  await page.getByRole("button", { name: say("author:cmd.assemble") }).click();
  await sheet(page).getByLabel(say("author:assemble.name")).fill("prod");
  await done(page, say("author:assemble.verb"));

  await page.getByRole("button", { name: say("author:menu"), exact: true }).click();
  await page.getByRole("menuitem", { name: say("author:cmd.palette") }).click();
  await page.locator(".module-card", { hasText: "modules/network" }).click();
  await done(page, say("author:add.verb"));
  await expect(page.locator("[data-unit='prod/network/network']")).toBeVisible();

  await dropOnLane(page, "cluster", "K8s");
  await dropOnLane(page, "database", "PaaS");

  // A wire is drawn from port to port; the sheet offers the name both ends share.
  const node = (unit: string) => page.locator(".react-flow__node", { has: page.locator(`[data-unit='${unit}']`) });
  const wire = async (from: string, to: string) => {
    await node(from).hover();
    await node(from).locator(".port.out").dragTo(node(to).locator(".port.in"));
    await expect(sheet(page).getByLabel(say("author:connect.from"))).toHaveValue(from);
    await expect(sheet(page).getByLabel(say("author:connect.to"))).toHaveValue(to);
    await done(page, say("author:connect.verb"));
  };
  await wire("prod/network/network", "prod/cluster/cluster");
  await wire("prod/network/network", "prod/database/database");

  expect(text("envs/prod.yaml")).toBe(`apiVersion: xcloudflow.io/v1alpha1
kind: Environment
metadata:
  name: prod
spec:
  compositions:
    - ref: compositions/network
    - ref: compositions/cluster
    - ref: compositions/database
`);
  expect(text("compositions/cluster.yaml")).toBe(`apiVersion: xcloudflow.io/v1alpha1
kind: Composition
metadata:
  name: cluster
spec:
  lifecycle: K8s
  modules:
    - ref: modules/cluster
      inputs:
        network_id: {from: network, output: network_id}
`);

  // Everything is one stack of steps: undone to the first, the repository is as it was.
  const before = text("compositions/database.yaml");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: say("graph:draft.undo") }).click();
  await expect.poll(() => text("compositions/database.yaml")).not.toContain("from: network");
  await page.getByRole("button", { name: say("graph:draft.redo") }).click();
  await expect.poll(() => text("compositions/database.yaml")).toBe(before);
});

test("d12 the same by keyboard alone", async ({ page }) => {
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
