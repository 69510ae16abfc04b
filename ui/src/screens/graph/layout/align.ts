import type { Layer } from "../../../parts/marks";
import type { Point } from "./types";

export const alignments = ["left", "top", "across", "down"] as const;
export type Alignment = (typeof alignments)[number];

/** A unit that takes part, where it stands now. */
export interface Standing extends Point {
  id: string;
  /** Rows are made within a lane: a unit never leaves its own. */
  layer: Layer;
}

/** Where an alignment puts units; those that stay are left out. */
export function align(units: Standing[], how: Alignment): Map<string, Point> {
  const out = new Map<string, Point>();
  const put = (unit: Standing, x: number, y: number) => {
    if (x !== unit.x || y !== unit.y) out.set(unit.id, { x, y });
  };
  if (how === "left") {
    const left = Math.min(...units.map((u) => u.x));
    for (const unit of units) put(unit, left, unit.y);
  } else if (how === "across") {
    spread(units, (u) => u.x).forEach((x, unit) => {
      put(unit, x, unit.y);
    });
  } else {
    for (const row of byLane(units)) {
      if (how === "top") {
        const top = Math.min(...row.map((u) => u.y));
        for (const unit of row) put(unit, unit.x, top);
      } else
        spread(row, (u) => u.y).forEach((y, unit) => {
          put(unit, unit.x, y);
        });
    }
  }
  return out;
}

function byLane(units: Standing[]): Standing[][] {
  const lanes = new Map<Layer, Standing[]>();
  for (const unit of units) lanes.set(unit.layer, [...(lanes.get(unit.layer) ?? []), unit]);
  return [...lanes.values()];
}

/** The outer two stay; the others get the same distance. */
function spread(units: Standing[], of: (unit: Standing) => number): Map<Standing, number> {
  const sorted = [...units].sort((a, b) => of(a) - of(b));
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined || sorted.length < 3) return new Map();
  const pitch = (of(last) - of(first)) / (sorted.length - 1);
  return new Map(sorted.map((unit, i) => [unit, Math.round(of(first) + i * pitch)]));
}
