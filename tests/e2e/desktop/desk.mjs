// One person's desk for one test: a home of its own, perhaps the sample in it, and the real window.

import { execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { Page } from "./webdriver.mjs";

const { XCF_BIN, XCF_DESKTOP_BIN } = process.env;

/** Environment of the person at this desk: nothing of the machine's home. */
function environment(home) {
  const env = {
    HOME: home,
    LANG: "C.UTF-8",
    TZ: "UTC",
    XDG_DATA_HOME: join(home, "data"),
    XDG_STATE_HOME: join(home, "state"),
    XDG_CACHE_HOME: join(home, "cache"),
    XDG_CONFIG_HOME: join(home, "config"),
    XCF_KEYRING: "off",
    // No GPU. Compositing and the DMA-BUF renderer stay on: without them the driver's screenshots never come.
    LIBGL_ALWAYS_SOFTWARE: "1",
    NO_AT_BRIDGE: "1",
    GDK_BACKEND: "x11",
  };
  for (const name of ["PATH", "DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS", "XCF_TOOLS"]) {
    if (process.env[name] !== undefined) env[name] = process.env[name];
  }
  return env;
}

/** A port nobody listens on at the moment. */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

export class Desk {
  #driver = null;
  #page = null;

  constructor() {
    this.home = mkdtempSync(join(tmpdir(), "xcf-desktop-"));
    this.sample = join(this.home, "sample");
    this.env = environment(this.home);
    mkdirSync(this.env.XDG_DATA_HOME);
  }

  /** Runs `xcf` here; throws with what it said when it does not end with 0. */
  async xcf(...args) {
    return (await promisify(execFile)(XCF_BIN, args, { env: this.env, cwd: this.home })).stdout;
  }

  /** Makes the sample monorepo. */
  init() {
    return this.xcf("init", this.sample);
  }

  /** Opens the window, on `args` if there are any. */
  async open(...args) {
    const [port, native] = [await freePort(), await freePort()];
    // A process group of its own: the driver, the browser's driver and the window end together.
    this.#driver = spawn("tauri-driver", ["--port", `${port}`, "--native-port", `${native}`], {
      env: this.env,
      cwd: this.home,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#driver.stdout.resume();
    this.said = [];
    createInterface({ input: this.#driver.stderr }).on("line", (line) => this.said.push(line));
    await answers(`http://127.0.0.1:${port}/status`, this.#driver);
    this.#page = await Page.open(`http://127.0.0.1:${port}`, XCF_DESKTOP_BIN, args);
    return this.#page;
  }

  /** Closes the window; the desk stays as it is. */
  async shut() {
    await this.#page?.close().catch(() => undefined);
    this.#page = null;
    const driver = this.#driver;
    this.#driver = null;
    if (driver === null || driver.exitCode !== null || driver.signalCode !== null) return;
    const gone = new Promise((resolve) => driver.once("exit", resolve));
    process.kill(-driver.pid, "SIGTERM");
    await gone;
  }

  /** Keeps a picture of the window where `XCF_DESKTOP_PICTURES` says. */
  async keep(name) {
    const folder = process.env.XCF_DESKTOP_PICTURES;
    if (folder !== undefined && this.#page !== null) writeFileSync(join(folder, `${name}.png`), await this.#page.picture());
  }

  /** Leaves nothing behind. */
  async leave() {
    await this.shut();
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Resolves when something answers at `address`; rejects when the driver ended before. */
function answers(address, driver) {
  return new Promise((resolve, reject) => {
    driver.once("error", reject);
    driver.once("exit", (code) => reject(new Error(`tauri-driver ended with ${code}`)));
    const ask = () => fetch(address).then(resolve, () => setTimeout(ask, 50));
    ask();
  });
}
