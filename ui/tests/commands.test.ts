import { describe, expect, it } from "vitest";
import { staleKeys } from "../src/api/events";
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
  it("reads batches and gap marks, skips keep-alives, and takes half a frame for a gap", () => {
    const batch =
      'id: 7\nevent: batch\ndata: [{"position":6,"kind":"run.started"},{"position":7,"kind":"unit.applied"}]';
    expect(parseFrame(batch)).toMatchObject({ kind: "events", events: [{ seq: 6 }, { seq: 7, kind: "unit.applied" }] });
    expect(parseFrame('event: gap\ndata: {"position":9}')).toEqual({ kind: "gap" });
    expect(parseFrame(": keep-alive")).toBeNull();
    expect(parseFrame('event: batch\ndata: [{"posi')).toEqual({ kind: "gap" });
  });

  it("turns what an event makes stale into query keys, each once", () => {
    const event = (stales: string[]) => ({ position: 1, at: "", kind: "k", actor: "", text: "", stales });
    expect(staleKeys([event(["graph", "change:CS-7"]), event(["graph", "unit:prod/net/vpc"])])).toEqual([
      ["graph"],
      ["change", "CS-7"],
      ["unit", "prod/net/vpc"],
    ]);
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
