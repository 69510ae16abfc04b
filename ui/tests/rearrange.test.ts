import { describe, expect, it } from "vitest";
import { follow } from "../src/screens/graph/author/arrivals";
import { modulesOf, sharedComposition, together } from "../src/screens/graph/author/modules";
import { align, type Standing } from "../src/screens/graph/layout/align";
import { layOut } from "../src/screens/graph/layout/layout";
import { cornerOf, held, steps, within } from "../src/screens/graph/layout/manual";
import { type LayoutInput, size } from "../src/screens/graph/layout/types";
import { unitsIn } from "../src/screens/graph/Marquee";
import { subjects, toggled } from "../src/screens/graph/selection";

const unit = (id: string, layer: "Foundation" | "K8s") => {
  const [environment = "", composition = ""] = id.split("/");
  return { id, environment, composition, layer };
};
const input = (places: LayoutInput["places"] = {}): LayoutInput => ({
  units: [
    unit("dev/net/a", "Foundation"),
    unit("dev/net/b", "Foundation"),
    unit("dev/k8s/c", "K8s"),
    unit("prod/net/a", "Foundation"),
  ],
  links: [{ source: "dev/net/a", target: "dev/k8s/c" }],
  environments: ["dev", "prod"],
  folded: [],
  places,
});
const at = (layout: ReturnType<typeof layOut>, id: string) => {
  const found = layout.units.find((u) => u.id === id);
  if (found === undefined) throw new Error(id);
  return { x: found.x, y: found.y };
};

describe("i4_1 acts on several units", () => {
  it("takes the units of one module in several Environments as one module", () => {
    const modules = modulesOf(["dev/net/a", "prod/net/a", "dev/k8s/c"]);
    expect(modules).toEqual([
      { composition: "net", module: "a" },
      { composition: "k8s", module: "c" },
    ]);
    expect(sharedComposition(modules)).toBeNull();
    expect(sharedComposition(modules.slice(0, 1))).toBe("net");
  });

  it("sends one act alone and several as one step", () => {
    const acts = modulesOf(["dev/net/a", "dev/k8s/c"]).map((module) => ({ op: "delete-module" as const, module }));
    expect(together([])).toBeNull();
    expect(together(acts.slice(0, 1))).toEqual(acts[0]);
    expect(together(acts)).toEqual({ op: "several", acts });
  });

  it("is about the picked ones, else about the selected one", () => {
    expect(subjects("x", new Set())).toEqual(["x"]);
    expect(subjects("x", new Set(["x", "y"]))).toEqual(["x", "y"]);
    expect(subjects(null, new Set())).toEqual([]);
    expect(toggled(["x"], "y")).toEqual(["x", "y"]);
    expect(toggled(["x", "y"], "x")).toEqual(["y"]);
  });
});

describe("i4_1 places given by hand", () => {
  it("override the layout, counted from the corner of column and lane; the others stay", () => {
    const auto = layOut(input());
    const put = layOut(input({ "dev/net/b": { x: 30, y: 60 }, "prod/net/a": { x: 40, y: 48 } }));
    const corner = cornerOf(put, unit("prod/net/a", "Foundation"));
    expect(at(put, "prod/net/a")).toEqual({ x: corner.x + 40, y: corner.y + 48 });
    expect(at(put, "dev/net/a")).toEqual(at(auto, "dev/net/a"));
    const group = put.groups.find((g) => g.id === "dev/net");
    const b = at(put, "dev/net/b");
    expect(group?.x).toBeLessThan(b.x);
    expect((group?.y ?? 0) + (group?.height ?? 0)).toBeGreaterThan(b.y + size.node.height);
  });

  it("let the lane and the column grow, so that no unit stands in another's", () => {
    const auto = layOut(input());
    const put = layOut(input({ "dev/net/a": { x: 900, y: 400 } }));
    const lane = (layout: typeof put, name: string) => layout.lanes.find((l) => l.layer === name);
    const foundation = lane(put, "Foundation");
    expect((foundation?.y ?? 0) + (foundation?.height ?? 0)).toBeGreaterThanOrEqual(
      at(put, "dev/net/a").y + size.node.height,
    );
    expect(at(put, "dev/k8s/c").y).toBeGreaterThan(at(auto, "dev/k8s/c").y);
    expect(put.columns[1]?.x).toBeGreaterThan(at(put, "dev/net/a").x + size.node.width);
  });

  it("stay inside column and lane, by whole steps", () => {
    const layout = layOut(input());
    const lane = layout.lanes.find((l) => l.layer === "K8s");
    const into = within(layout, unit("dev/k8s/c", "K8s"), { x: -50, y: 0 });
    expect(into).toEqual({ x: 0, y: lane?.y });
    expect(within(layout, unit("dev/k8s/c", "K8s"), { x: 5, y: 9_999 }).y).toBe((lane?.y ?? 0) + (lane?.height ?? 0));
    expect(steps({ x: 3, y: 3 }, { x: 14, y: -2 })).toEqual({ x: 8, y: -8 });
  });

  it("take their wires along while they are held", () => {
    const layout = layOut(input());
    const moved = held(layout, new Map([["dev/k8s/c", { x: 500, y: 500 }]]));
    const wire = moved.wires[0];
    expect(wire?.end).toEqual({ x: 500 + size.node.width / 2, y: 500 });
    expect(wire?.start.y).toBe(at(layout, "dev/net/a").y + size.node.height);
    expect(at(moved, "dev/net/a")).toEqual(at(layout, "dev/net/a"));
  });
});

describe("i4_1 alignment", () => {
  const standing = (id: string, x: number, y: number, layer: Standing["layer"] = "K8s"): Standing => ({
    id,
    x,
    y,
    layer,
  });
  const three = [standing("a", 10, 5), standing("b", 100, 40), standing("c", 70, 9)];

  it("lines up left and top edges; what stands right already is left alone", () => {
    expect([...align(three, "left")]).toEqual([
      ["b", { x: 10, y: 40 }],
      ["c", { x: 10, y: 9 }],
    ]);
    expect(align(three, "top").get("b")).toEqual({ x: 100, y: 5 });
    const lanes = [...three, standing("d", 0, 300, "Foundation"), standing("e", 9, 310, "Foundation")];
    expect(align(lanes, "top").get("e"), "a row of its own lane").toEqual({ x: 9, y: 300 });
  });

  it("distributes between the outer two", () => {
    expect([...align(three, "across")]).toEqual([["c", { x: 55, y: 9 }]]);
    expect([...align(three, "down")]).toEqual([["c", { x: 70, y: 23 }]]);
    expect(align(three.slice(0, 2), "across").size, "two have nothing between them").toBe(0);
  });

  it("frames what a rectangle touches, whichever way it was drawn", () => {
    const layout = layOut(input());
    const a = at(layout, "dev/net/a");
    expect(unitsIn(layout, { x0: a.x + 5, y0: a.y + 5, x1: a.x - 5, y1: a.y - 5 })).toEqual(["dev/net/a"]);
    expect(unitsIn(layout, { x0: -9, y0: -9, x1: -1, y1: -1 })).toEqual([]);
  });
});

describe("i4_1 a selection whose name was undone", () => {
  const ids = (...all: string[]) => new Set(all);
  it("follows the unit to its old name", () => {
    const before = ids("dev/backbone/a", "dev/backbone/b", "prod/backbone/a");
    expect(follow("dev/backbone/a", before, ids("dev/net/a", "dev/net/b", "prod/net/a"))).toBe("dev/net/a");
    expect(follow("dev/net/new", ids("dev/net/new", "dev/net/b"), ids("dev/net/old", "dev/net/b"))).toBe("dev/net/old");
  });
  it("stays where nothing came, where nothing went, and where it can't tell", () => {
    expect(follow("dev/net/a", ids("dev/net/a", "dev/net/b"), ids("dev/net/b"))).toBeNull();
    expect(follow("dev/net/a", ids("dev/net/a"), ids("dev/net/a", "dev/net/b"))).toBeNull();
    expect(follow("dev/net/a", ids("dev/net/a"), ids("dev/net/x", "dev/net/y"))).toBeNull();
    expect(follow("dev/net/linked", ids(), ids("dev/net/a"))).toBeNull();
  });
});
