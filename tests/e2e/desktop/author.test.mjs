// From a repository that holds modules only to a committed Environment, drawn in the real window.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Desk } from "./desk.mjs";
import { Pointer } from "./pointer.mjs";
import { say } from "./words.mjs";
import { CONTROL, ENTER, F2, TAB } from "./webdriver.mjs";

const MODULES = join(import.meta.dirname, "../../../crates/xcf-api/sample/modules");
const CONFIG = `apiVersion: xcloudflow.io/v1alpha1
kind: Config
metadata:
  name: drawn
  uid: 01934f6e-7c00-7000-8000-00000000d12b
spec: {}
`;
const NETWORK = "dev/network/network";
const CLUSTER = "dev/cluster/cluster";

describe("drawing in the window", () => {
  const desk = new Desk();
  const folder = join(desk.home, "repo");
  const text = (file) => readFileSync(join(folder, file), "utf8");
  const git = (...args) => execFileSync("git", args, { cwd: folder, env: desk.env, encoding: "utf8" });
  let page;

  const closed = () => page.until("no dialog", () => document.querySelector("[role=dialog]") === null);
  const shown = (unit) => page.find(`[data-unit='${unit}']`);
  const done = async (verb) => {
    await page.click("[role=dialog] .btn.pri:not([aria-disabled=true])", verb);
    await closed();
  };

  before(async () => {
    mkdirSync(folder);
    cpSync(MODULES, join(folder, "modules"), { recursive: true });
    writeFileSync(join(folder, ".xcf.yaml"), CONFIG);
    git("init", "--quiet", "--initial-branch=main");
    git("config", "user.name", "Ada");
    git("config", "user.email", "ada@example.com");
    git("add", ".");
    git("commit", "--quiet", "--message", "Modules");
    page = await desk.open();
  });
  after(() => desk.leave());

  it("d12_a_repository_of_modules_only_opens_on_an_empty_canvas", async () => {
    await page.type(say("first-run:repository.path"), folder);
    await page.click("button", say("first-run:repository.open"));
    await page.find("main h2", say("graph:empty.title"));
    await page.click("button", say("author:cmd.assemble"));
    await page.type(say("author:assemble.name"), "dev", ENTER);
    await closed();
    await page.find(".draft", "envs/dev.yaml");
  });

  it("i4_1_a_module_comes_from_the_palette_by_keyboard_alone", async () => {
    await page.press("m");
    await page.find(".module-card", "modules/cluster");
    await page.press("network");
    await page.until("the only hit", () => document.querySelectorAll(".module-card").length === 1);
    await page.press(TAB + ENTER);
    await page.find("[role=dialog]", "compositions/network.yaml");
    const inSheet = (css) => document.activeElement.matches(`[role=dialog] ${css}`);
    await page.until("focus in the sheet", inSheet, "*");
    const stops = await page.run(() => document.querySelectorAll("[role=dialog] :is(select, input, button)").length);
    for (let stop = 0; stop < stops && !(await page.run(inSheet, ".btn.pri")); stop += 1) await page.press(TAB);
    await page.press(ENTER);
    await closed();
    await shown(NETWORK);
    assert.equal(
      text("compositions/network.yaml"),
      `apiVersion: xcloudflow.io/v1alpha1
kind: Composition
metadata:
  name: network
spec:
  lifecycle: Foundation
  modules:
    - ref: modules/network
`,
    );
  });

  it("i4_1_a_module_card_is_dragged_onto_a_lane_by_the_real_pointer", async () => {
    await page.click(".modules input");
    await page.press("a", CONTROL);
    await page.press("cluster");
    await page.find(".module-card", "modules/cluster");
    const from = await page.middle(".module-card", "modules/cluster");
    const to = [(await page.middle(`[data-unit='${NETWORK}']`))[0], (await page.middle(".lh", "K8s"))[1]];
    await dragged(page, from, to);
    await page.find("[role=dialog]", "lifecycle: K8s");
    await done(say("author:add.verb"));
    await shown(CLUSTER);
    assert.equal(
      text("envs/dev.yaml"),
      `apiVersion: xcloudflow.io/v1alpha1
kind: Environment
metadata:
  name: dev
spec:
  compositions:
    - ref: compositions/network
    - ref: compositions/cluster
`,
    );
    await desk.keep("drawn");
  });

  it("i4_1_a_wire_is_drawn_from_port_to_port", async () => {
    const port = (unit, side) => page.middle(`.react-flow__node[data-id='${unit}'] .port.${side}`);
    await page.drag(await port(NETWORK, "out"), await port(CLUSTER, "in"));
    await page.find("[role=dialog]", "{from: network, output: network_id}");
    await desk.keep("wire");
    await done(say("author:connect.verb"));
    assert.equal(text("compositions/cluster.yaml"), cluster("network"));
  });

  it("i4_2_an_input_typed_in_the_form_makes_the_environment_valid", async () => {
    await page.click(`[data-unit='${NETWORK}']`);
    await page.type(`cidr ${say("inspector:required")}`, "10.20.0.0/16", ENTER);
    await page.until("no unit that wants something", () => document.querySelector(".node.att") === null);
    assert.equal(text("compositions/network.yaml"), network);
    await desk.xcf("-C", folder, "validate");
    await desk.keep("valid");
  });

  it("d2_a_rename_follows_every_reference_and_its_undo_restores_the_bytes", async () => {
    const files = ["compositions/network.yaml", "compositions/cluster.yaml", "envs/dev.yaml"];
    const before = files.map(text);
    await page.click(`[data-unit='${NETWORK}']`);
    await page.press(F2);
    await page.choose(say("author:rename.what"), "composition");
    await page.type(say("author:rename.to"), "backbone");
    await page.find("[role=dialog]", "compositions/backbone.yaml");
    await done(say("author:rename.verb"));
    await shown("dev/backbone/network");
    assert.equal(text("compositions/cluster.yaml"), cluster("backbone"));
    assert.equal(existsSync(join(folder, files[0])), false);
    await page.press("z", CONTROL);
    await shown(NETWORK);
    assert.deepEqual(files.map(text), before);
    assert.equal(existsSync(join(folder, "compositions/backbone.yaml")), false);
  });

  it("d12_the_drawing_is_committed_from_the_window", async () => {
    await page.click("header .btn", say("graph:commit"));
    await page.type(say("graph:commitDialog.message"), "Draw dev");
    await page.click("[role=dialog] .btn:not(.pri):not([aria-disabled=true])", say("graph:commitDialog.commit"));
    await closed();
    await page.until(
      "nothing left to commit",
      (commit) => [...document.querySelectorAll("header .btn")].every((e) => !e.textContent.includes(commit)),
      say("graph:commit"),
    );
    // The undone rename can still be done again; nothing says that something is edited.
    await page.find(".draft", say("graph:draft.none"));
    assert.equal(git("log", "--format=%an: %s"), "Ada: Draw dev\nAda: Modules\n");
    assert.equal(git("status", "--porcelain"), "");
    assert.equal(git("show", "--name-only", "--format="), "compositions/cluster.yaml\ncompositions/network.yaml\nenvs/dev.yaml\n");
    assert.equal(git("show", "HEAD:compositions/cluster.yaml"), cluster("network"));
  });
});

const network = `apiVersion: xcloudflow.io/v1alpha1
kind: Composition
metadata:
  name: network
spec:
  lifecycle: Foundation
  modules:
    - ref: modules/network
      inputs:
        cidr: 10.20.0.0/16
`;

const cluster = (from) => `apiVersion: xcloudflow.io/v1alpha1
kind: Composition
metadata:
  name: cluster
spec:
  lifecycle: K8s
  modules:
    - ref: modules/cluster
      inputs:
        network_id: {from: ${from}, output: network_id}
`;

/** Drag and drop as the desktop carries it out: each step goes on until the page has heard of it. */
async function dragged(page, from, to) {
  await page.run(() => {
    const heard = ({ type, clientY }) => (document.body.dataset.heard = `${type} ${clientY}`);
    for (const type of ["mousedown", "dragstart", "dragover", "drop"]) window.addEventListener(type, heard, true);
  });
  const pointer = await Pointer.open();
  // A motion may come before the desktop has taken the drag over from the page: a hand goes on moving.
  const hover = async ([x, y], words) => {
    for (let turn = 0; turn < 5000; turn += 1) {
      pointer.move([x + (turn % 2), y]);
      if (await page.run((start) => document.body.dataset.heard.startsWith(start), words)) return;
    }
    throw new Error(`the page never heard ${words}: ${await page.run(() => document.body.dataset.heard)}`);
  };
  try {
    pointer.move(from);
    pointer.press();
    await page.until("the press", () => document.body.dataset.heard !== undefined);
    await hover([from[0] + 24, from[1]], "dragstart");
    await hover(to, `dragover ${Math.round(to[1])}`);
    pointer.release();
    await page.until("the drop", () => document.body.dataset.heard.startsWith("drop"));
  } finally {
    pointer.close();
  }
}
