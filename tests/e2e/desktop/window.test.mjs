// What the window is before anything is done in it: which page, which powers, which state.

import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Desk } from "./desk.mjs";
import { say } from "./words.mjs";

const units = () => document.querySelectorAll(".react-flow__node").length;

/** A desk that is left when the test ends, however it ends. */
function desk(t) {
  const own = new Desk();
  t.after(() => own.leave());
  return own;
}

test("d12_first_run_without_a_workspace_makes_the_sample_and_opens_it_again", async (t) => {
  const own = desk(t);
  let page = await own.open();
  await page.run(() => {
    window.faults = 0;
    const look = () => (window.faults += document.querySelectorAll(".fault").length);
    new MutationObserver(look).observe(document, { subtree: true, childList: true });
    look();
  });
  await page.find("h1", say("first-run:title"));
  assert.equal(await page.run(() => window.faults), 0, "no screen asked for a workspace before that");
  assert.match(await page.run(() => location.href), /^tauri:\/\/localhost\/.*#\/welcome/);
  await own.keep("first-run");
  await page.find("button", say("first-run:repository.browse"));
  await page.type(say("first-run:sample.path"), own.sample);
  await page.click("button", say("first-run:sample.open"));
  await page.until("units of the sample", units);
  assert.match(await page.run(() => location.hash), /^#\/graph/);
  await own.shut();
  page = await own.open();
  await page.until("the workspace that was open last", units);
});

test("d12_a_broken_workspace_still_opens_and_says_what_is_broken", async (t) => {
  const own = desk(t);
  await own.init();
  appendFileSync(join(own.sample, "compositions/data/orders-db.yaml"), "\n  - : [not yaml\n");
  const page = await own.open(own.sample);
  await page.until("the units that do load", units);
  await page.find(".banner.bad", say("frame:broken_one", { count: "1" }));
  await own.keep("broken");
  await page.click(".banner.bad a", say("frame:problems"));
  await page.find("main", "compositions/data/orders-db.yaml");
});

test("d13_the_page_has_no_powers_but_its_own_commands_and_the_folder_dialog", async (t) => {
  const own = desk(t);
  await own.init();
  const page = await own.open(own.sample);
  await page.until("units", units);
  assert.equal(await page.run(() => typeof window.__TAURI__), "undefined");
  const invoke = (command, args) => window.__TAURI_INTERNALS__.invoke(command, args);
  const answer = await page.settle(invoke, "api", { method: "GET", path: "/api/session", body: null, requestId: 1e6 });
  assert.equal(answer.status, 200, "our own command is allowed");
  for (const [command, args] of [
    ["plugin:shell|execute", { program: "sh", args: ["-c", "id"] }],
    ["plugin:shell|open", { path: "file:///etc/passwd" }],
    ["plugin:opener|open_url", { url: "https://example.org" }],
    ["plugin:fs|read_text_file", { path: "/etc/passwd" }],
    ["plugin:dialog|save", { options: {} }],
    ["plugin:dialog|message", { message: "x", buttons: "Ok" }],
    ["plugin:webview|create_webview_window", { options: { label: "other", url: "https://example.org" } }],
    ["plugin:event|emit", { event: "x", payload: null }],
    ["plugin:window|set_title", { label: "main", value: "x" }],
    ["plugin:path|resolve_directory", { directory: 1 }],
    ["unknown_command", {}],
  ]) {
    await assert.rejects(page.settle(invoke, command, args), /not allowed|not found/, command);
  }
  for (const url of ["file:///etc/passwd", "http://example.org/", "javascript:alert(1)", "/etc/passwd"]) {
    await assert.rejects(page.settle(invoke, "open_external", { url }), /are opened|relative URL/, url);
  }
});

test("d13_no_foreign_page_script_or_address_gets_into_the_window", async (t) => {
  const own = desk(t);
  await own.init();
  const page = await own.open(own.sample);
  await page.until("units", units);
  const refused = (what) => page.settle(what).then(String, () => "refused");
  assert.equal(await refused(() => fetch("https://example.org/")), "refused");
  assert.equal(await refused(() => fetch("http://127.0.0.1:9/")), "refused");
  assert.equal(await refused(() => import("data:text/javascript,export default 1")), "refused");
  assert.equal(await page.run(() => window.open("https://example.org/") === null), true);
  const blocked = await page.settle(
    () =>
      new Promise((resolve) => {
        const seen = new Set();
        document.addEventListener("securitypolicyviolation", (event) => {
          seen.add(event.effectiveDirective);
          if (seen.size === 3) resolve([...seen].sort());
        });
        const add = (tag, set) => document.body.append(Object.assign(document.createElement(tag), set));
        add("script", { textContent: "window.foreign = true" });
        add("iframe", { src: "https://example.org/" });
        add("img", { src: "https://example.org/x.png" });
      }),
  );
  assert.deepEqual(blocked, ["frame-src", "img-src", "script-src-elem"]);
  assert.equal(await page.run(() => window.foreign), null);
  await page.run(() => void location.assign("https://example.org/"));
  await page.run(() => void location.assign("file:///etc/passwd"));
  await page.visit("/changes");
  await page.find("main h1, main h2", say("changes:title"));
  assert.match(await page.run(() => location.href), /^tauri:\/\/localhost\//);
});
