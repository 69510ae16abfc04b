import { describe, expect, it } from "vitest";
import {
  choicesOf,
  columns,
  entryOf,
  findingsOf,
  isSeveral,
  isValue,
  keyOf,
  labelOf,
  matchOf,
  toggled,
  wasOf,
  wordsOf,
  written,
} from "../src/screens/matrix/view";
import { builtInOnly, matrix, tiedMatrix } from "./fixtures/system";

const row = (name: string) => {
  const found = matrix.rows.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no row ${name}`);
  return found;
};

describe("cells of the matrix", () => {
  it("edits values, never what a row is about or how many units it has", () => {
    expect(columns.filter(isValue)).toEqual(["engine", "reconcile", "drift", "gate", "backup", "window", "rollback"]);
    expect(keyOf("gate")).toBe("approval");
    expect(keyOf("engine")).toBe("engines");
    expect(keyOf("units")).toBeNull();
  });

  it("tells an edited cell from an inherited and an untouched one", () => {
    expect(wasOf(row("dev-foundation"), "gate")).toBe("strong");
    expect(wasOf(row("prod-paas"), "gate")).toBe("");
    expect(wasOf(row("prod-paas"), "backup")).toBeNull();
    const fresh = { ...row("prod-paas"), isNew: true, was: {} };
    expect(wasOf(fresh, "backup")).toBe("");
    expect(wasOf(fresh, "drift")).toBeNull();
    expect(wasOf(fresh, "lifecycle")).toBeNull();
  });

  it("starts an editor with what the cell says", () => {
    expect(entryOf(row("prod-paas"), "backup").words).toEqual(["pre-change", "git-tag"]);
    expect(entryOf(row("prod-paas"), "drift").words).toEqual([]);
    expect(entryOf({ ...row("prod-paas"), strategy: "periodic", interval: "10m" }, "reconcile")).toEqual({
      words: ["periodic"],
      interval: "10m",
    });
    expect(wordsOf(row("R1.1"), "engine")).toEqual(["terraform", "pulumi"]);
  });

  it("writes what is chosen as documents write it, and nothing as inherited", () => {
    const of = (words: string[], interval = "") => ({ words, interval });
    expect(written("gate", of(["strong"]))).toBe("strong");
    expect(written("gate", of([]))).toBeNull();
    expect(written("backup", of(["none"]))).toBe("none");
    expect(written("backup", of(["pre-change", "git-tag"]))).toEqual(["pre-change", "git-tag"]);
    expect(written("engine", of(["opentofu"]))).toEqual(["opentofu"]);
    expect(written("reconcile", of(["periodic"], " 10m "))).toEqual({ strategy: "periodic", interval: "10m" });
    expect(written("reconcile", of([], "10m"))).toEqual({ interval: "10m" });
    expect(written("reconcile", of([]))).toBeNull();
  });

  it("keeps the order of engines and lets none exclude every kind", () => {
    expect(toggled("engine", ["flux"], "k8s")).toEqual(["flux", "k8s"]);
    expect(toggled("engine", ["flux", "k8s"], "flux")).toEqual(["k8s"]);
    expect(toggled("backup", ["pre-change"], "none")).toEqual(["none"]);
    expect(toggled("backup", ["none"], "git-tag")).toEqual(["git-tag"]);
    expect(toggled("gate", ["auto"], "strong")).toEqual(["strong"]);
    expect([isSeveral("engine"), isSeveral("backup"), isSeveral("gate")]).toEqual([true, true, false]);
  });

  it("offers only words the server names", () => {
    for (const column of columns.filter(isValue))
      expect(choicesOf(column, matrix.words).length, column).toBeGreaterThan(0);
    expect(choicesOf("window", { ...matrix.words, windows: [] })).toEqual([]);
  });
});

describe("rows of the matrix", () => {
  it("links a finding to each of its rows and never to a built-in one", () => {
    expect(findingsOf(row("dev-foundation"), tiedMatrix.findings).map((f) => f.kind)).toEqual(["tie"]);
    expect(findingsOf(row("prod-paas"), tiedMatrix.findings).map((f) => f.kind)).toEqual(["gap"]);
    for (const each of builtInOnly.rows) expect(findingsOf(each, tiedMatrix.findings)).toEqual([]);
  });

  it("matches everything it does not say", () => {
    const none = { lifecycle: "", frequency: "", environment: "", labels: {} };
    expect(matchOf(none)).toEqual({});
    expect(matchOf({ ...none, lifecycle: "PaaS", labels: { team: "pay" } })).toEqual({
      lifecycle: "PaaS",
      labels: { team: "pay" },
    });
    expect(labelOf("team = pay")).toEqual({ team: "pay" });
    expect(labelOf("  ")).toEqual({});
    expect(labelOf("team")).toBeNull();
  });
});
