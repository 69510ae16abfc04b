import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@playwright/test";
import type { Gitea } from "./gitea";
import { type Served, serve } from "./serve";

export interface Clone {
  served: Served;
  folder: string;
  git: (...args: string[]) => string;
}

export interface PullRequest {
  number: number;
  title: string;
  body: string;
  head: { ref: string; sha: string };
  base: { ref: string };
}

export interface Status {
  state: string;
  statuses: { context: string; status: string; description: string }[];
}

/** What it says, once it ended well. */
export function ended(child: ReturnType<Served["xcf"]>): Promise<string> {
  const said: string[] = [];
  child.stdout?.on("data", (text: Buffer) => said.push(text.toString()));
  child.stderr?.on("data", (text: Buffer) => said.push(text.toString()));
  return new Promise((resolve, reject) =>
    child.once("close", (code) =>
      code === 0 ? resolve(said.join("")) : reject(new Error(`exit ${code}: ${said.join("")}`)),
    ),
  );
}

/** The sample in a project of its own on the forge, and a clone of it as a person would make one; `prepare` changes it before. */
export async function cloneOfSample(
  gitea: Gitea,
  name: string,
  prepare: (seed: string) => void = () => undefined,
): Promise<Clone> {
  const served = await serve(undefined, { XCF_FORGE_TOKEN: gitea.token, XCF_KEYRING: "off" });
  try {
    const address = await gitea.project(name);
    const seed = join(served.home, "seed");
    const folder = join(served.home, name);
    await ended(served.xcf("init", seed));
    const env = { ...process.env, HOME: served.home };
    const at =
      (cwd: string) =>
      (...args: string[]) =>
        execFileSync("git", args, { cwd, env, encoding: "utf8", stdio: "pipe" });
    const config = join(seed, ".xcf.yaml");
    const forge = `spec:\n  forge:\n    kind: gitea\n    url: ${gitea.url}\n`;
    writeFileSync(config, readFileSync(config, "utf8").replace("spec:\n", forge));
    prepare(seed);
    at(seed)("-c", "user.name=Ada", "-c", "user.email=ada@sample.invalid", "commit", "-qam", "Name the forge");
    at(seed)("push", "--quiet", address.replace("http://", `http://ann:${gitea.token}@`), "main");
    // Gitea notes in the background that a project is no longer empty; until then it knows no pull requests of it.
    await expect
      .poll(async () => (await gitea.api<{ empty: boolean }>("GET", `/repos/ann/${name}`)).empty, { timeout: 120_000 })
      .toBe(false);
    at(served.home)("clone", "--quiet", address, folder);
    const git = at(folder);
    git("config", "user.name", "Edith");
    git("config", "user.email", "edith@sample.invalid");
    return { served, folder, git };
  } catch (why) {
    await served.stop();
    throw why;
  }
}
