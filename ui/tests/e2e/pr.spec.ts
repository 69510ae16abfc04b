import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { type Gitea, noGitea, startGitea } from "./gitea";
import { choose } from "./mock";
import { type Served, serve } from "./serve";
import { sound } from "./sound";
import { words } from "./words";

// From an edit on the canvas to a pull request on a real forge, with its plan and a check, without leaving the window.
test.setTimeout(10 * 60_000);
// A button that is not there is found out long before the whole is given up.
test.use({ actionTimeout: 60_000 });
test.skip(noGitea !== null, `skipped: ${noGitea ?? ""}`);

interface PullRequest {
  number: number;
  title: string;
  body: string;
  head: { ref: string; sha: string };
  base: { ref: string };
}
interface Status {
  state: string;
  statuses: { context: string; status: string; description: string }[];
}

const say = words("en");

let gitea: Gitea;
let served: Served;
test.beforeAll(async () => {
  gitea = await startGitea();
});
test.afterAll(async () => {
  await gitea?.stop();
});
test.afterEach(async () => {
  await served.stop();
});

const ended = (child: ReturnType<Served["xcf"]>) =>
  new Promise<void>((resolve, reject) =>
    child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`exit ${code}`)))),
  );

/** The sample in a project of its own on the forge, cloned as a person would have it. */
async function world(name: string): Promise<{ folder: string; git: (...args: string[]) => string }> {
  served = await serve(undefined, { XCF_FORGE_TOKEN: gitea.token, XCF_KEYRING: "off" });
  const address = await gitea.project(name);
  const folder = join(served.home, name);
  await ended(served.xcf("init", folder));
  const env = { ...process.env, HOME: served.home };
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, env, encoding: "utf8", stdio: "pipe" });
  git("config", "user.name", "Edith");
  git("config", "user.email", "edith@sample.invalid");
  git("remote", "add", "origin", address);
  const config = join(folder, ".xcf.yaml");
  const forge = `spec:\n  forge:\n    kind: gitea\n    url: ${gitea.url}\n`;
  writeFileSync(config, readFileSync(config, "utf8").replace("spec:\n", forge));
  git("commit", "--quiet", "--all", "--message", "Name the forge");
  git("push", "--quiet", address.replace("http://", `http://ann:${gitea.token}@`), "main");
  // Gitea notes in the background that a project is no longer empty; until then it knows no pull requests of it.
  await expect
    .poll(async () => (await gitea.api<{ empty: boolean }>("GET", `/repos/ann/${name}`)).empty, { timeout: 120_000 })
    .toBe(false);
  return { folder, git };
}

async function open(page: Page, folder: string): Promise<void> {
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

const sheet = (page: Page) => page.getByRole("dialog");

test("i4_6 an edit becomes a pull request on Gitea with its plan and a check", async ({ page }) => {
  await choose(page, "light", "en");
  const { folder, git } = await world("whole-way");
  await open(page, folder);
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
  await sound(page, "the export");
  expect(git("branch", "--list", "xcf/*").trim(), "a look makes no branch").toBe("");

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
