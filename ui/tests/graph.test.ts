import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matches, parseFilter, toggleTerm } from "../src/filter/filter";
import { type Layer, layers } from "../src/parts/marks";
import { factsOf, nearestIds } from "../src/screens/graph/facts";
import { layOut } from "../src/screens/graph/layout/layout";
import { chainOrder } from "../src/screens/graph/layout/place";
import { sameInput } from "../src/screens/graph/layout/same";
import { type Layout, type LayoutInput, size, type Wire } from "../src/screens/graph/layout/types";
import { coneOf, neighboursOf, step } from "../src/screens/graph/neighbours";
import { readGraph } from "../src/screens/graph/useGraph";
import { middle } from "../src/screens/graph/words";

const workspace: fc.Arbitrary<LayoutInput> = fc
  .record({
    environments: fc.integer({ min: 1, max: 2 }),
    compositions: fc.array(fc.record({ layer: fc.constantFrom(...layers), units: fc.integer({ min: 1, max: 14 }) }), {
      minLength: 1,
      maxLength: 14,
    }),
    links: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 40 }),
    folded: fc.subarray([...layers], { maxLength: 1 }),
  })
  .map(({ environments, compositions, links, folded }) => {
    const envs = ["dev", "prod"].slice(0, environments);
    const units = envs.flatMap((environment) =>
      compositions.flatMap(({ layer, units: n }, c) =>
        Array.from({ length: n }, (_, m) => ({
          id: `${environment}/c${c}/m${m}`,
          environment,
          composition: `c${c}`,
          layer: layer as Layer,
        })),
      ),
    );
    const pick = (n: number) => units[n % units.length]?.id ?? "";
    return {
      units,
      environments: envs,
      folded,
      links: links.map(([a, b]) => ({ source: pick(a), target: pick(b) })).filter((l) => l.source !== l.target),
    };
  });

/** Pieces a rounded corner is cut into: each is then under a pixel across, so that its box is the curve. */
const CORNER_PIECES = 16;

/** The boxes of the pieces of a path as it is drawn: a rounded corner follows its curve, not the chord under it. */
function segments(d: string): { x0: number; y0: number; x1: number; y1: number }[] {
  const drawn: { x: number; y: number }[] = [];
  for (const [, command, ...found] of d.matchAll(/([MLQ])([-\d.e]+) ([-\d.e]+)(?: ([-\d.e]+) ([-\d.e]+))?/g)) {
    const [x = 0, y = 0, endX = 0, endY = 0] = found.filter((n) => n !== undefined).map(Number);
    const from = drawn.at(-1);
    if (command !== "Q" || from === undefined) {
      drawn.push({ x, y });
      continue;
    }
    for (let i = 1; i <= CORNER_PIECES; i += 1) {
      const t = i / CORNER_PIECES;
      const on = (a: number, control: number, b: number) => (1 - t) ** 2 * a + 2 * t * (1 - t) * control + t ** 2 * b;
      drawn.push({ x: on(from.x, x, endX), y: on(from.y, y, endY) });
    }
  }
  return drawn.slice(1).map((p, i) => ({
    x0: Math.min(p.x, drawn[i]?.x ?? p.x),
    x1: Math.max(p.x, drawn[i]?.x ?? p.x),
    y0: Math.min(p.y, drawn[i]?.y ?? p.y),
    y1: Math.max(p.y, drawn[i]?.y ?? p.y),
  }));
}

function crossesANode(
  layout: Pick<Layout, "units"> & { wires: Pick<Wire, "source" | "target" | "d">[] },
): string | null {
  for (const wire of layout.wires) {
    for (const s of segments(wire.d)) {
      for (const unit of layout.units) {
        if (
          s.x1 > unit.x + 0.5 &&
          s.x0 < unit.x + size.node.width - 0.5 &&
          s.y1 > unit.y + 0.5 &&
          s.y0 < unit.y + size.node.height - 0.5
        )
          return `${wire.source} > ${wire.target} crosses ${unit.id}: ${wire.d}`;
      }
    }
  }
  return null;
}

describe("the canvas layout", () => {
  it("gives every unit of an open lane one place, inside its composition, inside its lane, overlapping nothing", () => {
    fc.assert(
      fc.property(workspace, (input) => {
        const layout = layOut(input);
        const open = input.units.filter((unit) => !input.folded.includes(unit.layer));
        expect(layout.units.map((u) => u.id).sort()).toEqual(open.map((u) => u.id).sort());
        for (const unit of layout.units) {
          const group = layout.groups.find((g) => g.units.includes(unit.id));
          const lane = layout.lanes.find((l) => l.layer === group?.layer);
          if (group === undefined || lane === undefined) throw new Error("a unit without a composition or lane");
          expect(unit.x >= group.x && unit.x + size.node.width <= group.x + group.width).toBe(true);
          expect(unit.y >= group.y && unit.y + size.node.height <= group.y + group.height).toBe(true);
          expect(group.y >= lane.y && group.y + group.height <= lane.y + lane.height).toBe(true);
        }
        const boxes = layout.groups;
        for (const [i, a] of boxes.entries()) {
          for (const b of boxes.slice(i + 1)) {
            const apart =
              a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
            expect(apart, `${a.id} and ${b.id}`).toBe(true);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it("never draws a wire across a node", () => {
    fc.assert(
      fc.property(workspace, (input) => {
        expect(crossesANode(layOut(input))).toBeNull();
      }),
      { numRuns: 200 },
    );
  });

  it("rounds a corner past a node without touching it", () => {
    const composition = (name: string, layer: Layer, units: number) =>
      Array.from({ length: units }, (_, m) => ({
        id: `dev/${name}/m${m}`,
        environment: "dev",
        composition: name,
        layer,
      }));
    const link = (source: string, target: string) => ({ source: `dev/${source}`, target: `dev/${target}` });
    const layout = layOut({
      units: [
        ...composition("c0", "Foundation", 2),
        ...composition("c1", "Foundation", 7),
        ...composition("c2", "Ephemeral", 4),
        ...composition("c3", "Foundation", 1),
        ...composition("c4", "Foundation", 8),
      ],
      environments: ["dev"],
      folded: [],
      links: [
        link("c1/m2", "c2/m0"),
        link("c1/m5", "c1/m1"),
        link("c1/m0", "c2/m0"),
        link("c0/m0", "c1/m1"),
        link("c3/m0", "c1/m5"),
        link("c0/m0", "c1/m1"),
      ],
    });
    expect(layout.wires).toHaveLength(6);
    expect(crossesANode(layout)).toBeNull();
  });

  it("would see a wire that cuts the corner of a node, straight or curved", () => {
    const units = [{ id: "n", x: 100, y: 100, row: 0, column: 0 }];
    const seen = (d: string) => crossesANode({ units, wires: [{ source: "a", target: "b", d }] });
    expect(seen("M120 50 L120 300")).toContain("crosses n");
    expect(seen("M90 120 L98 120 Q105 120 105 127 L105 300")).toContain("crosses n");
    expect(seen("M112 97 Q105 97 105 104")).toContain("crosses n");
    expect(seen("M104 97 Q97 97 97 104")).toBeNull();
  });

  it("is the same picture for the same input", () => {
    fc.assert(
      fc.property(workspace, (input) => {
        expect(layOut(input)).toEqual(layOut(structuredClone(input)));
      }),
      { numRuns: 30 },
    );
  });

  it("draws one wire for every link between units that are shown", () => {
    fc.assert(
      fc.property(workspace, (input) => {
        const layout = layOut(input);
        const shown = new Set(layout.units.map((u) => u.id));
        const expected = input.links.filter((l) => shown.has(l.source) && shown.has(l.target)).length;
        expect(layout.wires.length).toBe(expected);
      }),
      { numRuns: 60 },
    );
  });

  it("puts a follower right after what it waits for, and still draws a cycle", () => {
    expect(chainOrder(["a", "b", "c"], [{ source: "a", target: "c" }])).toEqual(["a", "c", "b"]);
    expect(
      chainOrder(
        ["a", "b"],
        [
          { source: "a", target: "b" },
          { source: "b", target: "a" },
        ],
      ).sort(),
    ).toEqual(["a", "b"]);
  });
});

const place = { file: "compositions/net.yaml", line: 3, column: 5 };
const node = (id: string, standing: string, more = {}) => {
  const [environment = "", composition = "", module = ""] = id.split("/");
  return {
    id,
    environment,
    composition,
    module,
    lifecycle: "PaaS",
    layer: "PaaS",
    changeFrequency: "medium",
    engine: "terraform",
    standing,
    standingWhy: "",
    draft: false,
    dependsOn: [],
    reads: [],
    inputs: [],
    outputs: [],
    gate: "approve",
    labels: {},
    place,
    ...more,
  };
};
const graph = readGraph({
  units: [
    node("prod/net/vpc", "healthy"),
    node("prod/pay/rds", "failed", { lockedBy: "R-7" }),
    node("prod/pay/api", "a-word-of-next-year"),
  ],
  edges: [
    { from: "prod/net/vpc", to: "prod/pay/rds", kind: "wired", output: "vpc_id", input: "vpc", place },
    { from: "prod/net/vpc", to: "prod/pay/rds", kind: "wired", output: "subnets", input: "subnets", place },
    { from: "prod/pay/rds", to: "prod/pay/api", kind: "declared", place },
  ],
  unassembled: [{ composition: "spare", module: "disk", lifecycle: "Foundation", engine: "", place }],
  lanes: [],
  diagnostics: [],
  draft: false,
  position: 1,
});

describe("the graph as the server tells it", () => {
  it("joins several wires of one pair and never turns an unknown state into a healthy one", () => {
    expect(graph.edges).toHaveLength(2);
    expect(graph.edges[0]).toMatchObject({ kind: "data", outputs: ["vpc_id", "subnets"] });
    expect(graph.units.find((u) => u.module === "api")?.status).toBe("unknown");
    expect(graph.units.find((u) => u.module === "disk")).toMatchObject({ status: "unassembled", engine: null });
  });

  it("walks along wires, and takes the nearest unit where there is none", () => {
    const layout = layOut({ units: graph.units, links: graph.edges, environments: ["prod", ""], folded: [] });
    const neighbours = neighboursOf(graph.edges);
    expect(step(layout, neighbours, null, "ArrowDown")).not.toBeNull();
    expect(step(layout, neighbours, "prod/pay/rds", "ArrowRight")).toBe("prod/pay/api");
    expect([...coneOf("prod/pay/rds", neighbours)].sort()).toEqual(["prod/net/vpc", "prod/pay/api", "prod/pay/rds"]);
  });
});

describe("the filter", () => {
  const hits = (text: string) =>
    graph.units.filter((unit) => matches(parseFilter(text), factsOf(unit))).map((unit) => unit.module);

  it("or's one key, and's the rest, takes away with !", () => {
    expect(hits("status:failed status:healthy")).toEqual(["vpc", "rds"]);
    expect(hits("layer:paas !status:failed")).toEqual(["vpc", "api"]);
    expect(hits("pay lock:yes")).toEqual(["rds"]);
    expect(hits('"net/vpc"')).toEqual(["vpc"]);
    expect(hits("")).toHaveLength(4);
  });

  it("keeps a key it does not know as a word, so that nothing typed is lost", () => {
    expect(parseFilter("colour:red")).toEqual([{ key: null, value: "colour:red", not: false }]);
    expect(hits("colour:red")).toEqual([]);
  });

  it("a chip adds its term and takes it away again", () => {
    expect(toggleTerm("layer:paas", "drift:yes")).toBe("layer:paas drift:yes");
    expect(toggleTerm("layer:paas drift:yes", "drift:yes")).toBe("layer:paas");
  });

  it("names the nearest ids of one that is gone", () => {
    expect(
      nearestIds(
        "prod/pay/rds-cluster",
        graph.units.map((u) => u.id),
        1,
      ),
    ).toEqual(["prod/pay/rds"]);
  });
});

it("long names lose their middle, not their end", () => {
  expect(middle("replication-eu-west-primary", 12)).toBe("replic…imary");
  expect(middle("vpc", 12)).toBe("vpc");
});

describe("whether a picture is asked for again", () => {
  const input = {
    units: [{ id: "dev/a/b", environment: "dev", composition: "a", layer: "PaaS" as const }],
    links: [],
    environments: ["dev"],
    folded: [],
  };
  it("is, when a person put a unit elsewhere, and only then", () => {
    const put = (x: number) => ({ ...input, places: { "dev/a/b": { x, y: 8 } } });
    expect(sameInput(put(8), put(8))).toBe(true);
    expect(sameInput(input, { ...input, places: {} })).toBe(true);
    expect(sameInput(put(8), put(16))).toBe(false);
    expect(sameInput(put(8), input)).toBe(false);
    expect(sameInput(put(8), { ...input, places: { "dev/a/c": { x: 8, y: 8 } } })).toBe(false);
  });
});
