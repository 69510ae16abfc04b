// One change on its whole way through the real window: edit, commit, plan, apply, watch.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Desk } from "./desk.mjs";
import { say } from "./words.mjs";
import { ENTER } from "./webdriver.mjs";

const UNIT = "dev/orders-db/database";

describe("the way of a change", () => {
  const desk = new Desk();
  const file = join(desk.sample, "envs/dev.yaml");
  let page;
  let untouched;

  before(async () => {
    await desk.init();
    untouched = readFileSync(file, "utf8");
    page = await desk.open(desk.sample);
  });
  after(() => desk.leave());

  it("d12_the_graph_shows_the_units_of_the_sample", async () => {
    await page.visit("/graph?env=dev");
    const ids = () => {
      const found = [...document.querySelectorAll(".react-flow__node")].map((e) => e.dataset.id);
      return found.length > 5 && found;
    };
    const shown = await page.until("more than five units", ids);
    assert.ok(shown.includes(UNIT), shown.join(" "));
    assert.equal(await page.run(() => document.title.includes("XCloudFlow")), true);
    const faces = () => document.fonts.ready.then((all) => [...all].filter((f) => f.status === "loaded").map((f) => f.family));
    assert.ok((await page.settle(faces)).some((family) => family.includes("Inter")), "its own fonts are loaded");
    await desk.keep("graph");
  });

  it("d2_an_edited_input_is_a_splice_in_the_text_and_a_draft_on_screen", async () => {
    await page.visit(`/graph?env=dev&sel=${UNIT}`);
    await page.type("storage_gb", "30", ENTER);
    await page.find(".draft", "envs/dev.yaml");
    const written = readFileSync(file, "utf8");
    assert.match(untouched, /#/, "the file has comments to keep");
    assert.equal(written, untouched.replace(/storage_gb: \d+/, "storage_gb: 30"));
    assert.notEqual(written, untouched);
    await desk.keep("draft");
  });

  it("d6_commit_and_plan_makes_a_changeset", async () => {
    await page.click("button", say("graph:commit"));
    await page.type(say("graph:commitDialog.message"), "Give the orders database room to grow");
    await desk.keep("commit");
    await page.click("button", say("graph:commitDialog.commitAndPlan"));
    await page.until("the planned ChangeSets", () => /^#\/change(s|\/)/.test(location.hash));
    const made = JSON.parse(await desk.xcf("-C", desk.sample, "-o", "json", "status"));
    assert.match(JSON.stringify(made), /CS-1/);
    await page.visit("/changes");
    await page.click(".cs-row", "dev");
    await page.find(".cr-unit", UNIT);
    await desk.keep("review");
  });

  it("d11_apply_goes_green_by_events_over_the_channel", async () => {
    // A second reader of the same stream, from its beginning: what the Channel carries, in the order it came.
    await page.settle(() => {
      window.heard = [];
      const id = window.__TAURI_INTERNALS__.transformCallback(({ message }) => {
        if (message?.type === "batch") window.heard.push(...message.events);
      });
      return window.__TAURI_INTERNALS__.invoke("stream", {
        path: "/api/events",
        since: 0,
        requestId: 1e6,
        onEvent: `__CHANNEL__:${id}`,
      });
    });
    await page.click("button", say("changes:apply.open"));
    await page.click("button", say("changes:apply.do", { env: "dev" }));
    await page.until("the run", () => /^#\/run\/R-\d+/.test(location.hash));
    await page.find(".rn-node");
    await page.until(
      "the end of the run",
      (closed, signOff) => {
        const named = (css, words) => [...document.querySelectorAll(css)].find((e) => e.textContent.includes(words));
        if (document.querySelector("[role=dialog]") === null) named(".oh-actions button", signOff)?.click();
        else document.querySelector("[role=dialog] .btn.pri:not([disabled])")?.click();
        return named(".oh-title .st", closed) !== undefined;
      },
      say("parts:status.closed"),
      say("run:signOff.open"),
    );
    await desk.keep("run");
    assert.equal(await page.run(() => document.querySelectorAll(".rn-node .st.bad").length), 0);
    const heard = await page.run(() => window.heard.map(({ seq, kind, data }) => ({ seq, kind, position: data.position })));
    assert.deepEqual(heard.map((e) => e.seq), heard.map((_, at) => at + 1), "each event once, in order");
    assert.deepEqual(heard.map((e) => e.seq), heard.map((e) => e.position));
    await page.visit("/graph?env=dev");
    await page.until(
      "every unit healthy",
      (healthy) => {
        const nodes = [...document.querySelectorAll(".react-flow__node")];
        return nodes.length > 5 && nodes.every((e) => e.textContent.includes(healthy));
      },
      say("parts:status.healthy"),
    );
    await desk.keep("healthy");
  });

  it("d11_a_page_loaded_again_follows_what_another_process_does", async () => {
    await page.reload();
    await page.visit("/changes");
    await page.find(".cs-row", "prod");
    assert.equal(await page.run(() => window.heard), null, "it is a new page");
    const rejected = say("parts:status.rejected");
    assert.equal(await page.run((word) => document.querySelector("main").innerText.includes(word), rejected), false);
    await desk.xcf("-C", desk.sample, "reject", "CS-2", "--reason", "Not this week");
    await page.find(".cs-row", rejected);
  });
});
