import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface Served {
  /** Address with the token, as printed. */
  address: string;
  /** A folder of its own, the HOME of the server; removed with it. */
  home: string;
  /** Starts `xcf` beside it, as the same person on the same machine. */
  xcf(...args: string[]): ChildProcess;
  stop(): Promise<void>;
  /** Ends it as a crash would, without a word; the home stays for `serve({ home })`. */
  crash(): Promise<void>;
}

/** Starts the real `xcf serve` in an empty home, or in one that a crash left, with the built UI, on a free port; `more` is its environment. */
export async function serve(
  left?: { home: string; folder: string },
  more: Record<string, string> = {},
): Promise<Served> {
  const home = left?.home ?? mkdtempSync(join(tmpdir(), "xcf-browser-"));
  const start = left?.folder ?? join(home, "start");
  mkdirSync(start, { recursive: true });
  const bin = process.env.XCF_BIN ?? "xcf";
  const ui = process.env.XCF_UI_DIR ?? join(import.meta.dirname, "../../dist");
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: home,
    LANG: "C.UTF-8",
    XDG_DATA_HOME: join(home, "data"),
    XDG_STATE_HOME: join(home, "state"),
    XDG_CACHE_HOME: join(home, "cache"),
    XDG_CONFIG_HOME: join(home, "config"),
    ...more,
  };
  const child = spawn(bin, ["serve", "--listen", "127.0.0.1:0", "--ui", ui], {
    cwd: start,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said: string[] = [];
  child.stderr.on("data", (text: Buffer) => said.push(text.toString()));
  const address = await firstAddress(child, said);
  const xcf = (...args: string[]) => spawn(bin, args, { cwd: start, env, stdio: ["ignore", "pipe", "pipe"] });
  return { address, home, xcf, stop: () => end(child, home), crash: () => kill(child) };
}

function firstAddress(child: ChildProcess, said: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`xcf serve ended with ${code}: ${said.join("")}`)));
    if (child.stdout === null) return reject(new Error("xcf serve has no output"));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const found = /http:\/\/127\.0\.0\.1:\d+\/\S*/.exec(line);
      if (found !== null) resolve(found[0]);
    });
  });
}

function kill(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });
}

function end(child: ChildProcess, home: string): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      rmSync(home, { recursive: true, force: true });
      resolve();
    };
    if (child.exitCode !== null) return done();
    child.once("exit", done);
    child.kill("SIGINT");
  });
}
