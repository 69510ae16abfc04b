import { expect, type Page, test } from "@playwright/test";
import { type Clone, cloneOfSample, type PullRequest, type Status } from "./clone";
import { freePort, type Gitea, noGitea, startGitea } from "./gitea";
import { choose } from "./mock";
import type { Served } from "./serve";
import { sound } from "./sound";
import { type Language, words } from "./words";

// From an edit on the canvas to a pull request on a real forge, with its plan and a check, without leaving the window.
test.setTimeout(10 * 60_000);
// A button that is not there is found out long before the whole is given up.
test.use({ actionTimeout: 60_000 });
if (noGitea !== null) console.log(`skipped: ${noGitea}`);
test.skip(noGitea !== null, noGitea ?? "");
// One worker, one Gitea.
test.describe.configure({ mode: "default" });

let gitea: Gitea;
let served: Served;
test.beforeAll(async () => {
  gitea = await startGitea();
});
test.afterAll(async () => {
  await gitea?.stop();
});
test.afterEach(async () => {
  await served?.stop();
});

async function world(name: string): Promise<Clone> {
  const clone = await cloneOfSample(gitea, name);
  served = clone.served;
  return clone;
}

async function open(page: Page, folder: string, language: Language): Promise<void> {
  const say = words(language);
  await page.goto(served.address);
  await page.getByLabel(say("first-run:repository.path")).fill(folder);
  await page.getByRole("button", { name: say("first-run:repository.open"), exact: true }).click();
  await expect(page.locator(".react-flow__node").first()).toBeVisible({ timeout: 60_000 });
}

async function edit(page: Page, value: string): Promise<void> {
  await page.goto(new URL("/graph?env=dev&sel=dev/orders-db/database", served.address).toString());
  const input = page.locator(".ins").getByLabel("storage_gb", { exact: true });
  await input.fill(value);
  await input.press("Enter");
  await expect(page.locator(".draft")).toContainText("envs/dev.yaml");
}

async function agree(page: Page, language: Language): Promise<void> {
  const say = words(language);
  const trust = page.getByRole("dialog", { name: say("frame:trust.title") });
  await trust.getByRole("button", { name: say("frame:trust.yes") }).click();
  await expect(trust).toHaveCount(0);
}

const sheet = (page: Page) => page.getByRole("dialog");

test("i4_6 an edit becomes a pull request on Gitea with its plan and a check", async ({ page }) => {
  const say = words("en");
  await choose(page, "light", "en");
  const { folder, git } = await world("whole-way");
  await open(page, folder, "en");
  await edit(page, "35");

  await page.getByRole("button", { name: say("graph:export.button") }).click();
  await expect(sheet(page)).toContainText(`ann/whole-way`);
  await sheet(page).getByLabel(say("graph:export.prTitle"), { exact: true }).fill("Room for the orders of dev");
  // The branch follows the title until somebody names one.
  await expect(sheet(page).getByLabel(say("graph:export.branch"), { exact: true })).toHaveValue(
    "xcf/room-for-the-orders-of-dev",
  );
  await sheet(page).getByLabel(say("graph:export.message")).fill("The test data grew.");
  await expect(sheet(page).locator(".cm-changedLine, .cm-insertedLine").first()).toContainText("storage_gb: 35");
  // Beside the text: what it changes in the graph, and what stands around that.
  await expect(sheet(page).locator(".export-node.on")).toHaveText(/database.*dev\/orders-db/);
  await expect(sheet(page).locator(".export-node:not(.on)", { hasText: "dev/network" })).toHaveCount(1);
  await sound(page, "the export");
  expect(git("branch", "--list", "xcf/*").trim(), "a look makes no branch").toBe("");

  await sheet(page)
    .getByRole("button", { name: say("graph:export.do") })
    .click();
  // A clone nobody trusted yet: a push runs what its Git is set up to run, so it is asked first.
  await agree(page, "en");
  expect(git("branch", "--list", "xcf/*").trim(), "nothing ran before").toBe("");
  await sheet(page)
    .getByRole("button", { name: say("graph:export.do") })
    .click();
  const opened = page.getByRole("dialog", { name: say("graph:export.opened", { number: "1" }) });
  await expect(opened).toBeVisible({ timeout: 120_000 });
  await expect(opened).toContainText(`${gitea.url}/ann/whole-way/pulls/1`);
  const verdict = opened.locator(".export-told [role=status]");
  await expect(verdict).not.toHaveText(say("graph:export.check.planning"), { timeout: 5 * 60_000 });
  await expect(verdict).toHaveText(say("graph:export.check.success"));
  await sound(page, "the pull request");
  await expect(page.locator("body")).not.toContainText(gitea.token);

  const request = await gitea.api<PullRequest>("GET", "/repos/ann/whole-way/pulls/1");
  expect(request).toMatchObject({
    title: "Room for the orders of dev",
    head: { ref: "xcf/room-for-the-orders-of-dev", sha: git("rev-parse", "HEAD").trim() },
    base: { ref: "main" },
  });
  expect(request.body).toContain("The test data grew.");
  expect(request.body).toContain("## XCloudFlow plan");
  expect(request.body).toContain("dev/orders-db/database");
  const comments = await gitea.api<{ body: string }[]>("GET", "/repos/ann/whole-way/issues/1/comments");
  expect(comments.filter((c) => c.body.startsWith("<!-- xcloudflow:"))).toHaveLength(1);
  const status = await gitea.api<Status>("GET", `/repos/ann/whole-way/commits/${request.head.sha}/status`);
  expect(status.statuses).toMatchObject([{ context: "xcloudflow/plan", status: "success" }]);
  expect(git("log", "-1", "--format=%an: %s%n%b").trim()).toBe(
    "Edith: Room for the orders of dev\nThe test data grew.",
  );
  expect(git("show", "--format=", "--name-only", "HEAD").trim()).toBe("envs/dev.yaml");
  expect(git("status", "--porcelain").trim()).toBe("");
});

test("i4_6 without a network it waits in sight, and goes out once when asked", async ({ page }) => {
  const say = words("zh-CN");
  await choose(page, "dark", "zh-CN");
  const { folder, git } = await world("offline");
  const address = git("remote", "get-url", "origin").trim();
  // Nobody listens there: the port was free a moment ago.
  git("remote", "set-url", "origin", `http://127.0.0.1:${await freePort()}/ann/offline.git`);
  await open(page, folder, "zh-CN");
  await edit(page, "35");
  await page.keyboard.press("Control+Shift+E");
  await sheet(page).getByLabel(say("graph:export.branch"), { exact: true }).fill("xcf/later");
  await sheet(page)
    .getByRole("button", { name: say("graph:export.do") })
    .click();
  await agree(page, "zh-CN");
  await sheet(page)
    .getByRole("button", { name: say("graph:export.do") })
    .click();

  const queued = page.getByRole("dialog", { name: say("graph:export.queued", { branch: "xcf/later" }) });
  await expect(queued).toBeVisible({ timeout: 120_000 });
  await sound(page, "queued");
  await queued.getByRole("button", { name: say("graph:export.done") }).click();

  git("remote", "set-url", "origin", address);
  await page.getByRole("button", { name: say("graph:export.button") }).click();
  const waiting = sheet(page).locator(".export-queue");
  await expect(waiting).toContainText("xcf/later");
  await sound(page, "the queue");
  await waiting.getByRole("button", { name: say("graph:export.sendNow") }).click();
  await expect(waiting).toContainText(`${gitea.url}/ann/offline/pulls/1`, { timeout: 120_000 });
  await expect(waiting.locator("li")).toHaveCount(0);
  const requests = await gitea.api<PullRequest[]>("GET", "/repos/ann/offline/pulls?state=open");
  expect(requests.map((r) => [r.head.ref, r.head.sha])).toEqual([["xcf/later", git("rev-parse", "HEAD").trim()]]);
});
