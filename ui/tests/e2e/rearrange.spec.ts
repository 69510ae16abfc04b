import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { untranslated } from "./keys";
import { choose } from "./mock";
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

  await expect(unit(page, "ground/backbone")).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.press("Control+z");
  await expect(unit(page, "network/backbone"), "the selection goes back with the name").toHaveAttribute(
    "aria-pressed",
    "true",
  );
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

test("i4_1 several are picked by clicks, by a frame and by keys, copied and deleted in one step", async ({ page }) => {
  await unit(page, "network/network").click();
  await unit(page, "network/second").click({ modifiers: ["Shift"] });
  await expect(page.getByText(say("author:selection.count_other", { count: "2" }))).toBeVisible();
  await expect(page.locator(".node.sel")).toHaveCount(2);
  await unit(page, "network/second").click({ modifiers: ["Control"] });
  await expect(page.locator(".node.sel")).toHaveCount(1);

  // A frame drawn with Shift takes what it touches.
  const boxes = await Promise.all(["network/network", "network/second"].map((name) => unit(page, name).boundingBox()));
  const [a, b] = boxes;
  if (!a || !b) throw new Error("no units");
  await page.keyboard.down("Shift");
  await page.mouse.move(a.x + 20, a.y + a.height + 40);
  await page.mouse.down();
  await page.mouse.move(b.x + 40, b.y + 30, { steps: 6 });
  await page.mouse.up();
  await page.keyboard.up("Shift");
  await expect(page.locator(".node.sel")).toHaveCount(2);

  await page.keyboard.press("Control+c");
  await unit(page, "cluster/cluster").click();
  await expect(page.locator(".node.sel")).toHaveCount(1);
  await page.keyboard.press("Control+v");
  await expect(sheet(page).getByLabel(say("author:carry.move.to"))).toHaveValue("cluster");
  await done(page, say("author:carry.copy.verb"));
  await expect(unit(page, "cluster/second")).toBeVisible();
  await expect(page.locator(".node.sel")).toHaveCount(2);
  expect(text("compositions/cluster.yaml")).toContain("cidr: 10.1.0.0/16 # beside the first");
  await page.keyboard.press("Control+z");
  await expect.poll(() => text("compositions/cluster.yaml")).toBe(files["compositions/cluster.yaml"]);

  // All that is shown, by keys; then by keys two of them.
  await page.keyboard.press("Control+a");
  await expect(page.locator(".node.sel")).toHaveCount(3);
  await page.keyboard.press("Escape");
  await expect(page.locator(".node.sel")).toHaveCount(0);
  await unit(page, "network/network").click();
  await page.keyboard.press("Shift+ArrowRight");
  await expect(page.locator(".node.sel")).toHaveCount(2);
  await page.keyboard.press("Control+x");
  await page.keyboard.press("Control+v");
  await sheet(page).getByLabel(say("author:carry.move.to")).selectOption("cluster");
  await expect(sheet(page)).toContainText(say("author:units.moved_other", { count: "2" }));
  await done(page, say("author:carry.move.verb"));
  await expect(unit(page, "cluster/second")).toBeVisible();
  await page.keyboard.press("Control+z");
  await expect.poll(() => text("compositions/network.yaml")).toBe(files["compositions/network.yaml"]);
  await expect(unit(page, "network/second")).toBeVisible();

  await unit(page, "network/second").click();
  await unit(page, "cluster/cluster").click({ modifiers: ["Shift"] });
  await page.getByRole("button", { name: say("author:cmd.delete") }).click();
  await expect(sheet(page)).toContainText(say("author:units.removed_other", { count: "2" }));
  await done(page, say("author:delete.verb"));
  await expect(unit(page, "network/second")).toHaveCount(0);
  await page.keyboard.press("Control+z");
  await expect.poll(() => text("compositions/network.yaml")).toBe(files["compositions/network.yaml"]);
  await expect
    .poll(() => text("compositions/cluster.yaml"), "one undo for both")
    .toBe(files["compositions/cluster.yaml"]);
});

test("i4_1 a wire is clicked and taken away, and undone", async ({ page }) => {
  const wire = page.locator("[data-wire='prod/network/network>prod/cluster/cluster']");
  await expect(wire).toBeAttached();
  // The free stretch beside the units, in the middle of the line.
  const at = await wire.evaluate((path: SVGPathElement) => {
    const point = path.getPointAtLength(path.getTotalLength() / 2).matrixTransform(path.getScreenCTM() ?? undefined);
    return { x: point.x, y: point.y };
  });
  await page.mouse.click(at.x, at.y);
  await expect(page.locator(".strip")).toContainText(
    say("author:wires.data", { output: "network_id", input: "network_id" }),
  );
  await page.keyboard.press("Delete");
  await expect(wire).toHaveCount(0);
  expect(text("compositions/cluster.yaml")).not.toContain("from: network");
  await page.keyboard.press("Control+z");
  await expect(wire).toBeAttached();
  expect(text("compositions/cluster.yaml")).toBe(files["compositions/cluster.yaml"]);
});

test("i4_1 the outline picks several too, by click and by Space", async ({ page }) => {
  await page.keyboard.press("o");
  const row = (name: string) => page.locator(`[data-row='prod/network/${name}']`);
  await row("network").click();
  await row("second").click({ modifiers: ["Control"] });
  await expect(page.locator(".out-row[aria-selected=true]")).toHaveCount(2);
  await row("second").press(" ");
  await expect(page.locator(".out-row[aria-selected=true]")).toHaveCount(1);
  await row("second").click({ button: "right" });
  await page.getByRole("menuitem", { name: say("author:cmd.delete") }).click();
  await done(page, say("author:delete.verb"));
  await expect(row("second")).toHaveCount(0);
});

const places = () => (there(".xcf/layout/graph.json") ? text(".xcf/layout/graph.json") : "");

async function boxOf(page: Page, name: string): Promise<{ x: number; y: number }> {
  const box = await unit(page, name).boundingBox();
  if (box === null) throw new Error(`no ${name}`);
  return { x: Math.round(box.x), y: Math.round(box.y) };
}

async function drag(page: Page, name: string, by: { x: number; y: number }): Promise<void> {
  const { x, y } = await boxOf(page, name);
  await page.mouse.move(x + 30, y + 20);
  await page.mouse.down();
  await page.mouse.move(x + 30 + by.x / 2, y + 20 + by.y / 2, { steps: 4 });
  await page.mouse.move(x + 30 + by.x, y + 20 + by.y, { steps: 4 });
  await page.mouse.up();
}

test("i4_1 a unit stays where it was put, alone and with others, after a reload too", async ({ page }) => {
  const before = await boxOf(page, "cluster/cluster");
  await drag(page, "cluster/cluster", { x: 240, y: 24 });
  await expect.poll(places).toContain("prod/cluster/cluster");
  const there = { x: before.x + 240, y: before.y + 24 };
  await expect.poll(() => boxOf(page, "cluster/cluster")).toEqual(there);
  await page.reload();
  await expect(unit(page, "cluster/cluster")).toBeVisible({ timeout: 60_000 });
  await expect.poll(() => boxOf(page, "cluster/cluster")).toEqual(there);
  await page.keyboard.press("Control+z");
  await expect.poll(() => boxOf(page, "cluster/cluster")).toEqual(before);

  // Two at once; the second goes along by as much.
  const [a, b] = [await boxOf(page, "network/network"), await boxOf(page, "network/second")];
  await page.keyboard.press("Control+a");
  await unit(page, "cluster/cluster").click({ modifiers: ["Shift"] });
  await drag(page, "network/network", { x: 80, y: 40 });
  await expect.poll(() => boxOf(page, "network/second")).toEqual({ x: b.x + 80, y: b.y + 40 });
  await expect.poll(() => boxOf(page, "network/network")).toEqual({ x: a.x + 80, y: a.y + 40 });
  await expect.poll(places).toContain("prod/network/second");

  // Let go over another Composition, it asks to be moved there.
  await page.keyboard.press("Escape");
  const [from, to] = [await boxOf(page, "network/second"), await boxOf(page, "cluster/cluster")];
  await drag(page, "network/second", { x: to.x - from.x + 4, y: to.y - from.y + 4 });
  await expect(sheet(page).getByLabel(say("author:carry.move.to"))).toHaveValue("cluster");
  await page.keyboard.press("Escape");
  await expect(sheet(page)).toHaveCount(0);
  await expect.poll(() => boxOf(page, "network/second")).toEqual(from);
});

test("i4_1 units are nudged, aligned and tidied by keys", async ({ page }) => {
  const run = async (title: string) => {
    await page.keyboard.press("Control+k");
    await expect(page.getByRole("dialog").getByRole("combobox")).toBeFocused();
    await page.keyboard.type(title);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("dialog")).toHaveCount(0);
  };
  const [a, b] = [await boxOf(page, "network/network"), await boxOf(page, "network/second")];
  await unit(page, "network/second").click();
  await page.keyboard.press("Alt+ArrowDown");
  await expect.poll(() => boxOf(page, "network/second")).toEqual({ x: b.x, y: b.y + 8 });
  await page.keyboard.press("Alt+ArrowDown");
  await page.keyboard.press("Alt+ArrowRight");
  await expect.poll(() => boxOf(page, "network/second")).toEqual({ x: b.x + 8, y: b.y + 16 });
  await page.keyboard.press("Shift+ArrowLeft");
  await expect(page.locator(".node.sel")).toHaveCount(2);
  await run(say("author:align.top"));
  await expect.poll(() => boxOf(page, "network/second")).toEqual({ x: b.x + 8, y: a.y });
  await run(say("author:align.left"));
  await expect.poll(async () => (await boxOf(page, "network/second")).x).toBe(a.x);
  await page.getByRole("button", { name: say("author:selection.align") }).click();
  await page.getByRole("menuitem", { name: say("author:align.tidy") }).click();
  await expect.poll(() => boxOf(page, "network/second")).toEqual(b);
  await expect.poll(places).not.toContain("second");
});

test("i4_1 a file of places that makes no sense is said, and never written over", async ({ page }) => {
  mkdirSync(join(folder, ".xcf/layout"), { recursive: true });
  writeFileSync(join(folder, ".xcf/layout/graph.json"), "<<<<<<< ours\n");
  await page.reload();
  await expect(page.locator(".places-line")).toContainText("graph.json:1");
  await unit(page, "network/second").click();
  await page.keyboard.press("Alt+ArrowDown");
  await expect(page.locator(".places-line")).toBeVisible();
  await expect.poll(places).toBe("<<<<<<< ours\n");
});

for (const language of ["en", "zh-CN"] as const)
  for (const theme of ["light", "dark"] as const)
    test(`i4_1 d12 bar, menu and sheets are readable by all, ${language}, ${theme}`, async ({ page }) => {
      const own = words(language);
      const grave = async () => {
        expect(await untranslated(page)).toEqual([]);
        const { violations } = await new AxeBuilder({ page }).analyze();
        return violations
          .filter((v) => v.impact === "serious" || v.impact === "critical")
          .map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
      };
      await choose(page, theme, language);
      await page.reload();
      await unit(page, "network/network").click({ timeout: 60_000 });
      await unit(page, "network/second").click({ modifiers: ["Control"] });
      await expect(page.locator(".strip")).toBeVisible();
      expect(await grave(), "bar").toEqual([]);
      await page.keyboard.press("Shift+F10");
      await expect(page.getByRole("menuitem")).toHaveCount(7);
      expect(await grave(), "menu").toEqual([]);
      await page.getByRole("menuitem", { name: own("author:cmd.delete") }).click();
      await expect(page.locator(".unit-change.bad")).toBeVisible();
      expect(await grave(), "deletion").toEqual([]);
      await page.keyboard.press("Escape");
      await expect(sheet(page)).toHaveCount(0);
      await unit(page, "network/second").click();
      await page.keyboard.press("F2");
      await sheet(page).getByLabel(own("author:rename.to")).fill("third");
      await expect(page.locator(".unit-change.ok")).toBeVisible();
      expect(await grave(), "renaming").toEqual([]);
    });
