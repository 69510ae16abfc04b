import { describe, expect, it } from "vitest";
import { nameFor, tie, untie } from "../src/screens/graph/author/acts";
import { tiesOf, unitFor } from "../src/screens/graph/author/names";
import { under } from "../src/screens/graph/author/under";
import { layOut } from "../src/screens/graph/layout/layout";
import { readGraph } from "../src/screens/graph/useGraph";
import { graph } from "./fixtures/graph";

describe("d2_1 acts on the canvas", () => {
  it("names what a tie is: a wire by its ports, an order by its ends", () => {
    const view = readGraph(graph);
    const edge = view.edges.find((e) => e.kind === "data");
    expect(edge).toBeDefined();
    const ties = tiesOf(view.edges, edge?.target ?? "");
    expect(ties.some((t) => t.source === edge?.source && t.input !== undefined)).toBe(true);
    expect(new Set(ties.map((t) => t.key)).size).toBe(ties.length);
  });

  it("takes away exactly what was drawn", () => {
    const wire = { key: "", source: "prod/a/x", target: "prod/b/y", output: "o", input: "i" };
    expect(untie(wire)).toEqual({ op: "disconnect", to: { composition: "b", module: "y" }, input: "i" });
    expect(untie({ key: "", source: "prod/a/x", target: "prod/b/y" })).toEqual({
      op: "undepend",
      composition: "b",
      on: "a",
    });
    expect(untie({ key: "", source: "prod/a/x", target: "prod/a/y" })).toEqual({
      op: "not-after",
      module: { composition: "a", module: "y" },
      on: "x",
    });
    expect(tie("prod/a/x", "prod/a/y", null)).toMatchObject({ op: "after", on: "x" });
    expect(tie("prod/a/x", "prod/b/y", null)).toMatchObject({ op: "depend", composition: "b", on: "a" });
    expect(tie("prod/a/x", "prod/b/y", { output: "o", input: "i" })).toMatchObject({ op: "connect", output: "o" });
  });

  it("finds what lies under a dropped module", () => {
    const units = [
      { id: "prod/a/x", environment: "prod", composition: "a", layer: "Foundation" as const },
      { id: "prod/b/y", environment: "prod", composition: "b", layer: "PaaS" as const },
    ];
    const layout = layOut({ units, links: [], environments: ["prod"], folded: [] });
    const group = layout.groups.find((g) => g.composition === "b");
    const lane = layout.lanes.find((l) => l.layer === "Config");
    expect(under(layout, { x: (group?.x ?? 0) + 3, y: (group?.y ?? 0) + 3 })).toEqual({ composition: "b" });
    expect(under(layout, { x: 9_000, y: (lane?.y ?? 0) + 3 })).toEqual({ layer: "Config" });
  });

  it("selects the new unit in the environment at hand", () => {
    const { units } = readGraph(graph);
    const unit = units.find((u) => u.environment !== "");
    expect(unitFor(units, `${unit?.composition}/${unit?.module}`, unit?.environment)).toBe(unit?.id);
    expect(unitFor(units, "no/such", undefined)).toBeNull();
  });

  it("offers a name the documents take", () => {
    expect(nameFor("modules/aws/RDS_cluster")).toBe("rds-cluster");
    expect(nameFor("playbooks/agent/install.yml")).toBe("install");
    expect(nameFor("")).toBe("");
  });
});
