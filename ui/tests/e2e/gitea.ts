import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir, userInfo } from "node:os";
import { join } from "node:path";

const tools = join(process.env.XCF_CACHE ?? join(homedir(), ".cache/xcloudflow"), "tools/gitea");
const program = join(tools, "gitea");

/** Why there is no Gitea here; null where there is one. */
export const noGitea = existsSync(program) ? null : "Gitea is not built; `scripts/setup.sh gitea` builds it once";

const USER = "ann";

/** A real Gitea on the loopback, with a person and a token of theirs. */
export interface Gitea {
  url: string;
  token: string;
  /** Its API, as every client calls it; a refusal is an error. */
  api<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Makes an empty project and gives its address. */
  project(name: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startGitea(): Promise<Gitea> {
  const dir = mkdtempSync(join(tmpdir(), "xcf-gitea-"));
  const port = await freePort();
  const config = join(dir, "app.ini");
  writeFileSync(config, settings(dir, port));
  const env = { PATH: process.env.PATH ?? "", HOME: dir };
  const run = (...args: string[]) =>
    execFileSync(program, ["-c", config, ...args], { env, encoding: "utf8", stdio: "pipe" }).trim();
  run("migrate");
  const person = ["--username", USER, "--password", "for-tests-1", "--email", "ann@example.invalid"];
  run("admin", "user", "create", ...person, "--admin", "--must-change-password=false");
  const made = run(
    "admin",
    "user",
    "generate-access-token",
    "--username",
    USER,
    "--token-name",
    "t",
    "--scopes",
    "all",
    "--raw",
  );
  const token = made.split("\n").at(-1)?.trim() ?? "";
  const log = openSync(join(dir, "web.log"), "w");
  const child = spawn(program, ["-c", config, "web"], { env, stdio: ["ignore", log, log] });
  const url = `http://127.0.0.1:${port}`;
  const api = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `token ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  await answering(child, () => api("GET", "/version"));
  return {
    url,
    token,
    api,
    project: async (name) => {
      await api("POST", "/user/repos", { name });
      return `${url}/${USER}/${name}.git`;
    },
    stop: () => end(child, dir),
  };
}

/** A port of the loopback that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        address === null || typeof address === "string" ? reject(new Error("no port")) : resolve(address.port),
      );
    });
  });
}

/** Asks until it answers; only its own end ends the asking. */
async function answering(child: ChildProcess, ask: () => Promise<unknown>): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`Gitea ended with ${child.exitCode}`);
    const answered = await ask().then(
      () => true,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function end(child: ChildProcess, dir: string): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      rmSync(dir, { recursive: true, force: true });
      resolve();
    };
    if (child.exitCode !== null) return done();
    child.once("exit", done);
    child.kill("SIGTERM");
  });
}

function settings(dir: string, port: number): string {
  return `RUN_USER = ${userInfo().username}
RUN_MODE = prod
WORK_PATH = ${dir}
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = ${port}
ROOT_URL = http://127.0.0.1:${port}/
STATIC_ROOT_PATH = ${join(tools, "static")}
DISABLE_SSH = true
OFFLINE_MODE = true
[database]
DB_TYPE = sqlite3
PATH = ${dir}/gitea.db
[repository]
ROOT = ${dir}/repos
DEFAULT_BRANCH = main
[security]
INSTALL_LOCK = true
SECRET_KEY = only-for-tests
[log]
MODE = file
LEVEL = Warn
ROOT_PATH = ${dir}/log
[actions]
ENABLED = false
[indexer]
ISSUE_INDEXER_TYPE = db
[cron]
ENABLED = false
`;
}
