import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { type Clone, cloneOfSample, ended, type PullRequest, type Status } from "./clone";
import { type Drawing, drawProd } from "./draw";
import { type Gitea, noGitea, startGitea } from "./gitea";
import { byKeyboard } from "./keyboard";
import { choose } from "./mock";
import { byMouse } from "./mouse";
import { sound } from "./sound";
import { words } from "./words";

// The sample's `prod` from a repository that holds modules, playbooks and policies only, to a pull request with its
// plan on a real Gitea: by mouse alone, and by keyboard alone.
test.setTimeout(15 * 60_000);
test.use({ actionTimeout: 60_000, viewport: { width: 1600, height: 1000 } });
if (noGitea !== null) console.log(`skipped: ${noGitea}`);
test.skip(noGitea !== null, noGitea ?? "");
// One worker, one Gitea.
test.describe.configure({ mode: "default" });

const say = words("en");
const golden = join(import.meta.dirname, "golden/prod");
const drawn = [
  "compositions/cluster.yaml",
  "compositions/fleet.yaml",
  "compositions/network.yaml",
  "compositions/orders-db.yaml",
  "compositions/shop.yaml",
  "envs/prod.yaml",
];

const units = [
  "network/network",
  "cluster/cluster",
  "orders-db/database",
  "shop/deploy",
  "shop/dns",
  "fleet/node-agent",
];

let gitea: Gitea;
let clone: Clone;
test.beforeAll(async () => {
  gitea = await startGitea();
});
test.afterAll(async () => {
  await gitea?.stop();
});
test.afterEach(async () => {
  await clone?.served.stop();
});

const ways: { name: "mouse" | "keyboard"; hand: (page: Page) => Drawing }[] = [
  { name: "mouse", hand: byMouse },
  { name: "keyboard", hand: byKeyboard },
];

/** Notes what the other hand does: a press of the mouse, or a key that writes nothing into a field. */
async function watchOtherHand(page: Page, allowed: "mouse" | "keyboard"): Promise<string[]> {
  const seen: string[] = [];
  await page.exposeFunction("otherHand", (what: string) => seen.push(what));
  await page.addInitScript((hand) => {
    const tell = (what: string) => (window as unknown as { otherHand: (what: string) => void }).otherHand(what);
    if (hand === "keyboard")
      for (const kind of ["mousedown", "mousemove", "wheel", "touchstart"])
        window.addEventListener(kind, (event) => event.isTrusted && tell(kind), { capture: true });
    else
      window.addEventListener(
        "keydown",
        (event) => {
          const field = event.target instanceof Element && event.target.matches("input, textarea");
          if (!field || event.ctrlKey || event.altKey || event.metaKey || event.key.length > 1) tell(event.key);
        },
        { capture: true },
      );
  }, allowed);
  return seen;
}

for (const { name, hand } of ways)
  test(`d2_1 d12 i4_6 the sample's prod, from nothing to a pull request by ${name} alone`, async ({ page }) => {
    clone = await cloneOfSample(gitea, `by-${name}`, (seed) => {
      // The matrix speaks of dev alone, which is not drawn here.
      const gone = ["envs", "compositions", "policies/matrix.yaml"];
      execFileSync("git", ["rm", "-rq", ...gone], { cwd: seed });
    });
    const { served, folder, git } = clone;
    const validate = () => ended(served.xcf("-C", folder, "validate"));
    const warnings = (said: string) => said.split("\n").filter((line) => line.includes(": warning["));
    const before = warnings(await validate());
    const others = await watchOtherHand(page, name);
    await choose(page, "light", "en");
    await page.goto(served.address);

    const does = hand(page);
    const root = join(served.home, "made");
    await does.open(folder);
    await drawProd(does, root);

    const text = (file: string) => readFileSync(join(folder, file), "utf8").replaceAll(root, "/srv/sample");
    for (const file of drawn) await expect.poll(() => text(file), file).toBe(readFileSync(join(golden, file), "utf8"));
    expect(git("status", "--porcelain", "-uall").trim().split("\n").sort()).toEqual(drawn.map((file) => `?? ${file}`));
    const said = await validate();
    expect(said).toContain("0 errors");
    expect(warnings(said), "what was drawn brings no warning").toEqual(before);
    await sound(page, "the drawing");

    const title = `Draw prod by ${name}`;
    await does.exportToGit(title, "Everything the sample's prod is made of.");
    const opened = page.getByRole("dialog", { name: say("graph:export.opened", { number: "1" }) });
    await expect(opened).toBeVisible({ timeout: 120_000 });
    await expect(opened).toContainText(`${gitea.url}/ann/by-${name}/pulls/1`);
    const verdict = opened.locator(".export-told [role=status]");
    await expect(verdict).not.toHaveText(say("graph:export.check.planning"), { timeout: 5 * 60_000 });
    await expect(verdict).toHaveText(say("graph:export.check.pending"));
    expect(others, "the other hand").toEqual([]);

    const request = await gitea.api<PullRequest>("GET", `/repos/ann/by-${name}/pulls/1`);
    expect(request).toMatchObject({ title, base: { ref: "main" } });
    expect(request.head.sha).toBe(git("rev-parse", "HEAD").trim());
    expect(git("show", "--format=", "--name-only", "HEAD").trim().split("\n")).toEqual(drawn);
    expect(git("status", "--porcelain").trim()).toBe("");
    const comments = await gitea.api<{ body: string }[]>("GET", `/repos/ann/by-${name}/issues/1/comments`);
    const plans = comments.filter((c) => c.body.startsWith("<!-- xcloudflow:"));
    expect(plans).toHaveLength(1);
    for (const told of [request.body, plans[0]?.body ?? ""]) {
      expect(told).toContain("## XCloudFlow plan");
      for (const unit of units) expect(told).toContain(`\`prod/${unit}\``);
      expect(told).toContain('`input/cidr`: `"10.20.0.0/16"`');
      expect(told).toContain("prod: security – needed");
    }
    const { statuses } = await gitea.api<Status>("GET", `/repos/ann/by-${name}/commits/${request.head.sha}/status`);
    // It gates the merge until both roles have signed.
    expect(statuses).toMatchObject([{ context: "xcloudflow/plan", status: "pending" }]);
  });
