import { type Layout, type PlacedUnit, size } from "./layout/types";
import type { GraphEdge } from "./useGraph";

export interface Neighbours {
  up: Map<string, string[]>;
  down: Map<string, string[]>;
}

export function neighboursOf(edges: GraphEdge[]): Neighbours {
  const up = new Map<string, string[]>();
  const down = new Map<string, string[]>();
  for (const { source, target } of edges) {
    up.set(target, [...(up.get(target) ?? []), source]);
    down.set(source, [...(down.get(source) ?? []), target]);
  }
  return { up, down };
}

/** Everything a unit leans on and everything that leans on it. */
export function coneOf(id: string, { up, down }: Neighbours): Set<string> {
  const seen = new Set([id]);
  for (const next of [up, down]) {
    const queue = [id];
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      for (const other of next.get(at) ?? []) {
        if (seen.has(other)) continue;
        seen.add(other);
        queue.push(other);
      }
    }
  }
  return seen;
}

export type Direction = "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight";

function nearest(from: PlacedUnit, candidates: PlacedUnit[]): string | null {
  let best: PlacedUnit | null = null;
  const cost = (u: PlacedUnit) => Math.abs(u.y - from.y) * 2 + Math.abs(u.x - from.x);
  for (const unit of candidates) if (best === null || cost(unit) < cost(best)) best = unit;
  return best?.id ?? null;
}

/** Where an arrow key leads: up and down along wires, left and right along the row; else the nearest unit that way. */
export function step(layout: Layout, neighbours: Neighbours, from: string | null, direction: Direction): string | null {
  const first = layout.units[0];
  if (from === null) return first?.id ?? null;
  const here = layout.units.find((unit) => unit.id === from);
  if (here === undefined) return first?.id ?? null;
  if (direction === "ArrowLeft" || direction === "ArrowRight") {
    const sign = direction === "ArrowLeft" ? -1 : 1;
    return nearest(
      here,
      layout.units.filter((u) => Math.abs(u.y - here.y) < size.node.height && (u.x - here.x) * sign > 0),
    );
  }
  const sign = direction === "ArrowUp" ? -1 : 1;
  const wired = new Set((direction === "ArrowUp" ? neighbours.up : neighbours.down).get(from) ?? []);
  const along = layout.units.filter((u) => wired.has(u.id) && (u.y - here.y) * sign > 0);
  return nearest(
    here,
    along.length > 0 ? along : layout.units.filter((u) => (u.y - here.y) * sign >= size.node.height),
  );
}
