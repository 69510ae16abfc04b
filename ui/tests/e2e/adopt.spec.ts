import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { choose } from "./mock";
import { type Served, serve } from "./serve";
import { sound } from "./sound";
import { type Language, words } from "./words";

// A repository that was applied by hand before anybody here knew of it: opened, looked at, taken in, planned.
test.setTimeout(8 * 60_000);
// A button that is not there is found out long before the whole is given up.
test.use({ actionTimeout: 60_000 });

const ROOT = `variable "size" {
  type    = number
  default = 1
}
resource "terraform_data" "net" {
  input = "size \${var.size}"
}
output "id" {
  value = terraform_data.net.id
}
`;

let served: Served;
let folder: string;
test.beforeEach(async () => {
  served = await serve();
  folder = join(served.home, "work");
  mkdirSync(folder);
  git("init", "--quiet", "--initial-branch=main");
  git("config", "user.name", "Ada");
  git("config", "user.email", "ada@example.com");
  put(".gitignore", "*.tfstate*\n.terraform*\n");
});
test.afterEach(async () => {
  await served.stop();
});

function git(...args: string[]): string {
  return execFileSync("git", args, { cwd: folder, encoding: "utf8" });
}

function put(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function commit(message: string): void {
  git("add", ".");
  git("commit", "--quiet", "--message", message);
}

/** Everything below the checkout except Git's own, with its bytes. */
function everything(): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
  const paths = files.map((e) => join(e.parentPath, e.name)).filter((p) => !p.startsWith(join(folder, ".git/")));
  return Object.fromEntries(paths.sort().map((path) => [path, readFileSync(path, "base64")]));
}

async function open(page: Page, language: Language): Promise<void> {
  const say = words(language);
  await page.goto(served.address);
  await page.getByLabel(say("first-run:repository.path")).fill(folder);
  await page.getByLabel(say("first-run:repository.path")).press("Enter");
}

const sheet = (page: Page) => page.getByRole("dialog");

/** Two roots in use, one with its state beside it and one with a backend of its own, and a playbook. */
function applied(): { kept: string } {
  const kept = join(served.home, "kept.tfstate");
  put("infra/prod/network/main.tf", ROOT);
  put("infra/prod/network/prod.tfvars", "size = 7\n");
  put("infra/prod/dns/main.tf", `terraform {\n  backend "local" {\n    path = "${kept}"\n  }\n}\n${ROOT}`);
  put("playbooks/site.yml", "- hosts: all\n  gather_facts: false\n  tasks:\n    - ansible.builtin.ping:\n");
  commit("What was there before");
  const env = { ...process.env, HOME: served.home, CHECKPOINT_DISABLE: "1" };
  const here = (name: string) =>
    (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, name)));
  // OpenTofu on a machine that has only that: states and commands are the same.
  const program = here("terraform") ? "terraform" : "tofu";
  const terraform = (root: string, ...args: string[]) =>
    execFileSync(program, args, { cwd: join(folder, root), env, stdio: "pipe" });
  for (const [root, ...more] of [["infra/prod/network", "-var-file=prod.tfvars"], ["infra/prod/dns"]] as const) {
    terraform(root, "init", "-input=false");
    terraform(root, "apply", "-auto-approve", "-input=false", ...more);
  }
  return { kept };
}

test("issue4_7 a repository in use is looked at, taken in by hand, and its first plan changes nothing", async ({
  page,
}) => {
  const say = words("en");
  await choose(page, "light", "en");
  const { kept } = applied();
  const before = everything();

  await open(page, "en");
  await expect(sheet(page).getByRole("heading", { name: say("adopt:title") })).toBeVisible();
  const row = (path: string) => sheet(page).locator(".adopt-found tr", { hasText: path });
  await expect(row("infra/prod/network")).toContainText(
    say("adopt:state.copied", { from: "infra/prod/network/terraform.tfstate" }),
  );
  await expect(row("infra/prod/dns")).toContainText(say("adopt:state.backend", { from: "local" }));
  await expect(row("playbooks/site.yml")).toContainText(say("adopt:kind.playbook"));
  await expect(sheet(page).locator(".adopt-env")).toHaveText([
    `${say("adopt:environment")} prod`,
    `${say("adopt:unassembled")} ${say("adopt:unassembledText")}`,
  ]);
  // The very texts stand there, and none of them is on disk.
  await expect(sheet(page).getByLabel("envs/prod.yaml", { exact: true })).toContainText("allowDestroy: never");
  const proposed = await sheet(page).locator(".adopt-files .diff-file .mono").allTextContents();
  expect(proposed).toContain(".xcf.yaml");
  expect(proposed.length).toBeGreaterThanOrEqual(5);
  await sound(page, "the proposal");
  expect(everything()).toEqual(before);
  for (const path of proposed) expect(existsSync(join(folder, path)), path).toBe(false);

  // Going back writes nothing either, and the same folder can be opened again.
  await page.keyboard.press("Escape");
  await expect(sheet(page)).toHaveCount(0);
  expect(everything()).toEqual(before);
  await page.getByRole("button", { name: say("first-run:repository.open"), exact: true }).click();
  await expect(sheet(page)).toContainText("envs/prod.yaml");

  const shown = await sheet(page).getByLabel("envs/prod.yaml", { exact: true }).locator(".cm-line").allTextContents();
  await sheet(page)
    .getByRole("button", { name: say("adopt:accept_other", { count: String(proposed.length) }) })
    .click();
  await expect(page.locator("[data-unit='prod/network-prod/network']")).toBeVisible({ timeout: 60_000 });
  await expect(page.locator("[data-unit='prod/dns-prod/dns']")).toBeVisible();
  expect(git("status", "--porcelain", "--untracked-files=all").trim().split("\n").sort()).toEqual(
    proposed.map((path) => `?? ${path}`).sort(),
  );
  expect(readFileSync(join(folder, "envs/prod.yaml"), "utf8")).toBe(shown.join("\n"));
  for (const [path, bytes] of Object.entries(before)) expect(readFileSync(path, "base64"), path).toBe(bytes);
  await sound(page, "the graph");

  const state = readFileSync(kept, "utf8");
  const plan = page.getByRole("button", { name: new RegExp(say("graph:planDraft")) });
  await plan.click();
  await sheet(page)
    .getByRole("button", { name: say("frame:trust.yes") })
    .click();
  await expect(sheet(page)).toHaveCount(0);
  await plan.click();
  await expect(sheet(page)).toBeVisible({ timeout: 5 * 60_000 });
  await expect(sheet(page)).toContainText(say("graph:planned_result.none"));
  expect(readFileSync(kept, "utf8")).toBe(state);
});

test("issue4_7 by keyboard alone, in Chinese and dark; what changed since the look is not written", async ({
  page,
}) => {
  const say = words("zh-CN");
  await choose(page, "dark", "zh-CN");
  put("infra/dev/dns/main.tf", ROOT);
  commit("What was there before");
  await open(page, "zh-CN");
  const accept = (count: number) =>
    sheet(page).getByRole("button", { name: say("adopt:accept_other", { count: String(count) }) });
  await expect(accept(3)).toBeVisible();
  await sound(page, "the proposal");

  // Another root appears after the look: what stands on screen is not what would be written.
  put("infra/dev/mail/main.tf", ROOT);
  await accept(3).press("Enter");
  await expect(sheet(page).locator(".fault")).toContainText("adopt-changed");
  await expect(sheet(page).locator(".adopt-found")).toContainText("infra/dev/mail");
  expect(existsSync(join(folder, ".xcf.yaml"))).toBe(false);
  await sound(page, "a new look");

  // Nothing but keys: from the first text to the verb, which is the last stop.
  await sheet(page).getByRole("button", { name: ".xcf.yaml" }).press("Enter");
  await expect(sheet(page).getByLabel(".xcf.yaml", { exact: true })).toHaveCount(0);
  for (let stops = 0; stops < 30; stops += 1) {
    if (await accept(4).evaluate((verb) => verb === document.activeElement)) break;
    await page.keyboard.press("Tab");
  }
  await expect(accept(4)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("[data-unit='dev/mail-dev/mail']")).toBeVisible({ timeout: 60_000 });
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
  await sound(page, "the graph");
});

test("issue4_7 where nothing can be adopted, or .xcf.yaml is broken, it says so and offers no verb", async ({
  page,
}) => {
  const say = words("en");
  await choose(page, "light", "en");
  put("README.md", "Nothing here.\n");
  commit("Nothing");
  await open(page, "en");
  await expect(sheet(page)).toContainText(say("adopt:none.title"));
  await expect(sheet(page).locator(".dialog-actions .btn.pri")).toHaveCount(0);
  await sound(page, "nothing to adopt");
  await page.keyboard.press("Escape");

  put(".xcf.yaml", "kind: Config\nspec: [\n");
  await page.getByRole("button", { name: say("first-run:repository.open"), exact: true }).click();
  await expect(sheet(page).locator(".fault")).toContainText("no-config");
  await expect(sheet(page).locator(".dialog-actions .btn.pri")).toHaveCount(0);
  expect(readFileSync(join(folder, ".xcf.yaml"), "utf8")).toBe("kind: Config\nspec: [\n");
});

test("issue4_7 an open workspace takes in what was added since, beside what it has", async ({ page }) => {
  const say = words("en");
  await choose(page, "light", "en");
  put("infra/dev/dns/main.tf", ROOT);
  commit("What was there before");
  await open(page, "en");
  await sheet(page)
    .getByRole("button", { name: say("adopt:accept_other", { count: "3" }) })
    .click();
  await expect(page.locator("[data-unit='dev/dns-dev/dns']")).toBeVisible({ timeout: 60_000 });
  commit("Adopt");
  put("infra/dev/mail/main.tf", ROOT);
  commit("Mail");
  const before = readFileSync(join(folder, "envs/dev.yaml"), "utf8");

  await page.getByRole("button", { name: say("author:menu"), exact: true }).click();
  await page.getByRole("menuitem", { name: say("author:cmd.adopt") }).click();
  await expect(sheet(page).getByRole("heading", { name: say("adopt:titleAgain") })).toBeVisible();
  await expect(sheet(page).locator(".adopt-files .diff-file")).toHaveText([
    /compositions.*mail-dev\.yaml.*new/,
    /envs\/dev\.yaml.*changed/,
  ]);
  await sound(page, "the rest");
  expect(readFileSync(join(folder, "envs/dev.yaml"), "utf8")).toBe(before);
  await sheet(page)
    .getByRole("button", { name: say("adopt:accept_other", { count: "2" }) })
    .click();
  await expect(page.locator("[data-unit='dev/mail-dev/mail']")).toBeVisible({ timeout: 60_000 });
  await expect(page.locator("[data-unit='dev/dns-dev/dns']")).toBeVisible();
  expect(readFileSync(join(folder, "envs/dev.yaml"), "utf8")).toContain(before.trimEnd());
});
