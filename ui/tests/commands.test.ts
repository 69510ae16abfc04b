import { describe, expect, it } from "vitest";
import { pick } from "../src/app/Palette";
import { parseQuery, readSearch, writeQuery } from "../src/app/search";
import { displayKeys, isPlainKey } from "../src/commands/keys";
import type { Command } from "../src/commands/registry";
import { statusOf } from "../src/parts/status";
import { parseFrame } from "../src/platform/web";

const command = (id: string, title: string, more: Partial<Command> = {}): Command => ({
  id,
  title,
  group: "go",
  run: () => {},
  ...more,
});

describe("commands", () => {
  it("a plain key is one without Ctrl, Alt or Meta in its first press", () => {
    expect(isPlainKey("g m")).toBe(true);
    expect(isPlainKey("[Shift]+?")).toBe(true);
    expect(isPlainKey("$mod+Enter")).toBe(false);
  });

  it("key caps read as a person says them", () => {
    expect(displayKeys("$mod+k")).toBe("Ctrl K");
    expect(displayKeys("g m")).toBe("G M");
    expect(displayKeys("[Shift]+?")).toBe("?");
    expect(displayKeys("BracketLeft")).toBe("[");
  });

  it("the palette finds by all words, recents first when nothing is typed, units only when asked for", () => {
    const all = [
      command("a", "Go to Graph"),
      command("b", "Plan draft", { group: "screen" }),
      command("u", "prod/net/vpc", { group: "units" }),
    ];
    expect(pick(all, "", []).map((c) => c.id)).toEqual(["b", "a"]);
    expect(pick(all, "", ["a"]).map((c) => c.id)).toEqual(["a", "b"]);
    expect(pick(all, "vpc", []).map((c) => c.id)).toEqual(["u"]);
    expect(pick(all, "go draft", [])).toEqual([]);
  });
});

describe("addresses", () => {
  it("keep the filter readable and drop what is not in the grammar", () => {
    const text = writeQuery({
      env: "prod",
      q: "layer:paas drift:yes !status:ok",
      sel: "prod/payments-prod/rds-cluster",
    });
    expect(text).toBe("?env=prod&q=layer:paas+drift:yes+!status:ok&sel=prod/payments-prod/rds-cluster");
    expect(readSearch({ ...parseQuery(text), evil: "1" })).toEqual({
      env: "prod",
      q: "layer:paas drift:yes !status:ok",
      sel: "prod/payments-prod/rds-cluster",
    });
    expect(readSearch({ at: "49872" })).toEqual({ at: 49872 });
    expect(readSearch({ at: "-1" })).toEqual({});
  });
});

describe("the event stream", () => {
  it("reads numbered frames and gap marks, and skips keep-alives and broken data", () => {
    expect(parseFrame('id: 7\nevent: unit.applied\ndata: {"unit":"a"}')).toEqual({
      seq: 7,
      kind: "unit.applied",
      data: { unit: "a" },
    });
    expect(parseFrame("event: gap\ndata: {}")?.kind).toBe("gap");
    expect(parseFrame(": keep-alive")).toBeNull();
    expect(parseFrame("id: 8\ndata: {broken")).toBeNull();
  });
});

describe("state words", () => {
  it("any casing names the same state; a word this build does not know is never healthy", () => {
    expect(statusOf("AwaitingApproval")).toBe("awaitingApproval");
    expect(statusOf("awaiting-approval")).toBe("awaitingApproval");
    expect(statusOf("splendid")).toBe("unknown");
    expect(statusOf(null)).toBe("unknown");
  });
});
